//! Stores the verdicts of judges behind an endpoint.

use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::to_json;

/// A judge's reply.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Verdict {
    /// The text that the judge wrote.
    pub text: String,
    /// The number of tokens read, as the server counts them.
    pub prompt_tokens: i64,
    /// The number of tokens written, as the server counts them.
    pub answer_tokens: i64,
}

/// Returns the verdict under a key, where the judge was asked.
pub async fn find(db: impl SqliteExecutor<'_>, key: &str) -> Result<Option<Verdict>, StoreError> {
    Ok(sqlx::query_as("SELECT text, prompt_tokens, answer_tokens FROM verdicts WHERE key = ?")
        .bind(key)
        .fetch_optional(db)
        .await?)
}

/// Stores a verdict.
pub async fn put(
    db: &mut SqliteConnection,
    key: &str,
    verdict: &Verdict,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO verdicts (key, text, prompt_tokens, answer_tokens, created) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET text = excluded.text, prompt_tokens = excluded.prompt_tokens,
            answer_tokens = excluded.answer_tokens, created = excluded.created",
    )
    .bind(key)
    .bind(&verdict.text)
    .bind(verdict.prompt_tokens)
    .bind(verdict.answer_tokens)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that a sweep has used these verdicts: they belong to its project's file.
pub async fn note_used(db: &mut SqliteConnection, sweep: Id, keys: &[String]) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR IGNORE INTO project_verdicts (project, verdict)
         SELECT sweeps.project, verdicts.key FROM sweeps JOIN verdicts
         WHERE sweeps.id = ? AND verdicts.key IN (SELECT value FROM json_each(?))",
    )
    .bind(sweep)
    .bind(to_json("verdicts", &keys)?)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::temporary;

    #[tokio::test]
    async fn a_verdict_is_found_by_its_key() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let verdict = Verdict { text: "3".into(), prompt_tokens: 90, answer_tokens: 1 };
        put(&mut db, "k", &verdict, 1).await.expect("kept");
        assert_eq!(find(&mut *db, "k").await.expect("a query"), Some(verdict));
        assert_eq!(find(&mut *db, "l").await.expect("a query"), None);
    }
}
