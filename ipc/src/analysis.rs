//! Analyses of data, layers or a vector. They measure and change nothing.

use serde::{Deserialize, Serialize};

use crate::job::JobState;
use crate::train::{AnswerPosition, TrainSettings};
use crate::{Id, Millis};

/// An analysis with its findings so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Its id.
    pub id: Id,
    /// The job that runs it.
    pub job: Id,
    /// The job's state.
    pub state: JobState,
    /// The model that is analyzed.
    pub model: Id,
    /// The data set. Its pairs are used as they were at the time of the request.
    pub data_set: Id,
    /// Whether those pairs have changed since then.
    pub stale: bool,
    /// The question that the analysis answers.
    pub question: Question,
    /// The findings so far, in the order in which they were made.
    pub findings: Vec<Finding>,
    /// The time of the request.
    pub created: Millis,
}

/// The question that an analysis answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "question")]
pub enum Question {
    /// The steerability at every layer, estimated from the pairs' activations.
    Steerability {
        /// The tokens of an answer whose activations are read.
        position: AnswerPosition,
    },
    /// The held-out score of every epoch of a run at several multipliers.
    Epochs {
        /// The run.
        run: Id,
        /// The multipliers, ascending.
        multipliers: Vec<f64>,
    },
    /// The held-out effect at several layers of vectors from a method without training. All are added at the same share of
    /// the residual stream's norm.
    Layers {
        /// The settings that make the vectors.
        settings: Box<TrainSettings>,
        /// The norm that is added, as a share of the residual stream's mean norm at the layer.
        share: f64,
    },
    /// Successive halving over layers and learning rates.
    Search {
        /// The settings that all trials share. Their layers, rate, epochs and warm-up are ignored.
        settings: Box<TrainSettings>,
        /// The layers to try.
        layers: Vec<u32>,
        /// The learning rates to try.
        rates: Vec<f64>,
        /// The total number of optimizer steps.
        budget: u32,
    },
    /// The strength of a vector at several multipliers.
    Strength {
        /// The vector.
        vector: Id,
        /// The multipliers, ascending.
        multipliers: Vec<f64>,
    },
    /// The projections of the prompts on a vector, on which the threshold of a gate is chosen.
    Projections {
        /// The vector.
        vector: Id,
        /// The 0-based block after which the residual stream is projected.
        layer: u32,
        /// The system prompt before the prompts that have none; `None` for the one that the vector was trained with.
        system_prompt: Option<String>,
    },
}

/// One result of an analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Finding {
    /// The steerability at a layer.
    Layer {
        /// The 0-based block.
        layer: u32,
        /// The mean cosine of the pairs' differences with their mean.
        agreement: f64,
        /// The distance of wanted and opposite answers along the mean difference, in standard deviations.
        separation: f64,
        /// The share of pairs whose difference has a positive projection on the mean of the other pairs.
        right_side: f64,
        /// The mean difference's norm as a share of the residual stream's mean norm.
        share: f64,
    },
    /// A pair whose difference disagrees with the other pairs.
    OddPair {
        /// Its number in the data set, from 1.
        number: u32,
        /// The beginning of its prompt.
        prompt: String,
        /// The cosine of its difference with the mean of the others, averaged over the layers.
        agreement: f64,
    },
    /// The held-out score of an epoch at a multiplier, in nats.
    Epoch {
        /// The epoch, from 1.
        epoch: u32,
        /// The multiplier.
        multiplier: f64,
        /// The mean log pi(wanted) - log pi(opposite) over the held-out pairs.
        score: f64,
    },
    /// The held-out effect of a vector at a layer.
    Effect {
        /// The 0-based block.
        layer: u32,
        /// The mean margin at multiplier +1.
        plus: f64,
        /// The mean margin at multiplier -1.
        minus: f64,
        /// The vector's own norm.
        norm: f64,
        /// The residual stream's mean norm.
        residual_norm: f64,
    },
    /// One trial of a search.
    Trial {
        /// The round, from 1.
        round: u32,
        /// The layer.
        layer: u32,
        /// The learning rate.
        rate: f64,
        /// The number of steps.
        steps: u32,
        /// The mean held-out margin at +1. `None` if training diverged.
        plus: Option<f64>,
        /// The mean held-out margin at -1. `None` if training diverged.
        minus: Option<f64>,
    },
    /// The strength of a vector at a multiplier.
    Strength {
        /// The multiplier.
        multiplier: f64,
        /// The added norm as a share of the residual stream's mean norm at the lowest layer. `None` if the vector is not
        /// added.
        share: Option<f64>,
        /// The mean KL(steered || plain) over the answers' tokens, in nats.
        divergence: f64,
    },
    /// The projections of the different prompts of the data set on the unit vector, in units of the residual stream.
    Projections {
        /// The largest one of each prompt over its tokens but the first.
        largest: Vec<f64>,
        /// The one of each prompt at its last token.
        last: Vec<f64>,
    },
}

impl Finding {
    /// Returns how far a trial or an effect moves the held-out pairs: the margin at +1 less that at -1, in nats. A
    /// trial whose training diverged sorts last with -∞. `None` for other findings.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        match self {
            Self::Trial { plus, minus, .. } => {
                Some(plus.zip(*minus).map_or(f64::NEG_INFINITY, |(plus, minus)| plus - minus))
            }
            Self::Effect { plus, minus, .. } => Some(plus - minus),
            _ => None,
        }
    }
}
