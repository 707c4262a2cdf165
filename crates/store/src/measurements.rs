//! Stores measurements under the hash of what they depend on, and the answers that were generated for them.

use ipc::Millis;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::json::{from_json, to_json};
use crate::{StoreError, deletions};

/// An answer that was generated for a sweep.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GeneratedAnswer {
    /// The prompt's index in its set.
    pub place: u32,
    /// The text that the model wrote.
    pub text: String,
    /// Its length in tokens.
    pub tokens: u32,
    /// Whether the model closed its turn; otherwise it reached the limit.
    pub is_whole: bool,
}

/// Returns a measurement's items, where it was made; an item without a value is an empty list.
pub async fn find(db: impl SqliteExecutor<'_>, key: &str) -> Result<Option<Vec<Vec<f64>>>, StoreError> {
    let items: Option<String> = sqlx::query_scalar("SELECT items FROM measurements WHERE key = ?")
        .bind(key)
        .fetch_optional(db)
        .await?;
    items.map(|items| from_json("items of a measurement", &items)).transpose()
}

/// Stores a measurement.
pub async fn put(
    db: &mut SqliteConnection,
    key: &str,
    items: &[Vec<f64>],
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO measurements (key, items, created) VALUES (?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET items = excluded.items, created = excluded.created",
    )
    .bind(key)
    .bind(to_json("items of a measurement", &items)?)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Returns the answers under a key, by the prompt's index.
pub async fn answers(db: impl SqliteExecutor<'_>, key: &str) -> Result<Vec<GeneratedAnswer>, StoreError> {
    Ok(sqlx::query_as("SELECT place, text, tokens, is_whole FROM sweep_answers WHERE key = ? ORDER BY place")
        .bind(key)
        .fetch_all(db)
        .await?)
}

/// Stores an answer.
pub async fn put_answer(
    db: &mut SqliteConnection,
    key: &str,
    answer: &GeneratedAnswer,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO sweep_answers (key, place, text, tokens, is_whole) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(key)
    .bind(answer.place)
    .bind(&answer.text)
    .bind(answer.tokens)
    .bind(answer.is_whole)
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes what no sweep shows, unless a sweep is open, whose measurements belong to no point yet, or a deletion that can be
/// taken back may need it.
pub async fn forget_unused(db: &mut SqliteConnection) -> Result<(), StoreError> {
    if deletions::can_be_undone(db).await? {
        return Ok(());
    }
    let open: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sweeps JOIN jobs ON jobs.id = sweeps.job WHERE state NOT IN ('done', 'stopped')",
    )
    .fetch_one(&mut *db)
    .await?;
    if open > 0 {
        return Ok(());
    }
    for deletion in [
        "DELETE FROM measurements WHERE key NOT IN (SELECT measurement FROM sweep_points)",
        "DELETE FROM sweep_answers WHERE key NOT IN (SELECT answers FROM sweep_points WHERE answers IS NOT NULL)",
    ] {
        sqlx::query(deletion).execute(&mut *db).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::temporary;

    #[tokio::test]
    async fn measurements_and_answers_are_found_by_their_key_until_they_are_unused() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let items = vec![vec![-0.1 + 0.2, 1e-300], vec![]];
        put(&mut db, "k", &items, 1).await.expect("kept");
        let answer =
            |place, text: &str| GeneratedAnswer { place, text: text.into(), tokens: 3, is_whole: true };
        for (place, text) in [(1, "b"), (0, "a"), (1, "c")] {
            put_answer(&mut db, "k", &answer(place, text)).await.expect("kept");
        }
        assert_eq!(find(&mut *db, "k").await.expect("a query"), Some(items));
        assert_eq!(answers(&mut *db, "k").await.expect("a query"), [answer(0, "a"), answer(1, "c")]);
        forget_unused(&mut db).await.expect("a deletion");
        assert_eq!(find(&mut *db, "k").await.expect("a query"), None);
        assert!(answers(&mut *db, "k").await.expect("a query").is_empty());
    }
}
