//! What was read of a data file, as the lines of `--json` and the first lines on standard error say it.

use std::path::Path;

use ::data::data_files::{DataFile, Mapping};
use serde::Serialize;

use crate::data::{REFUSED_SHOWN, counted};

/// The report of a data file.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DataReport {
    file: String,
    format: &'static str,
    /// The encoding's name, which says where it is a guess.
    encoding: String,
    /// The compression or the container, where the file is not plain text.
    container: Option<&'static str>,
    /// What stands between the cells of a table of text.
    separator: Option<&'static str>,
    /// The columns that were named on the command line.
    columns: Option<Mapping>,
    /// The pairs in the file, before any limit.
    pairs: usize,
    /// The rows that were left out because they cannot be used.
    rows_left_out: usize,
    /// The first of them.
    first_left_out: Vec<RowLeftOut>,
    /// The columns that were read, and those that were not.
    read: Vec<String>,
    left_out: Vec<String>,
    /// Everything that was done, left out or guessed, as the sentences on standard error.
    notes: Vec<String>,
    /// The same without the encoding, which the first of those sentences names.
    #[serde(skip)]
    notes_without_encoding: Vec<String>,
    /// The names in the header, for which a store remembers the columns that were named.
    #[serde(skip)]
    header: Vec<String>,
}

/// A row that was left out.
#[derive(Debug, Clone, Serialize)]
struct RowLeftOut {
    line: usize,
    reason: String,
}

impl DataReport {
    pub(crate) fn new(path: &Path, file: &DataFile, columns: Option<&Mapping>) -> Self {
        let refused = file.refused.iter().take(REFUSED_SHOWN);
        Self {
            file: path.display().to_string(),
            format: file.format.name(),
            encoding: file.encoding.name().into_owned(),
            container: file.report.container,
            separator: file.report.separator,
            columns: columns.cloned(),
            pairs: file.rows.len(),
            rows_left_out: file.refused.len(),
            first_left_out: refused
                .map(|row| RowLeftOut { line: row.line, reason: row.reason.clone() })
                .collect(),
            read: file.report.read.clone(),
            left_out: file.report.left_out.clone(),
            notes: file.report.sentences(),
            notes_without_encoding: file.report.sentences_without_encoding(),
            header: file.header.clone(),
        }
    }

    /// The same in sentences, the format and the encoding first.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let first = format!("Read as {}, {}.", self.format, self.encoding);
        [first].into_iter().chain(self.notes_without_encoding.iter().cloned()).collect()
    }

    /// The file, as it was named.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// The names in the file's header.
    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The counts, for a person.
    pub(crate) fn counts(&self) -> String {
        let left_out = match self.rows_left_out {
            0 => String::new(),
            1 => ", 1 row left out".to_owned(),
            many => format!(", {many} rows left out"),
        };
        format!("{}{left_out}, {}, {}", counted(self.pairs), self.format, self.encoding)
    }
}
