//! Stores the plain model's log-probabilities of pairs by the pairs' content, and the jobs that measure them.

use std::collections::HashMap;

use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::to_json;

/// The log-probabilities and lengths of a pair's answers under a model without steering.
#[derive(Debug, Clone, Copy, PartialEq, sqlx::FromRow)]
pub struct PairMargin {
    /// The log-probability of the wanted answer, in nats.
    pub wanted_log_prob: f64,
    /// The log-probability of the opposite answer, in nats.
    pub opposite_log_prob: f64,
    /// The length of the wanted answer in tokens.
    pub wanted_tokens: u32,
    /// The length of the opposite answer in tokens.
    pub opposite_tokens: u32,
}

impl PairMargin {
    /// Returns log pi(wanted) - log pi(opposite), in nats.
    #[must_use]
    pub fn margin(&self) -> f64 {
        self.wanted_log_prob - self.opposite_log_prob
    }

    /// Returns the margin per token of the longer answer, in nats.
    #[must_use]
    pub fn per_token(&self) -> f64 {
        self.margin() / f64::from(self.wanted_tokens.max(self.opposite_tokens).max(1))
    }
}

/// A job that measures the margins of a data set's pairs.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Check {
    /// The data set that is checked.
    pub data_set: Id,
    /// The model that reads it.
    pub model: Id,
    /// The most pairs that are measured.
    pub most: u32,
}

/// Stores a pair's log-probabilities under its content's hash and the model's fingerprint.
pub async fn put(
    db: &mut SqliteConnection,
    content: &str,
    fingerprint: &str,
    margin: &PairMargin,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO margins
            (content, model_fingerprint, wanted_log_prob, opposite_log_prob, wanted_tokens, opposite_tokens)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(content)
    .bind(fingerprint)
    .bind(margin.wanted_log_prob)
    .bind(margin.opposite_log_prob)
    .bind(margin.wanted_tokens)
    .bind(margin.opposite_tokens)
    .execute(db)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    content: String,
    #[sqlx(flatten)]
    margin: PairMargin,
}

/// Returns the stored log-probabilities of these contents under one model, by content hash.
pub async fn known(
    db: impl SqliteExecutor<'_>,
    contents: &[String],
    fingerprint: &str,
) -> Result<HashMap<String, PairMargin>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT content, wanted_log_prob, opposite_log_prob, wanted_tokens, opposite_tokens FROM margins
         WHERE model_fingerprint = ? AND content IN (SELECT value FROM json_each(?))",
    )
    .bind(fingerprint)
    .bind(to_json("contents", &contents)?)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.content, row.margin)).collect())
}

/// Adds a job's row.
pub async fn insert(
    db: &mut SqliteConnection,
    check: &Check,
    job: Id,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO margin_checks (data_set, model, job, most, created) VALUES (?, ?, ?, ?, ?)")
        .bind(check.data_set)
        .bind(check.model)
        .bind(job)
        .bind(check.most)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Returns a job's row.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Check, StoreError> {
    let row = sqlx::query_as("SELECT data_set, model, most FROM margin_checks WHERE id = ?").bind(id);
    row.fetch_optional(db).await?.ok_or(StoreError::Gone("measurement"))
}

/// Returns the job that measures a data set's margins and is not over, where there is one.
pub async fn open_job(db: impl SqliteExecutor<'_>, data_set: Id) -> Result<Option<Id>, StoreError> {
    let job = sqlx::query_scalar(
        "SELECT jobs.id FROM jobs JOIN margin_checks ON margin_checks.job = jobs.id
         WHERE margin_checks.data_set = ? AND state IN ('queued', 'running', 'paused') ORDER BY turn LIMIT 1",
    );
    Ok(job.bind(data_set).fetch_optional(db).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::temporary;

    #[tokio::test]
    async fn margins_are_known_by_content_and_model() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let margin = PairMargin {
            wanted_log_prob: -9.0,
            opposite_log_prob: -4.0,
            wanted_tokens: 5,
            opposite_tokens: 3,
        };
        put(&mut db, "one", "model", &margin).await.expect("kept");
        put(&mut db, "one", "model", &margin).await.expect("kept again");
        let contents = ["one".to_owned(), "two".to_owned()];
        let found = known(&mut *db, &contents, "model").await.expect("a query");
        assert_eq!(found, HashMap::from([("one".to_owned(), margin)]));
        assert!(known(&mut *db, &contents, "other").await.expect("a query").is_empty());
        assert!((margin.margin() + 5.0).abs() < 1e-12 && (margin.per_token() + 1.0).abs() < 1e-12);
    }
}
