//! Reads benchmark questions (MMLU's format, `TruthfulQA`), and holds the built-in questions and the neutral text.

mod mmlu;
mod questions;
mod truthful;

use std::io::Read;
use std::path::Path;

use regular_file::OpenError;

pub use mmlu::{Mmlu, SUBJECTS, Subject};
pub use questions::LETTERS;
pub use questions::{Question, Questions, SHOTS, letter_item};
pub use truthful::Truthful;

/// The most bytes of a file of questions, far above every published one.
const MOST_BYTES: u64 = 64 << 20;

/// Says why a file of questions cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BenchmarkError {
    /// The file cannot be opened or read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The file is too large to be a file of questions.
    #[error("the file has {0} bytes: no file of questions is that large")]
    TooLarge(u64),
    /// The file is not UTF-8 text.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// A row is not in the format.
    #[error("line {line}: {detail}")]
    Row {
        /// The line, from 1.
        line: u64,
        /// A description of the fault.
        detail: String,
    },
    /// A file of a folder cannot be used.
    #[error("{file}: {source}")]
    File {
        /// The file, inside the folder.
        file: String,
        /// The reason.
        source: Box<BenchmarkError>,
    },
    /// The file holds too few questions.
    #[error("there are {found} questions in it, and {needed} are needed at least")]
    TooFew {
        /// The number of questions in the file.
        found: usize,
        /// The number of questions that are needed.
        needed: usize,
    },
}

impl BenchmarkError {
    /// Returns the next step. Every step stands here and nowhere else.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Open(OpenError::Missing) => "Check the path, or choose the file again.",
            Self::Open(OpenError::Special(_)) | Self::TooLarge(_) => "Choose another file of questions.",
            Self::Open(OpenError::Unreadable(_)) => "Make the file readable, then try again.",
            Self::NotText => "Save the file as UTF-8, then try again.",
            Self::Row { .. } => "Mend this line, or choose another file of questions.",
            Self::File { source, .. } => source.next_step(),
            Self::TooFew { .. } => "Choose a file with more questions.",
        }
    }
}

/// Returns the paragraphs of the neutral text, which was written for this project: perplexity and divergence are measured
/// on it.
#[must_use]
pub fn neutral_text() -> Vec<&'static str> {
    let text = include_str!("../../../../datasets/neutral.txt");
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).collect()
}

/// Reads a file as UTF-8 text, and refuses one that is too large.
fn read(path: &Path) -> Result<String, BenchmarkError> {
    let (file, size) = regular_file::open(path)?;
    let mut bytes = Vec::new();
    if size <= MOST_BYTES {
        // The file may grow meanwhile, so the read itself is limited.
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(OpenError::Unreadable)?;
    }
    let size = size.max(bytes.len() as u64);
    if size > MOST_BYTES {
        return Err(BenchmarkError::TooLarge(size));
    }
    let text = String::from_utf8(bytes).map_err(|_| BenchmarkError::NotText)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Turns the CSV reader's error into ours.
fn refused(error: &csv::Error) -> BenchmarkError {
    BenchmarkError::Row { line: error.position().map_or(0, csv::Position::line), detail: error.to_string() }
}
