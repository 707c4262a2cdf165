//! Training a steering vector.

use serde::{Deserialize, Serialize};

use crate::job::JobState;
use crate::model::ModelFacts;
use crate::steering::Where;
use crate::vector::Adapter;
use crate::{Id, Millis};

/// The system prompt around every prompt, where nobody chose another: the paper's.
pub const SYSTEM_PROMPT: &str = "You are a helpful, honest and concise assistant.";

/// How a vector is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Bi-directional preference optimisation as published (Cao et al. 2024): one sign d drawn for each batch.
    Bipo,
    /// The same with both signs in every batch.
    BipoBoth,
    /// Its uni-directional ablation: the sign d is always +1.
    BipoUni,
    /// BiPO on mean log-probabilities of a token in place of sums.
    BipoNormed,
    /// Reference-free preference steering (Wu et al. 2025).
    Reps,
    /// Direct preference optimisation (Rafailov et al. 2023) of a low-rank adapter on queries and values of every block:
    /// what the BiPO paper compares its vectors with. It makes an adapter, not a vector.
    DpoLora,
    /// Contrastive activation addition (Rimsky et al. 2024): no gradient.
    Caa,
    /// Mean difference of activations over the answers' tokens: no gradient.
    Freeform,
    /// First principal component of the activation differences, as repeng has it: no gradient.
    Pca,
}

impl Method {
    /// Every method, in the order of the screen.
    pub const ALL: [Self; 9] = [
        Self::Bipo,
        Self::BipoBoth,
        Self::BipoUni,
        Self::BipoNormed,
        Self::Reps,
        Self::DpoLora,
        Self::Caa,
        Self::Freeform,
        Self::Pca,
    ];

    /// Whether it trains in steps.
    #[must_use]
    pub fn has_steps(self) -> bool {
        !matches!(self, Self::Caa | Self::Freeform | Self::Pca)
    }

    /// Whether it makes an adapter, which acts in every block, in place of a vector.
    #[must_use]
    pub fn makes_adapter(self) -> bool {
        self == Self::DpoLora
    }

    /// The peak learning rate that suits what it trains: measured, see `docs/defaults.md`.
    #[must_use]
    pub fn usual_learning_rate(self) -> f64 {
        if self.makes_adapter() { 5e-4 } else { 0.05 }
    }

    /// How often a step runs its pairs through the model.
    #[must_use]
    pub fn passes(self) -> u32 {
        if matches!(self, Self::BipoBoth | Self::Reps) { 2 } else { 1 }
    }

    /// The beta that suits its loss: where log-probabilities are means and not sums over an answer's tokens, they are
    /// smaller by about its length.
    #[must_use]
    pub fn usual_beta(self) -> f64 {
        match self {
            Self::BipoNormed => 2.0,
            Self::Reps => 1.0,
            _ => 0.1,
        }
    }
}

/// Which of an answer's tokens are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The mean over all of them.
    #[default]
    Mean,
    /// The last one, before the closing token.
    Last,
}

/// How the learning rate goes after its warm-up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// To zero along half a cosine, as published.
    #[default]
    Cosine,
    /// To zero along a line.
    Linear,
    /// It stays.
    Constant,
}

/// How the model's weights stand in memory during a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// As the file stores them.
    #[default]
    Stored,
    /// Unpacked to 32 bits: the same numbers, a little faster, and more memory.
    Full,
    /// As the file stores them, and both sides of a product rounded to bf16: half as fast again, on processors that
    /// have instructions for it.
    Bf16,
}

/// How large an adapter is, and how much its product counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Lora {
    /// The rank of what is added to a weight.
    pub rank: u32,
    /// The product of an adapter's matrices is multiplied with alpha / rank.
    pub alpha: f64,
}

impl Default for Lora {
    /// As TRL's DPO example for Llama 2, from whose options those of the BiPO authors' program come.
    fn default() -> Self {
        Self { rank: 8, alpha: 16.0 }
    }
}

/// The settings of a training run. The defaults are measured: see `docs/defaults.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSettings {
    /// How the vector is made.
    pub method: Method,
    /// The 0-based blocks after which the vector acts, ascending: one part for each, trained together.
    #[serde(alias = "layer", deserialize_with = "one_or_many")]
    pub layers: Vec<u32>,
    /// Which of an answer's tokens Freeform reads.
    #[serde(default)]
    pub position: Position,
    /// How often every pair is seen.
    pub epochs: u32,
    /// AdamW's peak learning rate.
    pub learning_rate: f64,
    /// Steps over which the rate rises from zero.
    pub warmup_steps: u32,
    /// How it goes after that.
    #[serde(default)]
    pub schedule: Schedule,
    /// The strength of the preference term.
    pub beta: f64,
    /// The multipliers that `RePS` draws from.
    #[serde(default = "usual_factors")]
    pub factors: Vec<f64>,
    /// AdamW's weight decay.
    pub weight_decay: f64,
    /// The largest norm of the gradient; a longer one is scaled down to it.
    pub clip_norm: f64,
    /// Pairs in a step.
    pub batch_pairs: u32,
    /// Seeds the order of the pairs, the signs d and `RePS`'s factors.
    pub seed: u64,
    /// The system prompt around every prompt.
    pub system_prompt: String,
    /// On which tokens the vector acts while it is trained and measured.
    #[serde(default)]
    pub on: Where,
    /// How the weights stand in memory.
    #[serde(default)]
    pub precision: Precision,
    /// The adapter, where the method makes one.
    #[serde(default)]
    pub lora: Lora,
}

impl TrainSettings {
    /// The lowest layer: blocks up to it see no vector.
    #[must_use]
    pub fn lowest_layer(&self) -> u32 {
        self.layers.first().copied().unwrap_or_default()
    }

    /// How many numbers a run of this trains or extracts on a model.
    #[must_use]
    pub fn numbers(&self, facts: &ModelFacts) -> u64 {
        if self.method.makes_adapter() {
            return Adapter::of(facts, self.lora).numbers();
        }
        u64::from(facts.hidden_size) * self.layers.len() as u64
    }

    /// How many of the first blocks see nothing of what is trained; an adapter acts in all.
    #[must_use]
    pub fn blocks_below(&self) -> u32 {
        if self.method.makes_adapter() { 0 } else { self.lowest_layer() + 1 }
    }
}

/// The multipliers that `RePS` draws from where nobody chose others.
#[must_use]
pub fn usual_factors() -> Vec<f64> {
    vec![0.5, 1.0, 1.5, 2.0]
}

/// Runs of earlier versions had one layer.
fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Layers {
        One(u32),
        Many(Vec<u32>),
    }
    Ok(match Layers::deserialize(from)? {
        Layers::One(layer) => vec![layer],
        Layers::Many(layers) => layers,
    })
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
    /// Seconds that its steps took so far.
    pub seconds: f64,
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

/// What one optimizer step saw.
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
    /// The share of pairs that moved the way d pushes; `None` for steps of earlier versions.
    pub right_way: Option<f64>,
    /// What d = +1 saw, where the step had it.
    pub plus: Option<Side>,
    /// What d = -1 saw.
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

/// What one sign of a step saw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Its loss.
    pub loss: f64,
    /// The mean over the batch of d times the change in log-odds, in nats.
    pub margin: f64,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_an_earlier_version_has_one_layer_and_todays_defaults() {
        let old = r#"{"method":"bipo","layer":10,"epochs":5,"learning_rate":0.05,"warmup_steps":10,"beta":0.1,
            "weight_decay":0.0,"clip_norm":1.0,"batch_pairs":4,"seed":11,"system_prompt":"Hi"}"#;
        let settings: TrainSettings = serde_json::from_str(old).expect("the settings of an earlier version");
        assert_eq!((settings.layers.as_slice(), settings.lowest_layer()), (&[10][..], 10));
        assert_eq!((settings.on, settings.factors), (Where::Everywhere, usual_factors()));
    }
}
