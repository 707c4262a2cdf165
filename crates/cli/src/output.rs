//! Standard output for results, standard error for everything said to a person.

use std::io::{self, ErrorKind, Write};

use crate::halt::Halt;

/// Writes a result as one line: the object as JSON, or its text for a person.
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
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Halt::NotRead,
        _ => Halt::Failed(format!("standard output cannot be written: {error}")),
    })
}

/// Says something to a person.
pub(crate) fn say(message: &str) {
    // Nobody is told that nobody can be told.
    let _ = writeln!(io::stderr(), "{message}");
}

/// Says why the program ends early.
pub(crate) fn tell(halt: &Halt) {
    match halt {
        Halt::Failed(message) | Halt::Usage(message) | Halt::Refused(message) => {
            say(&format!("error: {message}"));
        }
        Halt::Stopped(message) => say(message),
        Halt::NotRead => {}
    }
}
