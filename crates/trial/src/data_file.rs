//! The trial of a data file in binary form: Parquet, Arrow, a workbook, or what is compressed.

use std::fs;
use std::io;
use std::path::Path;

use data::data_files::{DataFile, is_binary};

use crate::answer::Line;
use crate::child::stage;
use crate::{Limits, Program, TrialError, Tried};

/// The task's name.
pub(crate) const TASK: &str = "data";

/// Tries to decode the data file at `path`. A file of text is not tried: its readers allocate no more than it holds.
///
/// # Errors
/// Where decoding it ends the child, or `halt` asked to stop.
pub fn data_file(program: &Program, path: &Path, halt: &dyn Fn() -> bool) -> Result<Tried, TrialError> {
    // Whoever reads a file that cannot be read gets the error.
    if !is_binary(path).unwrap_or(false) {
        return Ok(Tried::Sound);
    }
    let bytes = fs::metadata(path).map_or(0, |file| file.len());
    program.run(TASK, path, String::new(), Limits::of_bytes(bytes), halt)
}

/// Decodes the file in this process.
pub(crate) fn attempt(path: &Path) -> io::Result<Line> {
    stage("the file")?;
    // An error names columns, rows and lines: whoever reads the file gets it whole.
    Ok(DataFile::read(path, None).map_or(Line::Refused, |_| Line::Sound))
}
