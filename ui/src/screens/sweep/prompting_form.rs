//! The fields for ways of prompting, whose results stand on the same chart.

use std::collections::HashSet;

use leptos::prelude::*;

use crate::format;
use crate::t;

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
    pub(super) fn new() -> Self {
        Self {
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
        }
    }

    /// Leaves every way of prompting out. What is typed stays.
    pub(super) fn leave_out(self) {
        let ways = [self.is_for, self.is_against, self.shots_wanted, self.shots_opposite, self.with_vectors];
        for way in ways {
            way.set(false);
        }
        self.others.set(String::new());
        self.templates.update(HashSet::clear);
    }

    /// Returns the numbers of worked examples that are typed; none if no examples are chosen.
    pub(super) fn example_counts(self) -> Result<Vec<u32>, String> {
        if !self.shots_wanted.get() && !self.shots_opposite.get() {
            return Ok(Vec::new());
        }
        let typed = format::read_multipliers(&self.shots.get()).map_err(|_| t!("sweep-fault-examples"))?;
        if let Some(odd) = typed.iter().find(|count| count.fract() != 0.0 || !(0.0..=32.0).contains(*count)) {
            return Err(t!("sweep-fault-examples-odd", number = odd.to_string()));
        }
        Ok(typed.into_iter().map(|count| count as u32).collect())
    }
}
