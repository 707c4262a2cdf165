//! The SQLite store: one file for each table, with its queries and its row types.
//!
//! One connection writes: every change goes through [`Store::begin`]. Readers have connections of their own, and WAL lets
//! them read while the writer writes. What was committed is on the disk (`synchronous = FULL`).

#![expect(clippy::missing_errors_doc, reason = "all of it fails as SQLite does; StoreError tells how")]

mod error;
mod health;
mod json;
mod session;
mod store_files;
mod write;

pub mod analyses;
pub mod bakes;
pub mod column_mappings;
pub mod conversations;
pub mod copies;
pub mod data_sets;
pub mod deletions;
pub mod distillations;
pub mod downloads;
pub mod drafts;
pub mod edits;
pub mod epoch_vectors;
pub mod epochs;
pub mod insertion;
pub mod job_outs;
pub mod jobs;
pub mod loads;
pub mod margins;
pub mod measurements;
pub mod models;
pub mod origins;
pub mod pairs;
pub mod presets;
pub mod project_file;
pub mod projection_percentiles;
pub mod projects;
pub mod ratings;
pub mod repair;
pub mod residual_norms;
pub mod runs;
pub mod settings;
pub mod snapshots;
pub mod steering;
pub mod steps;
pub mod sweep_points;
pub mod sweeps;
pub mod transfers;
pub mod turns;
pub mod vectors;
pub mod verdicts;
pub mod versions;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use crate::copies::Reason;
use crate::health::Found;
use crate::session::{Session, Stage};
use crate::store_files::StoreFiles;

pub use error::{StoreError, sqlite_code};
pub use write::WriteTransaction;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The time for which a connection waits until another program (a backup, a database browser) releases the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The open store.
#[derive(Debug, Clone)]
pub struct Store {
    /// Dropped before the connections, because the last of them deletes the write-ahead log.
    session: Arc<Session>,
    writer: SqlitePool,
    readers: SqlitePool,
    files: Arc<StoreFiles>,
    path: PathBuf,
}

impl Store {
    /// Opens the store, creates it where there is none, and migrates an older one to this version's schema after copying
    /// it. A newer store is refused and left unchanged, and so is a damaged one: [`StoreError::needs_repair`].
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let found = health::look(file).await?;
        let session = Arc::new(Session::begin(file)?);
        store_files::make_private(file)?;
        let writer = open_writer(file).await?;
        migrate(&writer, file, found).await?;
        // The readers stay open as long as the store, so that the write-ahead log stays as well.
        let readers = lasting().max_connections(4).connect_with(options(file).read_only(true)).await?;
        let files = Arc::new(StoreFiles::opened(file)?);
        files.check()?;
        session.enter(Stage::Open)?;
        Ok(Self { session, writer, readers, files, path: file.to_owned() })
    }

    /// Begins a transaction that writes; dropping it without a commit undoes it.
    pub async fn begin(&self) -> Result<WriteTransaction, StoreError> {
        WriteTransaction::begin(&self.writer, &self.files).await
    }

    /// Returns the connections for reading.
    #[must_use]
    pub fn read(&self) -> &SqlitePool {
        &self.readers
    }

    /// Returns the folder of the database.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// Copies the store if its last copy is a day old. Returns whether it was copied.
    pub async fn copy_daily(&self) -> Result<bool, StoreError> {
        let mut db = SqliteConnection::connect_with(&options(&self.path).read_only(true)).await?;
        let made = copies::make_daily(&mut db, &self.path, health::newest_schema()).await;
        db.close().await?;
        made
    }

    /// Closes every connection, after which the file holds all that was committed.
    pub async fn close(&self) {
        // Where the session cannot be written, the next start looks for damage and finds none.
        let _ = self.session.enter(Stage::Closing);
        self.readers.close().await;
        self.writer.close().await;
        let _ = self.session.enter(Stage::Closed);
    }
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).foreign_keys(true).busy_timeout(BUSY_TIMEOUT)
}

/// Returns the options of connections that stay open: one that is opened later finds other files where the folder was
/// moved meanwhile.
fn lasting() -> SqlitePoolOptions {
    SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None)
}

/// Opens the connection that writes.
///
/// When a disk is full, SQLite rolls a transaction back by itself. sqlx counts it as open even so, and every later one
/// fails. Therefore a connection with an open transaction is replaced before it is used again.
async fn open_writer(file: &Path) -> Result<SqlitePool, StoreError> {
    let options = options(file).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let pool = lasting()
        .max_connections(1)
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
    Ok(pool.connect_with(options).await?)
}

/// Brings the store to this version's schema. An older one is copied first.
async fn migrate(writer: &SqlitePool, file: &Path, found: Found) -> Result<(), StoreError> {
    if found.is_older() {
        let mut db = writer.acquire().await?;
        let copied = copies::make(&mut db, file, Reason::Migration, health::newest_schema()).await;
        copied.map_err(|error| StoreError::NoCopy(Box::new(error)))?;
    }
    MIGRATIONS.run(writer).await?;
    if found.is_older() {
        copies::prune(file, Reason::Migration);
    }
    Ok(())
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
        MIGRATIONS.run_to(version, &mut store).await.expect("the older schema");
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
            .expect("a newer schema");
        store.close().await;
        let file = dir.path().join("tiller.sqlite");
        let before = std::fs::read(&file).expect("the file");
        let refused = Store::open(&file).await.expect_err("a newer schema is refused");
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
