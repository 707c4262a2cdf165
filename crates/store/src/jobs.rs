//! Stores jobs: their states, their order and their checkpoints.

use ipc::job::{Job, JobKind, JobState, Progress, QueueMove};
use ipc::{Failure, Id, Millis};
use sqlx::{AssertSqlSafe, SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    title: String,
    state: String,
    failure: Option<String>,
    progress: String,
    created: Millis,
    run: Option<Id>,
    sweep: Option<Id>,
    download: Option<Id>,
    margins: Option<Id>,
    drafts: Option<Id>,
    analysis: Option<Id>,
    transfer: Option<Id>,
    bake: Option<Id>,
    distillation: Option<Id>,
    project: Option<Id>,
}

/// Selects a job with the row of its kind.
const WITH_ROW: &str = "SELECT jobs.*, runs.id AS run, sweeps.id AS sweep, margin_checks.id AS margins, draft_batches.id AS drafts, downloads.id AS download, analyses.id AS analysis,
        transfers.id AS transfer, bakes.id AS bake, distillations.id AS distillation,
        coalesce(sweeps.project, (SELECT project FROM vectors WHERE vectors.id IN (transfers.vector, bakes.vector, distillations.vector)),
            (SELECT project FROM data_sets
             WHERE data_sets.id IN (runs.data_set, margin_checks.data_set, draft_batches.data_set, analyses.data_set))) AS project
    FROM jobs LEFT JOIN runs ON runs.job = jobs.id LEFT JOIN sweeps ON sweeps.job = jobs.id
    LEFT JOIN margin_checks ON margin_checks.job = jobs.id LEFT JOIN draft_batches ON draft_batches.job = jobs.id
    LEFT JOIN downloads ON downloads.job = jobs.id LEFT JOIN analyses ON analyses.job = jobs.id
    LEFT JOIN transfers ON transfers.job = jobs.id LEFT JOIN bakes ON bakes.job = jobs.id
    LEFT JOIN distillations ON distillations.job = jobs.id";

impl TryFrom<Row> for Job {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let kinds = [
            row.run.map(|run| JobKind::Train { run }),
            row.sweep.map(|sweep| JobKind::Sweep { sweep }),
            row.download.map(|download| JobKind::Download { download }),
            row.margins.map(|check| JobKind::Margins { check }),
            row.drafts.map(|batch| JobKind::Drafts { batch }),
            row.analysis.map(|analysis| JobKind::Analysis { analysis }),
            row.transfer.map(|transfer| JobKind::Transfer { transfer }),
            row.bake.map(|bake| JobKind::Bake { bake }),
            row.distillation.map(|distillation| JobKind::Distil { distillation }),
        ];
        // A job is stored together with the row of its kind.
        let kind = kinds.into_iter().flatten().next().ok_or(StoreError::Gone("job"))?;
        let state = state(&row.state, row.failure.as_deref())?;
        let paused_by = match (&state, row.failure.as_deref()) {
            (JobState::Paused, Some(failure)) => Some(from_json::<Failure>("failure", failure)?),
            _ => None,
        };
        Ok(Self {
            id: row.id,
            kind,
            project: row.project,
            title: row.title,
            state,
            paused_by,
            progress: from_json("progress", &row.progress)?,
            created: row.created,
        })
    }
}

/// Reads a state from its columns.
pub fn state(word: &str, failure: Option<&str>) -> Result<JobState, StoreError> {
    Ok(match word {
        "queued" => JobState::Queued,
        "running" => JobState::Running,
        "paused" => JobState::Paused,
        "stopped" => JobState::Stopped,
        "done" => JobState::Done,
        _ => JobState::Failed { failure: from_json::<Failure>("failure", failure.unwrap_or_default())? },
    })
}

/// Returns the jobs that are not over: the running one, then the queued ones in their order, then the paused ones.
pub async fn open(db: impl SqliteExecutor<'_>) -> Result<Vec<Job>, StoreError> {
    let open = format!(
        "{WITH_ROW} WHERE state IN ('running', 'queued', 'paused')
         ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'queued' THEN 1 ELSE 2 END, turn"
    );
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(open)).fetch_all(db).await?;
    rows.into_iter().map(Job::try_from).collect()
}

/// Returns all jobs in the order in which they were made. A job whose row was deleted is left out.
pub async fn all(db: impl SqliteExecutor<'_>) -> Result<Vec<Job>, StoreError> {
    let all = format!("{WITH_ROW} ORDER BY jobs.id");
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(all)).fetch_all(db).await?;
    let jobs = rows.into_iter().map(Job::try_from);
    jobs.filter(|job| !matches!(job, Err(StoreError::Gone(_)))).collect()
}

/// Returns one job.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Job, StoreError> {
    let one = format!("{WITH_ROW} WHERE jobs.id = ?");
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(one)).bind(id).fetch_optional(db).await?;
    row.ok_or(StoreError::Gone("job"))?.try_into()
}

/// Returns the queued job that the engine runs next; downloads are left out.
pub async fn next(db: impl SqliteExecutor<'_>) -> Result<Option<Id>, StoreError> {
    let next = sqlx::query_scalar(
        "SELECT id FROM jobs WHERE state = 'queued' AND id NOT IN (SELECT job FROM downloads) ORDER BY turn LIMIT 1",
    );
    Ok(next.fetch_optional(db).await?)
}

/// Returns the queued download that runs next.
pub async fn next_download(db: impl SqliteExecutor<'_>) -> Result<Option<Id>, StoreError> {
    let next = sqlx::query_scalar(
        "SELECT jobs.id FROM jobs JOIN downloads ON downloads.job = jobs.id WHERE state = 'queued' ORDER BY turn LIMIT 1",
    );
    Ok(next.fetch_optional(db).await?)
}

/// Adds a job at the end of the queue.
pub async fn insert(db: &mut SqliteConnection, title: &str, now: Millis) -> Result<Id, StoreError> {
    let progress = to_json("progress", &Progress::default())?;
    let done = sqlx::query(
        "INSERT INTO jobs (title, state, progress, turn, created)
         VALUES (?, 'queued', ?, (SELECT coalesce(max(turn), 0) + 1 FROM jobs), ?)",
    )
    .bind(title)
    .bind(progress)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Sets a job's state. A job that becomes queued goes to the end of the queue.
pub async fn set_state(db: &mut SqliteConnection, id: Id, state: &JobState) -> Result<(), StoreError> {
    let failure = match state {
        JobState::Failed { failure } => Some(to_json("failure", failure)?),
        _ => None,
    };
    sqlx::query(
        "UPDATE jobs SET state = ?1, failure = ?2,
            turn = CASE ?1 WHEN 'queued' THEN (SELECT max(turn) + 1 FROM jobs) ELSE turn END
         WHERE id = ?3",
    )
    .bind(state.word())
    .bind(failure)
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// Moves a queued job by one place among those of its lane: downloads have a queue of their own. Returns whether there was a place.
pub async fn shift(db: &mut SqliteConnection, id: Id, to: QueueMove) -> Result<bool, StoreError> {
    let next = match to {
        QueueMove::Earlier => "other.turn < own.turn ORDER BY other.turn DESC",
        QueueMove::Later => "other.turn > own.turn ORDER BY other.turn",
    };
    let neighbour = format!(
        "SELECT other.id, other.turn, own.turn FROM jobs AS own JOIN jobs AS other
         WHERE own.id = ? AND own.state = 'queued' AND other.state = 'queued'
            AND (own.id IN (SELECT job FROM downloads)) = (other.id IN (SELECT job FROM downloads)) AND {next} LIMIT 1"
    );
    let found: Option<(Id, i64, i64)> =
        sqlx::query_as(AssertSqlSafe(neighbour)).bind(id).fetch_optional(&mut *db).await?;
    let Some((other, others_turn, own_turn)) = found else { return Ok(false) };
    for (job, turn) in [(id, others_turn), (other, own_turn)] {
        sqlx::query("UPDATE jobs SET turn = ? WHERE id = ?").bind(turn).bind(job).execute(&mut *db).await?;
    }
    Ok(true)
}

/// Returns the queued jobs in their order.
pub async fn queued(db: impl SqliteExecutor<'_>) -> Result<Vec<Id>, StoreError> {
    Ok(sqlx::query_scalar("SELECT id FROM jobs WHERE state = 'queued' ORDER BY turn").fetch_all(db).await?)
}

/// Stores a job's progress.
pub async fn set_progress(db: &mut SqliteConnection, id: Id, progress: &Progress) -> Result<(), StoreError> {
    let progress = to_json("progress", progress)?;
    sqlx::query("UPDATE jobs SET progress = ? WHERE id = ?").bind(progress).bind(id).execute(db).await?;
    Ok(())
}

/// Stores the checkpoint from which a job resumes.
pub async fn set_checkpoint(db: &mut SqliteConnection, id: Id, checkpoint: &[u8]) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET checkpoint = ? WHERE id = ?").bind(checkpoint).bind(id).execute(db).await?;
    Ok(())
}

/// Returns the checkpoint from which a job resumes, where it has stored one.
pub async fn checkpoint(db: impl SqliteExecutor<'_>, id: Id) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sqlx::query_scalar("SELECT checkpoint FROM jobs WHERE id = ?").bind(id).fetch_one(db).await?)
}

/// Pauses the jobs that ran when the application ended. `why` is what ended it, where that is known, and is kept with the
/// job that used a model.
pub async fn pause_running(db: &mut SqliteConnection, why: Option<&Failure>) -> Result<(), StoreError> {
    let why = why.map(|why| to_json("failure", why)).transpose()?;
    sqlx::query(
        "UPDATE jobs SET state = 'paused', failure = iif(id IN (SELECT job FROM downloads), NULL, ?)
         WHERE state = 'running'",
    )
    .bind(why)
    .execute(db)
    .await?;
    Ok(())
}

/// Pauses a queued job that nobody paused, and keeps why.
pub async fn pause_queued(db: &mut SqliteConnection, id: Id, why: &Failure) -> Result<(), StoreError> {
    let why = to_json("failure", why)?;
    sqlx::query("UPDATE jobs SET state = 'paused', failure = ? WHERE id = ? AND state = 'queued'")
        .bind(why)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::tests::a_run;
    use crate::tests::temporary;

    #[tokio::test]
    async fn jobs_run_in_order_and_a_resumed_one_goes_to_the_end() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let [first, second] = [a_run(&mut db).await.job, a_run(&mut db).await.job];
        assert_eq!(next(&mut *db).await.expect("a query"), Some(first));
        set_state(&mut db, first, &JobState::Paused).await.expect("a state");
        set_state(&mut db, first, &JobState::Queued).await.expect("a state");
        assert_eq!(next(&mut *db).await.expect("a query"), Some(second));
        set_state(&mut db, second, &JobState::Done).await.expect("a state");
        let open: Vec<Id> = open(&mut *db).await.expect("a query").iter().map(|job| job.id).collect();
        assert_eq!(open, [first]);
    }

    #[tokio::test]
    async fn a_waiting_job_moves_by_one_place_and_one_that_runs_does_not() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let mut jobs = Vec::new();
        for _ in 0..3 {
            jobs.push(a_run(&mut db).await.job);
        }
        let [first, second, third] = jobs[..] else { panic!("three jobs") };
        assert!(shift(&mut db, third, QueueMove::Earlier).await.expect("a move"));
        assert_eq!(queued(&mut *db).await.expect("a query"), [first, third, second]);
        assert!(shift(&mut db, first, QueueMove::Later).await.expect("a move"));
        assert_eq!(next(&mut *db).await.expect("a query"), Some(third));
        assert!(!shift(&mut db, second, QueueMove::Later).await.expect("a move"), "it is the last one");
        set_state(&mut db, third, &JobState::Running).await.expect("a state");
        assert!(!shift(&mut db, third, QueueMove::Later).await.expect("a move"), "it runs");
        assert!(!shift(&mut db, first, QueueMove::Earlier).await.expect("a move"), "what runs is before it");
    }

    #[tokio::test]
    async fn what_ran_when_the_application_ended_is_paused_with_its_checkpoint() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let id = a_run(&mut db).await.job;
        set_state(&mut db, id, &JobState::Running).await.expect("a state");
        set_checkpoint(&mut db, id, b"here").await.expect("a checkpoint");
        pause_running(&mut db, None).await.expect("a pause");
        let paused = find(&mut *db, id).await.expect("the job");
        assert_eq!((paused.state, paused.paused_by), (JobState::Paused, None));
        assert_eq!(checkpoint(&mut *db, id).await.expect("a query").as_deref(), Some(&b"here"[..]));
    }

    #[tokio::test]
    async fn what_ended_the_application_is_kept_until_the_job_goes_on() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let id = a_run(&mut db).await.job;
        set_state(&mut db, id, &JobState::Running).await.expect("a state");
        let why = Failure::new(ipc::Code::ModelUnusable, "Why.").next("What.");
        pause_running(&mut db, Some(&why)).await.expect("a pause");
        let paused = find(&mut *db, id).await.expect("the job");
        assert_eq!((paused.state, paused.paused_by), (JobState::Paused, Some(why)));
        set_state(&mut db, id, &JobState::Queued).await.expect("a state");
        assert_eq!(find(&mut *db, id).await.expect("the job").paused_by, None);
    }

    #[tokio::test]
    async fn a_failure_is_stored_in_its_words() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let id = a_run(&mut db).await.job;
        let failed = JobState::Failed { failure: Failure::new(ipc::Code::Other, "Why.").next("What.") };
        set_state(&mut db, id, &failed).await.expect("a state");
        assert_eq!(find(&mut *db, id).await.expect("the job").state, failed);
    }
}
