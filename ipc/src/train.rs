//! Training a steering vector.

use serde::{Deserialize, Serialize};

use crate::job::JobState;
use crate::{Id, Millis};

/// The system prompt around every prompt, where nobody chose another: the paper's.
pub const SYSTEM_PROMPT: &str = "You are a helpful, honest and concise assistant.";

/// How a vector is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Bi-directional preference optimisation (Cao et al. 2024).
    Bipo,
    /// Its uni-directional ablation: the sign d is always +1.
    BipoUni,
    /// Mean difference of activations over the answers' tokens: no gradient.
    Freeform,
}

/// The settings of a training run. The defaults are measured: see `docs/defaults.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSettings {
    /// How the vector is made.
    pub method: Method,
    /// The 0-based block after which the vector is added.
    pub layer: u32,
    /// How often every pair is seen.
    pub epochs: u32,
    /// AdamW's peak learning rate.
    pub learning_rate: f64,
    /// Steps over which the rate rises from zero; then it falls to zero along a cosine.
    pub warmup_steps: u32,
    /// The strength of the preference term.
    pub beta: f64,
    /// AdamW's weight decay.
    pub weight_decay: f64,
    /// The largest norm of the gradient; a longer one is scaled down to it.
    pub clip_norm: f64,
    /// Pairs in a step.
    pub batch_pairs: u32,
    /// Seeds the order of the pairs and the signs d.
    pub seed: u64,
    /// The system prompt around every prompt.
    pub system_prompt: String,
}

/// A training run: its settings, its history and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// The data set trained on.
    pub data_set: Id,
    /// The model trained for.
    pub model: Id,
    /// The job that runs it.
    pub job: Id,
    /// Where that job stands.
    pub state: JobState,
    /// Its settings.
    pub settings: TrainSettings,
    /// Steps in the whole run.
    pub steps: u32,
    /// The vector it made; absent until it is over.
    pub vector: Option<Id>,
    /// When it was asked for.
    pub created: Millis,
}

/// A run's curves.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct History {
    /// One entry a step.
    pub steps: Vec<StepPoint>,
    /// One entry for v = 0 (epoch 0) and one after every epoch.
    pub epochs: Vec<EpochPoint>,
}

/// What one optimizer step saw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StepPoint {
    /// 1 for the first.
    pub step: u32,
    /// The sign d of the batch: +1 or -1.
    pub sign: i8,
    /// The batch's loss.
    pub loss: f64,
    /// The mean over the batch of d times the change in log-odds of wanted against opposite, in nats.
    pub margin: f64,
    /// The gradient's norm before clipping.
    pub gradient_norm: f64,
    /// The vector's norm after the step.
    pub vector_norm: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// Seconds that the step took.
    pub seconds: f64,
}

/// What the held-out pairs say after an epoch: mean log pi(wanted) - log pi(opposite), in nats.
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
    pub right_way: f64,
}

/// What a run would take, before it is started.
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
