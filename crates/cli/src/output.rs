//! Writes results to standard output, and messages for a person to standard error. Texts of files and models are written so
//! that a terminal shows them and does not obey them.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use crate::data_report::DataReport;
use app::printable;

use crate::halt::Halt;

/// Writes a result: as one line of JSON, or as text for a person.
pub(crate) fn line(
    json: bool,
    object: &impl serde::Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), Halt> {
    let line = if json {
        serde_json::to_string(object)
            .map_err(|error| Halt::Failed(format!("a result is no JSON: {error}")))?
    } else {
        text()
    };
    write(&if json { printable::json(&line) } else { printable::lines(&line) }, "\n")
}

/// Writes a piece of a text that goes on.
pub(crate) fn piece(text: &str) -> Result<(), Halt> {
    write(&printable::lines(text), "")
}

fn write(text: &str, end: &str) -> Result<(), Halt> {
    let mut stdout = io::stdout().lock();
    write!(stdout, "{text}{end}").and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Halt::NotRead,
        _ => Halt::Failed(format!("standard output cannot be written: {error}")),
    })
}

/// Writes the results of a command that has read data. The first one says what was read, in its field `data`.
pub(crate) struct Lines {
    json: bool,
    data: RefCell<Option<DataReport>>,
}

/// A result, and what was read before it.
#[derive(Serialize)]
struct Reported<'a, T> {
    #[serde(flatten)]
    result: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<DataReport>,
}

impl Lines {
    pub(crate) fn new(json: bool, data: Option<DataReport>) -> Self {
        Self { json, data: RefCell::new(data) }
    }

    /// Writes a result as [`line`] does.
    pub(crate) fn line(&self, result: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Halt> {
        line(self.json, &Reported { result, data: self.data.take() }, text)
    }

    /// Whether results are JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }
}

/// Writes a message for a person.
pub(crate) fn print_message(message: &str) {
    // An error is ignored, because there is no other place to report it.
    let _ = writeln!(io::stderr(), "{}", printable::lines(message));
}

/// Writes why the program ends early.
pub(crate) fn print_halt(halt: &Halt) {
    match halt {
        Halt::Failed(message) | Halt::Usage(message) | Halt::Refused(message) => {
            print_message(&format!("error: {message}"));
        }
        Halt::Stopped(message) => print_message(message),
        Halt::NotRead => {}
    }
}
