//! Tests the store as a whole: older schemas, and what happens to it on a bad disk, in a folder that goes, and after a kill.

mod full_disk;
mod opening;
mod other_files;
mod schemas;

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use store::{Store, StoreError, projects};

/// Returns the path of the database in a folder.
fn database(folder: &Path) -> PathBuf {
    folder.join("tiller.sqlite")
}

/// Makes a store with one project and keeps it open.
async fn with_project(folder: &Path) -> Store {
    let store = Store::open(&database(folder)).await.expect("a new store opens");
    add(&store, "First").await.expect("a new store can be written");
    store
}

/// Adds a project: the smallest change that there is.
async fn add(store: &Store, name: &str) -> Result<(), StoreError> {
    let mut db = store.begin().await?;
    projects::insert(&mut db, name, "0.1.0", 1).await?;
    db.commit().await
}

/// Returns the names of all projects.
async fn names(store: &Store) -> Vec<String> {
    sqlx::query_scalar("SELECT name FROM projects ORDER BY id")
        .fetch_all(store.read())
        .await
        .expect("a query")
}

/// Makes what a killed process leaves of an open store: its files as they are now.
fn killed(open: &Path, left: &Path) {
    fs::create_dir_all(left).expect("a folder");
    for file in fs::read_dir(open).expect("the folder").flatten().filter(|file| file.path().is_file()) {
        fs::copy(file.path(), left.join(file.file_name())).expect("a copy");
    }
}

/// Opens a database without the store.
async fn plain(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(false);
    SqliteConnection::connect_with(&options).await.expect("a database")
}

/// Asserts that SQLite finds no fault.
async fn assert_whole(folder: &Path) {
    let mut db = plain(&database(folder)).await;
    let faults: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut db).await.expect("a check");
    assert_eq!(faults, ["ok"]);
    let foreign = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut db).await.expect("a check");
    assert!(foreign.is_empty(), "{} rows point to nothing", foreign.len());
    db.close().await.expect("it closes");
}
