//! Writes a project into a file, and reads a file that may come from anybody.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::content::{Content, with_cells};
use super::error::ProjectFileError;
use super::table::{Kind, Table};
use super::tables::TABLES;
use crate::StoreError;
use crate::health::quick_check;
use crate::store_files::failed;

/// The application id in the header of a project file: "TILR".
pub const APPLICATION_ID: u32 = 0x5449_4c52;

/// The newest version of the format that this program knows, and the one that it writes.
pub const FORMAT: u32 = 1;

/// The largest file that is read.
const MOST_BYTES: u64 = 2 << 30;

/// The most rows of a table that are read.
const MOST_ROWS: i64 = 5_000_000;

/// The most bytes of a cell that are read: an adapter for a large model has some tens of megabytes.
const MOST_CELL: i64 = if cfg!(test) { 1 << 20 } else { 256 << 20 };

/// The table with the project itself.
const PROJECT: &str =
    "CREATE TABLE project (name TEXT NOT NULL, app_version TEXT NOT NULL, created INTEGER NOT NULL) STRICT";

/// How the name of a file begins that is being written.
const PART: &str = "project-file-";
/// How its name ends.
const PART_END: &str = ".part";

/// Returns the bytes of a file that holds this project. The file is made in a folder of the caller's first.
pub(crate) async fn write(content: &Content, scratch: &Path) -> Result<Vec<u8>, ProjectFileError> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let part = scratch.join(format!("{PART}{}-{number}{PART_END}", std::process::id()));
    let written = fill(content, &part).await;
    let bytes = written.and_then(|()| Ok(fs::read(&part).map_err(failed(&part))?));
    // What stays after a kill is removed by the next start.
    let _ = fs::remove_file(&part);
    bytes
}

/// Removes what a process left that was killed while it wrote.
pub fn remove_parts(scratch: &Path) {
    for file in fs::read_dir(scratch).into_iter().flatten().flatten() {
        let name = file.file_name();
        let is_part = name.to_str().is_some_and(|name| name.starts_with(PART) && name.ends_with(PART_END));
        if is_part {
            // One that cannot be removed takes room, and that is all.
            let _ = fs::remove_file(file.path());
        }
    }
}

async fn fill(content: &Content, part: &Path) -> Result<(), ProjectFileError> {
    let file = File::options().create_new(true).write(true).open(part).map_err(failed(part))?;
    crate::store_files::for_owner_alone(&file).map_err(failed(part))?;
    drop(file);
    // A file that is cut off here is not the one that a person named.
    let options = SqliteConnectOptions::new()
        .filename(part)
        .foreign_keys(false)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off);
    let mut db = SqliteConnection::connect_with(&options).await?;
    let filled = fill_tables(&mut db, content).await;
    db.close().await?;
    filled
}

async fn fill_tables(db: &mut SqliteConnection, content: &Content) -> Result<(), ProjectFileError> {
    for pragma in
        [format!("PRAGMA application_id = {APPLICATION_ID}"), format!("PRAGMA user_version = {FORMAT}")]
    {
        sqlx::query(AssertSqlSafe(pragma)).execute(&mut *db).await?;
    }
    let mut change = db.begin().await?;
    sqlx::query(PROJECT).execute(&mut *change).await?;
    sqlx::query("INSERT INTO project (name, app_version, created) VALUES (?, ?, ?)")
        .bind(&content.name)
        .bind(&content.written_by)
        .bind(content.created)
        .execute(&mut *change)
        .await?;
    for (table, rows) in TABLES.iter().zip(&content.tables) {
        sqlx::query(AssertSqlSafe(table.definition())).execute(&mut *change).await?;
        let insertion = table.insertion("main");
        for row in rows {
            let query = sqlx::query(AssertSqlSafe(insertion.clone()));
            with_cells(query, row).execute(&mut *change).await?;
        }
    }
    change.commit().await?;
    Ok(())
}

/// Reads what a file holds. Nothing of it is trusted: SQLite opens it read-only, with no schema but the one that Tiller
/// writes, and nothing in it is run.
pub(crate) async fn read(path: &Path) -> Result<Content, ProjectFileError> {
    look(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(true)
        .foreign_keys(false)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0");
    let mut db = SqliteConnection::connect_with(&options).await.map_err(damaged)?;
    let content = read_tables(&mut db).await;
    // It was only read.
    let _ = db.close().await;
    content
}

async fn read_tables(db: &mut SqliteConnection) -> Result<Content, ProjectFileError> {
    check_schema(db).await?;
    quick_check(db).await.map_err(|error| match error {
        StoreError::Damaged(faults) => ProjectFileError::Damaged(faults),
        StoreError::Database(error) => damaged(error),
        error => error.into(),
    })?;
    for table in TABLES {
        check_sizes(db, table).await?;
    }
    let mut content = Content::of_file(db).await.map_err(|error| match error {
        ProjectFileError::Store(StoreError::Database(error)) => damaged(error),
        error => error,
    })?;
    content.check()?;
    content.make_portable()?;
    Ok(content)
}

/// Looks at the header without SQLite: whose file it is, and whether all of it is there.
fn look(path: &Path) -> Result<(), ProjectFileError> {
    let file_failed = |source| ProjectFileError::File { path: PathBuf::from(path), source };
    let found = fs::metadata(path).map_err(file_failed)?;
    if !found.is_file() {
        return Err(ProjectFileError::Foreign);
    }
    if found.len() > MOST_BYTES {
        return Err(ProjectFileError::TooLarge(format!("it has {} bytes", found.len())));
    }
    let mut header = [0_u8; 100];
    let mut file = File::open(path).map_err(file_failed)?;
    if let Err(error) = file.read_exact(&mut header) {
        let is_short = error.kind() == std::io::ErrorKind::UnexpectedEof;
        return Err(if is_short { ProjectFileError::Foreign } else { file_failed(error) });
    }
    let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if !header.starts_with(b"SQLite format 3\0") || word(68) != APPLICATION_ID {
        return Err(ProjectFileError::Foreign);
    }
    let format = word(60);
    if format > FORMAT {
        return Err(ProjectFileError::Newer { found: i64::from(format), known: i64::from(FORMAT) });
    }
    if format == 0 {
        return Err(ProjectFileError::Foreign);
    }
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65536,
        size => u64::from(size),
    };
    if page * u64::from(word(28)) != found.len() {
        return Err(ProjectFileError::Damaged("it is cut off, or something was added to it".into()));
    }
    Ok(())
}

/// Checks that the file has the tables that Tiller writes, word for word, and nothing else: no view, no trigger, no index, no
/// virtual table, no generated column.
async fn check_schema(db: &mut SqliteConnection) -> Result<(), ProjectFileError> {
    let found: Vec<(String, String, Option<String>)> =
        sqlx::query_as("SELECT type, name, sql FROM main.sqlite_schema ORDER BY name")
            .fetch_all(&mut *db)
            .await
            .map_err(damaged)?;
    let mut wanted: Vec<(String, String)> =
        TABLES.iter().map(|table| (table.name.to_owned(), table.definition())).collect();
    wanted.push(("project".to_owned(), PROJECT.to_owned()));
    wanted.sort();
    let is_known = |(kind, name, sql): &(String, String, Option<String>)| {
        let same = |(other, definition): &(String, String)| other == name && Some(definition) == sql.as_ref();
        kind == "table" && wanted.iter().any(same)
    };
    if found.len() == wanted.len() && found.iter().all(is_known) {
        return Ok(());
    }
    let odd = found.iter().find(|entry| !is_known(entry)).map_or_else(
        || "a table is missing".to_owned(),
        |(kind, name, _)| format!("it has a {kind} \u{201c}{name}\u{201d} that Tiller does not write"),
    );
    Err(ProjectFileError::unsound("sqlite_schema", odd))
}

async fn check_sizes(db: &mut SqliteConnection, table: &'static Table) -> Result<(), ProjectFileError> {
    let sizes =
        table.columns.iter().filter(|column| matches!(column.kind, Kind::Text | Kind::Blob | Kind::Json(_)));
    let sizes: Vec<String> =
        sizes.map(|column| format!("coalesce(max(octet_length({})), 0)", column.name)).collect();
    let largest = if sizes.is_empty() { "0".to_owned() } else { format!("max(0, {})", sizes.join(", ")) };
    let query = format!("SELECT count(*), {largest} FROM main.{}", table.name);
    let (rows, largest): (i64, i64) =
        sqlx::query_as(AssertSqlSafe(query)).fetch_one(&mut *db).await.map_err(damaged)?;
    if rows > MOST_ROWS || largest > MOST_CELL {
        return Err(ProjectFileError::TooLarge(format!(
            "{} has {rows} rows, the largest cell has {largest} bytes",
            table.name
        )));
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn damaged(error: sqlx::Error) -> ProjectFileError {
    ProjectFileError::Damaged(error.to_string())
}
