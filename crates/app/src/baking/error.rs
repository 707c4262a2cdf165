//! The reasons why a model is not baked or not proved.

use std::io;
use std::path::{Path, PathBuf};

use vectors::bake::BakeError;
use vectors::model::ModelError;

/// The reason why a model is not baked or not proved.
#[derive(Debug, thiserror::Error)]
pub enum BakingError {
    /// It cannot be baked, or not there.
    #[error("{}: {error}", .target.display())]
    Bake {
        /// The model.
        source_model: PathBuf,
        /// Where the copy was to go.
        target: PathBuf,
        /// The cause.
        error: Box<BakeError>,
    },
    /// A model cannot be read or measured. [`ModelError::Interrupted`] is no failure: somebody asked to stop.
    #[error("{}: {source}", .path.display())]
    Model {
        /// The model.
        path: PathBuf,
        /// The cause.
        source: Box<ModelError>,
    },
    /// The proof cannot be written.
    #[error("{}: {source}", .path.display())]
    Proof {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl BakingError {
    /// Adds the paths to an error; what is wrong with the model itself is about the model.
    pub(crate) fn bake(source: &Path, target: &Path, error: BakeError) -> Self {
        match error {
            BakeError::Model(error) => Self::Model { path: source.to_owned(), source: Box::new(error) },
            error => Self::Bake {
                source_model: source.to_owned(),
                target: target.to_owned(),
                error: Box::new(error),
            },
        }
    }
}
