//! Where vectors come from: what it takes to make them again.

use ipc::Id;
use ipc::train::{SYSTEM_PROMPT, TrainSettings};
use sqlx::SqliteExecutor;
use vectors::files::Provenance;

use crate::StoreError;
use crate::json::from_json;

/// Where a vector comes from, besides what [`Vector`] says.
pub struct Origin {
    /// The SHA-256 that the model's file had.
    pub model_fingerprint: Option<String>,
    /// The pairs that it was made from, by the hash of their snapshot.
    pub snapshot: Option<String>,
    /// The settings that it was trained with; `None` for an imported one.
    pub settings: Option<TrainSettings>,
    /// Steps made.
    pub steps: u32,
    /// The version of Tiller that made or imported it.
    pub app_version: String,
    /// What an imported vector's file says.
    pub provenance: Option<Provenance>,
}

#[derive(sqlx::FromRow)]
struct OriginRow {
    model_fingerprint: Option<String>,
    snapshot: Option<String>,
    settings: String,
    steps: u32,
    app_version: String,
    provenance: Option<String>,
}

/// Where a vector comes from.
pub async fn origin(db: impl SqliteExecutor<'_>, id: Id) -> Result<Origin, StoreError> {
    let row: Option<OriginRow> = sqlx::query_as(
        "SELECT model_fingerprint, snapshot, settings, steps, app_version, provenance FROM vectors WHERE id = ?",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    let row = row.ok_or(StoreError::Gone("vector"))?;
    let provenance = row.provenance.as_deref();
    Ok(Origin {
        model_fingerprint: row.model_fingerprint,
        snapshot: row.snapshot,
        settings: from_json("settings of a vector", &row.settings)?,
        steps: row.steps,
        app_version: row.app_version,
        provenance: provenance.map(|json| from_json("provenance of a vector", json)).transpose()?,
    })
}

/// The system prompt that a vector was trained with, as far as it is known: the usual one otherwise.
pub async fn system_prompt(db: impl SqliteExecutor<'_>, id: Id) -> Result<String, StoreError> {
    let origin = origin(db, id).await?;
    let trained = origin.settings.map(|settings| settings.system_prompt);
    let told = || {
        let settings = origin.provenance?.settings?;
        let all: serde_json::Value = serde_json::from_str(&settings).ok()?;
        all["system_prompt"].as_str().map(str::to_owned)
    };
    Ok(trained.or_else(told).unwrap_or_else(|| SYSTEM_PROMPT.to_owned()))
}
