//! Tests that what is called saved is in the data folder, and that nobody else can read it.

use std::fs;

use store::{Store, StoreError, copies};

use super::{add, assert_whole, database, names, with_project};

#[tokio::test]
async fn what_is_committed_is_written_to_the_disk_before_it_counts_as_saved() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = with_project(dir.path()).await;
    let mut db = store.begin().await.expect("a change");
    let synchronous: i64 =
        sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *db).await.expect("a mode");
    assert_eq!(synchronous, 2, "2 is FULL: SQLite syncs the log at every commit");
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_counts_as_saved_in_a_folder_that_is_gone_until_it_is_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let (here, away) = (dir.path().join("here"), dir.path().join("away"));
    fs::create_dir(&here).expect("a folder");
    let store = with_project(&here).await;
    fs::rename(&here, &away).expect("it moves");
    for again in [false, true] {
        if again {
            fs::create_dir(&here).expect("an empty folder in its place");
        }
        let gone = add(&store, "Lost").await.expect_err("it would not be saved");
        assert!(matches!(gone, StoreError::Moved(_)), "{gone:?}");
    }
    assert_eq!(fs::read_dir(&here).expect("the folder").count(), 0, "no other store is made in its place");
    fs::remove_dir(&here).expect("the empty one");
    fs::rename(&away, &here).expect("it comes back");
    add(&store, "Second").await.expect("it is saved");
    assert_eq!(names(&store).await, ["First", "Second"]);
    store.close().await;
    assert_whole(&here).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_goes_during_a_transaction_does_not_count_as_saved() {
    let dir = tempfile::tempdir().expect("a folder");
    let here = dir.path().join("here");
    fs::create_dir(&here).expect("a folder");
    let store = with_project(&here).await;
    let mut db = store.begin().await.expect("a change");
    store::projects::insert(&mut db, "Lost", "0.1.0", 1).await.expect("a row");
    fs::remove_dir_all(&here).expect("it is deleted");
    let gone = db.commit().await.expect_err("it is not saved");
    assert!(matches!(gone, StoreError::Moved(_)), "{gone:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_log_that_is_deleted_meanwhile_is_noticed_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = with_project(dir.path()).await;
    let mut db = store.begin().await.expect("a change");
    store::projects::insert(&mut db, "Second", "0.1.0", 1).await.expect("a row");
    fs::remove_file(dir.path().join("tiller.sqlite-wal")).expect("the log");
    let gone = db.commit().await.expect_err("it is noticed");
    assert!(matches!(gone, StoreError::LogGone(_)), "{gone:?}");
    // A kill at this moment leaves the database alone.
    let left = tempfile::tempdir().expect("a folder");
    fs::copy(database(dir.path()), database(left.path())).expect("a copy");
    let left_store = Store::open(&database(left.path())).await.expect("it opens");
    assert_eq!(names(&left_store).await, ["First", "Second"]);
}

#[cfg(unix)]
#[tokio::test]
async fn the_stores_files_and_copies_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().expect("a folder");
    let store = with_project(dir.path()).await;
    store.close().await;
    // An earlier version left them readable.
    fs::set_permissions(database(dir.path()), fs::Permissions::from_mode(0o644)).expect("permissions");
    let store = Store::open(&database(dir.path())).await.expect("it opens");
    add(&store, "Second").await.expect("a change");
    store.copy_daily().await.expect("a copy");
    let mut files: Vec<_> =
        fs::read_dir(dir.path()).expect("the folder").flatten().map(|file| file.path()).collect();
    files.extend(
        copies::list(&database(dir.path())).iter().map(|copy| dir.path().join("copies").join(&copy.name)),
    );
    assert!(files.len() >= 6, "{files:?}");
    for file in files {
        let mode = fs::metadata(&file).expect("the file").permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{} has {mode:o}", file.display());
    }
}

#[tokio::test]
async fn another_program_that_holds_the_database_is_waited_for_and_then_reported() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = with_project(dir.path()).await;
    let mut other = super::plain(&database(dir.path())).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("it is held");
    let busy = add(&store, "Second").await.expect_err("it is held by another program");
    let code = match &busy {
        StoreError::Database(error) => store::sqlite_code(error),
        _ => None,
    };
    assert_eq!(code, Some(5), "5 is SQLITE_BUSY: {busy:?}");
    sqlx::query("COMMIT").execute(&mut other).await.expect("it is let go");
    add(&store, "Second").await.expect("it goes on");
    assert_eq!(names(&store).await, ["First", "Second"]);
}
