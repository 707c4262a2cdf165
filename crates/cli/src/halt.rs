//! Why the program ends before its work is done, what it says and with which exit code.

use std::path::Path;
use std::process::ExitCode;

use ::data::data_files::DataFileError;
use vectors::files::FileError;
use vectors::model::ModelError;
use vectors::tokens::TokenError;
use vectors::train::TrainError;

/// An early end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// Something failed that another try or another machine may do: code 1.
    Failed(String),
    /// The arguments make no sense together: code 2.
    Usage(String),
    /// An input is missing, damaged or does not fit: code 3.
    Refused(String),
    /// Ctrl-C; what it left behind: code 130.
    Stopped(String),
    /// Nobody reads the output any more: not worth a word.
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

    /// A vector file's error, with its path.
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

    /// A data file's error, with its path.
    pub(crate) fn data(path: &Path, error: &DataFileError) -> Self {
        let message = format!("{}: {error}.", path.display());
        match error {
            DataFileError::Unreadable(_) => Self::Failed(message),
            _ => Self::Refused(message),
        }
    }

    /// A text's error; pairs are counted from 1.
    pub(crate) fn text(pair: Option<usize>, error: &TokenError) -> Self {
        Self::Refused(match pair {
            Some(number) => format!("pair {number} cannot be turned into tokens: {error}."),
            None => format!("the prompt cannot be turned into tokens: {error}."),
        })
    }
}

impl From<ModelError> for Halt {
    fn from(error: ModelError) -> Self {
        let message = format!("{error}.");
        match error {
            ModelError::Interrupted => Self::Stopped("stopped".into()),
            ModelError::Unreadable(_) | ModelError::Compute(_) | ModelError::Temporary(_) => {
                Self::Failed(message)
            }
            ModelError::Sampling(_) => Self::Usage(message),
            _ => Self::Refused(message),
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
