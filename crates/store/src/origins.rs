//! Stores where vectors come from: everything that is needed to make them again.

use ipc::Id;
use ipc::train::{SYSTEM_PROMPT, TrainSettings};
use sqlx::SqliteExecutor;
use vectors::files::Provenance;

use crate::StoreError;
use crate::json::from_json;

/// The origin of a vector, besides the fields of [`Vector`].
pub struct Origin {
    /// The SHA-256 that the model's file had.
    pub model_fingerprint: Option<String>,
    /// The hash of the snapshot of the pairs that it was made from.
    pub snapshot: Option<String>,
    /// The settings that it was trained with; `None` for an imported vector.
    pub settings: Option<TrainSettings>,
    /// The number of steps that were made.
    pub steps: u32,
    /// The version of Tiller that made or imported it.
    pub app_version: String,
    /// The provenance in an imported vector's file.
    pub provenance: Option<Provenance>,
}

impl Origin {
    /// Whether a model with this fingerprint is known to have other weights than the one that the vector was made on.
    #[must_use]
    pub fn has_other_weights(&self, fingerprint: Option<&str>) -> bool {
        self.model_fingerprint.as_deref().zip(fingerprint).is_some_and(|(made_on, own)| made_on != own)
    }
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

/// Returns a vector's origin.
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

/// Returns the system prompt that a vector was trained with; the default one where it is not known.
pub async fn system_prompt(db: impl SqliteExecutor<'_>, id: Id) -> Result<String, StoreError> {
    let origin = origin(db, id).await?;
    let trained = origin.settings.map(|settings| settings.system_prompt);
    let from_file = || {
        let settings = origin.provenance?.settings?;
        let all: serde_json::Value = serde_json::from_str(&settings).ok()?;
        all["system_prompt"].as_str().map(str::to_owned)
    };
    Ok(trained.or_else(from_file).unwrap_or_else(|| SYSTEM_PROMPT.to_owned()))
}
