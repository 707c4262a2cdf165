//! What can go wrong, and the sentence that a person reads about it.

use std::io;
use std::path::{Path, PathBuf};

use ipc::{Code, Failure};
use vectors::files::FileError;
use vectors::model::ModelError;
use vectors::tokens::TokenError;
use vectors::train::TrainError;
use vectors::transfer::TransferError;

use crate::data_files::DataFileError;
use crate::download::HubError;
use crate::endpoint::EndpointError;

/// Why the application could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store refused or failed.
    #[error("the store failed")]
    Store(#[from] sqlx::Error),
    /// The store could not be brought to this version's form.
    #[error("the store could not be brought to this version's form")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The store was written by a newer version.
    #[error("the store has form {found} (written by {written_by}), this version knows forms up to {known}")]
    Newer {
        /// The form found.
        found: i64,
        /// The newest form this version knows.
        known: i64,
        /// The version that opened it last.
        written_by: String,
    },
    /// Another process has the data directory open.
    #[error("another Tiller has {} open", .0.display())]
    InUse(PathBuf),
    /// The data directory cannot be used.
    #[error("{}: {source}", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A row's JSON cannot be read or written.
    #[error("the stored {what} cannot be read")]
    Damaged {
        /// What it should have been.
        what: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// A model cannot be used.
    #[error("{}: {source}", .path)]
    Model {
        /// Its file.
        path: String,
        /// Why.
        source: ModelError,
    },
    /// A text cannot be turned into tokens.
    #[error("pair {pair:?}: {source}")]
    Tokens {
        /// The pair's number in its data set, from 1.
        pair: Option<usize>,
        /// Why.
        source: TokenError,
    },
    /// A run cannot go on.
    #[error(transparent)]
    Train(TrainError),
    /// A vector cannot be carried to another model.
    #[error(transparent)]
    Transfer(TransferError),
    /// A loaded model cannot compute what was asked for.
    #[error(transparent)]
    Compute(#[from] ModelError),
    /// A file of pairs cannot be read or written.
    #[error("{}: {source}", .path.display())]
    DataFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: DataFileError,
    },
    /// A vector's file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    VectorFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: FileError,
    },
    /// A file cannot be written.
    #[error("{}: {source}", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something cannot be fetched from the hub.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// A model behind an address does not answer as it should.
    #[error("{server}: {source}")]
    Endpoint {
        /// The address.
        server: String,
        /// Why.
        source: EndpointError,
    },
    /// What was asked for is not there.
    #[error("the {0} is not there")]
    Gone(&'static str),
    /// What was asked for cannot be done as it is.
    #[error("{message}")]
    Invalid {
        /// What is wrong.
        message: String,
        /// What to do.
        next: &'static str,
    },
    /// Already in a person's words.
    #[error(transparent)]
    Told(#[from] Failure),
    /// An engine thread met a mistake in the program.
    #[error("a mistake in Tiller: {0}")]
    Panic(String),
}

impl Error {
    /// A refusal of what was typed or chosen, and what to do instead.
    pub(crate) fn invalid(message: impl Into<String>, next: &'static str) -> Self {
        Self::Invalid { message: message.into(), next }
    }
}

impl From<TrainError> for Error {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Model(error) => Self::Compute(error),
            error => Self::Train(error),
        }
    }
}

impl From<TransferError> for Error {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Model(error) => Self::Compute(error),
            TransferError::Tokens(source) => Self::Tokens { pair: None, source },
            error => Self::Transfer(error),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Told(failure) => failure,
            Error::Store(source) => storage(&source),
            Error::Migrate(source) => Self::new(Code::Storage, "Tiller's data could not be brought to this version's form.")
                .detail(source.to_string())
                .next("Nothing was changed. Keep a copy of the data folder and report this."),
            Error::Newer { found, known, written_by } => {
                let own = env!("CARGO_PKG_VERSION");
                Self::new(
                    Code::Storage,
                    format!("Tiller's data was last written by version {written_by}, which is newer than this version {own}."),
                )
                .detail(format!("The data has form {found}; version {own} knows forms up to {known}. Nothing was changed."))
                .next(format!("Install Tiller {written_by} or newer, or set TILLER_DATA_DIR to another folder."))
            }
            Error::InUse(path) => Self::new(Code::Storage, "Tiller is already running on this data.")
                .detail(path.display().to_string())
                .next("Go on in the window that is open, or close it first."),
            Error::Directory { path, source } => Self::new(Code::Storage, "The folder for Tiller's data cannot be written.")
                .detail(format!("{source}: {}", path.display()))
                .next("Make the folder writable or set TILLER_DATA_DIR to another one."),
            Error::Damaged { what, source } => Self::new(Code::Storage, format!("The stored {what} cannot be read."))
                .detail(source.to_string())
                .next("Keep a copy of the data folder and report this."),
            Error::Model { path, source } => model(&path, &source),
            Error::Tokens { pair, source } => tokens(pair, &source),
            Error::Train(source) => train(&source),
            Error::Transfer(source) => transfer(&source),
            Error::Compute(source) => compute(&source),
            Error::DataFile { path, source } => data_file(&path, &source),
            Error::VectorFile { path, source } => vector_file(&path, &source),
            Error::Unwritable { path, source } => Self::new(Code::Storage, "The file cannot be written.")
                .detail(format!("{source}: {}", path.display()))
                .next("Choose another folder, or free some space, then try again."),
            Error::Hub(source) => source.into(),
            Error::Endpoint { server, source } => {
                let failure = Self::from(&source);
                let detail = failure.detail.as_deref().map(|detail| format!("{detail}: ")).unwrap_or_default();
                failure.detail(format!("{detail}{server}"))
            }
            Error::Gone(what) => Self::new(Code::NotFound, format!("This {what} does not exist any more.")),
            Error::Invalid { message, next } => Self::new(Code::Invalid, message).next(next),
            Error::Panic(message) => Self::new(Code::Other, "Something in Tiller went wrong that should not be able to.")
                .detail(message)
                .next("What was made up to the last checkpoint is kept. Try again, and report this if it comes back."),
        }
    }
}

/// SQLite's primary result codes that a person can do something about.
mod sqlite {
    pub(super) const BUSY: i64 = 5;
    pub(super) const READONLY: i64 = 8;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const CANTOPEN: i64 = 14;
    pub(super) const NOTADB: i64 = 26;
}

fn storage(error: &sqlx::Error) -> Failure {
    let extended = match error {
        sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<i64>().ok()),
        _ => None,
    };
    let (message, next) = match extended.map(|code| code & 0xff) {
        Some(sqlite::FULL) => {
            ("The disk is full: nothing more can be stored.", "Free some space, then try again.")
        }
        Some(sqlite::READONLY | sqlite::CANTOPEN) => (
            "Tiller's data cannot be written.",
            "Make the data folder and its files writable, or set TILLER_DATA_DIR to another folder.",
        ),
        Some(sqlite::CORRUPT | sqlite::NOTADB) => (
            "Tiller's data is damaged.",
            "Put a copy of the data folder back, or move the folder away to start with an empty one.",
        ),
        Some(sqlite::BUSY) => ("Another program holds Tiller's data.", "Close it, then try again."),
        _ => ("Tiller's data could not be read or written.", "Try again; if it comes back, report this."),
    };
    Failure::new(Code::Storage, message).detail(error.to_string()).next(next)
}

fn model(path: &str, error: &ModelError) -> Failure {
    match error {
        ModelError::Missing => Failure::new(Code::ModelMissing, "The model's file is not there.")
            .detail(path)
            .next("Choose the file's new place, or another model, under Models."),
        ModelError::CutOff { expected, found } => {
            Failure::new(Code::ModelUnusable, "The model's file is cut off.")
                .detail(format!("Its header promises {expected} bytes, {found} are there: {path}"))
                .next("Fetch or copy the file again, then load it again.")
        }
        ModelError::Tokens(TokenError::NoTemplate) => {
            Failure::new(Code::ModelUnusable, "The model's files hold no chat template.")
                .detail(format!("Without one, prompts cannot be put the way it was trained on: {path}"))
                .next("Take one of Tiller's under \u{201c}Chat template\u{201d}, or write one there.")
        }
        other => Failure::new(Code::ModelUnusable, "The model's file cannot be used.")
            .detail(format!("{other}: {path}"))
            .next("Choose another model under Models."),
    }
}

fn tokens(pair: Option<usize>, error: &TokenError) -> Failure {
    let message = match pair {
        Some(number) => format!("Pair {number} cannot be turned into tokens."),
        None => "This text cannot be turned into tokens.".to_owned(),
    };
    Failure::new(Code::Invalid, message).detail(error.to_string()).next("Change the text, then try again.")
}

fn train(error: &TrainError) -> Failure {
    let (code, next) = match error {
        TrainError::NoPairs => (Code::Invalid, "Add pairs under Data, or mark some of them for training."),
        TrainError::Setting { .. } => (Code::Invalid, "Change the setting, then start again."),
        TrainError::NotFinite { .. } => (Code::Other, "Start again with a smaller learning rate."),
        TrainError::Checkpoint { .. } => {
            (Code::Other, "Stop this run to keep its vector so far, and start a new one.")
        }
        _ => (Code::Other, "Change the settings or the pairs, then try again."),
    };
    Failure::new(code, sentence(&error.to_string())).next(next)
}

fn transfer(error: &TransferError) -> Failure {
    let next = match error {
        TransferError::TooFewRows { .. } => "Choose a data set with more pairs, then carry the vector again.",
        _ => "Choose another layer or another data set, then carry the vector again.",
    };
    Failure::new(Code::Invalid, sentence(&error.to_string())).next(next)
}

fn compute(error: &ModelError) -> Failure {
    let (code, next) = match error {
        ModelError::TooLong { .. } => (Code::Invalid, "Shorten the text, then try again."),
        ModelError::VectorSize { .. } => (Code::Invalid, "Load the model that the vector was made for."),
        ModelError::Layer { .. } => (Code::Invalid, "Choose one of the model's layers."),
        _ => (Code::Other, "Try again; if it comes back, report this."),
    };
    Failure::new(code, sentence(&error.to_string())).next(next)
}

fn data_file(path: &Path, error: &DataFileError) -> Failure {
    let (code, next) = match error {
        DataFileError::Missing => (Code::NotFound, "Check the path, or choose the file again."),
        DataFileError::Unreadable(_) => (Code::Other, "Make the file readable, then try again."),
        DataFileError::Empty => (Code::Invalid, "Choose a file with pairs in it."),
        DataFileError::Columns { .. } | DataFileError::NoColumn { .. } => {
            (Code::Invalid, "Say which columns hold the prompt, the wanted and the opposite answer.")
        }
        _ => (Code::Invalid, "Change the file, then try again."),
    };
    Failure::new(code, sentence(&error.to_string())).detail(path.display().to_string()).next(next)
}

fn vector_file(path: &Path, error: &FileError) -> Failure {
    let (code, next) = match error {
        FileError::Missing => (Code::NotFound, "Check the path, or choose the file again."),
        FileError::Unreadable(_) => (Code::Other, "Make the file readable, then try again."),
        FileError::Unwritable(_) => {
            (Code::Storage, "Choose another folder, or free some space, then try again.")
        }
        FileError::NoLayer { .. } => (Code::Invalid, "Type the layer, then try again."),
        FileError::OtherLayer { .. } => (Code::Invalid, "Leave the layer empty, or type the file's."),
        FileError::Inexpressible { .. } => {
            (Code::Invalid, "Choose another format: .safetensors keeps everything.")
        }
        FileError::Forbidden { .. } => {
            (Code::Invalid, "Do not open this file with a program that runs pickles.")
        }
        FileError::Ending { .. } => (Code::Invalid, "Give the file's name one of these endings."),
        _ => (Code::Invalid, "Choose another file."),
    };
    Failure::new(code, sentence(&error.to_string())).detail(path.display().to_string()).next(next)
}

/// An error's text with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_store_names_both_versions_and_what_to_do() {
        let failure = Failure::from(Error::Newer { found: 7, known: 1, written_by: "0.9.0".into() });
        assert_eq!(failure.code, Code::Storage);
        let told = format!("{failure} {:?} {:?}", failure.detail, failure.next);
        for part in ["0.9.0", env!("CARGO_PKG_VERSION"), "form 7", "Install"] {
            assert!(told.contains(part), "{part:?} is missing in: {told}");
        }
    }

    #[test]
    fn a_missing_model_can_be_told_from_an_unusable_one() {
        let failure = |source| Failure::from(Error::Model { path: "/m.gguf".into(), source });
        assert_eq!(failure(ModelError::Missing).code, Code::ModelMissing);
        assert_eq!(failure(ModelError::CutOff { expected: 9, found: 1 }).code, Code::ModelUnusable);
    }

    #[test]
    fn engine_errors_become_sentences() {
        assert_eq!(sentence("the layer is too high"), "The layer is too high.");
    }
}
