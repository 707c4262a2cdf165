//! The state of the form on the Sweep screen. It outlives the screen.

use std::collections::{HashMap, HashSet};

use ipc::conversation::StripGate;
use ipc::data::DataSet;
use ipc::score::Score;
use ipc::steering::Caps;
use ipc::sweep::Arm;
use ipc::{Failure, Id};
use leptos::prelude::*;

use super::goal::Goal;
use super::mmlu_form::MmluForm;
use super::prompting_form::PromptingForm;
use super::view_state::ViewState;
use crate::format;
use crate::state::Store;
use crate::widgets::FieldFaults;

/// The state of the form. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Form {
    /// What the sweep is to answer. What is typed for one goal stays when another is chosen.
    pub(super) goal: RwSignal<Goal>,
    /// The pane of the left side.
    pub(super) pane: RwSignal<Option<Pane>>,
    /// The chosen vectors; empty for the one in use.
    pub(super) vectors: RwSignal<HashSet<Id>>,
    /// The combination of the chosen vectors.
    pub(super) combination: RwSignal<Combination>,
    pub(super) weights: RwSignal<HashMap<Id, f64>>,
    /// The conditions under which vectors act; those that are not in it always do.
    pub(super) gates: RwSignal<HashMap<Id, StripGate>>,
    /// The caps that act in place of vectors' own operations.
    pub(super) caps: RwSignal<HashMap<Id, Caps>>,
    /// A vector, and the epochs of its run that are kept.
    pub(super) epochs: RwSignal<Option<(Id, Vec<u32>)>>,
    /// The arms that were opened from answers of Chat.
    pub(super) opened: RwSignal<Vec<Arm>>,
    /// The chosen data sets; empty for the one in use.
    pub(super) sets: RwSignal<HashSet<Id>>,
    /// The data sets of the harm check; `None` for all that no chosen vector was trained on.
    pub(super) harm_sets: RwSignal<Option<HashSet<Id>>>,
    /// Prompts of a list, one a line.
    pub(super) prompts: RwSignal<String>,
    pub(super) is_list: RwSignal<bool>,
    pub(super) from: RwSignal<f64>,
    pub(super) to: RwSignal<f64>,
    pub(super) step: RwSignal<f64>,
    pub(super) list: RwSignal<String>,
    pub(super) scores: RwSignal<Vec<Score>>,
    /// Whether the model behind the address of the settings judges, rather than the swept one.
    pub(super) is_remote: RwSignal<bool>,
    pub(super) knowledge_path: RwSignal<String>,
    pub(super) truthful_path: RwSignal<String>,
    pub(super) mmlu: MmluForm,
    pub(super) prompting: PromptingForm,
    pub(super) max_new_tokens: RwSignal<f64>,
    pub(super) temperature: RwSignal<f64>,
    pub(super) seed: RwSignal<f64>,
    /// The suffixes of the prompts of the list, one a line. Those of a data set belong to it.
    pub(super) suffixes: RwSignal<String>,
    /// Whether prompts are measured with their suffixes.
    pub(super) has_suffixes: RwSignal<bool>,
    /// Whether each vector is measured on the data set alone that it was trained on, as a line of its method.
    pub(super) is_own_set_only: RwSignal<bool>,
    pub(super) limit: RwSignal<String>,
    pub(super) failure: RwSignal<Option<Failure>>,
    /// What is wrong in the fields that are shown.
    pub(super) faults: FieldFaults,
    /// The state of the right side.
    pub view: ViewState,
}

/// A pane of the left side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pane {
    /// The form of the next sweep.
    New,
    /// The sweeps that there are.
    List,
}

/// The combination of the chosen vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Combination {
    /// Each vector alone.
    Apart,
    /// Each vector alone, and the weighted sum of all.
    Sum,
    /// The first at every multiplier with the second at every multiplier: a heat map.
    Grid,
    /// The vector of each epoch of the run of the only chosen vector.
    Epochs,
}

impl Form {
    /// From -2 to 2 by halves, as in the paper, with the scores that take seconds.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes signals, which belong to the running window")]
    pub fn new() -> Self {
        let scores = vec![Score::LogOdds, Score::WinShare, Score::Perplexity];
        Self {
            goal: RwSignal::new(Goal::Works),
            pane: RwSignal::new(None),
            vectors: RwSignal::default(),
            combination: RwSignal::new(Combination::Apart),
            weights: RwSignal::default(),
            gates: RwSignal::default(),
            caps: RwSignal::default(),
            epochs: RwSignal::new(None),
            opened: RwSignal::default(),
            sets: RwSignal::default(),
            harm_sets: RwSignal::new(None),
            prompts: RwSignal::default(),
            is_list: RwSignal::new(false),
            from: RwSignal::new(-2.0),
            to: RwSignal::new(2.0),
            step: RwSignal::new(0.5),
            list: RwSignal::new("\u{2212}2 \u{2212}1 0 1 2".into()),
            scores: RwSignal::new(scores),
            is_remote: RwSignal::new(false),
            knowledge_path: RwSignal::default(),
            truthful_path: RwSignal::default(),
            mmlu: MmluForm::new(),
            prompting: PromptingForm::new(),
            max_new_tokens: RwSignal::new(64.0),
            temperature: RwSignal::new(0.0),
            seed: RwSignal::new(7.0),
            suffixes: RwSignal::default(),
            has_suffixes: RwSignal::new(true),
            is_own_set_only: RwSignal::new(false),
            limit: RwSignal::default(),
            failure: RwSignal::new(None),
            faults: FieldFaults::empty(),
            view: ViewState::new(),
        }
    }

    /// Returns the vectors that are swept, newest first: those chosen, else the one in use.
    pub(super) fn chosen_vectors(self, store: Store) -> Vec<Id> {
        let chosen = self.vectors.get();
        let all = store.vectors.read();
        let own: Vec<Id> = all.iter().map(|vector| vector.id).filter(|id| chosen.contains(id)).collect();
        if own.is_empty() && !self.has_ways() && self.opened.read().is_empty() {
            store.vector().map(|v| v.id).into_iter().collect()
        } else {
            own
        }
    }

    /// Returns the data sets that are measured on: those chosen, else the ones that the vectors were trained on, else the
    /// one in use.
    pub(super) fn chosen_sets(self, store: Store) -> Vec<Id> {
        if self.goal.get() == Goal::Harm {
            return self.other_sets(store);
        }
        let chosen = self.sets.get();
        let all = store.data_sets.read();
        let own: Vec<Id> = all.iter().map(|set| set.id).filter(|id| chosen.contains(id)).collect();
        let has_list = !self.list_of_prompts().is_empty();
        if own.is_empty() && !has_list {
            drop(all);
            return self.usual_sets(store);
        }
        own
    }

    /// Returns the data sets of the harm check: those chosen, else all that no chosen vector was trained on.
    fn other_sets(self, store: Store) -> Vec<Id> {
        let own = self.usual_sets(store);
        let chosen = self.harm_sets.get();
        let is_chosen = |set: &&DataSet| {
            set.held_out > 0 && chosen.as_ref().map_or(!own.contains(&set.id), |all| all.contains(&set.id))
        };
        store.data_sets.read().iter().filter(is_chosen).map(|set| set.id).collect()
    }

    /// Chooses a data set, or leaves it out.
    pub(super) fn toggle_set(self, store: Store, id: Id) {
        let mut now: HashSet<Id> = untrack(|| self.chosen_sets(store)).into_iter().collect();
        if !now.remove(&id) {
            now.insert(id);
        }
        match self.goal.get_untracked() {
            Goal::Harm => self.harm_sets.set(Some(now)),
            Goal::Works | Goal::Read | Goal::Paper | Goal::Custom => self.sets.set(now),
        }
    }

    /// Chooses a vector, or leaves it out.
    pub(super) fn toggle_vector(self, store: Store, id: Id) {
        let mut now: HashSet<Id> = untrack(|| self.chosen_vectors(store)).into_iter().collect();
        if !now.remove(&id) {
            now.insert(id);
        }
        self.vectors.set(now);
    }

    /// Returns the data sets that the chosen vectors were trained on, else the one in use.
    fn usual_sets(self, store: Store) -> Vec<Id> {
        let all = store.data_sets.read();
        let vectors = self.chosen_vectors(store);
        let trained_on: HashSet<Id> = store
            .vectors
            .read()
            .iter()
            .filter(|vector| vectors.contains(&vector.id))
            .filter_map(|vector| vector.data_set)
            .collect();
        let can_be_measured = |set: &&DataSet| set.held_out > 0 && trained_on.contains(&set.id);
        let trained_on: Vec<Id> = all.iter().filter(can_be_measured).map(|set| set.id).collect();
        if trained_on.is_empty() {
            drop(all);
            store.data_set().map(|set| set.id).into_iter().collect()
        } else {
            trained_on
        }
    }

    /// Returns the data set that the system prompts and the judge's first rubric are about: the first that is measured on, or the
    /// first that would be if there were no list of prompts.
    pub(super) fn measured_set(self, store: Store) -> Option<DataSet> {
        let mut sets = self.chosen_sets(store);
        sets.extend(self.usual_sets(store));
        let first = sets.into_iter().next()?;
        store.data_sets.read().iter().find(|set| set.id == first).cloned()
    }

    pub(super) fn list_of_prompts(self) -> Vec<String> {
        if self.is_custom() { lines(&self.prompts.get()) } else { Vec::new() }
    }

    /// Returns the name of a vector's line: its method, where each vector is measured on its own data set and no other vector of
    /// that method belongs to the same set.
    pub(super) fn line_name(self, store: Store, id: Id) -> String {
        let all = store.vectors.read();
        let Some(vector) = all.iter().find(|vector| vector.id == id) else { return String::new() };
        let chosen = self.chosen_vectors(store);
        let alike = all.iter().filter(|other| {
            chosen.contains(&other.id) && (other.method, other.data_set) == (vector.method, vector.data_set)
        });
        match vector.method {
            Some(method)
                if self.names_lines_by_method() && vector.data_set.is_some() && alike.count() == 1 =>
            {
                format::method(method)
            }
            _ => vector.name.clone(),
        }
    }

    fn names_lines_by_method(self) -> bool {
        match self.goal.get() {
            Goal::Custom => self.is_own_set_only.get(),
            Goal::Paper => true,
            Goal::Works | Goal::Read | Goal::Harm => false,
        }
    }

    fn has_ways(self) -> bool {
        if !self.is_custom() {
            return false;
        }
        let ways = self.prompting;
        [ways.is_for, ways.is_against, ways.shots_wanted, ways.shots_opposite].iter().any(|way| way.get())
    }

    pub(super) fn multipliers(self) -> Result<Vec<f64>, String> {
        if self.goal.get() == Goal::Paper {
            return format::range(-2.0, 2.0, 0.5);
        }
        if self.is_list.get() {
            format::read_multipliers(&self.list.get())
        } else {
            format::range(self.from.get(), self.to.get(), self.step.get())
        }
    }

    pub(super) fn toggle_score(self, score: &Score) {
        self.scores.update(|all| match all.iter().position(|known| known == score) {
            Some(at) => drop(all.remove(at)),
            None => all.push(score.clone()),
        });
    }
}

/// Returns the lines of a text that say something.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
