//! Files that people bring and take away: preference pairs and steering vectors.

use serde::{Deserialize, Serialize};

use crate::Id;

/// Which columns of a data file hold a pair, where its format is not known.
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
    /// Whether all of them are named.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        [&self.prompt, &self.wanted, &self.opposite].iter().all(|name| !name.is_empty())
    }
}

/// The source of imported pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum ImportSource {
    /// A file.
    File {
        /// The path.
        path: String,
    },
    /// A text that was pasted: CSV, tab-separated cells or JSON.
    Text {
        /// The text.
        text: String,
    },
}

/// A preview of a data file. Nothing of it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// Whose format it is, as people call it; `None` where columns must be named first.
    pub format: Option<String>,
    /// The text encoding.
    pub encoding: String,
    /// The columns' names.
    pub columns: Vec<String>,
    /// How many pairs can be used.
    pub pairs: u32,
    /// How many of them say the same as an earlier one.
    pub duplicates: u32,
    /// How many of them lack a prompt or an answer.
    pub unfinished: u32,
    /// How many of them the file itself calls held out; `None` where it has no splits.
    pub held_out: Option<u32>,
    /// How many of them have a system message of their own.
    pub system_messages: u32,
    /// How many of them have turns before the prompt.
    pub conversations: u32,
    /// How many rows cannot be used.
    pub refused: u32,
    /// The first of those rows.
    pub first_refused: Vec<RefusedRow>,
    /// The first pairs; where columns must be named first, the first rows, in the order of `columns`.
    pub first: Vec<PreviewRow>,
}

/// A row of a data file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The line on which it begins, from 1.
    pub line: u32,
    /// What is wrong with it.
    pub reason: String,
}

/// A row as the preview shows it: the beginnings of its texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// The line on which it begins, from 1.
    pub line: u32,
    /// Prompt, wanted and opposite, or a text for each column.
    pub cells: Vec<String>,
}

/// The destination of imported pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "target")]
pub enum ImportTarget {
    /// A new data set.
    New {
        /// What it is called; empty for the file's name.
        name: String,
    },
    /// The end of a data set that is there: one edit, which [`crate::command::Undo`] takes back.
    Existing {
        /// The data set.
        data_set: Id,
    },
}

/// Which pairs are held out, where a file does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HoldOut {
    /// The share of pairs, from 0 to 1. Pairs with one prompt stay together.
    pub share: f64,
    /// Seeds the choice.
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
    /// Tiller's own JSON lines, the only ones that keep everything: `prompt, wanted, opposite, split, tags` and so on.
    TillerJsonl,
}

impl PairFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::TrlJsonl, Self::BipoCsv, Self::TrlParquet, Self::TillerJsonl];

    /// Whether a pair's own system prompt and the turns before its prompt have a place in the format itself.
    #[must_use]
    pub fn keeps_conversations(self) -> bool {
        !matches!(self, Self::BipoCsv)
    }

    /// The ending that its files have, without the dot.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::TrlJsonl | Self::TillerJsonl => "jsonl",
            Self::TrlParquet => "parquet",
            Self::BipoCsv => "csv",
        }
    }
}

/// Pairs that were written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedPairs {
    /// The count.
    pub pairs: u32,
    /// How many of them have lost their own system prompt or earlier turns: the format has no place for them.
    pub shortened: u32,
}

/// The endings of vector files, without the dot: Tiller's own, llama.cpp's, PyTorch's, NumPy's and JSON.
pub const VECTOR_ENDINGS: [&str; 5] = ["safetensors", "gguf", "pt", "npy", "json"];

/// A vector that was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedVector {
    /// The path of the file.
    pub path: String,
    /// For a GGUF file: the command line with which llama.cpp's server applies it.
    pub server_line: Option<String>,
}

/// The purpose of a chosen file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "purpose")]
pub enum FilePurpose {
    /// Pairs are read from it.
    ImportPairs,
    /// Pairs are written to it.
    ExportPairs {
        /// In this format.
        format: PairFormat,
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// It is a model's.
    AddModel,
    /// A folder: a model's, or one that is searched for models.
    ModelFolder,
    /// Choices are written to it.
    ExportChoices {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// A chart, its numbers or a report is written to it.
    ExportSweep {
        /// The name that the dialog suggests, without an ending.
        name: String,
        /// The ending, without the dot.
        ending: String,
    },
    /// A vector is read from it.
    ImportVector,
    /// An adapter is written to it.
    ExportAdapter {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
    /// A vector is written to it.
    ExportVector {
        /// The name that the dialog suggests, without an ending.
        name: String,
    },
}
