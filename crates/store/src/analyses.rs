//! Stores analyses and their findings.

use data::content::Snapshot;
use ipc::analysis::{Analysis, Finding, Question};
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::{jobs, models, pairs};
use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    job: Id,
    state: String,
    failure: Option<String>,
    model: Id,
    model_fingerprint: Option<String>,
    data_set: Id,
    snapshot: String,
    question: String,
    created: Millis,
}

const WITH_STATE: &str = "SELECT analyses.id, job, state, failure, model, model_fingerprint, data_set, snapshot, question,
    analyses.created
    FROM analyses JOIN jobs ON jobs.id = analyses.job
    WHERE (?1 IS NULL OR data_set IN (SELECT id FROM data_sets WHERE project = ?1)) AND (?2 IS NULL OR analyses.id = ?2)
    ORDER BY analyses.id DESC";

async fn select(
    db: &mut SqliteConnection,
    project: Option<Id>,
    id: Option<Id>,
) -> Result<Vec<Analysis>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(WITH_STATE).bind(project).bind(id).fetch_all(&mut *db).await?;
    let mut analyses = Vec::with_capacity(rows.len());
    for row in rows {
        let now = Snapshot::new(&pairs::contents(&mut *db, row.data_set).await?)?.hash;
        let model = models::find(&mut *db, row.model).await?;
        let model = model.fingerprint.as_deref().map(|fingerprint| model.identity(fingerprint));
        let other_model = matches!((&row.model_fingerprint, &model), (Some(then), Some(now)) if then != now);
        analyses.push(Analysis {
            id: row.id,
            job: row.job,
            state: jobs::state(&row.state, row.failure.as_deref())?,
            model: row.model,
            data_set: row.data_set,
            stale: other_model || now != row.snapshot,
            question: from_json("question of a analysis", &row.question)?,
            findings: findings(&mut *db, row.id).await?,
            created: row.created,
        });
    }
    Ok(analyses)
}

/// Returns a project's analyses, newest first.
pub async fn list(db: &mut SqliteConnection, project: Id) -> Result<Vec<Analysis>, StoreError> {
    select(db, Some(project), None).await
}

/// Returns one analysis.
pub async fn find(db: &mut SqliteConnection, id: Id) -> Result<Analysis, StoreError> {
    select(db, None, Some(id)).await?.pop().ok_or(StoreError::Gone("analysis"))
}

/// An analysis that is to be added.
pub struct NewAnalysis<'a> {
    /// The model that is analysed.
    pub model: Id,
    /// The data set that it is measured on.
    pub data_set: Id,
    /// The hash of the snapshot of the pairs.
    pub snapshot: &'a str,
    /// The job that does the analysis.
    pub job: Id,
    /// The question that it answers.
    pub question: &'a Question,
    /// The settings that the findings depend on besides the snapshot and the model.
    pub subject: &'a str,
}

/// Returns an analysis of the same content that is finished or not over yet, where there is one.
pub async fn same(
    db: impl SqliteExecutor<'_>,
    analysis: &NewAnalysis<'_>,
    fingerprint: Option<&str>,
) -> Result<Option<Id>, StoreError> {
    let id = sqlx::query_scalar(
        "SELECT analyses.id FROM analyses JOIN jobs ON jobs.id = analyses.job
         WHERE model = ? AND model_fingerprint = ? AND data_set = ? AND snapshot = ? AND question = ? AND subject = ?
            AND state IN ('queued', 'running', 'done')
         ORDER BY analyses.id DESC LIMIT 1",
    )
    .bind(analysis.model)
    .bind(fingerprint)
    .bind(analysis.data_set)
    .bind(analysis.snapshot)
    .bind(to_json("question of a analysis", analysis.question)?)
    .bind(analysis.subject);
    Ok(id.fetch_optional(db).await?)
}

/// Adds an analysis.
pub async fn insert(
    db: &mut SqliteConnection,
    analysis: &NewAnalysis<'_>,
    now: Millis,
) -> Result<Id, StoreError> {
    let (run, vector) = match analysis.question {
        Question::Epochs { run, .. } => (Some(*run), None),
        Question::Strength { vector, .. } | Question::Projections { vector, .. } => (None, Some(*vector)),
        Question::Steerability { .. } | Question::Layers { .. } | Question::Search { .. } => (None, None),
    };
    let done = sqlx::query(
        "INSERT INTO analyses (model, data_set, snapshot, run, vector, job, question, subject, created)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(analysis.model)
    .bind(analysis.data_set)
    .bind(analysis.snapshot)
    .bind(run)
    .bind(vector)
    .bind(analysis.job)
    .bind(to_json("question of a analysis", analysis.question)?)
    .bind(analysis.subject)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Stores which model is analysed, and deletes findings that another model gave.
pub async fn set_model(db: &mut SqliteConnection, id: Id, fingerprint: &str) -> Result<(), StoreError> {
    for change in [
        "DELETE FROM findings WHERE analysis = ?1 AND EXISTS
            (SELECT 1 FROM analyses WHERE id = ?1 AND model_fingerprint IS NOT NULL AND model_fingerprint <> ?2)",
        "UPDATE analyses SET model_fingerprint = ?2 WHERE id = ?1",
    ] {
        sqlx::query(change).bind(id).bind(fingerprint).execute(&mut *db).await?;
    }
    Ok(())
}

/// Returns the hash of the snapshot of an analysis's pairs.
pub async fn snapshot(db: impl SqliteExecutor<'_>, id: Id) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar("SELECT snapshot FROM analyses WHERE id = ?").bind(id).fetch_one(db).await?)
}

async fn findings(db: impl SqliteExecutor<'_>, id: Id) -> Result<Vec<Finding>, StoreError> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT content FROM findings WHERE analysis = ? ORDER BY place")
            .bind(id)
            .fetch_all(db)
            .await?;
    rows.iter().map(|row| from_json("finding of a analysis", row)).collect()
}

/// Adds a finding behind the others.
pub async fn add_finding(db: &mut SqliteConnection, id: Id, finding: &Finding) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO findings (analysis, place, content)
         VALUES (?1, (SELECT coalesce(max(place), 0) + 1 FROM findings WHERE analysis = ?1), ?2)",
    )
    .bind(id)
    .bind(to_json("finding of a analysis", finding)?)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ipc::job::JobKind;
    use ipc::train::AnswerPosition;

    use super::*;
    use crate::runs::tests::a_run;
    use crate::tests::temporary;
    use crate::{runs, snapshots};

    #[tokio::test]
    async fn an_analysis_is_stored_with_its_findings_and_those_of_another_model_are_deleted() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let run = a_run(&mut db).await;
        let snapshot = runs::snapshot(&mut *db, run.id).await.expect("a snapshot");
        let job = jobs::insert(&mut db, "Analysis", 1).await.expect("a job");
        let question = Question::Steerability { position: AnswerPosition::Last };
        let new = NewAnalysis {
            model: run.model,
            data_set: run.data_set,
            snapshot: &snapshot,
            job,
            question: &question,
            subject: "",
        };
        let id = insert(&mut db, &new, 1).await.expect("a analysis");
        assert_eq!(
            jobs::find(&mut *db, job).await.expect("the job").kind,
            JobKind::Analysis { analysis: id }
        );
        set_model(&mut db, id, "ab").await.expect("noted");
        let finding = Finding::Epoch { epoch: 1, multiplier: -1.5, score: f64::MIN_POSITIVE };
        add_finding(&mut db, id, &finding).await.expect("a finding");
        assert_eq!(same(&mut *db, &new, Some("ab")).await.expect("a query"), Some(id));
        assert_eq!(same(&mut *db, &new, Some("cd")).await.expect("a query"), None);
        let found = find(&mut db, id).await.expect("the analysis");
        assert_eq!((found.findings, found.stale, found.question), (vec![finding], false, question));
        snapshots::forget_unused(&mut db).await.expect("a deletion");
        set_model(&mut db, id, "ab").await.expect("noted");
        assert_eq!(list(&mut db, 1).await.expect("a query")[0].findings.len(), 1);
        set_model(&mut db, id, "cd").await.expect("noted");
        assert_eq!(find(&mut db, id).await.expect("the analysis").findings, []);
    }
}
