//! Training runs of steering vectors: settings, history and estimates.

use serde::{Deserialize, Serialize};

pub use steering_types::{
    AnswerPosition, LoraConfig, Method, SYSTEM_PROMPT, Schedule, TrainPrecision, TrainSettings, USUAL_FACTORS,
};

use crate::job::JobState;
use crate::model::ModelFacts;
use crate::vector::Adapter;
use crate::{Id, Millis};

/// How many numbers a run with these settings trains or extracts on a model: those of an adapter, or a vector of the
/// model's hidden size for each layer.
#[must_use]
pub fn trained_numbers(settings: &TrainSettings, facts: &ModelFacts) -> u64 {
    if settings.method.makes_adapter() {
        return Adapter::of(facts, settings.lora).numbers();
    }
    u64::from(facts.hidden_size) * settings.layers.len() as u64
}

/// A training run: its settings, its history and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The data set trained on.
    pub data_set: Id,
    /// The model trained for.
    pub model: Id,
    /// The job that runs it.
    pub job: Id,
    /// The job's state.
    pub state: JobState,
    /// Its settings.
    pub settings: TrainSettings,
    /// Steps in the whole run.
    pub steps: u32,
    /// Seconds that its steps took so far.
    pub seconds: f64,
    /// The vector it made; absent until it is over.
    pub vector: Option<Id>,
    /// The time of the request.
    pub created: Millis,
}

/// A run's curves.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct History {
    /// One entry a step.
    pub steps: Vec<StepPoint>,
    /// One entry for v = 0 (epoch 0) and one after every epoch.
    pub epochs: Vec<EpochPoint>,
    /// The epochs whose vectors are kept, from 1.
    pub vectors: Vec<u32>,
}

/// Settings to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// For small models and few pairs: measured.
    #[default]
    Small,
    /// As the BiPO paper has it, for 7B models and hundreds of pairs.
    Paper,
}

/// The numbers of one optimizer step.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct StepPoint {
    /// 1 for the first.
    pub step: u32,
    /// The sign d of the batch: +1 or -1, or 0 where both are in it.
    pub sign: i8,
    /// The batch's loss.
    pub loss: f64,
    /// The mean over the batch of d times the change in log-odds of wanted against opposite, in nats.
    pub margin: f64,
    /// The share of pairs whose change in log-odds has the sign d. `None` for steps of earlier versions.
    #[serde(rename = "right_way")]
    pub sign_accuracy: Option<f64>,
    /// The pass with d = +1, where the step had it.
    pub plus: Option<Side>,
    /// The pass with d = -1, where the step had it.
    pub minus: Option<Side>,
    /// The gradient's norm before clipping.
    pub gradient_norm: f64,
    /// The vector's norm after the step.
    pub vector_norm: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// Tokens that went through the blocks above the layer; 0 for steps of earlier versions.
    pub tokens: u32,
    /// Seconds that the step took.
    pub seconds: f64,
}

/// Loss and margin of one sign of a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Its loss.
    pub loss: f64,
    /// The mean over the batch of d times the change in log-odds, in nats.
    pub margin: f64,
}

/// The margins of the held-out pairs after an epoch: mean log pi(wanted) - log pi(opposite), in nats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochPoint {
    /// 0 before training.
    pub epoch: u32,
    /// Steps done by then.
    pub step: u32,
    /// The mean margin with multiplier +1.
    pub plus: f64,
    /// The mean margin with multiplier -1.
    pub minus: f64,
    /// The share of pairs whose margin is larger at +1 than at -1.
    #[serde(rename = "right_way")]
    pub sign_accuracy: f64,
}

/// The cost of a run, estimated before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Optimizer steps.
    pub steps: u32,
    /// Bytes of memory, the model's included.
    pub memory_bytes: u64,
    /// Bytes of memory free now.
    pub free_bytes: u64,
    /// Seconds, from the speed measured on this machine; absent before anything was measured.
    pub seconds: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_accuracy_crosses_under_its_old_name() {
        let point = EpochPoint { epoch: 1, step: 2, plus: 0.5, minus: -0.5, sign_accuracy: 1.0 };
        let text = serde_json::to_string(&point).expect("serialized");
        assert_eq!(text, r#"{"epoch":1,"step":2,"plus":0.5,"minus":-0.5,"right_way":1.0}"#);
    }
}
