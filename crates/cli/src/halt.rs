//! The reasons for which the program ends early, with their messages and exit codes.

use std::path::Path;
use std::process::ExitCode;

use ::data::benchmarks::BenchmarkError;
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
        let next = match error {
            FileError::NoLayer { .. } => Some("Give it with --layer N."),
            FileError::OtherLayer { .. } => Some("Leave out --layer, or give the file's."),
            error => error.next_step(),
        };
        let message = with_next(format!("{}: {error}.", path.display()), next);
        match error {
            FileError::Ending { .. } => Self::Usage(message),
            FileError::Unreadable(_) | FileError::Unwritable(_) => Self::Failed(message),
            _ => Self::Refused(message),
        }
    }

    /// Turns a data file's error into a message with its path.
    pub(crate) fn data(path: &Path, error: &DataFileError) -> Self {
        let next = match error {
            DataFileError::Undecided { first, second, .. } => Some(format!(
                "Name the one that is meant twice: --columns prompt=prompt,wanted={second},opposite={second}, or the same with {first}."
            )),
            error if error.needs_columns() => {
                Some("Columns are named with --columns prompt=NAME,wanted=NAME,opposite=NAME.".to_owned())
            }
            error => error.next_step().map(str::to_owned),
        };
        let message = with_next(format!("{}: {error}.", path.display()), next.as_deref());
        match error {
            DataFileError::Unreadable(_) => Self::Failed(message),
            _ => Self::Refused(message),
        }
    }

    /// Turns the error of a file of questions into a message with its path.
    pub(crate) fn questions(path: &str, error: &BenchmarkError) -> Self {
        Self::Refused(format!("{path}: {error}. {}", error.next_step()))
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

    /// Turns a tokenizer's error into a message; `place` is the file and what a person finds the pair in it by.
    pub(crate) fn text(place: Option<&str>, error: &TokenError) -> Self {
        let message = match place {
            Some(place) => format!("{place} cannot be turned into tokens: {error}."),
            None => format!("the prompt cannot be turned into tokens: {error}."),
        };
        let message = with_next(message, error.next_step());
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

/// A message with the next step of an error, where the error's own sentence does not say it.
fn with_next(message: String, next: Option<&str>) -> String {
    match next {
        Some(next) => format!("{message} {next}"),
        None => message,
    }
}

impl From<ModelError> for Halt {
    fn from(error: ModelError) -> Self {
        let message = with_next(format!("{error}."), error.next_step());
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
            DistilError::AllStepsDone { .. }
            | DistilError::NoSuchSample { .. }
            | DistilError::NotFinite { .. } => Self::Failed(format!("{error}.")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_file_and_says_one_next_step() {
        let path = Path::new("in.pt");
        let said = |halt: Halt| match halt {
            Halt::Failed(message) | Halt::Usage(message) | Halt::Refused(message) => message,
            other => panic!("{other:?}"),
        };
        let no_layer = said(Halt::vector(path, &FileError::NoLayer { suggestion: Some(3) }));
        assert!(no_layer.starts_with("in.pt: ") && no_layer.ends_with("layer 3. Give it with --layer N."));
        let several = said(Halt::vector(path, &FileError::Several { names: "\"a\", \"b\"".into() }));
        assert!(several.contains("\"a\", \"b\"") && several.contains("--entry NAME"), "{several}");
        let layer = said(ModelError::BadNumber { key: "model_type".into() }.into());
        assert!(
            layer
                .ends_with("makes no sense. Fetch or copy the model's files again, or choose another model.")
        );
        let pair = said(Halt::text(
            Some("in.csv: the pair of line 5"),
            &TokenError::EmptyAnswer { which: "wanted" },
        ));
        assert_eq!(
            pair,
            "in.csv: the pair of line 5 cannot be turned into tokens: the wanted answer is empty. Write both answers, or leave the pair out."
        );
        let twice = DataFileError::NamedTwice { name: "a".into() };
        assert_eq!(said(Halt::data(path, &twice)).matches("--columns").count(), 1);
        assert!(
            said(Halt::data(path, &DataFileError::Empty))
                .ends_with("is empty. Choose a file with pairs in it.")
        );
    }
}
