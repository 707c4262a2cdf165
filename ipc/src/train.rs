//! Training runs: their curves, presets and estimates.

use serde::{Deserialize, Serialize};

pub use steering_types::{
    AnswerPosition, LoraConfig, Method, SYSTEM_PROMPT, Schedule, TrainPrecision, TrainSettings, USUAL_FACTORS,
};

use crate::job::JobState;
use crate::model::ModelFacts;
use crate::vector::Adapter;
use crate::{Id, Millis};

/// Returns the number of parameters that a run with these settings trains or extracts on a model: those of an adapter,
/// or a vector of the model's hidden size for each layer.
#[must_use]
pub fn trained_numbers(settings: &TrainSettings, facts: &ModelFacts) -> u64 {
    if settings.method.makes_adapter() {
        return Adapter::new(facts, settings.lora).numbers();
    }
    u64::from(facts.hidden_size) * settings.layers.len() as u64
}

/// A training run with its settings and results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: Id,
    /// The name.
    pub name: String,
    /// The data set that it trains on.
    pub data_set: Id,
    /// The model that it trains for.
    pub model: Id,
    /// The job that runs it.
    pub job: Id,
    /// The job's state.
    pub state: JobState,
    /// Its settings.
    pub settings: TrainSettings,
    /// The number of steps of the whole run.
    pub steps: u32,
    /// The seconds that its steps have taken.
    pub seconds: f64,
    /// What it took beside its steps.
    #[serde(default)]
    pub cost: RunCost,
    /// The vector that it made. `None` until it has ended.
    pub vector: Option<Id>,
    /// The effect on the held-out pairs after the last measured epoch: the margin at +1 less that at -1, in nats. `None` before the
    /// first one.
    #[serde(default)]
    pub effect: Option<f64>,
    /// The time of the request.
    pub created: Millis,
}

/// What a run took beside its steps, all of its sittings together. `None` where it was not measured: in runs of earlier versions, and
/// memory outside Linux.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RunCost {
    /// The seconds until the first step: encoding the pairs, and their log-probabilities without a vector.
    pub preparing_seconds: Option<f64>,
    /// The seconds in which the held-out pairs were measured.
    pub measuring_seconds: Option<f64>,
    /// The most bytes of memory that the program had in use meanwhile, the model and the window included.
    pub peak_bytes: Option<u64>,
}

/// A run's curves.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct History {
    /// One entry for each step.
    pub steps: Vec<StepPoint>,
    /// One entry for v = 0 (epoch 0) and one after every epoch.
    pub epochs: Vec<EpochPoint>,
    /// The epochs whose vectors are stored, from 1.
    pub vectors: Vec<u32>,
}

/// The initial settings of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Measured for small models and few pairs.
    #[default]
    Small,
    /// As in the BiPO paper, for 7B models and hundreds of pairs.
    Paper,
}

/// The numbers of one optimizer step.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct StepPoint {
    /// The step, from 1.
    pub step: u32,
    /// The sign d of the batch: +1 or -1, or 0 if the batch has both.
    pub sign: i8,
    /// The batch's loss.
    pub loss: f64,
    /// The mean over the batch of d times the change in the log-odds of wanted against opposite, in nats.
    pub margin: f64,
    /// The share of pairs whose change in log-odds has the sign d. `None` for steps of earlier versions.
    #[serde(alias = "right_way")]
    pub sign_accuracy: Option<f64>,
    /// The pass with d = +1, if the step had one.
    pub plus: Option<Side>,
    /// The pass with d = -1, if the step had one.
    pub minus: Option<Side>,
    /// The gradient's norm before clipping.
    pub gradient_norm: f64,
    /// The vector's norm after the step.
    pub vector_norm: f64,
    /// The learning rate at the step.
    pub learning_rate: f64,
    /// The number of tokens that went through the blocks above the layer. 0 for steps of earlier versions.
    pub tokens: u32,
    /// The seconds that the step took.
    pub seconds: f64,
}

/// Loss and margin of one sign of a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The loss.
    pub loss: f64,
    /// The mean over the batch of d times the change in log-odds, in nats.
    pub margin: f64,
}

/// The margins of the held-out pairs after an epoch: mean log pi(wanted) - log pi(opposite), in nats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EpochPoint {
    /// The epoch. 0 is before training.
    pub epoch: u32,
    /// The number of steps by then.
    pub step: u32,
    /// The mean margin at multiplier +1.
    pub plus: f64,
    /// The mean margin at multiplier -1.
    pub minus: f64,
    /// The share of pairs whose margin is larger at +1 than at -1.
    #[serde(alias = "right_way")]
    pub sign_accuracy: f64,
}

/// The cost of a run, estimated before it starts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number of optimizer steps.
    pub steps: u32,
    /// Bytes of memory, including the model.
    pub memory_bytes: u64,
    /// Bytes of memory that are free now.
    pub free_bytes: u64,
    /// Seconds at the speed measured on this machine. `None` until it was measured.
    pub seconds: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_accuracy_is_read_under_its_old_name_as_well() {
        let point = EpochPoint { epoch: 1, step: 2, plus: 0.5, minus: -0.5, sign_accuracy: 1.0 };
        let text = serde_json::to_string(&point).expect("serialized");
        assert_eq!(text, r#"{"epoch":1,"step":2,"plus":0.5,"minus":-0.5,"sign_accuracy":1.0}"#);
        let old = text.replace("sign_accuracy", "right_way");
        assert_eq!(serde_json::from_str::<EpochPoint>(&old).expect("an old point"), point);
    }
}
