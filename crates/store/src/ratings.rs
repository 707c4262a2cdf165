//! Stores a person's ratings of generated answers.

use ipc::Millis;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

/// Returns the ratings of the answers under a key: the prompt's index and the rating.
pub async fn list(db: impl SqliteExecutor<'_>, answers: &str) -> Result<Vec<(u32, u8)>, StoreError> {
    Ok(sqlx::query_as("SELECT place, rating FROM ratings WHERE answers = ? ORDER BY place")
        .bind(answers)
        .fetch_all(db)
        .await?)
}

/// Stores a rating, in place of an earlier one.
pub async fn put(
    db: &mut SqliteConnection,
    answers: &str,
    place: u32,
    rating: u8,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO ratings (answers, place, rating, created) VALUES (?, ?, ?, ?)")
        .bind(answers)
        .bind(place)
        .bind(rating)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::temporary;

    #[tokio::test]
    async fn the_last_rating_of_an_answer_stands() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        for (place, rating) in [(1, 2), (0, 4), (1, 3)] {
            put(&mut db, "k", place, rating, 1).await.expect("kept");
        }
        assert_eq!(list(&mut *db, "k").await.expect("a query"), [(0, 4), (1, 3)]);
    }
}
