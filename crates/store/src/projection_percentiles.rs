//! Stores the percentiles of a vector's projections over quiet texts.

use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

/// What percentiles depend on.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// The model's file and the precision of its weights.
    pub model: &'a str,
    /// The hash of the vector's numbers and layers.
    pub vector: &'a str,
    /// The hash of the texts' tokens.
    pub texts: &'a str,
}

/// Returns the percentiles 0 to 100 after each of the vector's layers, where they were measured.
pub async fn find(db: impl SqliteExecutor<'_>, key: Key<'_>) -> Result<Option<Vec<Vec<f64>>>, StoreError> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT percentiles FROM projection_percentiles
         WHERE model_fingerprint = ? AND vector_hash = ? AND text_hash = ?",
    )
    .bind(key.model)
    .bind(key.vector)
    .bind(key.texts)
    .fetch_optional(db)
    .await?;
    found.map(|json| from_json("percentiles of projections", &json)).transpose()
}

/// Stores percentiles.
pub async fn put(
    db: &mut SqliteConnection,
    key: Key<'_>,
    percentiles: &[Vec<f64>],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO projection_percentiles (model_fingerprint, vector_hash, text_hash, percentiles)
         VALUES (?, ?, ?, ?)",
    )
    .bind(key.model)
    .bind(key.vector)
    .bind(key.texts)
    .bind(to_json("percentiles of projections", &percentiles)?)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::temporary;

    #[tokio::test]
    async fn percentiles_are_found_by_all_that_they_depend_on() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let key = Key { model: "m", vector: "v", texts: "t" };
        let values = vec![vec![-0.5, f64::MIN_POSITIVE], vec![1.0, 2.0]];
        assert_eq!(find(&mut *db, key).await.expect("a query"), None);
        put(&mut db, key, &values).await.expect("stored");
        put(&mut db, key, &values).await.expect("stored again");
        assert_eq!(find(&mut *db, key).await.expect("a query"), Some(values));
        for other in [Key { model: "n", ..key }, Key { vector: "w", ..key }, Key { texts: "u", ..key }] {
            assert_eq!(find(&mut *db, other).await.expect("a query"), None);
        }
    }
}
