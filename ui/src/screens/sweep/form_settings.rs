//! Turns the form into the settings of a sweep.

use std::collections::BTreeMap;

use ipc::Id;
use ipc::data::DataSet;
use ipc::score::Needs;
use ipc::sweep::{Arm, Generation, PromptSet, Prompting, SweepSettings};
use ipc::vector::Vector;
use leptos::prelude::*;

use super::form::{Form, lines};
use super::goal::{Goal, PAPER_TOKENS};
use crate::state::Store;
use crate::t;
use crate::text::said;

impl Form {
    /// Returns the settings of the sweep; the error is a sentence that says what is missing.
    pub(super) fn settings(self, store: Store) -> Result<SweepSettings, String> {
        let multipliers = self.multipliers()?;
        if self.is_custom() {
            self.prompting.example_counts()?;
        }
        let mut arms = self.arms(store, &multipliers);
        if arms.is_empty() {
            return Err(t!("sweep-fault-no-vector"));
        }
        let all = store.data_sets.read();
        let held_out = |id: &Id| {
            let set = all.iter().find(|set| set.id == *id).filter(|set| set.held_out > 0)?;
            Some(PromptSet::HeldOut { data_set: *id, name: set.name.clone() })
        };
        let mut sets: Vec<PromptSet> = self.chosen_sets(store).iter().filter_map(held_out).collect();
        let prompts = self.list_of_prompts();
        if !prompts.is_empty() {
            sets.push(PromptSet::List { name: t!("sweep-list-of-prompts"), prompts });
        }
        if self.is_on_own_sets(sets.len()) {
            keep_to_own_sets(&mut arms, &sets, &store.vectors.read());
        }
        let suffixes = self.suffixes_of(&sets, &all);
        let scores = self.goal_scores(store, !sets.is_empty())?;
        if scores.is_empty() {
            return Err(t!("sweep-fault-no-score"));
        }
        if sets.is_empty() && scores.iter().any(|score| score.needs() != Needs::Nothing) {
            return Err(t!("sweep-fault-no-pairs"));
        }
        let limit = self.read_limit()?;
        let generation = self.generation();
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
            Some((_, score)) => Err(t!("sweep-fault-gate", score = said(&score.name()))),
            None => Ok(settings),
        }
    }

    /// Returns the number of prompts of each set that are answered; the error is a sentence that says what is wrong.
    pub(super) fn read_limit(self) -> Result<Option<u32>, String> {
        if !self.goal.get().has_answer_fields() {
            return Ok(None);
        }
        match self.limit.get().trim() {
            "" => Ok(None),
            typed => match typed.parse() {
                Ok(limit) if limit > 0 => Ok(Some(limit)),
                _ => Err(t!("sweep-fault-prompts", typed = typed.to_owned())),
            },
        }
    }

    fn generation(self) -> Generation {
        let usual = Generation::default();
        let max_new_tokens = self.max_new_tokens.get().max(0.0) as u32;
        match self.goal.get() {
            Goal::Custom => Generation {
                max_new_tokens,
                temperature: self.temperature.get(),
                seed: self.seed.get().max(0.0) as u64,
            },
            Goal::Read => Generation { max_new_tokens, ..usual },
            Goal::Paper => Generation { max_new_tokens: PAPER_TOKENS, ..usual },
            Goal::Works | Goal::Harm => usual,
        }
    }

    /// Whether each vector is measured on the set alone that it was trained on.
    fn is_on_own_sets(self, sets: usize) -> bool {
        match self.goal.get() {
            Goal::Custom => self.is_own_set_only.get(),
            Goal::Paper => sets > 1,
            Goal::Works | Goal::Read | Goal::Harm => false,
        }
    }

    /// Returns the suffixes of each set that has some, by the set's index.
    fn suffixes_of(self, sets: &[PromptSet], known: &[DataSet]) -> BTreeMap<u32, Vec<String>> {
        if self.is_custom() && !self.has_suffixes.get() {
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
