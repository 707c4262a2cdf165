//! Defines the application's errors. The module `failure` turns them into sentences for a person.

use std::io;
use std::path::PathBuf;

use data::content::JsonError;
use data::data_files::DataFileError;
use endpoint::EndpointError;
use hub::HubError;
use hub::upload::UploadError;
use ipc::Failure;
use sandbox::SandboxError;
use store::StoreError;
use store::project_file::ProjectFileError;
use vectors::bake::BakeError;
use vectors::distil::DistilError;
use vectors::files::FileError;
use vectors::model::ModelError;
use vectors::tokens::TokenError;
use vectors::train::TrainError;
use vectors::transfer::TransferError;

use crate::baking::BakingError;
use crate::door::Engine;

/// An error of the application.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store refused or failed.
    #[error(transparent)]
    Store(StoreError),
    /// Another process has the data directory open.
    #[error("another Tiller has {} open", .path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Who that is, where it says so.
        by: Option<Engine>,
    },
    /// The data directory cannot be used.
    #[error("{}: {source}", .path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A model cannot be used.
    #[error("{}: {source}", .path)]
    Model {
        /// Its file.
        path: String,
        /// The cause.
        source: ModelError,
    },
    /// A file cannot be used, as the sandbox has shown.
    #[error("{}: {source}", .path.display())]
    Sandbox {
        /// The file.
        path: PathBuf,
        /// Whether it is a model's; else it is a data file.
        is_model: bool,
        /// The cause.
        source: SandboxError,
    },
    /// A text cannot be turned into tokens.
    #[error("pair {pair:?}: {source}")]
    Tokens {
        /// The pair's number in its data set, from 1.
        pair: Option<usize>,
        /// The cause.
        source: TokenError,
    },
    /// A run cannot go on.
    #[error(transparent)]
    Train(TrainError),
    /// The numbers of a run are no longer finite. The run stays at the step before.
    #[error("the numbers are not finite at step {step}, pair {pair:?}")]
    Diverged {
        /// The step, from 1; 0 where the model's own numbers are not finite before the first step.
        step: usize,
        /// The pair's number in its data set, from 1, where it is known.
        pair: Option<usize>,
    },
    /// A number that a model computed under steering is not finite.
    #[error("at multiplier {multiplier} the numbers are not finite: {what}")]
    ScoreNotFinite {
        /// The multiplier.
        multiplier: f64,
        /// The item or the score: "pair 3".
        what: String,
    },
    /// Work needs more memory than is free.
    #[error("{what} takes {needed} bytes, and {free} are free")]
    Memory {
        /// The work: "Training".
        what: &'static str,
        /// The bytes that it needs.
        needed: u64,
        /// The bytes that are free, swap included.
        free: u64,
    },
    /// Work needs more memory than the limit of the settings leaves.
    #[error("{what} takes {needed} bytes, and the limit of the settings leaves {left}")]
    MemoryLimit {
        /// The work: "Training".
        what: &'static str,
        /// The bytes that it needs.
        needed: u64,
        /// The bytes that the limit leaves.
        left: u64,
    },
    /// A finding of an analysis is not finite.
    #[error("a finding is not finite: {0}")]
    FindingNotFinite(String),
    /// A vector cannot be transferred to another model.
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
        /// The cause.
        source: DataFileError,
    },
    /// A vector's file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    VectorFile {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: FileError,
    },
    /// A project file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    ProjectFile {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: ProjectFileError,
    },
    /// A file cannot be written.
    #[error("{}: {source}", .path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A steered model cannot be distilled.
    #[error(transparent)]
    Distil(DistilError),
    /// A vector cannot be baked into a model.
    #[error("{}: {source}", .target.display())]
    Bake {
        /// Where the copy was to go.
        target: PathBuf,
        /// The cause.
        source: BakeError,
    },
    /// A vector cannot be published.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The hub's client failed.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// A remote model does not answer as it should.
    #[error("{server}: {source}")]
    Endpoint {
        /// The address.
        server: String,
        /// The cause.
        source: EndpointError,
    },
    /// The requested thing does not exist.
    #[error("the {0} is not there")]
    Gone(&'static str),
    /// The request cannot be fulfilled as it is.
    #[error("{message}")]
    Invalid {
        /// A sentence that says what is wrong.
        message: String,
        /// A sentence that says what to do instead.
        next: &'static str,
    },
    /// A failure that is worded for a person already.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// A thread of the engine panicked.
    #[error("a mistake in Tiller: {0}")]
    Panic(String),
}

impl Error {
    /// Makes a refusal of typed or chosen input, with a sentence that says what to do instead.
    pub(crate) fn invalid(message: impl Into<String>, next: &'static str) -> Self {
        Self::Invalid { message: message.into(), next }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Gone(what) => Self::Gone(what),
            error => Self::Store(error),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<JsonError> for Error {
    fn from(error: JsonError) -> Self {
        Self::Store(error.into())
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

impl From<DistilError> for Error {
    fn from(error: DistilError) -> Self {
        match error {
            DistilError::Model(error) => Self::Compute(error),
            DistilError::Checkpoint(error) => error.into(),
            error => Self::Distil(error),
        }
    }
}

impl From<BakingError> for Error {
    fn from(error: BakingError) -> Self {
        match error {
            BakingError::Model { path, source } => {
                Self::Model { path: path.display().to_string(), source: *source }
            }
            BakingError::Proof { path, source } => Self::Unwritable { path, source },
            BakingError::Bake { target, error, .. } => Self::Bake { target, source: *error },
        }
    }
}
