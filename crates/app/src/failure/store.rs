//! Words the store's errors for a person.

use data::content::JsonError;
use ipc::{Code, Failure};
use store::StoreError;

use crate::Error;

pub(super) fn store(error: &StoreError) -> Failure {
    match error {
        StoreError::Database(source) => storage(source),
        StoreError::Migrate(source) => {
            Failure::new(Code::Storage, "Tiller's data could not be brought to this version's form.")
                .detail(source.to_string())
                .next("Nothing was changed. Keep a copy of the data folder and report this.")
        }
        StoreError::Newer { found, known, written_by } => {
            let own = env!("CARGO_PKG_VERSION");
            Failure::new(
                Code::Storage,
                format!("Tiller's data was last written by version {written_by}, which is newer than this version {own}."),
            )
            .detail(format!("The data has form {found}; version {own} knows forms up to {known}. Nothing was changed."))
            .next(format!("Install Tiller {written_by} or newer, or set TILLER_DATA_DIR to another folder."))
        }
        StoreError::Damaged(JsonError { what, source }) => {
            Failure::new(Code::Storage, format!("The stored {what} cannot be read."))
                .detail(source.to_string())
                .next("Keep a copy of the data folder and report this.")
        }
        StoreError::Gone(what) => Error::Gone(what).into(),
        StoreError::Crowded => {
            Failure::new(Code::Invalid, "There are too many pairs for one place.").next("Take fewer.")
        }
        StoreError::AdapterNumbers { rank, expected, found } => {
            let message = format!(
                "An adapter of rank {rank} for this model has {expected} numbers, and {found} are kept."
            );
            Failure::new(Code::Invalid, message).next("Load the model again under Models, then train anew.")
        }
    }
}

/// The primary result codes of SQLite that a person can act on.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_store_names_both_versions_and_what_to_do() {
        let failure =
            Failure::from(Error::Store(StoreError::Newer { found: 7, known: 1, written_by: "0.9.0".into() }));
        assert_eq!(failure.code, Code::Storage);
        let text = format!("{failure} {:?} {:?}", failure.detail, failure.next);
        for part in ["0.9.0", env!("CARGO_PKG_VERSION"), "form 7", "Install"] {
            assert!(text.contains(part), "{part:?} is missing in: {text}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_a_storage_failure() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("tiller.sqlite");
        std::fs::write(&file, "this is not a database, and it is long enough to be looked at".repeat(20))
            .expect("a file");
        let refused = ::store::Store::open(&file).await.expect_err("it is no database");
        let failure = store(&refused);
        assert_eq!(failure.code, Code::Storage);
        assert!(failure.message.contains("damaged"), "{failure}");
    }
}
