//! Files that people import and export: preference pairs and steering vectors.

use serde::{Deserialize, Serialize};

use crate::data::PairContent;
use crate::vector::Adapter;
use crate::{Failure, Id};

/// A file or folder that a person chose in the desktop's dialog or dropped onto the window. The application knows its path;
/// the page has only this number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileHandle(pub u64);

/// What may be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// The file, or the files of the folder, may be read.
    Read,
    /// The file may be written.
    Write,
}

/// The answer to a choice: the handle, and what the page shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenFile {
    /// The handle, with which commands name the file.
    pub handle: FileHandle,
    /// What may be done with it.
    pub access: Access,
    /// The path, to be shown. The application does not read it back.
    pub path: String,
}

/// The file or folder that a request is about. No path of the page is used as it is: a typed one is confirmed in a dialog of
/// the desktop first, so that a page that was taken over reaches nothing that a person did not name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum FileRef {
    /// What a person chose or dropped.
    Chosen {
        /// The handle.
        handle: FileHandle,
    },
    /// What a person typed into the page.
    Typed {
        /// The path.
        path: String,
    },
}

impl FileRef {
    /// Refers to a path that was typed.
    #[must_use]
    pub fn typed(path: impl Into<String>) -> Self {
        Self::Typed { path: path.into() }
    }
}

impl From<ChosenFile> for FileRef {
    fn from(chosen: ChosenFile) -> Self {
        Self::Chosen { handle: chosen.handle }
    }
}

/// The columns of a data file that hold a pair, if its format is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Columns {
    /// The prompt's column.
    pub prompt: String,
    /// The wanted answer's column.
    pub wanted: String,
    /// The opposite answer's column.
    pub opposite: String,
}

impl Columns {
    /// Returns whether all columns are named.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        [&self.prompt, &self.wanted, &self.opposite].iter().all(|name| !name.is_empty())
    }
}

/// The columns that a person named the last time for a file with the same header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RememberedColumns {
    /// The columns.
    pub columns: Columns,
    /// The hash of the header's set of names, by which [`crate::command::ForgetColumns`] forgets them.
    pub header_hash: String,
    /// Whether the preview was read in these columns. They are only offered where the file is in a known format.
    pub is_used: bool,
}

/// The source of imported pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum ImportSource {
    /// A file.
    File {
        /// The file.
        file: FileRef,
    },
    /// A pasted text: CSV, tab-separated values or JSON.
    Text {
        /// The text.
        text: String,
    },
    /// Pairs that a process has read already and shown to its person, so that nothing else is imported.
    Pairs {
        /// The names in the header of their file, for which the columns of the request are remembered.
        header: Vec<String>,
        /// The pairs. Each has its split.
        pairs: Vec<PairContent>,
    },
}

/// A preview of a data file. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// The name of the recognized format. `None` if columns must be named first.
    pub format: Option<String>,
    /// The text encoding.
    pub encoding: String,
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The number of usable pairs.
    pub pairs: u32,
    /// The number of pairs that repeat an earlier one.
    pub duplicates: u32,
    /// The number of pairs without a prompt or an answer.
    pub unfinished: u32,
    /// The number of pairs that the file marks as held out. `None` if it has no splits.
    pub held_out: Option<u32>,
    /// The number of pairs with their own system message.
    pub system_messages: u32,
    /// The number of pairs with turns before the prompt.
    pub conversations: u32,
    /// The number of unusable rows.
    pub refused: u32,
    /// The first unusable rows.
    pub first_refused: Vec<RefusedRow>,
    /// Sentences about everything that reading the file took, left out and guessed.
    #[serde(default)]
    pub report: Vec<String>,
    /// The columns that a person named for such a file before, if any.
    #[serde(default)]
    pub remembered: Option<RememberedColumns>,
    /// The first pairs. If columns must be named first, the first rows in the order of `columns`.
    pub first: Vec<PreviewRow>,
}

/// A preview of the file of a vector or an adapter. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorPreview {
    /// The 0-based layers of the file's vectors, ascending. Empty for an adapter, and if the file names no layer.
    pub layers: Vec<u32>,
    /// The number of numbers of each vector. 0 for an adapter.
    pub size: u32,
    /// The sizes of an adapter. `None` for vectors.
    pub adapter: Option<Adapter>,
    /// Whether the file names no layer, so that an import needs one.
    pub needs_layer: bool,
    /// The layer that the name of the file, or something in it, suggests.
    pub suggested_layer: Option<u32>,
    /// Sentences about what is left out or guessed. An import stores the same as the vector's note.
    pub notes: Vec<String>,
}

/// An unusable row of a data file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The line on which the row begins, from 1.
    pub line: u32,
    /// The reason.
    pub reason: String,
}

/// A row of the preview with the beginnings of its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// The line on which the row begins, from 1.
    pub line: u32,
    /// Prompt, wanted and opposite answer, or a text for each column.
    pub cells: Vec<String>,
}

/// The destination of imported pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "target")]
pub enum ImportTarget {
    /// A new data set.
    New {
        /// The name. If empty, the file's name.
        name: String,
        /// The behaviour that the wanted answers show, in a sentence; may be empty.
        #[serde(default)]
        description: String,
    },
    /// The end of an existing data set. The import is one edit, which [`crate::command::Undo`] undoes.
    Existing {
        /// The data set.
        data_set: Id,
    },
}

/// The rule that holds out pairs if a file has no splits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HoldOut {
    /// The share of pairs to hold out, from 0 to 1. Pairs with the same prompt stay together.
    pub share: f64,
    /// The seed of the choice.
    pub seed: u64,
}

/// The format of a file of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PairFormat {
    /// TRL's preference data as JSON lines: `prompt, chosen, rejected`.
    #[default]
    TrlJsonl,
    /// TRL's preference data as Parquet.
    TrlParquet,
    /// The BiPO authors' CSV: `question, matching, not_matching`.
    BipoCsv,
    /// Tiller's own JSON lines, the only format that keeps all fields: `prompt, wanted, opposite, split, tags` and others.
    TillerJsonl,
}

impl PairFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::TrlJsonl, Self::BipoCsv, Self::TrlParquet, Self::TillerJsonl];

    /// Returns whether the format has fields for a pair's own system prompt and earlier turns.
    #[must_use]
    pub fn keeps_conversations(self) -> bool {
        !matches!(self, Self::BipoCsv)
    }

    /// Returns the file ending, without the dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::TrlJsonl | Self::TillerJsonl => "jsonl",
            Self::TrlParquet => "parquet",
            Self::BipoCsv => "csv",
        }
    }
}

/// The result of exporting pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedPairs {
    /// The number of pairs.
    pub pairs: u32,
    /// The number of pairs that lost their system prompt or earlier turns because the format has no fields for them.
    pub shortened: u32,
}

/// The endings of vector files, without the dot: Tiller's own, llama.cpp's, PyTorch's, NumPy's and JSON.
pub const VECTOR_ENDINGS: [&str; 5] = ["safetensors", "gguf", "pt", "npy", "json"];

/// The endings of adapters' files, without the dot: peft's and llama.cpp's.
pub const ADAPTER_ENDINGS: [&str; 2] = ["safetensors", "gguf"];

/// The endings of vector files that are read: those, PyTorch's and NumPy's others, and passports'.
pub const READ_VECTOR_ENDINGS: [&str; 9] =
    ["safetensors", "gguf", "pt", "pth", "bin", "npy", "npz", "json", "zip"];

/// A vector file that was written. That of a vector was read again before, and has the numbers of the library to the bit; that of an
/// adapter is compared by a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedVector {
    /// The path of the file.
    pub path: String,
    /// For a GGUF file, the command line of llama.cpp's server that applies it.
    pub server_line: Option<String>,
    /// For a GGUF file, a sentence where llama.cpp ignores it, or may ignore it, for the vector's model.
    #[serde(default)]
    pub warning: Option<String>,
    /// For an adapter, the job that proves the file, where that was asked for.
    #[serde(default)]
    pub proof: Option<Id>,
    /// Why the file of an adapter will not be proved.
    #[serde(default)]
    pub unproved: Option<Failure>,
}

/// The end of the name of a passport's archive, without the dot.
pub const PASSPORT_ENDING: &str = "tiller-vector.zip";

/// A passport that was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PackedVector {
    /// The path of the archive or the folder.
    pub path: String,
    /// Its files.
    pub files: Vec<PackedFile>,
    /// The sweep whose curves it has. `None` if there is none.
    pub sweep: Option<Id>,
    /// The multipliers over which the vector is useful, by that sweep.
    pub useful_range: Option<(f64, f64)>,
}

/// A file of a passport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedFile {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The purpose of a file that a person chooses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "purpose")]
pub enum FilePurpose {
    /// To import pairs.
    ImportPairs,
    /// To export pairs.
    ExportPairs {
        /// The format.
        format: PairFormat,
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// To add a model's file.
    AddModel,
    /// To choose a folder: a model's, or one to search for models.
    ModelFolder,
    /// To export choices.
    ExportChoices {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// To export a chart, its numbers or a report.
    ExportSweep {
        /// The name that the dialog suggests, without an ending.
        name: String,
        /// The ending, without the dot.
        ending: String,
    },
    /// To save a report on the application itself.
    SaveDiagnostics,
    /// To import a vector.
    ImportVector,
    /// To export an adapter.
    ExportAdapter {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// To export a vector.
    ExportVector {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// To write a passport.
    PackVector {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// To bake a vector into a model.
    BakeModel {
        /// The name that the dialog suggests, without an ending.
        name: String,
        /// Whether it is a folder and no GGUF file.
        is_folder: bool,
    },
    /// To export a conversation.
    ExportConversation {
        /// The name that the dialog suggests, without an ending.
        name: String,
        /// The ending, without the dot.
        ending: String,
    },
    /// To import conversations.
    ImportConversations,
    /// To export a preset of Chat.
    ExportPreset {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// To import a preset of Chat.
    ImportPreset,
    /// To run a sweep again from its exported file.
    RunSweep,
    /// To measure with a file of questions.
    Questions,
    /// To measure with a folder of questions.
    QuestionsFolder,
    /// To export a project.
    ExportProject {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// To import a project.
    ImportProject,
}

impl FilePurpose {
    /// What may be done with a file that was chosen for this purpose.
    #[must_use]
    pub fn access(&self) -> Access {
        match self {
            Self::ImportPairs
            | Self::AddModel
            | Self::ModelFolder
            | Self::ImportVector
            | Self::ImportConversations
            | Self::ImportPreset
            | Self::RunSweep
            | Self::Questions
            | Self::QuestionsFolder
            | Self::ImportProject => Access::Read,
            Self::ExportPairs { .. }
            | Self::ExportProject { .. }
            | Self::ExportChoices { .. }
            | Self::ExportSweep { .. }
            | Self::ExportAdapter { .. }
            | Self::ExportVector { .. }
            | Self::PackVector { .. }
            | Self::BakeModel { .. }
            | Self::ExportConversation { .. }
            | Self::ExportPreset { .. }
            | Self::SaveDiagnostics => Access::Write,
        }
    }
}
