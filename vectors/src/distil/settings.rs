//! How a steered model is distilled.

use steering_types::{LoraConfig, MAX_LORA_RANK, Projections, Schedule};

use super::DistilError;

/// The settings of a distillation.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DistilSettings {
    /// The rank and alpha of the adapter.
    pub lora: LoraConfig,
    /// The projections that it acts on.
    pub on: Projections,
    /// The number of optimizer steps.
    pub steps: u32,
    /// The number of samples in a step.
    pub batch: u32,
    /// The peak learning rate.
    pub learning_rate: f64,
    /// The steps over which the learning rate rises.
    pub warmup_steps: u32,
    /// How the rate goes after that.
    pub schedule: Schedule,
    /// `AdamW`'s weight decay.
    pub weight_decay: f64,
    /// The L2 norm that gradients are clipped to.
    pub clip_norm: f64,
    /// Seeds A and the order of the samples.
    pub seed: u64,
}

impl Default for DistilSettings {
    /// An adapter of rank 16 on every projection, trained for 300 steps of 4 samples.
    fn default() -> Self {
        Self {
            lora: LoraConfig { rank: 16, alpha: 32.0 },
            on: Projections::all(),
            steps: 300,
            batch: 4,
            learning_rate: 1e-3,
            warmup_steps: 15,
            schedule: Schedule::Cosine,
            weight_decay: 0.0,
            clip_norm: 1.0,
            seed: 0,
        }
    }
}

impl DistilSettings {
    /// Refuses a setting that is out of its range.
    ///
    /// # Errors
    /// The first one.
    pub fn check(&self) -> Result<(), DistilError> {
        let refuse = |name, value: String, rule| Err(DistilError::Setting { name, value, rule });
        if !(1..=MAX_LORA_RANK).contains(&self.lora.rank) {
            return refuse("the rank", self.lora.rank.to_string(), "1 to 1024");
        }
        for (name, value) in [("steps", self.steps), ("samples in a step", self.batch)] {
            if value == 0 {
                return refuse(name, value.to_string(), "at least 1");
            }
        }
        for (name, value) in [
            ("alpha", self.lora.alpha),
            ("the learning rate", self.learning_rate),
            ("the clipping norm", self.clip_norm),
        ] {
            if !value.is_finite() || value <= 0.0 {
                return refuse(name, value.to_string(), "a number over 0");
            }
        }
        if !self.weight_decay.is_finite() || self.weight_decay < 0.0 {
            return refuse("the weight decay", self.weight_decay.to_string(), "0 or more");
        }
        if self.on.is_empty() {
            return refuse("the list of projections", "empty".to_owned(), "at least one projection");
        }
        Ok(())
    }
}
