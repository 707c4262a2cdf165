//! Commands about training runs.

use super::commands;
use crate::Id;
use crate::data::PairContent;
use crate::steering::{Intervention, Positions, TokenPreview};
use crate::study::{Question, Study};
use crate::train::{Estimate, History, Preset, Run, TrainSettings};
use crate::vector::Vector;

commands! {
    /// The settings that a new run of this model and data set starts from.
    DefaultSettings = "default_settings" -> TrainSettings {
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
        /// Which settings.
        preset: Preset,
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

    /// Makes a vector of a run's epoch.
    PickEpoch = "pick_epoch" -> Vector {
        /// The run.
        run: Id,
        /// The epoch, from 1.
        epoch: u32,
    }

    /// Queues a study. One of the same content that is finished or under way is returned instead.
    StartStudy = "start_study" -> Study {
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
        /// What is asked.
        question: Question,
    }

    /// Changes where and how a vector acts from now on, in Chat and in new sweeps.
    SetActs = "set_acts" -> Vector {
        /// The vector.
        vector: Id,
        /// Where and how.
        acts: Intervention,
    }

    /// A pair's tokens, with what happens to each of them.
    PreviewTokens = "preview_tokens" -> Vec<TokenPreview> {
        /// The pair; its wanted answer is shown.
        content: PairContent,
        /// The system prompt.
        system_prompt: String,
        /// On which tokens the vector acts.
        on: Positions,
    }
}
