//! Words the store's errors for a person.

use data::content::JsonError;
use ipc::{Code, Failure};
use store::{StoreError, sqlite_code};

use crate::Error;

pub(super) fn store(error: &StoreError) -> Failure {
    match error {
        StoreError::Database(source) => storage(source),
        StoreError::Migrate(source) => {
            Failure::new(Code::Storage, "Tiller's data could not be brought to this version's form.")
                .detail(source.to_string())
                .next("Nothing was changed. Keep a copy of the data folder and report this.")
        }
        StoreError::NoCopy(source) => Failure::new(
            Code::Storage,
            "Tiller's data must be brought to this version's form, and it could not be copied before.",
        )
        .detail(detail(source))
        .next("Free some space in the data folder, then try again. Nothing was changed."),
        StoreError::Newer { found, known, written_by } => {
            let own = env!("CARGO_PKG_VERSION");
            Failure::new(
                Code::Storage,
                format!("Tiller's data was last written by version {written_by}, which is newer than this version {own}."),
            )
            .detail(format!("The data has form {found}; version {own} knows forms up to {known}. Nothing was changed."))
            .next(format!("Install Tiller {written_by} or newer, or set TILLER_DATA_DIR to another folder."))
        }
        StoreError::Damaged(faults) => damaged("Tiller's data is damaged.", faults.clone(), MEND),
        StoreError::Lost(path) => damaged(
            "Tiller's data is gone: its file is missing or empty.",
            path.display().to_string(),
            "Put the file back and try again, put a copy back, or begin with empty data.",
        ),
        StoreError::ChangesLost(path) => damaged(
            "Tiller was not closed properly last time, and the file with its last changes is gone.",
            path.display().to_string(),
            "Put the file back and try again, go on without the last changes, or put a copy back.",
        ),
        StoreError::Foreign(path) => damaged(
            "The file for Tiller's data belongs to another program.",
            path.display().to_string(),
            "Set TILLER_DATA_DIR to another folder, or begin with empty data: the file is moved into the folder \"damaged\".",
        ),
        StoreError::Moved(path) => Failure::new(
            Code::Storage,
            "The folder with Tiller's data was moved or deleted: nothing can be saved.",
        )
        .detail(path.display().to_string())
        .next("Put it back where it was, then try again."),
        StoreError::LogGone(path) => {
            Failure::new(Code::Storage, "A file of Tiller's data was deleted while Tiller runs.")
                .detail(path.display().to_string())
                .next("Close Tiller and open it again. What was saved is kept.")
        }
        StoreError::File { path, source } => Failure::new(
            Code::Storage,
            "A file of Tiller's data cannot be read or written.",
        )
        .detail(format!("{source}: {}", path.display()))
        .next("Make the data folder and its files writable, and see that there is space, then try again."),
        StoreError::Unreadable(JsonError { what, source }) => {
            Failure::new(Code::Storage, format!("The stored {what} cannot be read."))
                .detail(source.to_string())
                .next("Keep a copy of the data folder and report this.")
        }
        StoreError::Caps(_) => Failure::new(Code::Invalid, "The caps of a vector do not fit it.")
            .detail(error.to_string())
            .next("Measure the caps again."),
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

/// The ways out of damage.
const MEND: &str =
    "Put a copy back, or begin with empty data. What is there now is kept in the folder \"damaged\".";

fn damaged(message: &str, detail: String, next: &str) -> Failure {
    Failure::new(Code::StoreDamaged, message).detail(detail).next(next)
}

/// Returns what lies behind an error: the words that a person reads of it.
fn detail(error: &StoreError) -> String {
    let failure = store(error);
    failure.detail.map_or(failure.message.clone(), |detail| format!("{} {detail}", failure.message))
}

/// The primary result codes of SQLite that a person can act on.
mod sqlite {
    pub(super) const BUSY: i64 = 5;
    pub(super) const READONLY: i64 = 8;
    pub(super) const IOERR: i64 = 10;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const CANTOPEN: i64 = 14;
    pub(super) const NOTADB: i64 = 26;
}

fn storage(error: &sqlx::Error) -> Failure {
    let (message, next) = match (sqlite_code(error), error) {
        (Some(sqlite::CORRUPT | sqlite::NOTADB), _) => {
            return damaged("Tiller's data is damaged.", error.to_string(), MEND);
        }
        (Some(sqlite::FULL), _) => {
            ("The disk is full: nothing more can be stored.", "Free some space, then try again.")
        }
        (Some(sqlite::READONLY | sqlite::CANTOPEN), _) => (
            "Tiller's data cannot be written.",
            "Make the data folder and its files writable, or set TILLER_DATA_DIR to another folder.",
        ),
        (Some(sqlite::IOERR), _) => (
            "The disk with Tiller's data cannot be read or written.",
            "Check that it is connected and has space, then try again.",
        ),
        (Some(sqlite::BUSY), _) => ("Another program holds Tiller's data.", "Close it, then try again."),
        (_, sqlx::Error::PoolTimedOut) => (
            "The disk with Tiller's data did not answer in time.",
            "Wait until it is less busy, then try again.",
        ),
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
        assert_eq!(failure.code, Code::StoreDamaged);
        assert!(failure.message.contains("damaged"), "{failure}");
    }
}
