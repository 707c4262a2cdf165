//! Stores the jobs that bake a vector into copies of a model.

use ipc::bake::{Bake, BakedCopy};
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::jobs::state;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    job: Id,
    vector: Id,
    model: Id,
    replace_files: bool,
    other_weights: bool,
    copies: String,
    created: Millis,
    state: String,
    failure: Option<String>,
}

impl TryFrom<Row> for Bake {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            job: row.job,
            state: state(&row.state, row.failure.as_deref())?,
            vector: row.vector,
            model: row.model,
            replace: row.replace_files,
            other_weights: row.other_weights,
            copies: from_json("copies of a model", &row.copies)?,
            created: row.created,
        })
    }
}

/// What a bake is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct NewBake<'a> {
    /// The vector.
    pub vector: Id,
    /// The model that is copied.
    pub model: Id,
    /// Whether files that are there may be replaced.
    pub replace: bool,
    /// Whether the model may have other weights than the vector's own.
    pub other_weights: bool,
    /// The copies.
    pub copies: &'a [BakedCopy],
}

const SELECT: &str = "SELECT bakes.*, jobs.state, jobs.failure FROM bakes JOIN jobs ON jobs.id = bakes.job
    WHERE (?1 IS NULL OR bakes.id = ?1) AND (?2 IS NULL OR vector = ?2) ORDER BY bakes.id DESC";

/// Adds a job's row.
pub async fn insert(
    db: &mut SqliteConnection,
    new: &NewBake<'_>,
    job: Id,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO bakes (job, vector, model, replace_files, other_weights, copies, created)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(job)
    .bind(new.vector)
    .bind(new.model)
    .bind(new.replace)
    .bind(new.other_weights)
    .bind(to_json("copies of a model", &new.copies)?)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Returns a job's row.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Bake, StoreError> {
    let row: Option<Row> = sqlx::query_as(SELECT).bind(id).bind(None::<Id>).fetch_optional(db).await?;
    row.ok_or(StoreError::Gone("baked model"))?.try_into()
}

/// Returns what was baked of a vector, newest first.
pub async fn list(db: impl SqliteExecutor<'_>, vector: Id) -> Result<Vec<Bake>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(SELECT).bind(None::<Id>).bind(vector).fetch_all(db).await?;
    rows.into_iter().map(Bake::try_from).collect()
}

/// Stores how far the copies are.
pub async fn set_copies(db: &mut SqliteConnection, id: Id, copies: &[BakedCopy]) -> Result<(), StoreError> {
    let copies = to_json("copies of a model", &copies)?;
    sqlx::query("UPDATE bakes SET copies = ? WHERE id = ?").bind(copies).bind(id).execute(db).await?;
    Ok(())
}

/// Returns the jobs that bake this vector, or distil it, and are not over.
pub async fn open_jobs(db: impl SqliteExecutor<'_>, vector: Id) -> Result<Vec<Id>, StoreError> {
    let jobs = sqlx::query_scalar(
        "SELECT id FROM jobs WHERE state IN ('queued', 'running', 'paused')
            AND id IN (SELECT job FROM bakes WHERE vector = ?1 UNION SELECT job FROM distillations WHERE vector = ?1)
         ORDER BY turn",
    );
    Ok(jobs.bind(vector).fetch_all(db).await?)
}

/// Returns the paths of the copies that jobs which are not over will write.
pub async fn open_paths(db: impl SqliteExecutor<'_>) -> Result<Vec<String>, StoreError> {
    let copies: Vec<String> = sqlx::query_scalar(
        "SELECT copies FROM bakes JOIN jobs ON jobs.id = bakes.job WHERE state IN ('queued', 'running', 'paused')",
    )
    .fetch_all(db)
    .await?;
    let mut paths = Vec::new();
    for json in copies {
        let copies: Vec<BakedCopy> = from_json("copies of a model", &json)?;
        paths.extend(copies.into_iter().map(|copy| copy.path));
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use ipc::job::{JobKind, JobState};

    use super::*;
    use crate::tests::temporary;
    use crate::vectors::tests::a_vector;
    use crate::{jobs, vectors};

    #[tokio::test]
    async fn a_bake_is_stored_with_its_copies_and_deleted_with_its_vector() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let copy = |at: f64| BakedCopy {
            multiplier: at,
            path: format!("/m-x{at}.gguf"),
            is_begun: false,
            bytes: 0,
            notes: vec![],
            proof: None,
        };
        let mut copies = vec![copy(-1.0), copy(2.0)];
        let job = jobs::insert(&mut db, "Baking", 1).await.expect("a job");
        let new = NewBake {
            vector: vector.id,
            model: vector.model,
            replace: false,
            other_weights: true,
            copies: &copies,
        };
        let id = insert(&mut db, &new, job, 2).await.expect("a row");
        let kind = jobs::find(&mut *db, job).await.expect("the job").kind;
        assert_eq!(kind, JobKind::Bake { bake: id });
        assert_eq!(open_paths(&mut *db).await.expect("paths"), ["/m-x-1.gguf", "/m-x2.gguf"]);
        assert_eq!(open_jobs(&mut *db, vector.id).await.expect("jobs"), [job]);
        copies[0].is_begun = true;
        set_copies(&mut db, id, &copies).await.expect("it is stored");
        let found = find(&mut *db, id).await.expect("the bake");
        assert_eq!((&found.copies, found.other_weights, &found.state), (&copies, true, &JobState::Queued));
        jobs::set_state(&mut db, job, &JobState::Done).await.expect("an end");
        assert!(open_paths(&mut *db).await.expect("paths").is_empty());
        assert_eq!(list(&mut *db, vector.id).await.expect("a list").len(), 1);
        vectors::delete(&mut db, vector.id).await.expect("it is deleted");
        assert!(list(&mut *db, vector.id).await.expect("a list").is_empty());
        assert!(matches!(jobs::find(&mut *db, job).await, Err(StoreError::Gone("job"))));
    }
}
