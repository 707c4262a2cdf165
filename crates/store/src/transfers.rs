//! Stores the jobs that transfer a vector to another model by a learned linear map.

use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

/// A transfer job: the vector, the model that it goes to, and the texts that both models read.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Transfer {
    /// The vector that is transferred.
    pub vector: Id,
    /// The layer of the vector that is transferred.
    pub from_layer: u32,
    /// The model that the vector is transferred to.
    pub model: Id,
    /// The layer of that model.
    pub layer: u32,
    /// The data set that both models read besides the neutral text; `None` where there is none, or where it was deleted.
    pub data_set: Option<Id>,
    /// The hash of the snapshot of that data set's pairs.
    pub snapshot: Option<String>,
    /// The name of the texts, for a person.
    pub texts: String,
    /// The new vector, once it exists.
    pub made: Option<Id>,
}

/// Adds a job's row.
pub async fn insert(
    db: &mut SqliteConnection,
    transfer: &Transfer,
    job: Id,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO transfers (job, vector, from_layer, model, layer, data_set, snapshot, texts, created)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(job)
    .bind(transfer.vector)
    .bind(transfer.from_layer)
    .bind(transfer.model)
    .bind(transfer.layer)
    .bind(transfer.data_set)
    .bind(&transfer.snapshot)
    .bind(&transfer.texts)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Returns a job's row.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Transfer, StoreError> {
    let row = sqlx::query_as(
        "SELECT vector, from_layer, model, layer, data_set, snapshot, texts, made FROM transfers WHERE id = ?",
    );
    row.bind(id).fetch_optional(db).await?.ok_or(StoreError::Gone("learned map"))
}

/// Stores which vector the job has made.
pub async fn set_made(db: &mut SqliteConnection, id: Id, made: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE transfers SET made = ? WHERE id = ?").bind(made).bind(id).execute(db).await?;
    Ok(())
}

/// Returns the job of the same transfer that is not over, where there is one.
pub async fn same_open_job(
    db: impl SqliteExecutor<'_>,
    transfer: &Transfer,
) -> Result<Option<Id>, StoreError> {
    let job = sqlx::query_scalar(
        "SELECT jobs.id FROM jobs JOIN transfers ON transfers.job = jobs.id
         WHERE vector = ? AND from_layer = ? AND model = ? AND layer = ? AND snapshot IS ?
            AND state IN ('queued', 'running', 'paused') ORDER BY turn LIMIT 1",
    )
    .bind(transfer.vector)
    .bind(transfer.from_layer)
    .bind(transfer.model)
    .bind(transfer.layer)
    .bind(&transfer.snapshot);
    Ok(job.fetch_optional(db).await?)
}

/// Returns the jobs that transfer this vector and are not over.
pub async fn open_jobs(db: impl SqliteExecutor<'_>, vector: Id) -> Result<Vec<Id>, StoreError> {
    let jobs = sqlx::query_scalar(
        "SELECT jobs.id FROM jobs JOIN transfers ON transfers.job = jobs.id
         WHERE vector = ? AND state IN ('queued', 'running', 'paused') ORDER BY turn",
    );
    Ok(jobs.bind(vector).fetch_all(db).await?)
}

#[cfg(test)]
mod tests {
    use ipc::job::{JobKind, JobState};

    use super::*;
    use crate::tests::temporary;
    use crate::vectors::tests::a_vector;
    use crate::{data_sets, jobs, snapshots, vectors};

    #[tokio::test]
    async fn a_transfer_is_stored_with_its_result_and_deleted_with_its_vector() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let transfer = Transfer {
            vector: vector.id,
            from_layer: 10,
            model: vector.model,
            layer: 1,
            data_set: vector.data_set,
            snapshot: vector.data_hash.clone(),
            texts: "the neutral text".into(),
            made: None,
        };
        let job = jobs::insert(&mut db, "Transferring", 1).await.expect("a job");
        let id = insert(&mut db, &transfer, job, 1).await.expect("a row");
        assert_eq!(find(&mut *db, id).await.expect("the row"), transfer);
        assert_eq!(
            jobs::find(&mut *db, job).await.expect("the job").kind,
            JobKind::Transfer { transfer: id }
        );
        assert_eq!(same_open_job(&mut *db, &transfer).await.expect("a query"), Some(job));
        let other = Transfer { snapshot: None, ..transfer.clone() };
        assert_eq!(same_open_job(&mut *db, &other).await.expect("a query"), None);
        assert_eq!(open_jobs(&mut *db, vector.id).await.expect("a query"), [job]);
        jobs::set_state(&mut db, job, &JobState::Done).await.expect("a state");
        assert!(open_jobs(&mut *db, vector.id).await.expect("a query").is_empty());
        set_made(&mut db, id, vector.id).await.expect("noted");
        assert_eq!(find(&mut *db, id).await.expect("the row").made, Some(vector.id));

        // The texts stay while the job may read them again; deleting the vector deletes the job.
        snapshots::forget_unused(&mut db).await.expect("a deletion");
        data_sets::delete(&mut db, vector.data_set.expect("a set")).await.expect("a deletion");
        let kept = find(&mut *db, id).await.expect("the row");
        assert_eq!((kept.data_set, &kept.snapshot), (None, &transfer.snapshot));
        snapshots::forget_unused(&mut db).await.expect("a deletion");
        snapshots::read(&mut *db, &transfer.snapshot.expect("a hash")).await.expect("the pairs");
        vectors::delete(&mut db, vector.id).await.expect("a deletion");
        assert!(matches!(find(&mut *db, id).await, Err(StoreError::Gone(_))));
        assert!(matches!(jobs::find(&mut *db, job).await, Err(StoreError::Gone("job"))));
    }
}
