//! The state of the form on the Sweep screen. It outlives the screen.

use std::collections::{BTreeMap, HashMap, HashSet};

use ipc::command::StartSweep;
use ipc::conversation::StripGate;
use ipc::data::DataSet;
use ipc::mmlu::MmluGroup;
use ipc::score::{Needs, Score};
use ipc::steering::Caps;
use ipc::sweep::{Arm, Generation, PromptSet, Prompting, SweepSettings};
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::view_state::ViewState;
use crate::bridge;
use crate::format;
use crate::state::Store;

/// The state of the form. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Form {
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
    /// The state of the right side.
    pub view: ViewState,
}

/// The fields for MMLU's folder.
#[derive(Clone, Copy)]
pub(super) struct MmluForm {
    pub(super) folder: RwSignal<String>,
    pub(super) is_zero_shot: RwSignal<bool>,
    pub(super) is_five_shot: RwSignal<bool>,
    /// Whether the mean of each group of subjects is a score, too.
    pub(super) by_group: RwSignal<bool>,
    /// The number of questions of each subject; empty for all.
    pub(super) limit: RwSignal<String>,
}

impl MmluForm {
    /// Returns the scores that are chosen; the error is a sentence that says what is wrong.
    fn scores(self) -> Result<Vec<Score>, String> {
        let folder = self.folder.get().trim().to_owned();
        let shots = [(0, self.is_zero_shot.get()), (5, self.is_five_shot.get())];
        let chosen: Vec<u8> =
            shots.into_iter().filter(|(_, is_chosen)| *is_chosen).map(|(shots, _)| shots).collect();
        if folder.is_empty() || chosen.is_empty() {
            return Ok(Vec::new());
        }
        let limit = match self.limit.get().trim() {
            "" => None,
            typed => match typed.parse() {
                Ok(limit) if limit > 0 => Some(limit),
                _ => return Err(format!("\u{201c}{typed}\u{201d} is no number of questions.")),
            },
        };
        let groups = MmluGroup::ALL.into_iter().filter(|_| self.by_group.get()).map(Some);
        let groups: Vec<Option<MmluGroup>> = std::iter::once(None).chain(groups).collect();
        let score = |shots: u8, group| Score::Mmlu { folder: folder.clone(), shots, limit, group };
        Ok(chosen.iter().flat_map(|shots| groups.iter().map(|group| score(*shots, *group))).collect())
    }
}

/// The fields for ways of prompting, whose results stand on the same chart.
#[derive(Clone, Copy)]
pub(super) struct PromptingForm {
    pub(super) is_for: RwSignal<bool>,
    /// The system prompt for the behaviour; empty for one made from the data set's description.
    pub(super) text_for: RwSignal<String>,
    pub(super) is_against: RwSignal<bool>,
    pub(super) text_against: RwSignal<String>,
    pub(super) shots_wanted: RwSignal<bool>,
    pub(super) shots_opposite: RwSignal<bool>,
    /// The numbers of worked examples, each measured by itself.
    pub(super) shots: RwSignal<String>,
    /// The seed that draws them.
    pub(super) shots_seed: RwSignal<f64>,
    /// Whether each way is also measured together with each vector.
    pub(super) with_vectors: RwSignal<bool>,
    /// Other system prompts, one a line, under which each vector is measured.
    pub(super) others: RwSignal<String>,
    /// Chat templates under which each vector is measured, by name.
    pub(super) templates: RwSignal<HashSet<&'static str>>,
}

impl PromptingForm {
    /// Returns the numbers of worked examples that are typed; none if no examples are chosen.
    pub(super) fn example_counts(self) -> Result<Vec<u32>, String> {
        if !self.shots_wanted.get() && !self.shots_opposite.get() {
            return Ok(Vec::new());
        }
        let typed = format::read_multipliers(&self.shots.get())
            .map_err(|_| "Give the numbers of worked examples, such as 0 1 2 4 8.".to_owned())?;
        if let Some(odd) = typed.iter().find(|count| count.fract() != 0.0 || !(0.0..=32.0).contains(*count)) {
            return Err(format!("{odd} worked examples cannot be shown: give whole numbers from 0 to 32."));
        }
        Ok(typed.into_iter().map(|count| count as u32).collect())
    }
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
            vectors: RwSignal::default(),
            combination: RwSignal::new(Combination::Apart),
            weights: RwSignal::default(),
            gates: RwSignal::default(),
            caps: RwSignal::default(),
            epochs: RwSignal::new(None),
            opened: RwSignal::default(),
            sets: RwSignal::default(),
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
            mmlu: MmluForm {
                folder: RwSignal::default(),
                is_zero_shot: RwSignal::new(false),
                is_five_shot: RwSignal::new(false),
                by_group: RwSignal::new(false),
                limit: RwSignal::default(),
            },
            prompting: PromptingForm {
                is_for: RwSignal::new(false),
                text_for: RwSignal::default(),
                is_against: RwSignal::new(false),
                text_against: RwSignal::default(),
                shots_wanted: RwSignal::new(false),
                shots_opposite: RwSignal::new(false),
                shots: RwSignal::new("3".into()),
                shots_seed: RwSignal::new(7.0),
                with_vectors: RwSignal::new(false),
                others: RwSignal::default(),
                templates: RwSignal::default(),
            },
            max_new_tokens: RwSignal::new(64.0),
            temperature: RwSignal::new(0.0),
            seed: RwSignal::new(7.0),
            suffixes: RwSignal::default(),
            has_suffixes: RwSignal::new(true),
            is_own_set_only: RwSignal::new(false),
            limit: RwSignal::default(),
            failure: RwSignal::new(None),
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
        lines(&self.prompts.get())
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
            Some(method) if self.is_own_set_only.get() && vector.data_set.is_some() && alike.count() == 1 => {
                format::method(method).to_owned()
            }
            _ => vector.name.clone(),
        }
    }

    fn has_ways(self) -> bool {
        let ways = self.prompting;
        [ways.is_for, ways.is_against, ways.shots_wanted, ways.shots_opposite].iter().any(|way| way.get())
    }

    pub(super) fn multipliers(self) -> Result<Vec<f64>, String> {
        if self.is_list.get() {
            format::read_multipliers(&self.list.get())
        } else {
            format::range(self.from.get(), self.to.get(), self.step.get())
        }
    }

    /// Returns the settings of the sweep; the error is a sentence that says what is missing.
    pub(super) fn settings(self, store: Store) -> Result<SweepSettings, String> {
        let multipliers = self.multipliers()?;
        self.prompting.example_counts()?;
        let mut arms = self.arms(store, &multipliers);
        if arms.is_empty() {
            return Err("There is no vector to sweep yet.".into());
        }
        let all = store.data_sets.read();
        let held_out = |id: &Id| {
            let set = all.iter().find(|set| set.id == *id).filter(|set| set.held_out > 0)?;
            Some(PromptSet::HeldOut { data_set: *id, name: set.name.clone() })
        };
        let mut sets: Vec<PromptSet> = self.chosen_sets(store).iter().filter_map(held_out).collect();
        let prompts = self.list_of_prompts();
        if !prompts.is_empty() {
            sets.push(PromptSet::List { name: "Prompts".into(), prompts });
        }
        if self.is_own_set_only.get() {
            keep_to_own_sets(&mut arms, &sets, &store.vectors.read());
        }
        let suffixes = self.suffixes_of(&sets, &all);
        let mut scores = self.scores.get();
        scores.extend(self.mmlu.scores()?);
        if scores.is_empty() {
            return Err("Choose at least one score.".into());
        }
        if sets.is_empty() && scores.iter().any(|score| score.needs() != Needs::Nothing) {
            return Err("The data set holds no pairs out: mark some under Data.".into());
        }
        let limit = self.limit.get();
        let limit = match limit.trim() {
            "" => None,
            typed => {
                Some(typed.parse().map_err(|_| format!("\u{201c}{typed}\u{201d} is no number of prompts."))?)
            }
        };
        let generation = Generation {
            max_new_tokens: self.max_new_tokens.get().max(0.0) as u32,
            temperature: self.temperature.get(),
            seed: self.seed.get().max(0.0) as u64,
        };
        let rubrics = Self::rubrics_of(store, &scores, &sets);
        let draws = arms.iter().any(|arm| matches!(arm.prompting, Prompting::Shots { .. }));
        let examples_seed = draws.then(|| self.prompting.shots_seed.get().max(0.0) as u64);
        let suffix = String::new();
        let settings = SweepSettings {
            arms,
            multipliers,
            sets,
            scores,
            generation,
            suffix,
            limit,
            rubrics,
            suffixes,
            examples_seed,
        };
        match settings.gate_without_prompt() {
            Some((_, score)) => Err(format!(
                "A gate that is decided at the prompt has none in the text of \u{201c}{}\u{201d}: decide it at each token, or leave this score out.",
                score.name()
            )),
            None => Ok(settings),
        }
    }

    /// Returns the suffixes of each set that has some, by the set's index.
    fn suffixes_of(self, sets: &[PromptSet], known: &[DataSet]) -> BTreeMap<u32, Vec<String>> {
        if !self.has_suffixes.get() {
            return BTreeMap::new();
        }
        let own = |set: &PromptSet| match set {
            PromptSet::HeldOut { data_set, .. } => {
                known.iter().find(|set| set.id == *data_set).map(|set| set.suffixes.clone())
            }
            PromptSet::List { .. } => Some(lines(&self.suffixes.get())),
            PromptSet::Answers { .. } => None,
        };
        let all = (0..).zip(sets.iter().map(|set| own(set).unwrap_or_default()));
        all.filter(|(_, own)| !own.is_empty()).collect()
    }

    pub(super) fn toggle_score(self, score: &Score) {
        self.scores.update(|all| match all.iter().position(|known| known == score) {
            Some(at) => drop(all.remove(at)),
            None => all.push(score.clone()),
        });
    }

    /// Shows a sweep with another one laid over it.
    pub fn lay_over(self, shown: Id, over: Id) {
        self.view.choose(shown);
        self.view.overlaid.set(HashSet::from([over]));
    }

    /// Starts the sweep; vectors of several models are swept one model after the other, and laid over each other.
    pub(super) fn start(self, store: Store) {
        let Some(model) = store.model() else { return };
        let Ok(settings) = untrack(|| self.settings(store)) else { return };
        self.failure.set(None);
        let parts = by_model(&settings, &store.vectors.read_untracked(), model.id);
        spawn_local(async move {
            let mut begun = Vec::new();
            for (model, settings) in parts {
                match bridge::call(StartSweep { model, settings }).await {
                    Ok(sweep) => begun.push(sweep.id),
                    Err(failure) => self.failure.set(Some(failure)),
                }
            }
            if let Some((first, others)) = begun.split_first() {
                self.view.choose(*first);
                self.view.overlaid.update(|all| all.extend(others));
            }
        });
    }
}

/// Returns the lines of a text that say something.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Keeps each arm with vectors to the set that they were trained on, if that is measured on.
fn keep_to_own_sets(arms: &mut [Arm], sets: &[PromptSet], vectors: &[Vector]) {
    for arm in arms {
        let trained_on = arm.terms.first().and_then(|term| {
            vectors.iter().find(|vector| vector.id == term.vector).and_then(|vector| vector.data_set)
        });
        let place = sets.iter().position(|set| trained_on.is_some() && set.data_set() == trained_on);
        arm.sets = place.map(|place| place as u32).into_iter().collect();
    }
}

/// Returns the settings for each model that the vectors are for; what has no vector is measured on all of them, or on
/// `usual`.
pub(super) fn by_model(settings: &SweepSettings, vectors: &[Vector], usual: Id) -> Vec<(Id, SweepSettings)> {
    let model_of = |arm: &Arm| {
        let term = arm.terms.first()?;
        vectors.iter().find(|vector| vector.id == term.vector).map(|vector| vector.model)
    };
    let mut models: Vec<Id> = Vec::new();
    for model in settings.arms.iter().filter_map(model_of) {
        if !models.contains(&model) {
            models.push(model);
        }
    }
    if models.is_empty() {
        models.push(usual);
    }
    let part = |model: Id| {
        let own = settings.arms.iter().filter(|arm| model_of(arm).is_none_or(|of| of == model));
        (model, SweepSettings { arms: own.cloned().collect(), ..settings.clone() })
    };
    models.into_iter().map(part).collect()
}
