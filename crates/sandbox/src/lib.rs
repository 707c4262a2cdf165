//! Checks files of others in a child process with limits before Tiller itself uses them.
//!
//! Chat templates, tokenizers and binary tables are run or decoded by libraries that do not expect enemies. An error or a
//! panic in them can be caught. A stack that overflows, or memory that the system refuses, ends the process, and nothing
//! can be done about that but to let another process end. So Tiller starts its own program with [`FLAG`], sets limits of
//! memory and time there, and goes on only after the child has reported success.
//!
//! The program's `main` calls [`answer_if_asked`] before anything else. [`model`] and [`data_file`] ask.

mod child;
mod child_end;
mod data_file;
mod limits;
mod message;
mod model;
mod program;

pub use child::answer_if_asked;
pub use child_end::ChildEnd;
pub use data_file::{DataReading, checked_data_file, data_file};
pub use limits::Limits;
pub use model::{model, model_within};
pub use program::{Program, resident_bytes};

/// The first argument of a program that is started as a sandbox.
pub const FLAG: &str = "--sandbox";

/// What a check in the sandbox found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxOutcome {
    /// All went well.
    Sound,
    /// The file was refused with an error that ends no process. Whoever opens it gets the same error, in better words.
    Refused,
}

/// Why a file may not be used.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The child process ended.
    #[error("{stage} {end}")]
    Ended {
        /// The stage that the child had begun.
        stage: String,
        /// How the process ended.
        end: ChildEnd,
    },
    /// The file can be opened but not used.
    #[error("{0}")]
    Unusable(String),
    /// The child got less memory than its limits allow, so that nothing is known of the file.
    #[error("there is not enough memory to check it: this process may take {} MB", limit >> 20)]
    NoMemory {
        /// The most bytes of addresses that this process and its children may take.
        limit: u64,
    },
    /// The process could not be started, or did not answer.
    #[error("the process that should check it did not work: {0}")]
    NoProcess(std::io::Error),
    /// The caller asked to stop.
    #[error("interrupted")]
    Halted,
}
