//! Tries what others wrote in a child process before Tiller itself uses it.
//!
//! Chat templates, tokenizers and binary tables are run or decoded by libraries that do not expect enemies. An error or a
//! panic in them can be caught. A stack that overflows, or memory that the system refuses, ends the process, and nothing
//! can be done about that but to let another process end. So Tiller starts its own program with [`FLAG`], sets limits of
//! memory and time there, and goes on only when the child has said that all went well.
//!
//! The program's `main` calls [`answer_if_asked`] before anything else. [`model`] and [`data_file`] ask.

mod answer;
mod child;
mod data_file;
mod end;
mod limits;
mod model;
mod program;

pub use child::answer_if_asked;
pub use data_file::data_file;
pub use end::End;
pub use limits::Limits;
pub use model::{model, model_within};
pub use program::Program;

/// The first argument of a program that is asked to try a file.
pub const FLAG: &str = "--try-in-this-process";

/// What a trial found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// All went well.
    Sound,
    /// The file was refused with an error that ends no process. Whoever opens it gets the same error, in better words.
    Refused,
}

/// Why a file may not be used.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// The process that tried it ended.
    #[error("{stage} {end}")]
    Ended {
        /// What was tried at that moment.
        stage: String,
        /// How the process ended.
        end: End,
    },
    /// It was tried, and cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// The process could not be started, or did not answer.
    #[error("the process that should try it did not work: {0}")]
    NoProcess(std::io::Error),
    /// The caller asked to stop.
    #[error("interrupted")]
    Halted,
}
