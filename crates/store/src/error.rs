//! The errors of the store.

use data::content::JsonError;

/// Says why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused or failed.
    #[error("the store failed")]
    Database(#[from] sqlx::Error),
    /// The migrations to this version's schema failed.
    #[error("the store could not be brought to this version's form")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A newer version has written the store.
    #[error("the store has form {found} (written by {written_by}), this version knows forms up to {known}")]
    Newer {
        /// The schema version of the store.
        found: i64,
        /// The newest schema version that this program knows.
        known: i64,
        /// The version of Tiller that opened the store last.
        written_by: String,
    },
    /// A row's JSON cannot be read or written.
    #[error(transparent)]
    Damaged(#[from] JsonError),
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
