//! Training a steering vector, or the adapter that it is compared with.
//!
//! [`Training`] makes one optimizer step at a time and never decides when: the caller pauses, measures, stores
//! checkpoints and stops. What a step does depends only on the settings, the pairs and the checkpoint, so that a run
//! that was cut and resumed ends in the same bits as one that was not.

mod adamw;
pub(crate) mod choices;
mod differences;
mod objective;
mod order;
mod outlook;
mod pca;
mod schedule;
mod settings;
mod training;

pub use crate::kept::Spill;
pub use adamw::Checkpoint;
pub use choices::{Choice, as_choices, choices};
pub use outlook::{LayerOutlook, Outlook, PairOutlook, outlook};
pub use settings::{Lora, Method, Position, Schedule, Settings, USUAL_FACTORS};
pub use training::{HeldOut, Side, StepReport, Training, memory_estimate};

use crate::model::ModelError;

/// A run that cannot go on, and why.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// There is nothing to train on.
    #[error("there are no pairs to train on")]
    NoPairs,
    /// A loss was asked for that the method does not have.
    #[error("this method takes no steps, so it has no loss")]
    NoSteps,
    /// A setting makes no sense.
    #[error("{setting} is {value}: it must be {rule}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        rule: &'static str,
    },
    /// The checkpoint belongs to another run.
    #[error("the checkpoint does not fit: {detail}")]
    Checkpoint {
        /// What differs.
        detail: String,
    },
    /// The loss or the gradient is not a number any more.
    #[error("the loss is not finite at step {step}: the learning rate is probably too high")]
    NotFinite {
        /// The step.
        step: usize,
    },
    /// The model refuses, or `progress` asked to halt ([`ModelError::Interrupted`]).
    #[error(transparent)]
    Model(#[from] ModelError),
}
