//! The reasons for which the program ends early, with their messages and exit codes.

use std::path::Path;
use std::process::ExitCode;

use ::data::data_files::DataFileError;
use ipc::{Code, Failure};
use sandbox::SandboxError;
use vectors::distil::DistilError;
use vectors::files::FileError;
use vectors::model::ModelError;
use vectors::tokens::TokenError;
use vectors::train::TrainError;

use crate::door::sentence;

/// The reason for an early end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Something failed that may succeed at another try or on another machine: exit code 1.
    Failed(String),
    /// The arguments contradict one another: exit code 2.
    Usage(String),
    /// An input is missing, damaged or does not fit: exit code 3.
    Refused(String),
    /// A person pressed Ctrl-C; the text says what was kept: exit code 130.
    Stopped(String),
    /// Nobody reads the output any more, so there is no message.
    NotRead,
}

impl Halt {
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Refused(_) => 3,
            Self::Stopped(_) => 130,
            Self::NotRead => 0,
        })
    }

    /// Turns a failure of the application into a message.
    #[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
    pub(crate) fn failure(failure: Failure) -> Self {
        let message = sentence(&failure);
        match failure.code {
            Code::Storage | Code::StoreDamaged | Code::ModelEndedTiller | Code::ModelInUse | Code::Other => {
                Self::Failed(message)
            }
            Code::ModelMissing
            | Code::ModelUnusable
            | Code::ModelNotLoaded
            | Code::TokenWanted
            | Code::NotFound
            | Code::Invalid
            | Code::ContextFull => Self::Refused(message),
        }
    }

    /// Turns a vector file's error into a message with its path.
    pub(crate) fn vector(path: &Path, error: &FileError) -> Self {
        let message = match error {
            FileError::NoLayer { .. } => format!("{}: {error}. Give it with --layer N.", path.display()),
            error => format!("{}: {error}.", path.display()),
        };
        match error {
            FileError::Ending { .. } => Self::Usage(message),
            FileError::Unreadable(_) | FileError::Unwritable(_) => Self::Failed(message),
            _ => Self::Refused(message),
        }
    }

    /// Turns a data file's error into a message with its path.
    pub(crate) fn data(path: &Path, error: &DataFileError) -> Self {
        let next = if error.needs_columns() {
            " Columns are named with --columns prompt=NAME,wanted=NAME,opposite=NAME."
        } else {
            ""
        };
        let message = format!("{}: {error}.{next}", path.display());
        match error {
            DataFileError::Unreadable(_) => Self::Failed(message),
            _ => Self::Refused(message),
        }
    }

    /// Turns the error of the sandbox into a message with the file's path.
    pub(crate) fn sandbox(path: &Path, error: &SandboxError) -> Self {
        let message = format!("{}: {error}.", path.display());
        match error {
            SandboxError::Halted => Self::Stopped("stopped".into()),
            SandboxError::NoProcess(_) | SandboxError::NoMemory { .. } => Self::Failed(message),
            SandboxError::Ended { .. } | SandboxError::Unusable(_) => Self::Refused(message),
        }
    }

    /// Turns a tokenizer's error into a message; `pair` is what a person finds the pair by.
    pub(crate) fn text(pair: Option<&str>, error: &TokenError) -> Self {
        let message = match pair {
            Some(pair) => format!("{pair} cannot be turned into tokens: {error}."),
            None => format!("the prompt cannot be turned into tokens: {error}."),
        };
        match error {
            TokenError::Memory { .. } => Self::Failed(message),
            _ => Self::Refused(message),
        }
    }

    /// Turns an error of scoring into a message that names the multiplier, and the item by its number among all. `before`
    /// items were scored earlier.
    pub(crate) fn score(error: ModelError, multiplier: f64, before: usize) -> Self {
        match error {
            ModelError::NotFinite { part, index } => Self::Failed(format!(
                "at multiplier {multiplier} the numbers are not finite, {part} {}: take smaller multipliers.",
                before + index + 1
            )),
            error => error.into(),
        }
    }
}

impl From<ModelError> for Halt {
    fn from(error: ModelError) -> Self {
        let message = format!("{error}.");
        match error {
            ModelError::Interrupted => Self::Stopped("stopped".into()),
            ModelError::Unreadable(_)
            | ModelError::Compute(_)
            | ModelError::Temporary(_)
            | ModelError::NotFinite { .. }
            | ModelError::Memory { .. }
            | ModelError::Tokens(TokenError::Memory { .. }) => Self::Failed(message),
            ModelError::Sampling(_) | ModelError::Gate(_) => Self::Usage(message),
            _ => Self::Refused(message),
        }
    }
}

impl From<DistilError> for Halt {
    fn from(error: DistilError) -> Self {
        match error {
            DistilError::Model(error) => error.into(),
            DistilError::Checkpoint(error) => error.into(),
            DistilError::Setting { .. } | DistilError::NoSteering => Self::Usage(format!("{error}.")),
            DistilError::NoSamples => Self::Refused(format!("{error}.")),
            DistilError::NotFinite { .. } => Self::Failed(format!("{error}.")),
        }
    }
}

impl From<TrainError> for Halt {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Model(error) => error.into(),
            TrainError::Setting(_) => Self::Usage(format!("{error}.")),
            TrainError::NoPairs => Self::Refused(format!("{error}.")),
            error => Self::Failed(format!("{error}.")),
        }
    }
}
