//! Stores snapshots: pairs as they were when a run or a sweep began.

use data::content::Snapshot;
use ipc::data::PairContent;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::json::from_json;
use crate::{StoreError, deletions};

/// Stores a snapshot; equal content is stored once.
pub async fn insert(db: &mut SqliteConnection, snapshot: &Snapshot) -> Result<(), StoreError> {
    sqlx::query("INSERT OR IGNORE INTO snapshots (hash, content) VALUES (?, ?)")
        .bind(&snapshot.hash)
        .bind(&snapshot.content)
        .execute(db)
        .await?;
    Ok(())
}

/// Returns the pairs of a snapshot, in order.
pub async fn read(db: impl SqliteExecutor<'_>, hash: &str) -> Result<Vec<PairContent>, StoreError> {
    let content: String =
        sqlx::query_scalar("SELECT content FROM snapshots WHERE hash = ?").bind(hash).fetch_one(db).await?;
    from_json("pairs", &content)
}

/// Deletes the snapshots that no run, vector, sweep, analysis or learned map was made from and no person has kept, unless a
/// deletion that can be taken back may need them.
pub async fn forget_unused(db: &mut SqliteConnection) -> Result<(), StoreError> {
    if deletions::can_be_undone(db).await? {
        return Ok(());
    }
    sqlx::query(
        "DELETE FROM snapshots WHERE hash NOT IN (SELECT snapshot FROM runs)
            AND hash NOT IN (SELECT snapshot FROM vectors WHERE snapshot IS NOT NULL)
            AND hash NOT IN (SELECT snapshot FROM sweep_sets) AND hash NOT IN (SELECT snapshot FROM analyses)
            AND hash NOT IN (SELECT snapshot FROM transfers WHERE snapshot IS NOT NULL)
            AND hash NOT IN (SELECT snapshot FROM distillations)
            AND hash NOT IN (SELECT snapshot FROM versions)",
    )
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs;
    use crate::tests::temporary;

    #[tokio::test]
    async fn a_snapshot_is_stored_once_and_read_back() {
        let (store, _dir) = temporary().await;
        let pairs = [PairContent { prompt: "Why?".into(), ..PairContent::default() }];
        let snapshot = Snapshot::new(&pairs).expect("JSON");
        let mut change = store.begin().await.expect("a change");
        insert(&mut change, &snapshot).await.expect("kept");
        insert(&mut change, &snapshot).await.expect("kept already");
        change.commit().await.expect("a commit");
        assert_eq!(read(store.read(), &snapshot.hash).await.expect("the pairs"), pairs);
    }

    #[tokio::test]
    async fn only_what_nothing_was_made_from_is_forgotten() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let run = runs::tests::a_run(&mut db).await.id;
        let unused = Snapshot::new(&[]).expect("JSON");
        insert(&mut db, &unused).await.expect("kept");
        forget_unused(&mut db).await.expect("a deletion");
        assert!(read(&mut *db, &unused.hash).await.is_err());
        let used = runs::snapshot(&mut *db, run).await.expect("a hash");
        assert_eq!(read(&mut *db, &used).await.expect("the pairs").len(), 2);
    }
}
