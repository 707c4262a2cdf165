//! Writes results to standard output, and messages for a person to standard error. Texts of files and models are written so
//! that a terminal shows them and does not obey them.

use std::cell::RefCell;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::data_report::DataReport;
use app::printable;

use crate::halt::Halt;

/// What was said of files, until a line of JSON has said it.
static FILE_NOTES: Mutex<Vec<FileNotes>> = Mutex::new(Vec::new());

/// What reading a file took, left out or guessed.
#[derive(Serialize)]
struct FileNotes {
    file: String,
    notes: Vec<String>,
}

/// A result, and what was said before it of files.
#[derive(Serialize)]
struct Noted<'a, T> {
    #[serde(flatten)]
    result: &'a T,
    file_notes: Vec<FileNotes>,
}

fn file_notes() -> MutexGuard<'static, Vec<FileNotes>> {
    FILE_NOTES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says what reading a file took, left out or guessed: to a person at once, and in the field `file_notes` of the next line of
/// JSON, whichever command writes it.
pub(crate) fn print_notes(path: &Path, notes: &[String]) {
    let file = path.display().to_string();
    for note in notes {
        print_message(&format!("{file}: {note}"));
    }
    let mut all = file_notes();
    match all.iter_mut().find(|known| known.file == file) {
        Some(known) => {
            let new = notes.iter().filter(|note| !known.notes.contains(*note)).cloned();
            let new: Vec<String> = new.collect();
            known.notes.extend(new);
        }
        None if notes.is_empty() => {}
        None => all.push(FileNotes { file, notes: notes.to_vec() }),
    }
}

/// Forgets the notes on a file that another field of the output says.
pub(crate) fn forget_notes(file: &str) {
    file_notes().retain(|known| known.file != file);
}

/// Writes a result: as one line of JSON, or as text for a person.
pub(crate) fn line(
    json: bool,
    object: &impl serde::Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), Halt> {
    let line = if json {
        let file_notes = std::mem::take(&mut *file_notes());
        let line = if file_notes.is_empty() {
            serde_json::to_string(object)
        } else {
            serde_json::to_string(&Noted { result: object, file_notes })
        };
        line.map_err(|error| Halt::Failed(format!("a result is no JSON: {error}")))?
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
        if let Some(data) = &data {
            forget_notes(data.file());
        }
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
