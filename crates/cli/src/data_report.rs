//! What was read of a data file, as the lines of `--json` say it.

use std::path::Path;

use ::data::data_files::DataFile;
use serde::Serialize;

/// The report of a data file.
#[derive(Debug, Serialize)]
pub(crate) struct DataReport {
    file: String,
    format: &'static str,
    /// The encoding's name, which says where it is a guess.
    encoding: String,
    /// The pairs in the file, before any limit.
    pairs: usize,
    /// The rows that were left out because they cannot be used.
    rows_left_out: usize,
    /// The columns that were read, and those that were not.
    read: Vec<String>,
    left_out: Vec<String>,
    /// Everything that was done, left out or guessed, as the sentences on standard error.
    notes: Vec<String>,
}

impl DataReport {
    pub(crate) fn new(path: &Path, file: &DataFile) -> Self {
        Self {
            file: path.display().to_string(),
            format: file.format.name(),
            encoding: file.encoding.name().into_owned(),
            pairs: file.rows.len(),
            rows_left_out: file.refused.len(),
            read: file.report.read.clone(),
            left_out: file.report.left_out.clone(),
            notes: file.report.sentences(),
        }
    }
}
