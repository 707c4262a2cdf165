//! Stores the mean norm of the residual stream's rows after each block of a model.

use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

/// Returns the norms of the model with this fingerprint on the text with this hash.
pub async fn find(
    db: impl SqliteExecutor<'_>,
    fingerprint: &str,
    text: &str,
) -> Result<Option<Vec<f64>>, StoreError> {
    let found: Option<String> =
        sqlx::query_scalar("SELECT norms FROM residual_norms WHERE model_fingerprint = ? AND text_hash = ?")
            .bind(fingerprint)
            .bind(text)
            .fetch_optional(db)
            .await?;
    found.map(|json| from_json("residual norms", &json)).transpose()
}

/// Stores the norms.
pub async fn put(
    db: &mut SqliteConnection,
    fingerprint: &str,
    text: &str,
    norms: &[f64],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO residual_norms (model_fingerprint, text_hash, norms) VALUES (?, ?, ?)",
    )
    .bind(fingerprint)
    .bind(text)
    .bind(to_json("residual norms", &norms)?)
    .execute(db)
    .await?;
    Ok(())
}
