//! Fills the form in from the settings of a sweep that was measured before.

use std::collections::{HashMap, HashSet};

use ipc::conversation::StripGate;
use ipc::score::{Judge, Score};
use ipc::sweep::{Arm, PromptSet, Prompting, SteeringTerm, SweepSettings};
use ipc::{Id, vector::Vector};
use leptos::prelude::*;

use super::form::{Combination, Form, Pane};
use super::goal::Goal;
use crate::format;
use crate::state::Store;

impl Form {
    /// Fills the form in from the settings of a sweep, by hand. Vectors and data sets are those of now; what is gone is left out.
    pub(super) fn refill(self, store: Store, settings: &SweepSettings) {
        self.goal.set(Goal::Custom);
        self.pane.set(Some(Pane::New));
        self.failure.set(None);
        self.refill_arms(&settings.arms, &store.vectors.read_untracked());
        self.refill_sets(settings, store);
        self.refill_multipliers(&settings.multipliers);
        self.refill_scores(&settings.scores, store);
        self.max_new_tokens.set(f64::from(settings.generation.max_new_tokens));
        self.temperature.set(settings.generation.temperature);
        self.seed.set(settings.generation.seed as f64);
        self.limit.set(settings.limit.map(|limit| limit.to_string()).unwrap_or_default());
        if let Some(seed) = settings.examples_seed {
            self.prompting.shots_seed.set(seed as f64);
        }
    }

    /// A vector by itself becomes a chosen one. Every other arm is taken over as it is.
    fn refill_arms(self, arms: &[Arm], vectors: &[Vector]) {
        let is_known = |id: Id| vectors.iter().any(|vector| vector.id == id);
        let name = |id: Id| vectors.iter().find(|vector| vector.id == id).map(|vector| vector.name.clone());
        let (mut chosen, mut gates, mut others) = (HashSet::new(), HashMap::new(), Vec::new());
        for arm in arms {
            let uses_gone = |term: &SteeringTerm| {
                !is_known(term.vector) || term.gate.is_some_and(|gate| !is_known(gate.vector))
            };
            if arm.terms.iter().any(uses_gone) {
                continue;
            }
            match alone(arm) {
                Some(term) if chosen.insert(term.vector) => {
                    if let Some(gate) = term.gate {
                        let by = StripGate {
                            vector: gate.vector,
                            name: name(gate.vector).unwrap_or_default(),
                            hash: String::new(),
                            gate: gate.gate,
                        };
                        gates.insert(term.vector, by);
                    }
                }
                _ => others.push(Arm { sets: Vec::new(), ..arm.clone() }),
            }
        }
        self.vectors.set(chosen);
        self.gates.set(gates);
        self.opened.set(others);
        self.combination.set(Combination::Apart);
        self.epochs.set(None);
        self.prompting.leave_out();
        self.is_own_set_only.set(arms.iter().any(|arm| !arm.sets.is_empty()));
    }

    fn refill_sets(self, settings: &SweepSettings, store: Store) {
        let known = store.data_sets.read_untracked();
        let ids: Vec<Id> = settings.sets.iter().filter_map(PromptSet::data_set).collect();
        let prompts = settings.sets.iter().flat_map(|set| match set {
            PromptSet::List { prompts, .. } => prompts.clone(),
            PromptSet::HeldOut { .. } | PromptSet::Answers { .. } => Vec::new(),
        });
        self.prompts.set(prompts.collect::<Vec<_>>().join("\n"));
        let has_own = known.iter().any(|set| ids.contains(&set.id) && !set.suffixes.is_empty());
        self.has_suffixes.set(!has_own || !settings.suffixes.is_empty());
        let list = settings.sets.iter().position(|set| set.data_set().is_none());
        let of_list = list.and_then(|place| settings.suffixes.get(&(place as u32)));
        self.suffixes.set(of_list.map(|all| all.join("\n")).unwrap_or_default());
        self.sets.set(ids.into_iter().filter(|id| known.iter().any(|set| set.id == *id)).collect());
    }

    fn refill_multipliers(self, multipliers: &[f64]) {
        let list = multipliers.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        self.list.set(format::true_minus(&list));
        let range = multipliers.first().zip(multipliers.get(1)).zip(multipliers.last());
        let range = range.map(|((from, second), to)| (*from, *to, second - from));
        let is_range = |(from, to, step): &(f64, f64, f64)| {
            format::range(*from, *to, *step).is_ok_and(|range| range == multipliers)
        };
        let range = range.filter(is_range);
        self.is_list.set(range.is_none());
        if let Some((from, to, step)) = range {
            self.from.set(from);
            self.to.set(to);
            self.step.set(step);
        }
    }

    fn refill_scores(self, scores: &[Score], store: Store) {
        self.mmlu.refill(scores);
        let by_hand = scores.iter().filter(|score| !matches!(score, Score::Mmlu { .. }));
        self.scores.set(by_hand.cloned().collect());
        let is_remote = |score: &Score| matches!(score.judged(), Some((Judge::Endpoint(_), _)));
        self.is_remote.set(scores.iter().any(is_remote));
        for score in scores {
            match score {
                Score::Knowledge { path, .. } => self.knowledge_path.set(path.clone()),
                Score::TruthfulOne { path } | Score::TruthfulTwo { path } => {
                    self.truthful_path.set(path.clone());
                }
                _ => {}
            }
        }
        self.follow_judge(store);
    }
}

/// Returns the term of an arm that is one vector, as it was trained.
fn alone(arm: &Arm) -> Option<&SteeringTerm> {
    let [term] = arm.terms.as_slice() else { return None };
    let is_plain = !term.fixed && term.epoch.is_none() && (term.weight - 1.0).abs() < 1e-12;
    (is_plain && arm.prompting == Prompting::AsTrained).then_some(term)
}

#[cfg(test)]
mod tests {
    use ipc::data::DataSet;
    use ipc::sweep::Generation;

    use super::*;
    use crate::samples::named_vector;

    fn set(id: Id, name: &str) -> DataSet {
        DataSet {
            id,
            name: name.into(),
            description: String::new(),
            rubric: None,
            suffixes: Vec::new(),
            train: 8,
            held_out: 4,
            can_undo: false,
            can_redo: false,
        }
    }

    fn settings() -> SweepSettings {
        let sum = vec![SteeringTerm { weight: 0.5, ..SteeringTerm::new(1) }, SteeringTerm::new(2)];
        SweepSettings {
            arms: vec![
                Arm { name: "B".into(), ..Arm::vector(2) },
                Arm { name: "Half of A, and B".into(), color: 3, terms: sum, ..Arm::default() },
                Arm {
                    name: "Asked".into(),
                    prompting: Prompting::System { text: "Be kind.".into() },
                    ..Arm::default()
                },
            ],
            multipliers: vec![-1.0, 0.0, 0.25],
            sets: vec![
                PromptSet::HeldOut { data_set: 7, name: "Seven".into() },
                PromptSet::List { name: "Prompts".into(), prompts: vec!["Why?".into(), "How?".into()] },
            ],
            scores: vec![
                Score::LogOdds,
                Score::Length,
                Score::Knowledge { path: "/q.csv".into(), shots: 5 },
                Score::Mmlu { folder: "/mmlu".into(), shots: 0, limit: Some(3), group: None },
            ],
            generation: Generation { max_new_tokens: 31, temperature: 0.5, seed: 4 },
            limit: Some(2),
            ..SweepSettings::default()
        }
    }

    #[test]
    fn a_form_that_is_filled_in_from_a_sweep_makes_its_settings_again() {
        let owner = Owner::new();
        owner.set();
        let store = Store::new();
        store.vectors.set(vec![named_vector(1, "A", 1.0), named_vector(2, "B", 1.0)]);
        store.data_sets.set(vec![set(6, "Six"), set(7, "Seven")]);
        let form = Form::new();
        form.prompts.set("Something else".into());
        form.prompting.is_for.set(true);
        let settings = settings();
        form.refill(store, &settings);
        assert_eq!(untrack(|| form.settings(store)), Ok(settings.clone()));
        assert!(form.is_list.get_untracked(), "the multipliers are no range");
        let even = SweepSettings { multipliers: vec![-1.0, 0.0, 1.0], ..settings.clone() };
        form.refill(store, &even);
        assert_eq!((form.is_list.get_untracked(), form.step.get_untracked()), (false, 1.0));
        store.vectors.set(vec![named_vector(1, "A", 1.0)]);
        form.refill(store, &settings);
        let left: Vec<String> = form.opened.get_untracked().into_iter().map(|arm| arm.name).collect();
        assert_eq!(left, ["Asked"], "what uses a deleted vector is left out");
    }
}
