//! Studies: analyses of data, layers or a vector that measure and change nothing.

use serde::{Deserialize, Serialize};

use crate::job::JobState;
use crate::train::{AnswerPosition, TrainSettings};
use crate::{Id, Millis};

/// A study with what it has found so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Study {
    /// Its id.
    pub id: Id,
    /// The job that runs it.
    pub job: Id,
    /// The job's state.
    pub state: JobState,
    /// The model that is studied.
    pub model: Id,
    /// The data set whose pairs are used, as they were when it was asked for.
    pub data_set: Id,
    /// Whether those pairs have changed since.
    pub stale: bool,
    /// What was asked.
    pub question: Question,
    /// What was found so far, in the order in which it was.
    pub findings: Vec<Finding>,
    /// The time of the request.
    pub created: Millis,
}

/// What a study asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "question")]
pub enum Question {
    /// Will it steer? What the pairs' activations say about every layer.
    #[serde(rename = "outlook")]
    Steerability {
        /// Which of an answer's tokens is read.
        position: AnswerPosition,
    },
    /// The held-out score of every epoch of a run at several multipliers.
    Epochs {
        /// The run.
        run: Id,
        /// The multipliers, ascending.
        multipliers: Vec<f64>,
    },
    /// The held-out effect of the vectors that a method without steps gives at several layers, all at one share of the
    /// residual stream's norm.
    Layers {
        /// How the vectors are made.
        settings: Box<TrainSettings>,
        /// The norm that is added, as a share of the residual stream's mean norm at the layer.
        share: f64,
    },
    /// Successive halving over layers and learning rates.
    Search {
        /// The settings that all trials share: their layers, rate, epochs and warm-up are not asked.
        settings: Box<TrainSettings>,
        /// The layers to try.
        layers: Vec<u32>,
        /// The learning rates to try.
        rates: Vec<f64>,
        /// Optimizer steps to spend in all.
        budget: u32,
    },
    /// How strong a vector is at several multipliers.
    Strength {
        /// The vector.
        vector: Id,
        /// The multipliers, ascending.
        multipliers: Vec<f64>,
    },
}

/// One thing that a study found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Finding {
    /// What the pairs say about a layer.
    Layer {
        /// The 0-based block.
        layer: u32,
        /// The mean cosine of the pairs' differences with their mean.
        agreement: f64,
        /// How far the two kinds of answers are apart along the mean difference, in standard deviations.
        separation: f64,
        /// The share of pairs that point the way of the mean of the others.
        right_side: f64,
        /// The mean difference's norm as a share of the residual stream's.
        share: f64,
    },
    /// A pair that points another way than the others.
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
        /// Mean log pi(wanted) - log pi(opposite) over the held-out pairs.
        score: f64,
    },
    /// The held-out effect of a vector at a layer.
    Effect {
        /// The 0-based block.
        layer: u32,
        /// The mean margin with the vector added.
        plus: f64,
        /// The mean margin with it taken off.
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
        /// The layer tried.
        layer: u32,
        /// The learning rate tried.
        rate: f64,
        /// Steps made.
        steps: u32,
        /// The mean held-out margin at +1; nothing where training came apart.
        plus: Option<f64>,
        /// The mean held-out margin at -1.
        minus: Option<f64>,
    },
    /// How strong a vector is at a multiplier.
    Strength {
        /// The multiplier.
        multiplier: f64,
        /// The added norm as a share of the residual stream's mean norm at the lowest layer; nothing where the vector
        /// does something else than add.
        share: Option<f64>,
        /// Mean over the answers' tokens of the divergence KL(steered, plain), in nats.
        divergence: f64,
    },
}

impl Finding {
    /// How far a trial or an effect moves the held-out pairs: from -1 to +1, in nats. Nothing sorts below a trial that
    /// came apart.
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
