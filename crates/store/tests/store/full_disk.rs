//! Tests the store on a disk that is full, and on one that cannot be written: nothing is lost, and it goes on afterwards.

use sqlx::AssertSqlSafe;
use store::{Store, StoreError, projects, sqlite_code};
use test_support::SmallDisk;

use super::{add, assert_whole, database, names, with_project};

const FULL: i64 = 13;

fn code(error: &StoreError) -> Option<i64> {
    match error {
        StoreError::Database(error) => sqlite_code(error),
        _ => None,
    }
}

/// Adds a project with a name of this length.
async fn add_long(store: &Store, bytes: usize) -> Result<(), StoreError> {
    add(store, &"x".repeat(bytes)).await
}

#[tokio::test]
async fn a_writer_whose_transaction_sqlite_rolled_back_is_replaced() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = with_project(dir.path()).await;
    for round in 0..3 {
        let mut db = store.begin().await.unwrap_or_else(|error| panic!("round {round}: {error:?}"));
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut *db).await.expect("a number");
        let limit = format!("PRAGMA max_page_count = {pages}");
        sqlx::query(AssertSqlSafe(limit)).execute(&mut *db).await.expect("a limit");
        let full = projects::insert(&mut db, &"x".repeat(100_000), "0.1.0", 1).await.expect_err("it is full");
        assert_eq!(code(&full), Some(FULL), "{full:?}");
        drop(db);
    }
    add(&store, "Second").await.expect("there is room again");
    assert_eq!(names(&store).await, ["First", "Second"], "nothing of what failed is stored");
    store.close().await;
    assert_whole(dir.path()).await;
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_saving_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(3000) else { return };
    let store = with_project(disk.path()).await;
    disk.fill();
    for _ in 0..3 {
        let full = add_long(&store, 2_500_000).await.expect_err("there is no room");
        assert_eq!(code(&full), Some(FULL), "{full:?}");
        assert_eq!(names(&store).await, ["First"], "what is there can be read");
    }
    disk.empty();
    add(&store, "Second").await.expect("there is room again");
    store.close().await;
    assert_whole(disk.path()).await;
    let store = Store::open(&database(disk.path())).await.expect("it opens again");
    assert_eq!(names(&store).await, ["First", "Second"]);
    store.close().await;
}

#[tokio::test]
async fn a_store_is_opened_and_closed_on_a_full_disk_without_harm() {
    let Some(disk) = SmallDisk::mount(3000) else { return };
    let store = with_project(disk.path()).await;
    disk.fill();
    store.close().await;
    // It opens or says why not; either way it is the same afterwards.
    if let Ok(store) = Store::open(&database(disk.path())).await {
        assert_eq!(names(&store).await, ["First"]);
        store.close().await;
    }
    disk.empty();
    let store = Store::open(&database(disk.path())).await.expect("there is room again");
    add(&store, "Second").await.expect("it can be written");
    assert_eq!(names(&store).await, ["First", "Second"]);
    store.close().await;
    assert_whole(disk.path()).await;
}

#[tokio::test]
async fn a_disk_that_becomes_read_only_loses_nothing() {
    let Some(disk) = SmallDisk::mount(3000) else { return };
    let store = with_project(disk.path()).await;
    store.close().await;
    // A closed store still holds the file of its session.
    drop(store);
    disk.remount("ro");
    Store::open(&database(disk.path())).await.expect_err("it cannot be written");
    disk.remount("rw");
    let store = Store::open(&database(disk.path())).await.expect("it can be written again");
    assert_eq!(names(&store).await, ["First"]);
    store.close().await;
    assert_whole(disk.path()).await;
}
