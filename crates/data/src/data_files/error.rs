//! Errors that make a data file useless as a whole; single bad rows are refused with [`Refused`](super::Refused).

use super::budget::{
    LARGEST_FILE, LARGEST_RECODED, LARGEST_TEXT, MOST_CELLS, MOST_COLUMNS, MOST_REFUSED, MOST_ROWS,
};
use super::json::PRINTED;

/// Says why a data file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFileError {
    /// There is no such file.
    #[error("there is no file at this place")]
    Missing,
    /// The file cannot be opened or read.
    #[error("the file cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// The file was written while it was checked and read.
    #[error("the file changed while it was read")]
    Changed,
    /// Something other than a file: a pipe, a socket, a device.
    #[error("it is {0}, not a file: write the data to a file, and choose that")]
    Special(&'static str),
    /// A folder that is not read as one data set.
    #[error("it is a folder {what}: choose {choice}")]
    Folder {
        /// What is in it.
        what: &'static str,
        /// What to choose in it.
        choice: String,
    },
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The file has more bytes than are read.
    #[error("the file has {} MB, at most {} MB are read: split it", bytes >> 20, LARGEST_FILE >> 20)]
    TooLarge {
        /// The file's size in bytes.
        bytes: u64,
    },
    /// The file has more rows than are read.
    #[error("the file has more than {MOST_ROWS} rows: split it")]
    TooManyRows,
    /// The file unpacks to more text than is read.
    #[error("unpacked, the file has more than {} MB: split it", LARGEST_TEXT >> 20)]
    UnpacksTooLarge,
    /// The file is in another encoding than UTF-8, and too large for it to be changed.
    #[error(
        "the file has {} MB in {encoding}, and with its text as UTF-8 more than {} MB: save it as UTF-8, or split it",
        bytes >> 20,
        LARGEST_RECODED >> 20
    )]
    TooLargeToRecode {
        /// The file's encoding.
        encoding: String,
        /// The file's size in bytes.
        bytes: u64,
    },
    /// The pairs hold more text than is kept.
    #[error("the pairs up to line {line} hold more than {} MB of text: split the file", LARGEST_TEXT >> 20)]
    TooMuchText {
        /// The line, from 1, at which it is too much.
        line: usize,
    },
    /// The table has more columns than are read.
    #[error(
        "line {line}: there are more than {MOST_COLUMNS} columns: leave only those with the pairs in the file"
    )]
    TooManyColumns {
        /// The line, from 1.
        line: usize,
    },
    /// A binary table holds more values than are read.
    #[error("the {kind} file's {place} has {cells} values, at most {MOST_CELLS} are read")]
    TooManyCells {
        /// What the file is.
        kind: &'static str,
        /// Where the values are: a column's name in words.
        place: String,
        /// How many there are.
        cells: u64,
    },
    /// So many rows are refused that the file is probably something else.
    #[error("more than {MOST_REFUSED} rows cannot be read; the first is line {line}: {reason}")]
    TooManyRefused {
        /// The first refused row's line, from 1.
        line: usize,
        /// The reason for refusing that row.
        reason: String,
    },
    /// The bytes are no text.
    #[error("line {line} is not text: {detail}")]
    Encoding {
        /// The line, from 1.
        line: usize,
        /// A description of the fault.
        detail: &'static str,
    },
    /// The JSON is cut off or damaged as a whole.
    #[error("line {line} is not valid JSON: {detail}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The reader's message.
        detail: String,
    },
    /// A table whose header cannot be read.
    #[error("line {line}: the header cannot be read: {detail}")]
    Header {
        /// The line, from 1.
        line: usize,
        /// A description of the fault.
        detail: String,
    },
    /// A file of which not even the first row can be read.
    #[error("line {line}: {reason}")]
    FirstRow {
        /// The line, from 1.
        line: usize,
        /// A description of the fault.
        reason: String,
    },
    /// Another kind of file, recognised by its first bytes.
    #[error("the file is {kind}, not data: {next}")]
    Foreign {
        /// The kind of the file.
        kind: &'static str,
        /// The next step.
        next: &'static str,
    },
    /// The error that a server has sent in place of the file, as JSON.
    #[error("the file is an error message of a server, not data: {message}; download the file itself")]
    ServersMessage {
        /// The message, as JSON.
        message: String,
    },
    /// A compressed file that is damaged, or unpacks to too much.
    #[error("the file is {kind}, and cannot be unpacked: {detail}; download it again")]
    Packed {
        /// The compression.
        kind: &'static str,
        /// The failure.
        detail: String,
    },
    /// A workbook, a Parquet or an Arrow file that is damaged or of a kind that is not read.
    #[error("the {kind} file cannot be read: {detail}; write or download it again")]
    Table {
        /// The kind of the file.
        kind: &'static str,
        /// The reader's message.
        detail: String,
    },
    /// Two columns have the same name, and only one is needed.
    #[error("two columns are called {name:?}: give one of them another name")]
    TwoColumns {
        /// The name.
        name: String,
    },
    /// A mapping names one column for two parts of a pair.
    #[error(
        "the column {name:?} is named for two parts of a pair: prompt, wanted and opposite are three columns"
    )]
    NamedTwice {
        /// The column.
        name: String,
    },
    /// Answers of one kind only.
    #[error("{reason}")]
    OneSided {
        /// The kind of the file.
        reason: &'static str,
    },
    /// Two columns may prefer different answers, and nobody has said which one is meant.
    #[error(
        "this is {format}: {first:?} and {second:?} may prefer different answers, and which one is meant is not said"
    )]
    Undecided {
        /// The format's name.
        format: &'static str,
        /// One of the columns.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },
    /// The file is one JSON object with a list for each column.
    #[error(
        "the file is column-oriented JSON: it has a list for each of {columns}, not an object for each pair; \
         pandas writes the latter with to_json(orient=\"records\", lines=True)"
    )]
    ColumnOriented {
        /// The columns' names.
        columns: String,
    },
    /// The columns belong to no known format.
    #[error(
        "the columns {found} belong to no known format; known are question, matching, not_matching (BiPO) and \
         prompt, chosen, rejected (TRL), among others"
    )]
    Columns {
        /// The columns' names.
        found: String,
    },
    /// The file has no column of the name that the mapping gives.
    #[error("there is no column {name:?}; there are {found}")]
    NoColumn {
        /// The missing name.
        name: String,
        /// The names in the file.
        found: String,
    },
}

impl DataFileError {
    /// Returns whether the file may be read when a person names the columns.
    #[must_use]
    pub fn needs_columns(&self) -> bool {
        matches!(
            self,
            Self::Columns { .. }
                | Self::OneSided { .. }
                | Self::Undecided { .. }
                | Self::NoColumn { .. }
                | Self::NamedTwice { .. }
                | Self::TwoColumns { .. }
        )
    }

    /// Returns the next step, where the sentence of the error does not say it. Every step stands here and nowhere else.
    #[must_use]
    pub fn next_step(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing => "Check the path, or choose the file again.",
            Self::Unreadable(_) => "Make the file readable, then try again.",
            Self::Changed => "Wait until no other program writes it, then try again.",
            Self::Empty => "Choose a file with pairs in it.",
            Self::TooManyCells { .. } => "Split the file, or leave only the columns with the pairs in it.",
            Self::TooManyRefused { .. } => "Mend these rows, or choose the file that was meant.",
            Self::Encoding { .. } => "Save the file as UTF-8 again, or mend this line.",
            Self::Json { .. } => "Mend this line, or export the file again.",
            Self::Header { .. } => "Save the rows as CSV, with one line of names above them.",
            Self::FirstRow { reason, .. } if reason == PRINTED => return None,
            Self::FirstRow { .. } => "Mend this row, or choose another file.",
            Self::OneSided { .. } => {
                "Choose a file with both answers, or name the columns if another one holds the opposite answers."
            }
            Self::Undecided { .. } => {
                "Name the column that is meant as the wanted and as the opposite answer."
            }
            Self::Columns { .. } | Self::NoColumn { .. } | Self::NamedTwice { .. } => {
                "Say which columns hold the prompt, the wanted and the opposite answer."
            }
            Self::Special(_)
            | Self::Folder { .. }
            | Self::TooLarge { .. }
            | Self::TooManyRows
            | Self::UnpacksTooLarge
            | Self::TooLargeToRecode { .. }
            | Self::TooMuchText { .. }
            | Self::TooManyColumns { .. }
            | Self::Foreign { .. }
            | Self::ServersMessage { .. }
            | Self::Packed { .. }
            | Self::Table { .. }
            | Self::TwoColumns { .. }
            | Self::ColumnOriented { .. } => return None,
        })
    }
}

/// Lists names in quotes, and shortens the list: a header may have very many or very long ones.
pub(super) fn list(names: &[String]) -> String {
    const MOST: usize = 12;
    let short = |name: &String| format!("{:?}", name.chars().take(40).collect::<String>());
    let mut shown: Vec<String> = names.iter().take(MOST).map(short).collect();
    if names.len() > MOST {
        shown.push(format!("and {} more", names.len() - MOST));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    /// One error of each kind. [`DataFileError::next_step`] has no arm for all others, so that a new kind does not compile
    /// without a step; here it gets a line.
    fn all() -> Vec<DataFileError> {
        let text = || "x".to_owned();
        vec![
            DataFileError::Missing,
            DataFileError::Unreadable(Error::from(ErrorKind::PermissionDenied)),
            DataFileError::Changed,
            DataFileError::Special("a pipe"),
            DataFileError::Folder { what: "of files", choice: text() },
            DataFileError::Empty,
            DataFileError::TooLarge { bytes: 1 },
            DataFileError::TooManyRows,
            DataFileError::UnpacksTooLarge,
            DataFileError::TooLargeToRecode { encoding: text(), bytes: 1 },
            DataFileError::TooMuchText { line: 1 },
            DataFileError::TooManyColumns { line: 1 },
            DataFileError::TooManyCells { kind: "Parquet", place: text(), cells: 1 },
            DataFileError::TooManyRefused { line: 1, reason: text() },
            DataFileError::Encoding { line: 1, detail: "it is UTF-32" },
            DataFileError::Json { line: 1, detail: text() },
            DataFileError::Header { line: 1, detail: text() },
            DataFileError::FirstRow { line: 1, reason: text() },
            DataFileError::FirstRow { line: 1, reason: PRINTED.to_owned() },
            DataFileError::Foreign { kind: "a web page", next: "download the file itself" },
            DataFileError::ServersMessage { message: text() },
            DataFileError::Packed { kind: "compressed with gzip", detail: text() },
            DataFileError::Table { kind: "Arrow", detail: text() },
            DataFileError::TwoColumns { name: text() },
            DataFileError::NamedTwice { name: text() },
            DataFileError::OneSided { reason: "these are single answers" },
            DataFileError::Undecided { format: "F", first: "a", second: "b" },
            DataFileError::ColumnOriented { columns: text() },
            DataFileError::Columns { found: text() },
            DataFileError::NoColumn { name: text(), found: text() },
        ]
    }

    /// The words with which a sentence says what to do.
    const STEPS: [&str; 11] = [
        ": choose ",
        ": split ",
        ": leave ",
        ": save ",
        ", and choose that",
        "; download ",
        "; write ",
        ": download ",
        ": give ",
        "; pandas writes",
        "instead",
    ];

    #[test]
    fn every_refusal_says_one_next_step() {
        for error in all() {
            let sentence = error.to_string();
            let says_it = STEPS.iter().any(|step| sentence.contains(step));
            assert_eq!(error.next_step().is_none(), says_it, "{sentence}");
            if let Some(step) = error.next_step() {
                assert!(step.ends_with('.') && step.starts_with(char::is_uppercase), "{step}");
            }
        }
    }
}
