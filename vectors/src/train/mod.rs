//! Trains a steering vector, or the low-rank adapter that it is compared with.
//!
//! [`Training`] makes one optimizer step at a time; the caller decides when to step, measure, checkpoint and stop. A step
//! depends only on the settings, the pairs and the checkpoint, so a run that was interrupted and resumed ends in the same
//! bits as one that was not.

mod activations;
mod adamw;
pub(crate) mod batch_order;
mod builder;
pub(crate) mod choices;
mod mean_difference;
mod objective;
mod pca;
pub(crate) mod schedule;
mod steerability;
mod training;

pub use crate::prefix::OffloadLimit;
pub use adamw::Checkpoint;
pub use builder::TrainingBuilder;
pub use choices::{Choice, ChoiceError, as_choices, encode_choices};
pub use steerability::{LayerSteerability, PairAgreement, Steerability, steerability};
pub use steering_types::{
    AnswerPosition, LoraConfig, Method, Schedule, Setting, SettingsError, TrainSettings, USUAL_FACTORS,
};
pub use training::{HeldOut, LossAndGradient, Side, StepReport, Training, memory_estimate};

use crate::model::ModelError;

/// A pair of a run, by its index among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunPair {
    /// A training pair.
    Train(usize),
    /// A held-out pair.
    HeldOut(usize),
}

impl std::fmt::Display for RunPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Train(index) => write!(f, "training pair {}", index + 1),
            Self::HeldOut(index) => write!(f, "held-out pair {}", index + 1),
        }
    }
}

fn at(pair: Option<RunPair>) -> String {
    pair.map_or_else(String::new, |pair| format!(", {pair}"))
}

/// The reason why a run cannot start or continue.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// There are no pairs to train on, or too few.
    #[error("there are no pairs to train on")]
    NoPairs,
    /// The run has no held-out pairs to measure.
    #[error("the run has no held-out pairs to measure")]
    NoHeldOut,
    /// The method has no optimizer steps, so it has no loss.
    #[error("this method takes no steps, so it has no loss")]
    NoSteps,
    /// All steps of the run are done.
    #[error("all {steps} steps are done")]
    AllStepsDone {
        /// The steps.
        steps: usize,
    },
    /// A batch names a pair that the run does not train on.
    #[error("there is no training pair {index}: the run has {pairs}, counted from 0")]
    NoSuchPair {
        /// The index that was named.
        index: usize,
        /// The number of training pairs.
        pairs: usize,
    },
    /// A batch of `RePS` has not one factor for each of its pairs.
    #[error("there are {found} factors for {expected} pairs")]
    Factors {
        /// The pairs.
        expected: usize,
        /// The factors.
        found: usize,
    },
    /// A setting is out of range.
    #[error(transparent)]
    Setting(#[from] SettingsError),
    /// The method has no optimizer steps, so nothing starts.
    #[error("this method takes no steps, so it takes no start values")]
    StartWithoutSteps,
    /// The activations are not finite, so they have no first principal component.
    #[error("the activations are not finite: they have no principal component")]
    NoComponent,
    /// The start values are not as many as the run trains.
    #[error("there are {found} start values, and the run trains {expected} numbers")]
    StartSize {
        /// The numbers that the run trains.
        expected: usize,
        /// The start values.
        found: usize,
    },
    /// A start value is not finite.
    #[error("the start values hold numbers that are not finite")]
    StartNotFinite,
    /// The checkpoint is damaged or belongs to another run.
    #[error("the checkpoint does not fit: {detail}")]
    Checkpoint {
        /// The difference.
        detail: String,
    },
    /// The loss, the gradient or the trained numbers would not be finite after a step. The run stays as it was before it.
    #[error("the numbers are not finite at step {step}{}: the learning rate is probably too high", at(*pair))]
    NotFinite {
        /// The step, counted from 1.
        step: usize,
        /// The pair whose log-probabilities are not finite; `None` where all of them are, and the gradient or the step
        /// itself overflows.
        pair: Option<RunPair>,
    },
    /// The unsteered model's own numbers are not finite. No step was made.
    #[error("the model's own numbers are not finite before the first step{}: its file is damaged, or they overflow", at(*pair))]
    ModelNotFinite {
        /// The pair.
        pair: Option<RunPair>,
    },
    /// The model refuses, or `progress` asked to halt ([`ModelError::Interrupted`]).
    #[error(transparent)]
    Model(#[from] ModelError),
}
