//! Tests that a deletion which is taken back leaves every row as it was.

use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, Row as _};

use super::*;
use crate::conversations::tests::a_desk;
use crate::tests::temporary;
use crate::vectors::tests::a_vector;
use crate::{conversations, data_sets, presets, sweeps, turns, vectors};

/// Returns the content of every table, cell by cell.
async fn content(db: &mut SqliteConnection) -> Vec<String> {
    let mut all = vec![];
    for table in tables(db).await.expect("the tables") {
        let cells = list(&table.columns, |column| {
            format!("typeof({column}) || quote(CAST({column} AS BLOB)) AS {column}")
        });
        let rows = format!("SELECT {cells} FROM main.{} ORDER BY {}", table.name, table.key.join(", "));
        let rows: Vec<SqliteRow> =
            sqlx::query(AssertSqlSafe(rows)).fetch_all(&mut *db).await.expect("the rows");
        for row in rows {
            let cell = |at: usize| format!("{}={}", row.column(at).name(), row.get::<String, _>(at));
            let cells: Vec<String> = (0..row.len()).map(cell).collect();
            all.push(format!("{}: {}", table.name, cells.join(" ")));
        }
    }
    all
}

/// Returns the number of rows of a query.
async fn count(db: &mut SqliteConnection, table: &str) -> i64 {
    let count = format!("SELECT count(*) FROM main.{table}");
    sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(db).await.expect("a count")
}

#[tokio::test]
async fn a_deletion_that_is_taken_back_leaves_everything_as_it_was() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let vector = a_vector(&mut db).await;
    let sweep = sweeps::tests::a_sweep(&mut db, &vector).await;
    // Of two sets, so that it outlives one of them.
    sqlx::query("INSERT INTO sweep_sets SELECT sweep, 1, NULL, snapshot FROM sweep_sets")
        .execute(&mut *db)
        .await
        .expect("a list of prompts");
    let set = vector.data_set.expect("its data set");
    let talk = conversations::insert(&mut db, 1, None, &a_desk(), 1).await.expect("a conversation");
    let said = ipc::conversation::Said::Person { text: "Why?\0Käse".into() };
    turns::insert(&mut db, talk, (1, None), &said, 1).await.expect("a turn");
    presets::put(&mut db, 1, "P", &a_desk()).await.expect("a preset");
    db.commit().await.expect("a commit");

    let mut db = store.begin().await.expect("a change");
    let whole = content(&mut db).await;
    let first = begin(&mut db).await.expect("a recording");
    data_sets::delete(&mut db, set).await.expect("a deletion");
    end(&mut db, first).await.expect("the end");
    db.commit().await.expect("a commit");
    let mut db = store.begin().await.expect("a change");
    assert_eq!(count(&mut db, "data_sets WHERE id = 1").await, 0);
    assert_eq!((count(&mut db, "pairs").await, count(&mut db, "runs").await), (0, 0));
    let kept = vectors::find(&mut *db, vector.id).await.expect("the vector stays");
    assert_eq!((kept.run, kept.data_set), (None, None));
    assert_eq!(count(&mut db, "sweep_sets WHERE data_set IS NULL").await, 2, "and so does its sweep");
    let without_set = content(&mut db).await;

    let second = begin(&mut db).await.expect("a recording");
    vectors::delete(&mut db, vector.id).await.expect("a deletion");
    end(&mut db, second).await.expect("the end");
    db.commit().await.expect("a commit");
    let mut reader = store.read().acquire().await.expect("a reader");
    assert!(matches!(sweeps::find(&mut reader, sweep.id).await, Err(StoreError::Gone(_))));

    // The last deletion is the first to be taken back, because an earlier one may need what it took.
    let mut db = store.begin().await.expect("a change");
    assert!(matches!(undo(&mut db, first).await, Err(StoreError::Gone("deletion"))));
    undo(&mut db, second).await.expect("it is taken back");
    db.commit().await.expect("a commit");
    let mut db = store.begin().await.expect("a change");
    assert_eq!(content(&mut db).await, without_set);
    undo(&mut db, first).await.expect("it is taken back");
    db.commit().await.expect("a commit");
    let mut db = store.begin().await.expect("a change");
    assert_eq!(content(&mut db).await, whole);
    assert!(matches!(undo(&mut db, first).await, Err(StoreError::Gone("deletion"))), "only once");
}

#[tokio::test]
async fn what_a_deletion_needs_stays_until_it_cannot_be_taken_back() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let vector = a_vector(&mut db).await;
    let snapshots = count(&mut db, "snapshots").await;
    let deletion = begin(&mut db).await.expect("a recording");
    data_sets::delete(&mut db, vector.data_set.expect("a set")).await.expect("a deletion");
    vectors::delete(&mut db, vector.id).await.expect("a deletion");
    end(&mut db, deletion).await.expect("the end");
    forget_unused(&mut db).await.expect("nothing to forget");
    assert_eq!(count(&mut db, "snapshots").await, snapshots);
    for _ in 0..KEPT {
        let more = begin(&mut db).await.expect("a recording");
        end(&mut db, more).await.expect("the end");
    }
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM temp.deleted_pairs")
        .fetch_one(&mut *db)
        .await
        .expect("a count");
    assert_eq!(left, 0, "the oldest deletion is forgotten");
    db.commit().await.expect("a commit");

    // The next process has nothing to take back.
    let mut db = store.begin().await.expect("a change");
    sqlx::query("DELETE FROM temp.deletions").execute(&mut *db).await.expect("as a new connection has none");
    forget_unused(&mut db).await.expect("a deletion");
    assert_eq!(count(&mut db, "snapshots").await, 0);
}
