//! Checks a data file in binary form by decoding it: Parquet, Arrow, a workbook, or what is compressed.

use std::fs;
use std::io;
use std::path::Path;

use data::data_files::{DataFile, is_binary};

use crate::child::stage;
use crate::message::Message;
use crate::{Limits, Program, SandboxError, SandboxOutcome};

/// The task's name.
pub(crate) const TASK: &str = "data";

/// Checks that the data file at `path` can be decoded. A file of text needs no check: its readers allocate no more than it holds.
///
/// # Errors
/// Where decoding it ends the child, or `halt` asked to stop.
pub fn data_file(
    program: &Program,
    path: &Path,
    halt: &dyn Fn() -> bool,
) -> Result<SandboxOutcome, SandboxError> {
    // Whoever reads a file that cannot be read gets the error.
    if !is_binary(path).unwrap_or(false) {
        return Ok(SandboxOutcome::Sound);
    }
    let bytes = fs::metadata(path).map_or(0, |file| file.len());
    program.run(TASK, path, String::new(), Limits::for_file_size(bytes), halt)
}

/// Decodes the file in this process.
pub(crate) fn run_in_child(path: &Path) -> io::Result<Message> {
    stage("the file")?;
    // An error names columns, rows and lines: whoever reads the file gets it whole.
    Ok(DataFile::read(path, None).map_or(Message::Refused, |_| Message::Sound))
}
