//! The budgets of what is read: one constant for each way in which a file can grow in memory. `docs/data.md` lists them.
//!
//! A small file can hold very much: packed text, a dictionary, a list of nulls. So every reader counts what comes out of a
//! file, and refuses what does not fit before it is made.

use super::DataFileError;

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: u64 = 320 << 20;

/// The most bytes of text that a file unpacks to, or that its pairs hold together.
pub const LARGEST_TEXT: u64 = 320 << 20;

/// The most bytes of a file in another encoding than UTF-8 and of its text as UTF-8 together.
pub const LARGEST_RECODED: u64 = 384 << 20;

/// The most bytes of one row.
pub const LONGEST_ROW: usize = 4 << 20;

/// The most rows of a file, and the most pairs that come of them.
pub const MOST_ROWS: usize = 1_000_000;

/// The most columns of a table, and the most names in an object of JSON.
pub const MOST_COLUMNS: usize = 4096;

/// The most values in the columns of a binary table that are read, and the most texts of a workbook.
pub const MOST_CELLS: u64 = 16 << 20;

/// The most values in one row: messages, their texts and what else lies in its lists.
pub const MOST_VALUES: usize = 64 << 10;

/// The most bytes of the index at the end of a Parquet file.
pub const LARGEST_INDEX: usize = 4 << 20;

/// The most refused rows of a file; one more refuses the whole file.
pub const MOST_REFUSED: usize = 10_000;

/// Returns the reason why a row with this number of bytes is refused.
pub(super) fn too_long(bytes: usize) -> String {
    format!("it has {} MB, a row has at most {}", bytes.div_ceil(1 << 20), LONGEST_ROW >> 20)
}

/// Adds bytes of text to a sum, and refuses a sum over [`LARGEST_TEXT`].
pub(super) fn add_text(sum: &mut u64, bytes: usize, line: usize) -> Result<(), DataFileError> {
    *sum = sum.saturating_add(bytes as u64);
    if *sum > LARGEST_TEXT { Err(DataFileError::TooMuchText { line }) } else { Ok(()) }
}
