//! Why the store could not do what was asked.

use data::content::JsonError;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused or failed.
    #[error("the store failed")]
    Database(#[from] sqlx::Error),
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
    /// A row's JSON cannot be read or written.
    #[error(transparent)]
    Damaged(#[from] JsonError),
    /// What was asked for is not there.
    #[error("the {0} is not there")]
    Gone(&'static str),
    /// More pairs were put between two neighbours than there are positions.
    #[error("there are too many pairs for one place")]
    Crowded,
    /// An adapter's numbers are not as many as its sizes say.
    #[error("an adapter of rank {rank} for this model has {expected} numbers, and {found} are kept")]
    AdapterNumbers {
        /// The adapter's rank.
        rank: u32,
        /// How many numbers its sizes ask for.
        expected: usize,
        /// How many the store has.
        found: usize,
    },
}
