//! Builds the arms of a sweep from the form: the chosen vectors, alone or together, and the ways of prompting.

use ipc::Id;
use ipc::conversation::StripGate;
use ipc::steering::{CapSide, Caps, Gate, GateAt, TermGate};
use ipc::sweep::{Arm, Prompting, SteeringTerm, TEMPLATES};
use leptos::prelude::*;

use super::form::{Combination, Form};
use crate::format;
use crate::state::Store;
use crate::t;
use crate::text::said;

/// Returns the name of a way of prompting; empty for the one that a vector was trained with.
pub(super) fn prompting_name(way: &Prompting) -> String {
    match way {
        Prompting::AsTrained => String::new(),
        Prompting::System { text } => {
            t!("sweep-way-quoted", text = text.chars().take(32).collect::<String>())
        }
        Prompting::Template { name, .. } => t!("sweep-way-template", name = name.clone()),
        Prompting::Shots { wanted: true, count } => t!("sweep-way-wanted", count = *count),
        Prompting::Shots { wanted: false, count } => t!("sweep-way-opposite", count = *count),
    }
}

/// Says under what condition an arm's vector acts, for the arm's name.
fn gate_in_words(gate: &StripGate) -> String {
    let StripGate { name, gate: Gate { layer, above, soft, at }, .. } = gate;
    let (name, layer, above) = (name.clone(), *layer, above.to_string());
    match (soft.map(|width| width.to_string()), at) {
        (None, GateAt::Token) => t!("sweep-gate", name = name, layer = layer, above = above),
        (None, GateAt::Prompt) => t!("sweep-gate-prompt", name = name, layer = layer, above = above),
        (Some(width), GateAt::Token) => {
            t!("sweep-gate-soft", name = name, layer = layer, above = above, width = width)
        }
        (Some(width), GateAt::Prompt) => {
            t!("sweep-gate-soft-prompt", name = name, layer = layer, above = above, width = width)
        }
    }
}

/// Says what the caps of an arm's vector do, for the arm's name.
fn caps_in_words(caps: &Caps) -> String {
    let (percentile, over) = (caps.percentile, said(&caps.over));
    match caps.side {
        CapSide::AtMost => t!("sweep-caps-at-most", percentile = percentile, over = over),
        CapSide::AtLeast => t!("sweep-caps-at-least", percentile = percentile, over = over),
    }
}

/// Returns a condition as a sweep keeps it.
fn term_gate(gate: &StripGate) -> TermGate {
    TermGate { vector: gate.vector, gate: gate.gate }
}

impl Form {
    /// Returns the system prompt for the behaviour, or against it, as it is until somebody types another.
    pub(super) fn system_text(self, store: Store, is_for: bool) -> String {
        let typed = if is_for { self.prompting.text_for.get() } else { self.prompting.text_against.get() };
        if !typed.trim().is_empty() {
            return typed;
        }
        let set = self.measured_set(store);
        let which = if is_for { "this behaviour" } else { "the opposite of this behaviour" };
        match set.as_ref().map(ipc::data::DataSet::behaviour) {
            Some(behaviour) => {
                format!("{} In every answer, show {which}: {behaviour}.", ipc::train::SYSTEM_PROMPT)
            }
            None => ipc::train::SYSTEM_PROMPT.to_owned(),
        }
    }

    fn ways(self, store: Store) -> Vec<(String, Prompting)> {
        let ways = self.prompting;
        let mut all = Vec::new();
        let system = |is_for| Prompting::System { text: self.system_text(store, is_for) };
        if ways.is_for.get() {
            all.push((t!("sweep-way-for"), system(true)));
        }
        if ways.is_against.get() {
            all.push((t!("sweep-way-against"), system(false)));
        }
        let counts = ways.example_counts().unwrap_or_default();
        for (is_chosen, wanted) in [(ways.shots_wanted, true), (ways.shots_opposite, false)] {
            if is_chosen.get() {
                let ways = counts
                    .iter()
                    .filter(|count| **count > 0)
                    .map(|count| Prompting::Shots { wanted, count: *count });
                all.extend(ways.map(|way| (prompting_name(&way), way)));
            }
        }
        all
    }

    /// Returns the condition of a vector.
    fn gate_of(self, vector: Id) -> Option<StripGate> {
        self.gates.read().get(&vector).filter(|_| self.is_custom()).cloned()
    }

    /// Returns the caps of a vector.
    fn caps_of(self, vector: Id) -> Option<Caps> {
        self.caps.read().get(&vector).filter(|_| self.is_custom()).cloned()
    }

    /// Returns how the chosen vectors are combined.
    pub(super) fn combined(self) -> Combination {
        if self.is_custom() { self.combination.get() } else { Combination::Apart }
    }

    /// Returns a vector with its condition.
    fn term(self, vector: Id) -> SteeringTerm {
        let gate = self.gate_of(vector).as_ref().map(term_gate);
        SteeringTerm { gate, caps: self.caps_of(vector), ..SteeringTerm::new(vector) }
    }

    /// Returns the chosen vectors with their weights in the sum.
    pub(super) fn summed(self, store: Store) -> Vec<SteeringTerm> {
        let is_weighed = self.combined() == Combination::Sum;
        let weight = |id: &Id| self.weights.read().get(id).copied().filter(|_| is_weighed).unwrap_or(1.0);
        let term = |id: Id| SteeringTerm { weight: weight(&id), ..self.term(id) };
        self.chosen_vectors(store).into_iter().map(term).collect()
    }

    pub(super) fn arms(self, store: Store, multipliers: &[f64]) -> Vec<Arm> {
        let vectors = self.chosen_vectors(store);
        let name = |id: Id| {
            let condition = self.gate_of(id).map(|gate| format!(" {}", gate_in_words(&gate)));
            let capped = self.caps_of(id).map(|caps| format!(" {}", caps_in_words(&caps)));
            let (capped, condition) = (capped.unwrap_or_default(), condition.unwrap_or_default());
            format!("{}{capped}{condition}", self.line_name(store, id))
        };
        let weight = |id: Id| self.weights.read().get(&id).copied().unwrap_or(1.0);
        let mut steered: Vec<Arm> = vectors
            .iter()
            .map(|id| Arm { name: name(*id), terms: vec![self.term(*id)], ..Arm::default() })
            .collect();
        match (self.combined(), vectors.as_slice()) {
            (Combination::Sum, [_, _, ..]) => {
                let term = |id: &Id| SteeringTerm { weight: weight(*id), ..self.term(*id) };
                steered.push(Arm { terms: vectors.iter().map(term).collect(), ..Arm::default() });
            }
            (Combination::Grid, [first, second]) => {
                let row = |weight: &f64| Arm {
                    name: t!("sweep-arm-at", name = name(*second), multiplier = format::multiplier(*weight)),
                    terms: vec![
                        self.term(*first),
                        SteeringTerm { weight: *weight, fixed: true, ..self.term(*second) },
                    ],
                    ..Arm::default()
                };
                steered = multipliers.iter().map(row).collect();
            }
            (Combination::Epochs, [only]) => {
                let epochs = self.epochs.get().filter(|(of, _)| of == only).map(|(_, epochs)| epochs);
                let arm = |epoch: u32| Arm {
                    name: t!("sweep-arm-epoch", name = name(*only), epoch = epoch),
                    terms: vec![SteeringTerm { epoch: Some(epoch), ..self.term(*only) }],
                    ..Arm::default()
                };
                steered = epochs.unwrap_or_default().into_iter().map(arm).collect();
            }
            _ => {}
        }
        let mut arms = steered.clone();
        arms.extend(self.opened.get());
        if self.is_custom() {
            arms.extend(self.prompted(store, &steered));
        }
        arms
    }

    /// Returns the arms of the ways of prompting, by themselves and with vectors.
    fn prompted(self, store: Store, steered: &[Arm]) -> Vec<Arm> {
        let ways = self.ways(store);
        let mut arms = Vec::new();
        arms.extend(ways.iter().map(|(name, prompting)| Arm {
            name: name.clone(),
            prompting: prompting.clone(),
            ..Arm::default()
        }));
        // No worked examples are the model as it is; with vectors that is the vectors alone.
        if self.prompting.example_counts().is_ok_and(|counts| counts.contains(&0)) {
            arms.push(Arm { name: t!("sweep-way-no-examples"), ..Arm::default() });
        }
        let mut crossed: Vec<(String, Prompting)> = Vec::new();
        if self.prompting.with_vectors.get() {
            crossed.extend(ways);
        }
        for line in self.prompting.others.get().lines().map(str::trim).filter(|line| !line.is_empty()) {
            let way = Prompting::System { text: line.to_owned() };
            crossed.push((prompting_name(&way), way));
        }
        let chosen = self.prompting.templates.get();
        for name in TEMPLATES.into_iter().filter(|name| chosen.contains(name)) {
            let template = Prompting::Template { name: name.to_owned(), source: String::new() };
            crossed.push((prompting_name(&template), template));
        }
        for (way, prompting) in &crossed {
            arms.extend(steered.iter().map(|arm| Arm {
                name: format!("{} + {way}", arm.name),
                prompting: prompting.clone(),
                ..arm.clone()
            }));
        }
        arms
    }
}
