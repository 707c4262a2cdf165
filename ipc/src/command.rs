//! The commands that the window calls: name, arguments and answer of each.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::answer::Question;
use crate::data::{Edited, Pair, PairContent, PairTokens};
use crate::job::{Job, JobAction};
use crate::model::Model;
use crate::project::Settings;
use crate::sweep::{PairScore, Sweep};
use crate::train::{Estimate, History, Run, TrainSettings};
use crate::vector::Vector;
use crate::{Failure, Id};

/// A command: its arguments are the type itself, sent as the one argument `request`.
pub trait Command: Serialize + DeserializeOwned {
    /// The name under which the application registers it.
    const NAME: &'static str;
    /// What comes back.
    type Answer: Serialize + DeserializeOwned;
}

/// What a command returns.
pub type Reply<C> = Result<<C as Command>::Answer, Failure>;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $wire:literal -> $answer:ty {
        $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
    })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

            impl Command for $name {
                const NAME: &'static str = $wire;
                type Answer = $answer;
            }
        )*

        /// The name of every command.
        pub const NAMES: &[&str] = &[$($wire),*];
    };
}

commands! {
    /// Opens the channel of events (passed beside `request` as `events`). The first event is the whole picture.
    Watch = "watch" -> () {}

    /// Keeps the person's settings.
    SaveSettings = "save_settings" -> () {
        /// All of them.
        settings: Settings,
    }

    /// The pairs of a data set, in order.
    ListPairs = "list_pairs" -> Vec<Pair> {
        /// The data set.
        data_set: Id,
    }

    /// Changes what a pair says.
    EditPair = "edit_pair" -> Edited {
        /// The pair.
        pair: Id,
        /// What it says from now on.
        content: PairContent,
    }

    /// Adds a pair after another one, or at the end.
    AddPair = "add_pair" -> Edited {
        /// The data set.
        data_set: Id,
        /// The pair before it; `None` for the end.
        after: Option<Id>,
        /// What it says.
        content: PairContent,
    }

    /// Deletes a pair; [`Undo`] brings it back.
    DeletePair = "delete_pair" -> Edited {
        /// The pair.
        pair: Id,
    }

    /// Takes the last edit of a data set back.
    Undo = "undo" -> Option<Edited> {
        /// The data set.
        data_set: Id,
    }

    /// Makes the last undone edit again.
    Redo = "redo" -> Option<Edited> {
        /// The data set.
        data_set: Id,
    }

    /// Counts a pair's tokens with the loaded model's tokenizer and chat template.
    CountTokens = "count_tokens" -> PairTokens {
        /// The pair's text.
        content: PairContent,
        /// The system prompt around it.
        system_prompt: String,
    }

    /// Makes a model's file known and loads it.
    AddModel = "add_model" -> Model {
        /// Where the file is.
        path: String,
    }

    /// Loads a known model.
    LoadModel = "load_model" -> () {
        /// The model.
        model: Id,
    }

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

    /// Queues a sweep.
    StartSweep = "sweep" -> Sweep {
        /// The vector.
        vector: Id,
        /// The data set whose held-out pairs are scored.
        data_set: Id,
        /// The multipliers, each once.
        multipliers: Vec<f64>,
    }

    /// What every held-out pair contributed to a sweep's point.
    ReadPoint = "read_point" -> Vec<PairScore> {
        /// The sweep.
        sweep: Id,
        /// The multiplier.
        multiplier: f64,
    }

    /// Pauses, resumes or stops a job.
    ControlJob = "control_job" -> Job {
        /// The job.
        job: Id,
        /// What to do.
        action: JobAction,
    }

    /// Asks the model a question at several multipliers at once. The answers come as events.
    Ask = "ask" -> Question {
        /// The question.
        text: String,
        /// The vector that steers; `None` for the plain model.
        vector: Option<Id>,
        /// The multipliers, each once.
        multipliers: Vec<f64>,
        /// The most tokens an answer may take.
        max_new_tokens: u32,
    }

    /// Stops the answers to a question; what they say so far is kept.
    StopAnswers = "stop_answers" -> () {
        /// The question.
        question: Id,
    }

    /// Renames a vector.
    RenameVector = "rename_vector" -> Vector {
        /// The vector.
        vector: Id,
        /// Its new name.
        name: String,
    }

    /// Deletes a vector and its sweeps.
    DeleteVector = "delete_vector" -> () {
        /// The vector.
        vector: Id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_name_of_its_own() {
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
    }
}
