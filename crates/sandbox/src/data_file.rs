//! Checks a data file in binary form by decoding it: Parquet, Arrow, a workbook, what is compressed, or a folder of Arrow's.

use std::io;
use std::path::Path;

use data::data_files::{DataFile, DataFileError, Mapping, Sample, Stamp, is_binary, size_on_disk};
use serde::{Deserialize, Serialize};

use crate::child::stage;
use crate::message::Message;
use crate::{Limits, Program, SandboxError, SandboxOutcome};

/// The task's name.
pub(crate) const TASK: &str = "data";

/// What is going to be read of a data file. Only the columns that are read are decoded, so the check must read the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataReading {
    /// The pairs, in the columns that a person named or in those of a known format.
    Pairs(Option<Mapping>),
    /// So many of the first rows, in all columns.
    FirstRows(usize),
}

/// Checks that the data file at `path` can be decoded. A file of text needs no check: its readers allocate no more than it holds.
///
/// # Errors
/// Where decoding it ends the child, or `halt` asked to stop.
pub fn data_file(
    program: &Program,
    path: &Path,
    reading: &DataReading,
    halt: &dyn Fn() -> bool,
) -> Result<SandboxOutcome, SandboxError> {
    // Whoever reads a file that cannot be read gets the error.
    if !is_binary(path).unwrap_or(false) {
        return Ok(SandboxOutcome::Sound);
    }
    let input = serde_json::to_string(reading).map_err(|error| SandboxError::NoProcess(error.into()))?;
    program.run(TASK, path, input, Limits::for_file_size(size_on_disk(path)), halt)
}

/// Reads the data file at `path` after the check of [`data_file`]. A file that was checked and is written before the end of the
/// reading is another one, and is refused. A file of text is read once, and what was read is what it was then.
///
/// # Errors
/// As [`data_file`]; inside, where the file cannot be read.
pub fn checked_data_file<T>(
    program: &Program,
    path: &Path,
    reading: &DataReading,
    halt: &dyn Fn() -> bool,
    read: impl FnOnce() -> Result<T, DataFileError>,
) -> Result<Result<T, DataFileError>, SandboxError> {
    let before = Stamp::of(path);
    data_file(program, path, reading, halt)?;
    let file = read();
    let is_tried = is_binary(path).unwrap_or(false);
    Ok(if !is_tried || Stamp::of(path) == before { file } else { Err(DataFileError::Changed) })
}

/// Decodes the file in this process.
pub(crate) fn run_in_child(path: &Path, input: &str) -> io::Result<Message> {
    let reading: DataReading = serde_json::from_str(input)?;
    stage("the file")?;
    // An error names columns, rows and lines: whoever reads the file gets it whole.
    let is_sound = match reading {
        DataReading::Pairs(mapping) => DataFile::read(path, mapping.as_ref()).is_ok(),
        DataReading::FirstRows(rows) => Sample::read(path, rows).is_ok(),
    };
    Ok(if is_sound { Message::Sound } else { Message::Refused })
}
