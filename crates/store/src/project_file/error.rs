//! Says why a project file cannot be read or written.

use std::io;
use std::path::PathBuf;

use crate::StoreError;

/// Says why a project file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ProjectFileError {
    /// It is not a project file: another program's database, or no database.
    #[error("it is not a project file of Tiller")]
    Foreign,
    /// A newer version of Tiller has written it.
    #[error("its format has version {found}, this Tiller knows versions up to {known}")]
    Newer {
        /// The version of its format.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The file is cut off or damaged.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// It is larger than a project file may be.
    #[error("it is too large: {0}")]
    TooLarge(String),
    /// What it holds cannot be what Tiller has written.
    #[error("what it says about {table} cannot be right: {why}")]
    Unsound {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl From<sqlx::Error> for ProjectFileError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl ProjectFileError {
    pub(crate) fn unsound(table: &'static str, why: impl Into<String>) -> Self {
        Self::Unsound { table, why: why.into() }
    }
}
