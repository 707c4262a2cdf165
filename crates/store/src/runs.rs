//! Stores training runs.

use data::content::{from_bytes, to_bytes};
use ipc::train::{Run, RunCost, TrainSettings};
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::jobs;
use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    name: String,
    data_set: Id,
    model: Id,
    job: Id,
    state: String,
    failure: Option<String>,
    settings: String,
    steps: u32,
    seconds: f64,
    preparing_seconds: Option<f64>,
    measuring_seconds: Option<f64>,
    peak_bytes: Option<i64>,
    vector: Option<Id>,
    effect: Option<f64>,
    created: Millis,
}

impl TryFrom<Row> for Run {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: row.name,
            data_set: row.data_set,
            model: row.model,
            job: row.job,
            state: jobs::state(&row.state, row.failure.as_deref())?,
            settings: from_json("settings of a run", &row.settings)?,
            steps: row.steps,
            seconds: row.seconds,
            cost: RunCost {
                preparing_seconds: row.preparing_seconds,
                measuring_seconds: row.measuring_seconds,
                peak_bytes: row.peak_bytes.map(i64::cast_unsigned),
            },
            vector: row.vector,
            effect: row.effect,
            created: row.created,
        })
    }
}

const WITH_STATE: &str = "SELECT runs.id, runs.name, data_set, model, job, state, failure, settings, steps,
    (SELECT coalesce(sum(seconds), 0.0) FROM steps WHERE run = runs.id) AS seconds,
    preparing_seconds, measuring_seconds, peak_bytes,
    (SELECT id FROM vectors WHERE run = runs.id) AS vector,
    (SELECT plus - minus FROM epochs WHERE run = runs.id ORDER BY epoch DESC LIMIT 1) AS effect, runs.created
    FROM runs JOIN jobs ON jobs.id = runs.job
    WHERE (?1 IS NULL OR data_set IN (SELECT id FROM data_sets WHERE project = ?1)) AND (?2 IS NULL OR runs.id = ?2)
    ORDER BY runs.id DESC";

/// Returns a project's runs, newest first.
pub async fn list(db: impl SqliteExecutor<'_>, project: Id) -> Result<Vec<Run>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(WITH_STATE).bind(project).bind(None::<Id>).fetch_all(db).await?;
    rows.into_iter().map(Run::try_from).collect()
}

/// Returns one run.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Run, StoreError> {
    let row: Option<Row> = sqlx::query_as(WITH_STATE).bind(None::<Id>).bind(id).fetch_optional(db).await?;
    row.ok_or(StoreError::Gone("run"))?.try_into()
}

/// A run that is to be added.
pub struct NewRun<'a> {
    /// The name of its vector.
    pub name: &'a str,
    /// The data set that it trains on.
    pub data_set: Id,
    /// The hash of the snapshot of the pairs.
    pub snapshot: &'a str,
    /// The model that it trains for.
    pub model: Id,
    /// The job that trains.
    pub job: Id,
    /// Its settings.
    pub settings: &'a TrainSettings,
    /// The number of steps that it will make.
    pub steps: u32,
}

/// Adds a run.
pub async fn insert(db: &mut SqliteConnection, run: &NewRun<'_>, now: Millis) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO runs (name, data_set, snapshot, model, job, settings, seed, steps, created)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(run.name)
    .bind(run.data_set)
    .bind(run.snapshot)
    .bind(run.model)
    .bind(run.job)
    .bind(to_json("settings of a run", run.settings)?)
    .bind(run.settings.seed.cast_signed())
    .bind(run.steps)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Renames a run.
pub async fn rename(db: &mut SqliteConnection, id: Id, name: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE runs SET name = ? WHERE id = ?").bind(name).bind(id).execute(db).await?;
    Ok(())
}

/// Stores what the engine found when it began: the model's fingerprint and the number of steps.
pub async fn set_begun(
    db: &mut SqliteConnection,
    id: Id,
    model_fingerprint: &str,
    steps: u32,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE runs SET model_fingerprint = ?, steps = ? WHERE id = ?")
        .bind(model_fingerprint)
        .bind(steps)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Adds what a sitting of a run took: seconds to those that are there, and the larger peak of memory counts.
pub async fn add_cost(db: &mut SqliteConnection, id: Id, cost: &RunCost) -> Result<(), StoreError> {
    // A sum with NULL is NULL, and so is a maximum.
    sqlx::query(
        "UPDATE runs SET preparing_seconds = coalesce(preparing_seconds + ?1, ?1, preparing_seconds),
             measuring_seconds = coalesce(measuring_seconds + ?2, ?2, measuring_seconds),
             peak_bytes = coalesce(max(peak_bytes, ?3), ?3, peak_bytes)
         WHERE id = ?4",
    )
    .bind(cost.preparing_seconds)
    .bind(cost.measuring_seconds)
    .bind(cost.peak_bytes.map(u64::cast_signed))
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// Returns the hash of the snapshot of the pairs that a run trains on.
pub async fn snapshot(db: impl SqliteExecutor<'_>, id: Id) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar("SELECT snapshot FROM runs WHERE id = ?").bind(id).fetch_one(db).await?)
}

/// Returns the fingerprint that the model had when the run began.
pub async fn model_fingerprint(db: impl SqliteExecutor<'_>, id: Id) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT model_fingerprint FROM runs WHERE id = ?").bind(id).fetch_one(db).await?)
}

/// The vector of an unfinished run.
#[derive(Debug, Clone, PartialEq)]
pub struct PartialVector {
    /// The vector's numbers.
    pub values: Vec<f32>,
    /// The mean norm of the rows of the residual stream that the vector is added to.
    pub residual_norm: f64,
}

/// Stores the vector of an unfinished run.
pub async fn set_partial_vector(
    db: &mut SqliteConnection,
    id: Id,
    vector: &PartialVector,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE runs SET so_far = ?, residual_norm = ? WHERE id = ?")
        .bind(to_bytes(&vector.values))
        .bind(vector.residual_norm)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Returns the vector of an unfinished run, where a step was made.
pub async fn partial_vector(
    db: impl SqliteExecutor<'_>,
    id: Id,
) -> Result<Option<PartialVector>, StoreError> {
    let row: (Option<Vec<u8>>, Option<f64>) =
        sqlx::query_as("SELECT so_far, residual_norm FROM runs WHERE id = ?").bind(id).fetch_one(db).await?;
    Ok(match row {
        (Some(bytes), Some(residual_norm)) => {
            Some(PartialVector { values: from_bytes(&bytes), residual_norm })
        }
        _ => None,
    })
}

/// Returns the title of a job that is not over and needs this run.
pub async fn used_by(db: impl SqliteExecutor<'_>, id: Id) -> Result<Option<String>, StoreError> {
    let title = sqlx::query_scalar(
        "SELECT title FROM jobs WHERE state IN ('queued', 'running', 'paused')
            AND id IN (SELECT job FROM runs WHERE id = ?1 UNION SELECT job FROM analyses WHERE run = ?1)
         ORDER BY turn LIMIT 1",
    );
    Ok(title.bind(id).fetch_optional(db).await?)
}

/// Deletes a run with its curves, its analyses and their jobs. Its vector stays.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM jobs WHERE id IN (SELECT job FROM runs WHERE id = ?1
            UNION SELECT job FROM analyses WHERE run = ?1)",
    )
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use data::content::Snapshot;
    use ipc::data::Split;
    use ipc::job::JobState;

    use super::*;
    use crate::data_sets::tests::filled;
    use crate::tests::temporary;
    use crate::{models, pairs, snapshots};

    /// Returns the settings of a short run over one block.
    fn settings() -> TrainSettings {
        TrainSettings { layers: vec![10], learning_rate: 0.01, warmup_steps: 1, ..TrainSettings::default() }
    }

    /// Adds a queued run with a new model and a new data set.
    pub(crate) async fn a_run(db: &mut SqliteConnection) -> Run {
        let data_set = filled(db, &[Split::Train, Split::HeldOut]).await;
        let path = format!("/{data_set}.gguf");
        let model = models::insert(db, "Smol", &path, None, 1).await.expect("a model");
        let contents = pairs::contents(&mut *db, data_set).await.expect("pairs");
        let snapshot = Snapshot::new(&contents).expect("a snapshot");
        snapshots::insert(db, &snapshot).await.expect("kept");
        let job = jobs::insert(db, "Training", 1).await.expect("a job");
        let settings = &settings();
        let new = NewRun { name: "R", data_set, snapshot: &snapshot.hash, model, job, settings, steps: 6 };
        let id = insert(db, &new, 1).await.expect("a run");
        find(&mut *db, id).await.expect("the run")
    }

    #[tokio::test]
    async fn what_the_sittings_of_a_run_took_is_added_up() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let run = a_run(&mut db).await;
        assert_eq!(run.cost, RunCost::default());
        let preparing = RunCost { preparing_seconds: Some(1.5), peak_bytes: Some(300), ..RunCost::default() };
        let measuring =
            RunCost { measuring_seconds: Some(0.25), peak_bytes: Some(200), ..RunCost::default() };
        for cost in [preparing, measuring, RunCost::default(), preparing] {
            add_cost(&mut db, run.id, &cost).await.expect("added");
        }
        let cost =
            RunCost { preparing_seconds: Some(3.0), measuring_seconds: Some(0.25), peak_bytes: Some(300) };
        assert_eq!(find(&mut *db, run.id).await.expect("the run").cost, cost);
    }

    #[tokio::test]
    async fn a_run_is_stored_with_its_settings_and_its_vector_so_far() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let run = a_run(&mut db).await;
        assert_eq!((&run.state, run.vector), (&JobState::Queued, None));
        assert_eq!(run.settings, settings());
        assert_eq!(partial_vector(&mut *db, run.id).await.expect("a query"), None);
        let vector = PartialVector { values: vec![0.5, -1.5], residual_norm: 150.0 };
        set_partial_vector(&mut db, run.id, &vector).await.expect("kept");
        set_begun(&mut db, run.id, "ab", 8).await.expect("noted");
        assert_eq!(partial_vector(&mut *db, run.id).await.expect("a query"), Some(vector));
        assert_eq!(model_fingerprint(&mut *db, run.id).await.expect("a query").as_deref(), Some("ab"));
        assert_eq!(list(&mut *db, 1).await.expect("a query"), [Run { steps: 8, ..run }]);
    }
}
