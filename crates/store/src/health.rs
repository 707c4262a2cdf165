//! Looks at a database before it is opened: whose it is, which schema it has, and whether it is whole.

use std::path::Path;

use sqlx::{Connection as _, SqliteConnection};

use crate::session::{Session, Stage};
use crate::{MIGRATIONS, StoreError, options, store_files};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The version of its schema. `None` for a new store.
    pub(crate) schema: Option<i64>,
}

impl Found {
    /// Whether migrations are missing.
    pub(crate) fn is_older(self) -> bool {
        self.schema.is_some_and(|schema| schema < newest_schema())
    }
}

/// Returns the newest schema that this program knows.
pub(crate) fn newest_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Looks at a database without changing it. Its faults are looked for only if the last process did not close it, because
/// that takes a second for each 100 megabytes.
pub(crate) async fn look(database: &Path) -> Result<Found, StoreError> {
    let last = Session::last(database)?;
    let has_content = store_files::has_content(database);
    let was_there = !matches!(last, None | Some(Stage::Opening));
    if was_there && !has_content {
        return Err(StoreError::Lost(database.to_owned()));
    }
    if !has_content {
        return Ok(Found { schema: None });
    }
    let log = store_files::log(database);
    // Without a log nothing but the database is read: a look adds no files.
    let look = options(database).read_only(true).immutable(!log.exists());
    let mut db = SqliteConnection::connect_with(&look).await?;
    let found = inside(&mut db, database, last.is_some_and(|last| last != Stage::Closed)).await;
    db.close().await?;
    // A newer store is refused as one: what became of its log is for its own version to say.
    let found = found?;
    if last == Some(Stage::Open) && !log.exists() {
        return Err(StoreError::ChangesLost(log));
    }
    if was_there && found.schema.is_none() { Err(StoreError::Lost(database.to_owned())) } else { Ok(found) }
}

async fn inside(db: &mut SqliteConnection, database: &Path, is_suspect: bool) -> Result<Found, StoreError> {
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *db).await?;
    let has_schema: bool =
        sqlx::query_scalar("SELECT count(*) > 0 FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(&mut *db)
            .await?;
    if !has_schema && tables > 0 {
        return Err(StoreError::Foreign(database.to_owned()));
    }
    let schema: Option<i64> = if has_schema {
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut *db).await?
    } else {
        None
    };
    let known = newest_schema();
    if let Some(found) = schema.filter(|found| *found > known) {
        // A newer schema may keep its version elsewhere; then the schema's number must do.
        let writer = sqlx::query_scalar("SELECT max(app_version) FROM projects").fetch_one(db).await;
        let written_by = writer.unwrap_or_else(|_| "unknown".to_owned());
        return Err(StoreError::Newer { found, known, written_by });
    }
    if is_suspect {
        quick_check(db).await?;
    }
    Ok(Found { schema })
}

/// Lets SQLite look for faults.
pub(crate) async fn quick_check(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let faults: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(5)").fetch_all(db).await?;
    if faults.iter().all(|fault| fault == "ok") {
        Ok(())
    } else {
        Err(StoreError::Damaged(faults.join("; ")))
    }
}
