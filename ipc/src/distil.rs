//! Steered models that are distilled into adapters.

use serde::{Deserialize, Serialize};

use crate::bake::Proof;
use crate::job::JobState;
use crate::vector::Projections;
use crate::{Id, Millis};

/// How a steered model is distilled. Alpha is twice the rank.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DistilSettings {
    /// The projections on which the adapter acts.
    pub on: Projections,
    /// The adapter's rank.
    pub rank: u32,
    /// The optimizer steps.
    pub steps: u32,
    /// The prompts and texts in a step.
    pub batch: u32,
    /// The peak learning rate.
    pub learning_rate: f64,
    /// Seeds the adapter and the order of the prompts.
    pub seed: u64,
}

impl Default for DistilSettings {
    /// The engine's defaults (`docs/baking.md`).
    fn default() -> Self {
        Self { on: Projections::all(), rank: 16, steps: 300, batch: 4, learning_rate: 1e-3, seed: 0 }
    }
}

/// A steered model that is distilled into an adapter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Distillation {
    /// Its id.
    pub id: Id,
    /// The job that trains the adapter.
    pub job: Id,
    /// The job's state.
    pub state: JobState,
    /// The vector that steers the teacher.
    pub vector: Id,
    /// The model.
    pub model: Id,
    /// The strength.
    pub multiplier: f64,
    /// The data set whose prompts and answers are read. `None` once it is deleted.
    pub data_set: Option<Id>,
    /// The settings.
    pub settings: DistilSettings,
    /// The divergence, once the adapter is trained.
    pub found: Option<Remaining>,
    /// The adapter, once it is there.
    pub made: Option<Id>,
    /// How the model with the adapter compares with the steered model, once that is measured. It is never called exact.
    #[serde(default)]
    pub proof: Option<Proof>,
    /// The time at which it was queued.
    pub created: Millis,
}

/// KL(student ‖ teacher) on held-out prompts and texts, in nats a token.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Remaining {
    /// Of the model without an adapter.
    pub before: f64,
    /// Of the model with it.
    pub left: f64,
    /// The lower end of the 95 % interval of what is left.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The number of held-out prompts and texts.
    pub samples: u32,
    /// The number of their tokens.
    pub tokens: u32,
}

impl Remaining {
    /// Words the result.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { before, left, low, high, samples, tokens } = self;
        format!(
            "An approximation. On {samples} held-out prompts and texts ({tokens} tokens) the divergence from the steered model \
             fell from {before:.4} to {left:.4} nats a token (95 % interval {low:.4} to {high:.4})."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_worded_with_its_interval() {
        let found = Remaining { before: 0.5, left: 0.012_34, low: 0.01, high: 0.02, samples: 9, tokens: 900 };
        assert!(found.text().contains("from 0.5000 to 0.0123 nats a token (95 % interval 0.0100 to 0.0200)"));
    }
}
