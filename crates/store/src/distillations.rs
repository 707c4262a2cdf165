//! Stores the jobs that distil a steered model into an adapter.

use ipc::bake::Proof;
use ipc::distil::{DistilSettings, Distillation, Remaining};
use ipc::{Id, Millis};
use serde::{Deserialize, Serialize};
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
    multiplier: f64,
    data_set: Option<Id>,
    settings: String,
    found: Option<String>,
    made: Option<Id>,
    created: Millis,
    state: String,
    failure: Option<String>,
}

impl TryFrom<Row> for Distillation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let found: Option<Found> =
            row.found.as_deref().map(|found| from_json("divergence", found)).transpose()?;
        let (found, proof) = found.map(|Found { left, proof }| (left, proof)).unzip();
        Ok(Self {
            id: row.id,
            job: row.job,
            state: state(&row.state, row.failure.as_deref())?,
            vector: row.vector,
            model: row.model,
            multiplier: row.multiplier,
            data_set: row.data_set,
            settings: from_json("settings of a distillation", &row.settings)?,
            found,
            made: row.made,
            proof: proof.flatten(),
            created: row.created,
        })
    }
}

/// What a job has found, as it is stored.
#[derive(Serialize, Deserialize)]
struct Found {
    #[serde(flatten)]
    left: Remaining,
    /// Measured after the adapter is in the library.
    #[serde(default)]
    proof: Option<Proof>,
}

/// What a distillation is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDistillation<'a> {
    /// The vector that steers the teacher.
    pub vector: Id,
    /// The model.
    pub model: Id,
    /// The strength.
    pub multiplier: f64,
    /// The data set.
    pub data_set: Id,
    /// The hash of the snapshot of its pairs.
    pub snapshot: &'a str,
    /// The settings.
    pub settings: DistilSettings,
}

const SELECT: &str = "SELECT distillations.*, jobs.state, jobs.failure
    FROM distillations JOIN jobs ON jobs.id = distillations.job
    WHERE (?1 IS NULL OR distillations.id = ?1) AND (?2 IS NULL OR vector = ?2) ORDER BY distillations.id DESC";

/// Adds a job's row.
pub async fn insert(
    db: &mut SqliteConnection,
    new: &NewDistillation<'_>,
    job: Id,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO distillations (job, vector, model, multiplier, data_set, snapshot, settings, created)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(job)
    .bind(new.vector)
    .bind(new.model)
    .bind(new.multiplier)
    .bind(new.data_set)
    .bind(new.snapshot)
    .bind(to_json("settings of a distillation", &new.settings)?)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Returns a job's row.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Distillation, StoreError> {
    let row: Option<Row> = sqlx::query_as(SELECT).bind(id).bind(None::<Id>).fetch_optional(db).await?;
    row.ok_or(StoreError::Gone("distillation"))?.try_into()
}

/// Returns the hash of the snapshot of a job's pairs.
pub async fn snapshot(db: impl SqliteExecutor<'_>, id: Id) -> Result<String, StoreError> {
    let snapshot = sqlx::query_scalar("SELECT snapshot FROM distillations WHERE id = ?").bind(id);
    snapshot.fetch_optional(db).await?.ok_or(StoreError::Gone("distillation"))
}

/// Returns what was distilled from a vector, newest first.
pub async fn list(db: impl SqliteExecutor<'_>, vector: Id) -> Result<Vec<Distillation>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(SELECT).bind(None::<Id>).bind(vector).fetch_all(db).await?;
    rows.into_iter().map(Distillation::try_from).collect()
}

/// Returns the job of the same distillation that is not over, where there is one.
pub async fn same_open_job(
    db: impl SqliteExecutor<'_>,
    new: &NewDistillation<'_>,
) -> Result<Option<Id>, StoreError> {
    let job = sqlx::query_scalar(
        "SELECT jobs.id FROM jobs JOIN distillations ON distillations.job = jobs.id
         WHERE vector = ? AND model = ? AND multiplier = ? AND snapshot = ? AND settings = ?
            AND state IN ('queued', 'running', 'paused') ORDER BY turn LIMIT 1",
    )
    .bind(new.vector)
    .bind(new.model)
    .bind(new.multiplier)
    .bind(new.snapshot)
    .bind(to_json("settings of a distillation", &new.settings)?);
    Ok(job.fetch_optional(db).await?)
}

/// Stores which adapter the job has made, and what is left of the divergence.
pub async fn set_made(
    db: &mut SqliteConnection,
    id: Id,
    made: Id,
    found: &Remaining,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE distillations SET made = ?, found = ? WHERE id = ?")
        .bind(made)
        .bind(to_json("divergence", &Found { left: *found, proof: None })?)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Stores how the adapter compares with the steered model. It is nothing where no adapter was made.
pub async fn set_proof(db: &mut SqliteConnection, id: Id, proof: &Proof) -> Result<(), StoreError> {
    let Some(left) = find(&mut *db, id).await?.found else { return Ok(()) };
    sqlx::query("UPDATE distillations SET found = ? WHERE id = ?")
        .bind(to_json("divergence", &Found { left, proof: Some(proof.clone()) })?)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ipc::bake::Verdict;
    use ipc::job::{JobKind, JobState};

    use super::*;
    use crate::tests::temporary;
    use crate::vectors::tests::a_vector;
    use crate::{data_sets, jobs, vectors};

    #[tokio::test]
    async fn a_distillation_is_stored_with_its_result_and_its_snapshot_stays() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        // The run that made it is over, so that only the new job uses the data set.
        let run = crate::runs::find(&mut *db, vector.run.expect("its run")).await.expect("the run");
        jobs::set_state(&mut db, run.job, &JobState::Done).await.expect("an end");
        let (data_set, snapshot) =
            (vector.data_set.expect("a set"), vector.data_hash.clone().expect("pairs"));
        let job = jobs::insert(&mut db, "Distilling", 1).await.expect("a job");
        let new = NewDistillation {
            vector: vector.id,
            model: vector.model,
            multiplier: 1.5,
            data_set,
            snapshot: &snapshot,
            settings: DistilSettings::default(),
        };
        let id = insert(&mut db, &new, job, 2).await.expect("a row");
        let kind = jobs::find(&mut *db, job).await.expect("the job").kind;
        assert_eq!(kind, JobKind::Distil { distillation: id });
        assert_eq!(same_open_job(&mut *db, &new).await.expect("a query"), Some(job));
        let other = NewDistillation { multiplier: 2.0, ..new.clone() };
        assert_eq!(same_open_job(&mut *db, &other).await.expect("a query"), None);
        assert_eq!(
            data_sets::used_by(&mut *db, data_set).await.expect("a query").as_deref(),
            Some("Distilling")
        );
        jobs::set_state(&mut db, job, &JobState::Done).await.expect("an end");
        let found = Remaining { before: 1.0, left: 0.1, low: 0.05, high: 0.2, samples: 3, tokens: 30 };
        set_made(&mut db, id, vector.id, &found).await.expect("it is stored");
        let stored = find(&mut *db, id).await.expect("the row");
        assert_eq!(
            (stored.found, stored.made, stored.settings),
            (Some(found), Some(vector.id), new.settings)
        );
        assert_eq!(stored.proof, None);
        let proof = Proof {
            verdict: Verdict::NotExact,
            prompts: 16,
            logit_gap: None,
            same_answers: 2,
            answer_tokens: 64,
            steered_perplexity: Some(12.0),
            baked_perplexity: Some(13.5),
        };
        set_proof(&mut db, id, &proof).await.expect("it is stored");
        let stored = find(&mut *db, id).await.expect("the row");
        assert_eq!((stored.found, stored.proof), (Some(found), Some(proof)));
        data_sets::delete(&mut db, data_set).await.expect("it is deleted");
        let stored = find(&mut *db, id).await.expect("the row");
        assert_eq!((stored.data_set, snapshot_is_there(&mut db, id).await), (None, true));
        vectors::delete(&mut db, vector.id).await.expect("it is deleted");
        assert!(list(&mut *db, vector.id).await.expect("a list").is_empty());
    }

    async fn snapshot_is_there(db: &mut SqliteConnection, id: Id) -> bool {
        let hash = snapshot(&mut *db, id).await.expect("a hash");
        crate::snapshots::read(db, &hash).await.is_ok()
    }
}
