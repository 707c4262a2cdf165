//! The SQLite store: one file for each table, with its queries and its row types.
//!
//! One connection writes: every change goes through [`Store::begin`]. Readers have connections of their own, and WAL lets
//! them read while the writer writes.

#![expect(clippy::missing_errors_doc, reason = "all of it fails as SQLite does; StoreError tells how")]

mod error;
mod json;

pub mod analyses;
pub mod answers;
pub mod data_sets;
pub mod downloads;
pub mod drafts;
pub mod edits;
pub mod epoch_vectors;
pub mod epochs;
pub mod insertion;
pub mod jobs;
pub mod loads;
pub mod margins;
pub mod measurements;
pub mod models;
pub mod origins;
pub mod pairs;
pub mod projects;
pub mod questions;
pub mod ratings;
pub mod residual_norms;
pub mod runs;
pub mod settings;
pub mod snapshots;
pub mod steering;
pub mod steps;
pub mod sweep_points;
pub mod sweeps;
pub mod transfers;
pub mod vectors;
pub mod verdicts;
pub mod versions;

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

pub use error::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The time for which a connection waits until another program (a backup, a database browser) releases the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The open store.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the store, creates it where there is none, and migrates an older one to this version's schema. A newer store
    /// is refused and left unchanged.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        if file.exists() {
            refuse_newer(file).await?;
        }
        let options = options(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        MIGRATIONS.run(&writer).await?;
        let readers =
            SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers })
    }

    /// Begins a transaction that writes; dropping it without a commit undoes it.
    pub async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Returns the connections for reading.
    #[must_use]
    pub fn read(&self) -> &SqlitePool {
        &self.readers
    }

    /// Closes every connection, after which the file holds all that was committed.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).foreign_keys(true).busy_timeout(BUSY_TIMEOUT)
}

/// Checks the schema version of an existing file without changing it.
async fn refuse_newer(file: &Path) -> Result<(), StoreError> {
    let pool =
        SqlitePoolOptions::new().max_connections(1).connect_with(options(file).read_only(true)).await?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(&pool)
            .await?;
    let found: Option<i64> = if tables == 0 {
        None
    } else {
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&pool).await?
    };
    let newer = found.filter(|found| *found > known);
    let refusal = match newer {
        None => Ok(()),
        Some(found) => {
            // A newer schema may store its version elsewhere. Then the schema's number is reported.
            let writer = sqlx::query_scalar("SELECT max(app_version) FROM projects").fetch_one(&pool).await;
            let written_by = writer.unwrap_or_else(|_| "unknown".to_owned());
            Err(StoreError::Newer { found, known, written_by })
        }
    };
    pool.close().await;
    refusal
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Makes a store in a temporary folder, with one project; dropping the folder deletes it.
    pub(crate) async fn temporary() -> (Store, tempfile::TempDir) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let store = Store::open(&dir.path().join("tiller.sqlite")).await.expect("a new store opens");
        let mut change = store.begin().await.expect("a new store can be written");
        projects::insert(&mut change, "Test", "0.1.0", 1).await.expect("a project");
        change.commit().await.expect("a commit");
        (store, dir)
    }

    /// Makes a new store with the schema of an older version.
    pub(crate) async fn of_form(file: &Path, version: i64) -> sqlx::SqliteConnection {
        use sqlx::Connection as _;
        let mut store = sqlx::SqliteConnection::connect_with(&options(file).create_if_missing(true))
            .await
            .expect("a new store");
        MIGRATIONS.run_to(version, &mut store).await.expect("the older form");
        store
    }

    #[tokio::test]
    async fn a_store_opens_twice_and_is_in_wal_mode_with_foreign_keys() {
        let (store, dir) = temporary().await;
        store.close().await;
        let store = Store::open(&dir.path().join("tiller.sqlite")).await.expect("it opens again");
        let mode: String =
            sqlx::query_scalar("PRAGMA journal_mode").fetch_one(store.read()).await.expect("a mode");
        let keys: i64 =
            sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&store.writer).await.expect("a flag");
        assert_eq!((mode.as_str(), keys), ("wal", 1));
    }

    #[tokio::test]
    async fn a_store_of_a_newer_version_is_refused_and_left_as_it_is() {
        let (store, dir) = temporary().await;
        sqlx::query("UPDATE projects SET app_version = '0.9.0'")
            .execute(&store.writer)
            .await
            .expect("an update");
        sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, '', 1, x'', 0)")
            .execute(&store.writer)
            .await
            .expect("a newer form");
        store.close().await;
        let file = dir.path().join("tiller.sqlite");
        let before = std::fs::read(&file).expect("the file");
        let refused = Store::open(&file).await.expect_err("a newer form is refused");
        assert!(
            matches!(&refused, StoreError::Newer { found: 9999, written_by, .. } if written_by == "0.9.0"),
            "{refused}"
        );
        assert_eq!(std::fs::read(&file).expect("the file"), before, "a refused store must not change");
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_refused() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("tiller.sqlite");
        std::fs::write(&file, "this is not a database, and it is long enough to be looked at".repeat(20))
            .expect("a file");
        let refused = Store::open(&file).await.expect_err("it is no database");
        // 26 is `SQLITE_NOTADB`.
        let is_not_a_database = |error: &sqlx::Error| {
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some("26")
        };
        assert!(matches!(&refused, StoreError::Database(error) if is_not_a_database(error)), "{refused:?}");
    }
}
