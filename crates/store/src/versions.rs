//! Stores versions of data sets, and lists every snapshot that something was made from.

use ipc::data::PairContent;
use ipc::version::UseKind;
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::from_json;

/// One use of a snapshot.
#[derive(sqlx::FromRow)]
pub struct UseRow {
    /// The snapshot's hash.
    pub hash: String,
    kind: i64,
    /// The name of its user: a version, a run or another.
    pub name: String,
    /// The time at which the user was made.
    pub created: Millis,
}

impl UseRow {
    /// Returns the kind of its user.
    #[must_use]
    pub fn kind(&self) -> UseKind {
        match self.kind {
            0 => UseKind::Named,
            1 => UseKind::Run,
            2 => UseKind::Vector,
            _ => UseKind::Sweep,
        }
    }
}

/// Returns every use of a data set's snapshots, oldest first.
pub async fn uses(db: impl SqliteExecutor<'_>, data_set: Id) -> Result<Vec<UseRow>, StoreError> {
    let uses = sqlx::query_as(
        "SELECT snapshot AS hash, 0 AS kind, name, created FROM versions WHERE data_set = ?1
         UNION ALL SELECT snapshot, 1, name, created FROM runs WHERE data_set = ?1
         UNION ALL SELECT snapshot, 2, name, created FROM vectors WHERE data_set = ?1 AND run IS NULL AND snapshot IS NOT NULL
         UNION ALL SELECT sweep_sets.snapshot, 3, coalesce(sweeps.settings ->> '$.arms[0].name', ''), sweeps.created
            FROM sweep_sets JOIN sweeps ON sweeps.id = sweep_sets.sweep WHERE sweep_sets.data_set = ?1
         ORDER BY created, kind",
    );
    Ok(uses.bind(data_set).fetch_all(db).await?)
}

/// Returns the numbers of all pairs and of held-out pairs in a snapshot.
pub async fn counts(db: impl SqliteExecutor<'_>, hash: &str) -> Result<(u32, u32), StoreError> {
    sqlx::query_as(
        "SELECT json_array_length(content),
            (SELECT count(*) FROM json_each(content) WHERE value ->> 'split' = 'held-out')
         FROM snapshots WHERE hash = ?",
    )
    .bind(hash)
    .fetch_optional(db)
    .await?
    .ok_or(StoreError::Gone("version"))
}

/// Returns one page of a snapshot's pairs, in order.
pub async fn page(
    db: impl SqliteExecutor<'_>,
    hash: &str,
    first: u32,
    count: u32,
) -> Result<Vec<PairContent>, StoreError> {
    let pairs: Vec<String> = sqlx::query_scalar(
        "SELECT json_each.value FROM snapshots, json_each(snapshots.content) WHERE hash = ? ORDER BY key LIMIT ? OFFSET ?",
    )
    .bind(hash)
    .bind(count)
    .bind(first)
    .fetch_all(db)
    .await?;
    pairs.iter().map(|pair| from_json("pairs", pair)).collect()
}

/// Stores a snapshot under a name.
pub async fn insert(
    db: &mut SqliteConnection,
    data_set: Id,
    hash: &str,
    name: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO versions (data_set, snapshot, name, created) VALUES (?, ?, ?, ?)")
        .bind(data_set)
        .bind(hash)
        .bind(name)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use data::content::Snapshot;

    use super::*;
    use crate::tests::temporary;
    use crate::{data_sets, pairs, runs, snapshots};

    #[tokio::test]
    async fn runs_and_names_lead_to_a_version() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let run = runs::tests::a_run(&mut db).await;
        let pairs = pairs::contents(&mut *db, run.data_set).await.expect("pairs");
        let snapshot = Snapshot::new(&pairs).expect("JSON");
        insert(&mut db, run.data_set, &snapshot.hash, "Before the clean-up", 0).await.expect("kept");
        let uses = uses(&mut *db, run.data_set).await.expect("a query");
        let kinds: Vec<UseKind> = uses.iter().map(UseRow::kind).collect();
        assert_eq!(kinds, [UseKind::Named, UseKind::Run]);
        assert!(uses.iter().all(|used| used.hash == snapshot.hash));
        let (all, held_out) = counts(&mut *db, &snapshot.hash).await.expect("counts");
        assert_eq!(all as usize, pairs.len());
        assert_eq!(held_out, 1);
        assert_eq!(page(&mut *db, &snapshot.hash, 1, 9).await.expect("a page"), pairs[1..]);
        assert!(matches!(counts(&mut *db, "none").await, Err(StoreError::Gone("version"))));
        snapshots::forget_unused(&mut db).await.expect("a deletion");
        data_sets::delete(&mut db, run.data_set).await.expect("a deletion");
        snapshots::forget_unused(&mut db).await.expect("a deletion");
        assert!(counts(&mut *db, &snapshot.hash).await.is_err(), "nothing leads to it any more");
    }
}
