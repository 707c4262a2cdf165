//! Commands about training runs.

use super::commands;
use crate::Id;
use crate::analysis::{Analysis, Question};
use crate::data::PairContent;
use crate::deletion::Deletion;
use crate::steering::{Intervention, Positions, TokenPreview};
use crate::train::{Estimate, History, Preset, Run, TrainSettings};
use crate::vector::Vector;

commands! {
    /// Returns the settings that a new run on this model and data set starts from.
    DefaultSettings -> TrainSettings {
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
        /// The preset that the settings follow.
        preset: Preset,
    }

    /// Estimates the time and memory of a run.
    EstimateTraining -> Estimate {
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
        /// The settings.
        settings: TrainSettings,
    }

    /// Queues a training run.
    Train -> Run {
        /// The name of the run and its vector. If empty, a name is made from the settings.
        name: String,
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
        /// The settings.
        settings: TrainSettings,
    }

    /// Returns a run's curves.
    ReadHistory -> History {
        /// The run.
        run: Id,
    }

    /// Renames a run. Its vector keeps its name.
    RenameRun -> Run {
        /// The run.
        run: Id,
        /// The new name.
        name: String,
    }

    /// Deletes a run with its curves and analyses. Its vectors stay.
    DeleteRun -> Deletion {
        /// The run.
        run: Id,
    }

    /// Makes a library vector from the vector of one epoch of a run.
    PickEpoch -> Vector {
        /// The run.
        run: Id,
        /// The epoch, from 1.
        epoch: u32,
    }

    /// Queues an analysis. If one with the same content is queued, running or finished, that one is returned.
    StartAnalysis -> Analysis {
        /// The model.
        model: Id,
        /// The data set.
        data_set: Id,
        /// The question that the analysis answers.
        question: Question,
    }

    /// Changes how and where a vector acts in Chat and in later sweeps.
    SetIntervention -> Vector {
        /// The vector.
        vector: Id,
        /// The operation and its positions.
        intervention: Intervention,
    }

    /// Returns a pair's tokens, and for each whether it is steered and scored.
    PreviewTokens -> Vec<TokenPreview> {
        /// The pair. Its wanted answer is shown.
        content: PairContent,
        /// The system prompt.
        system_prompt: String,
        /// The positions at which the vector acts.
        on: Positions,
    }
}
