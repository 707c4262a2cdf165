//! The errors of the store.

use std::io;
use std::path::PathBuf;

use data::content::JsonError;

/// Says why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused or failed.
    #[error("the store failed")]
    Database(#[from] sqlx::Error),
    /// The migrations to this version's schema failed.
    #[error("the store could not be brought to this version's schema")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The copy that is made before a migration failed. Nothing was migrated.
    #[error("the store could not be copied before it is brought to this version's schema")]
    NoCopy(#[source] Box<StoreError>),
    /// A newer version has written the store.
    #[error(
        "the store has schema {found} (written by {written_by}), this version knows schemas up to {known}"
    )]
    Newer {
        /// The schema version of the store.
        found: i64,
        /// The newest schema version that this program knows.
        known: i64,
        /// The version of Tiller that opened the store last.
        written_by: String,
    },
    /// The database is another program's.
    #[error("the database has tables, and none of them is Tiller's")]
    Foreign(PathBuf),
    /// SQLite's check of the database has found faults.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// There was a database, and its file is gone or empty.
    #[error("the store is gone or empty: {0}")]
    Lost(PathBuf),
    /// The last process did not close the store, and its write-ahead log is gone: what it stored last is missing.
    #[error("the store's write-ahead log is gone: {0}")]
    ChangesLost(PathBuf),
    /// The database was moved, replaced or deleted while it is open. What was committed since then is not in the folder.
    #[error("the store is no longer at {0}")]
    Moved(PathBuf),
    /// The write-ahead log was deleted while the store is open.
    #[error("the store's write-ahead log was deleted: {0}")]
    LogGone(PathBuf),
    /// A file beside the database cannot be read or written.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A row's JSON cannot be read or written.
    #[error(transparent)]
    Unreadable(#[from] JsonError),
    /// The caps of a term do not fit its vector.
    #[error("the caps do not fit their vector: {0}")]
    Caps(#[from] vectors::steering::CapsError),
    /// The row that was asked for does not exist.
    #[error("the {0} is not there")]
    Gone(&'static str),
    /// There are more pairs between two neighbours than there are positions.
    #[error("there are too many pairs for one place")]
    Crowded,
    /// An adapter's sizes and the number of its stored numbers do not agree.
    #[error("an adapter of rank {rank} for this model has {expected} numbers, and {found} are kept")]
    AdapterNumbers {
        /// The adapter's rank.
        rank: u32,
        /// The number of numbers that its sizes require.
        expected: usize,
        /// The number of numbers in the store.
        found: usize,
    },
}

impl StoreError {
    /// Whether the cause may pass, so that the same can be tried again: a full disk, another program that holds the database, a
    /// folder that comes back.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Moved(_)
            | Self::LogGone(_)
            | Self::File { .. }
            | Self::Database(sqlx::Error::PoolTimedOut) => true,
            // `SQLITE_BUSY`, `LOCKED`, `NOMEM`, `READONLY`, `IOERR`, `FULL` and `CANTOPEN`.
            Self::Database(error) => matches!(sqlite_code(error), Some(5 | 6 | 7 | 8 | 10 | 13 | 14)),
            _ => false,
        }
    }

    /// Whether the database itself must be mended before the store can be opened: put back from a copy, or begun anew.
    #[must_use]
    pub fn needs_repair(&self) -> bool {
        match self {
            Self::Damaged(_) | Self::Lost(_) | Self::ChangesLost(_) | Self::Foreign(_) => true,
            // 11 is `SQLITE_CORRUPT`, 26 is `SQLITE_NOTADB`.
            Self::Database(error) => matches!(sqlite_code(error), Some(11 | 26)),
            Self::NoCopy(error) => error.needs_repair(),
            _ => false,
        }
    }
}

/// Returns SQLite's primary result code.
#[must_use]
pub fn sqlite_code(error: &sqlx::Error) -> Option<i64> {
    let sqlx::Error::Database(error) = error else { return None };
    error.code().and_then(|code| code.parse::<i64>().ok()).map(|code| code & 0xff)
}
