//! Questions with known answers: multiple choice in the format of MMLU's files, and `TruthfulQA`; the ones on board, and
//! the neutral text.

mod questions;
mod truthful;

use std::io;
use std::path::Path;

pub use questions::LETTERS;
pub use questions::{Question, Questions, SHOTS, letter_item};
pub use truthful::Truthful;

/// No published file of questions is near this size.
const MOST_BYTES: u64 = 64 << 20;

/// A file of questions that cannot be used, and why.
#[derive(Debug, thiserror::Error)]
pub enum BenchmarkError {
    /// There is no such file.
    #[error("there is no file at this place")]
    Missing,
    /// The file cannot be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(io::Error),
    /// The file is too large to be a file of questions.
    #[error("the file has {0} bytes: no file of questions is that large")]
    TooLarge(u64),
    /// The file is no text.
    #[error("the file is not UTF-8 text")]
    NotText,
    /// A row is not what the format asks for.
    #[error("line {line}: {detail}")]
    Row {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// No question is in the file.
    #[error("there are {found} questions in it, and {needed} are needed at least")]
    TooFew {
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
}

/// The neutral text's paragraphs, written for this project: what perplexity and divergence are measured on.
#[must_use]
pub fn neutral_text() -> Vec<&'static str> {
    let text = include_str!("../../../../datasets/neutral.txt");
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).collect()
}

/// A file's text, bounded.
fn read(path: &Path) -> Result<String, BenchmarkError> {
    let about = std::fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => BenchmarkError::Missing,
        _ => BenchmarkError::Unreadable(error),
    })?;
    if about.len() > MOST_BYTES {
        return Err(BenchmarkError::TooLarge(about.len()));
    }
    let bytes = std::fs::read(path).map_err(BenchmarkError::Unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| BenchmarkError::NotText)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A row that the CSV reader refuses.
fn refused(error: &csv::Error) -> BenchmarkError {
    BenchmarkError::Row { line: error.position().map_or(0, csv::Position::line), detail: error.to_string() }
}
