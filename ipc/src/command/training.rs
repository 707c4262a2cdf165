//! Training runs.

use super::commands;
use crate::Id;
use crate::train::{Estimate, History, Run, TrainSettings};

commands! {
    /// The settings that a new run of this model and data set starts from.
    DefaultSettings = "default_settings" -> TrainSettings {
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
    }

    /// What a run would take.
    EstimateTraining = "estimate_training" -> Estimate {
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
        /// The settings.
        settings: TrainSettings,
    }

    /// Queues a training run.
    Train = "train" -> Run {
        /// What the run and its vector are called; empty for a name made from the settings.
        name: String,
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
        /// The settings.
        settings: TrainSettings,
    }

    /// A run's curves.
    ReadHistory = "read_history" -> History {
        /// The run.
        run: Id,
    }
}
