//! Reads the columns and first rows of a file, from which a person chooses the columns that hold a pair.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::Value;

use super::sink::{Header, Needed, Sink};
use super::{Cells, DataFileError, Encoding, Report};

/// Rows that are looked at for some that can be read.
const MOST_SEEN: usize = 10_000;

/// The columns and first rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The file's character encoding.
    pub encoding: Encoding,
    /// The names in the header, or in the first row of JSON.
    pub header: Vec<String>,
    /// The same and the names of the other rows that were read.
    pub columns: Vec<String>,
    /// The first rows that can be read: the line of each, from 1, and a text for each column.
    pub rows: Vec<(usize, Vec<String>)>,
    /// A report of what reading the file took and guessed.
    pub report: Report,
}

impl Sample {
    /// Reads the first `most` rows of a file, or of a folder that `datasets` has saved.
    ///
    /// # Errors
    /// Returns an error where the file cannot be read, is too large, or is damaged within the rows that are read.
    pub fn read(path: &Path, most: usize) -> Result<Self, DataFileError> {
        Self::of(most, |first| super::read_at(path, first))
    }

    /// Reads a file's bytes in the same way.
    ///
    /// # Errors
    /// Returns an error where the file is too large, or is damaged within the rows that are read.
    pub fn parse(bytes: &[u8], most: usize) -> Result<Self, DataFileError> {
        Self::of(most, |first| super::read(bytes.into(), first))
    }

    fn of(
        most: usize,
        read: impl FnOnce(&mut dyn Sink) -> Result<Encoding, DataFileError>,
    ) -> Result<Self, DataFileError> {
        let mut first =
            First { most, header: vec![], columns: vec![], rows: vec![], seen: 0, report: Report::default() };
        let encoding = read(&mut first)?;
        // The rows before a further column have nothing in it.
        first.rows.iter_mut().for_each(|(_, cells)| cells.resize(first.columns.len(), String::new()));
        let First { header, columns, rows, report, .. } = first;
        Ok(Self { encoding, header, columns, rows, report })
    }
}

/// Keeps the first rows.
struct First {
    most: usize,
    header: Vec<String>,
    columns: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
    seen: usize,
    report: Report,
}

impl Sink for First {
    fn header(&mut self, header: Header) -> Result<Needed, DataFileError> {
        self.header.clone_from(&header.columns);
        self.columns = header.columns;
        Ok(Needed::All)
    }

    fn later_column(&mut self, name: String) {
        self.columns.push(name);
    }

    fn row(&mut self, line: usize, cells: Result<Cells, String>) -> Result<ControlFlow<()>, DataFileError> {
        self.seen += 1;
        let text = |cells: &Cells, name: &String| match cells.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        if let Ok(cells) = cells {
            self.rows.push((line, self.columns.iter().map(|name| text(&cells, name)).collect()));
        }
        let is_enough = self.rows.len() >= self.most || self.seen >= MOST_SEEN;
        Ok(if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn report(&mut self) -> &mut Report {
        &mut self.report
    }
}
