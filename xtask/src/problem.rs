//! The error of a task, in words that a person can act on.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;

/// An error message with a next step.
#[derive(Debug)]
pub(crate) struct Problem {
    what: String,
    next: Option<String>,
}

/// The result of a task.
pub(crate) type Outcome<T = ()> = Result<T, Problem>;

impl Problem {
    /// Makes an error from one sentence.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), next: None }
    }

    /// Adds the next step.
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Returns whether the sentence contains these words.
    pub(crate) fn mentions(&self, words: &str) -> bool {
        self.what.contains(words)
    }

    /// Prints the error and returns the exit code of a failure.
    pub(crate) fn print(&self) -> ExitCode {
        eprintln!("\nxtask: {}", self.what);
        if let Some(next) = &self.next {
            eprintln!("  {next}");
        }
        ExitCode::FAILURE
    }
}

/// Turns a system error into a sentence.
pub(crate) trait WithContext<T> {
    /// `what` is the action that failed, without a full stop. The system error's message is appended.
    fn with_context<W: Display>(self, what: impl FnOnce() -> W) -> Outcome<T>;
}

impl<T> WithContext<T> for io::Result<T> {
    fn with_context<W: Display>(self, what: impl FnOnce() -> W) -> Outcome<T> {
        self.map_err(|error| {
            let problem = Problem::new(format!("{}: {error}.", what()));
            match error.kind() {
                io::ErrorKind::StorageFull => {
                    problem.next("Free some space on this disk, then run the same command again.")
                }
                io::ErrorKind::PermissionDenied => {
                    problem.next("Make it accessible to you, then run the same command again.")
                }
                _ => problem,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_gets_a_next_step() {
        let full: io::Result<()> = Err(io::ErrorKind::StorageFull.into());
        let problem = full.with_context(|| "The starter model cannot be written").expect_err("a problem");
        assert!(problem.what.starts_with("The starter model cannot be written: "), "{}", problem.what);
        assert!(problem.next.is_some_and(|next| next.contains("Free some space")));
    }
}
