//! Tests what is looked for when a store is opened, after a process that did not close it, and how it is mended.

use std::fs;
use std::path::Path;

use ipc::repair::RepairHow;
use sqlx::{Connection as _, SqliteConnection};
use store::{Store, StoreError, copies, repair::repair};

use super::{add, assert_whole, database, killed, names, plain, with_project};

async fn refused(folder: &Path) -> StoreError {
    Store::open(&database(folder)).await.expect_err("it is refused")
}

/// Makes a store that was killed with two projects, of which a copy has the first.
async fn killed_with_a_copy(folder: &Path) {
    let open = tempfile::tempdir().expect("a folder");
    let store = with_project(open.path()).await;
    assert!(store.copy_daily().await.expect("a copy"));
    add(&store, "Second").await.expect("a change");
    killed(open.path(), folder);
    let copies = folder.join("copies");
    killed(&open.path().join("copies"), &copies);
    store.close().await;
}

#[tokio::test]
async fn a_killed_store_opens_with_all_that_was_committed() {
    let dir = tempfile::tempdir().expect("a folder");
    killed_with_a_copy(dir.path()).await;
    let store = Store::open(&database(dir.path())).await.expect("it opens");
    assert_eq!(names(&store).await, ["First", "Second"]);
    assert!(!store.copy_daily().await.expect("a look"), "a copy of today is there");
    store.close().await;
    assert_whole(dir.path()).await;
}

#[tokio::test]
async fn a_removed_write_ahead_log_is_noticed() {
    let dir = tempfile::tempdir().expect("a folder");
    killed_with_a_copy(dir.path()).await;
    fs::remove_file(dir.path().join("tiller.sqlite-wal")).expect("the log");
    for _ in 0..2 {
        let error = refused(dir.path()).await;
        assert!(matches!(error, StoreError::ChangesLost(_)) && error.needs_repair(), "{error:?}");
    }
    repair(&database(dir.path()), &RepairHow::AsItIs).await.expect("it is opened as it is");
    Store::open(&database(dir.path())).await.expect("it opens").close().await;
    assert_whole(dir.path()).await;
}

#[tokio::test]
async fn a_store_that_was_closed_has_no_log_and_opens() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = with_project(dir.path()).await;
    store.close().await;
    assert!(!dir.path().join("tiller.sqlite-wal").exists());
    // So does one that was dropped, which deletes its log as well.
    let store = Store::open(&database(dir.path())).await.expect("it opens");
    drop(store);
    let store = Store::open(&database(dir.path())).await.expect("it opens");
    assert_eq!(names(&store).await, ["First"]);
}

#[tokio::test]
async fn an_empty_or_missing_database_does_not_start_afresh() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = database(dir.path());
    killed_with_a_copy(dir.path()).await;
    for remove in [false, true] {
        fs::write(&file, "").expect("an empty file");
        if remove {
            fs::remove_file(&file).expect("the file");
        }
        let error = refused(dir.path()).await;
        assert!(matches!(error, StoreError::Lost(_)) && error.needs_repair(), "{error:?}");
    }
    let copy = copies::list(&file).remove(0);
    repair(&file, &RepairHow::Copy { name: copy.name }).await.expect("it is put back");
    let store = Store::open(&file).await.expect("it opens");
    assert_eq!(names(&store).await, ["First"]);
    store.close().await;
    assert_whole(dir.path()).await;

    repair(&file, &RepairHow::Anew).await.expect("it begins anew");
    let store = Store::open(&file).await.expect("it opens");
    assert!(names(&store).await.is_empty());
    store.close().await;
    let kept = dir.path().join("damaged/2/tiller.sqlite");
    let mut db = plain(&kept).await;
    let name: String =
        sqlx::query_scalar("SELECT name FROM projects").fetch_one(&mut db).await.expect("a name");
    assert_eq!(name, "First", "what was there is kept");
}

/// Writes over the pages of a database, but the first.
fn damage(file: &Path) {
    let mut bytes = fs::read(file).expect("the database");
    for byte in &mut bytes[4096..] {
        *byte ^= 0x5a;
    }
    fs::write(file, bytes).expect("it is damaged");
}

#[tokio::test]
async fn a_database_that_was_damaged_is_refused_and_put_back_from_its_copy() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = database(dir.path());
    killed_with_a_copy(dir.path()).await;
    Store::open(&file).await.expect("it opens").close().await;
    // The last process did not close it.
    fs::write(file.with_extension("session"), "closing\n").expect("a word");
    damage(&file);
    let damaged = fs::read(&file).expect("the database");
    let error = refused(dir.path()).await;
    assert!(error.needs_repair(), "{error:?}");
    assert_eq!(fs::read(&file).expect("the database"), damaged, "it is left as it is");

    let name = copies::list(&file).remove(0).name;
    let elsewhere = RepairHow::Copy { name: "../tiller.sqlite".into() };
    assert!(matches!(repair(&file, &elsewhere).await, Err(StoreError::Gone(_))), "only copies are put back");
    damage(&dir.path().join("copies").join(&name));
    repair(&file, &RepairHow::Copy { name: name.clone() }).await.expect_err("the copy is damaged as well");
    assert_eq!(fs::read(&file).expect("the database"), damaged, "then nothing is changed");
    damage(&dir.path().join("copies").join(&name));
    repair(&file, &RepairHow::Copy { name }).await.expect("it is put back");
    let store = Store::open(&file).await.expect("it opens");
    assert_eq!(names(&store).await, ["First"]);
    store.close().await;
    assert_whole(dir.path()).await;
    assert_eq!(fs::read(dir.path().join("damaged/1/tiller.sqlite")).expect("it is kept"), damaged);
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = database(dir.path());
    let mut other = plain(&file).await;
    sqlx::query("CREATE TABLE songs (title TEXT)").execute(&mut other).await.expect("a table");
    other.close().await.expect("it closes");
    let before = fs::read(&file).expect("the file");
    let error = refused(dir.path()).await;
    assert!(matches!(error, StoreError::Foreign(_)), "{error:?}");
    assert_eq!(fs::read(&file).expect("the file"), before);
}

#[tokio::test]
async fn a_newer_store_is_refused_with_no_file_changed_or_added() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = database(dir.path());
    with_project(dir.path()).await.close().await;
    fs::remove_file(file.with_extension("session")).expect("the session");
    let mut db: SqliteConnection = plain(&file).await;
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, '', 1, x'', 0)")
        .execute(&mut db)
        .await
        .expect("a newer schema");
    db.close().await.expect("it closes");
    let list = || {
        let mut all: Vec<_> = fs::read_dir(dir.path())
            .expect("the folder")
            .flatten()
            .map(|file| (file.file_name(), fs::read(file.path()).expect("a file")))
            .collect();
        all.sort();
        all
    };
    let before = list();
    assert!(matches!(refused(dir.path()).await, StoreError::Newer { found: 9999, .. }));
    assert_eq!(list(), before);
}

#[tokio::test]
async fn a_start_that_was_killed_before_anything_was_stored_starts_afresh() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = database(dir.path());
    fs::write(&file, "").expect("an empty file");
    fs::write(file.with_extension("session"), "").expect("an empty file");
    with_project(dir.path()).await.close().await;
}

#[tokio::test]
async fn a_clock_that_was_set_back_keeps_no_copy_away() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = with_project(dir.path()).await;
    assert!(store.copy_daily().await.expect("a copy"));
    let first = copies::list(&database(dir.path())).remove(0).name;
    let file =
        fs::File::options().write(true).open(dir.path().join("copies").join(&first)).expect("the copy");
    let in_ten_years = std::time::SystemTime::now() + std::time::Duration::from_hours(10 * 365 * 24);
    file.set_modified(in_ten_years).expect("a time");
    assert!(store.copy_daily().await.expect("a copy"), "a copy from the future is no copy of today");
    assert!(!store.copy_daily().await.expect("a look"));
    let newest = copies::list(&database(dir.path())).remove(0).name;
    assert!(newest > first, "the newest is the last that was made, whatever the clock says: {newest}");
    store.close().await;
}
