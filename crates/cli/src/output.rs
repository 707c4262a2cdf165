//! Writes results to standard output, and messages for a person to standard error. Texts of files and models are written so
//! that a terminal shows them and does not obey them.

use std::io::{self, ErrorKind, Write};

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
    let line = if json { printable::json(&line) } else { printable::lines(&line) };
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Halt::NotRead,
        _ => Halt::Failed(format!("standard output cannot be written: {error}")),
    })
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
