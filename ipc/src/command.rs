//! The commands that the window calls: name, arguments and answer of each.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::answer::Question;
use crate::data::{DataSet, Edited, Pair, PairContent, PairTokens, Split};
use crate::files::{Columns, ExportedVector, FilePurpose, HoldOut, ImportPreview, ImportTarget, PairFormat};
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

    /// Makes an empty data set.
    CreateDataSet = "create_data_set" -> DataSet {
        /// What it is called.
        name: String,
    }

    /// Renames a data set.
    RenameDataSet = "rename_data_set" -> DataSet {
        /// The data set.
        data_set: Id,
        /// Its new name.
        name: String,
    }

    /// Deletes a data set with its runs and sweeps. It cannot be undone; vectors made from it stay.
    DeleteDataSet = "delete_data_set" -> () {
        /// The data set.
        data_set: Id,
    }

    /// Lets the person choose a file in the desktop's dialog; `None` where the dialog was left.
    ChooseFile = "choose_file" -> Option<String> {
        /// What it is for.
        purpose: FilePurpose,
    }

    /// Reads a data file and says what it would bring; nothing is stored.
    PreviewImport = "preview_import" -> ImportPreview {
        /// Where the file is.
        path: String,
        /// Which columns to take, whatever the format.
        columns: Option<Columns>,
    }

    /// Imports the pairs of a data file: all of them, or none.
    ImportPairs = "import_pairs" -> DataSet {
        /// Where the file is.
        path: String,
        /// Which columns to take, whatever the format.
        columns: Option<Columns>,
        /// Where the pairs go.
        into: ImportTarget,
        /// What is held out of pairs whose split the file does not say.
        hold_out: HoldOut,
        /// Whether rows that cannot be used are left out; else one of them refuses the file.
        skip_refused: bool,
    }

    /// Writes pairs to a file; the answer is how many.
    ExportPairs = "export_pairs" -> u32 {
        /// The data set.
        data_set: Id,
        /// Only those of one split.
        split: Option<Split>,
        /// Where the file goes.
        path: String,
        /// Its format.
        format: PairFormat,
        /// Whether a file that is there may be replaced.
        replace: bool,
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

    /// Writes a vector to a file, in the format of its ending.
    ExportVector = "export_vector" -> ExportedVector {
        /// The vector.
        vector: Id,
        /// Where the file goes.
        path: String,
        /// Whether a file that is there may be replaced.
        replace: bool,
    }

    /// Imports a vector from a file.
    ImportVector = "import_vector" -> Vector {
        /// Where the file is.
        path: String,
        /// What the vector is called; empty for the name that the file has for it.
        name: String,
        /// Its 0-based layer, where the file does not say it or says several.
        layer: Option<u32>,
        /// The model that it is for.
        model: Id,
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
