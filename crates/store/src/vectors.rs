//! Stores steering vectors: their numbers, and everything but their origins, which are in `origins.rs`.

use data::content::{from_bytes, to_bytes};
use ipc::derive::Derivation;
use ipc::steering::Intervention;
use ipc::train::{Method, TrainSettings};
use ipc::vector::{Adapter, Vector};
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};
use vectors::files::Provenance;

use crate::StoreError;
use crate::json::{from_json, to_json};
use crate::steering::{self, LoadedTerm, Steering};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    name: String,
    method: String,
    layer: u32,
    bytes: u32,
    norm: f64,
    residual_norm: f64,
    model: Id,
    run: Option<Id>,
    epoch: Option<u32>,
    data_set: Option<Id>,
    layers: Option<String>,
    intervention: Option<String>,
    adapter: Option<String>,
    settings: String,
    color: u8,
    created: Millis,
    tags: String,
    note: String,
    hash: Option<String>,
    norms: Option<String>,
    snapshot: Option<String>,
    app_version: String,
    made: Option<String>,
}

impl TryFrom<Row> for Vector {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let layers = layers(row.layer, row.layers.as_deref())?;
        let adapter = adapter(row.adapter.as_deref())?;
        let settings: Option<TrainSettings> = from_json("settings of a vector", &row.settings)?;
        Ok(Self {
            id: row.id,
            name: row.name,
            method: from_json("method of a vector", &row.method)?,
            layer: row.layer,
            size: adapter.map_or(row.bytes / 4 / layers.len().max(1) as u32, |adapter| adapter.inputs),
            adapter,
            layers,
            intervention: row
                .intervention
                .map_or(Ok(Intervention::default()), |json| from_json("intervention of a vector", &json))?,
            trained_on: settings.map(|settings| settings.positions),
            epoch: row.epoch,
            norm: row.norm,
            // It was not measured for an imported vector, which stores 0.
            residual_norm: Some(row.residual_norm).filter(|norm| *norm > 0.0),
            model: row.model,
            run: row.run,
            data_set: row.data_set,
            color: row.color,
            created: row.created,
            tags: from_json("tags of a vector", &row.tags)?,
            note: row.note,
            hash: row.hash.unwrap_or_default(),
            norms: row.norms.map_or(Ok(vec![]), |json| from_json("norms of a vector", &json))?,
            data_hash: row.snapshot,
            app_version: row.app_version,
            derivation: row.made.map(|json| from_json("derivation of a vector", &json)).transpose()?,
        })
    }
}

/// Reads the layers of a vector's parts.
fn layers(only: u32, several: Option<&str>) -> Result<Vec<u32>, StoreError> {
    several.map_or(Ok(vec![only]), |json| from_json("layers of a vector", json))
}

/// Reads the sizes of an adapter.
fn adapter(json: Option<&str>) -> Result<Option<Adapter>, StoreError> {
    json.map(|json| from_json("adapter of a vector", json)).transpose()
}

const WITHOUT_NUMBERS: &str =
    "SELECT id, name, method, layer, length(numbers) AS bytes, norm, residual_norm, model,
    coalesce(run, picked_from) AS run, epoch, data_set, layers, intervention, adapter, settings, color, created,
    tags, note, hash, norms, snapshot, app_version, made
    FROM vectors WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR id = ?2) ORDER BY id DESC";

/// Returns a project's vectors, newest first.
pub async fn list(db: impl SqliteExecutor<'_>, project: Id) -> Result<Vec<Vector>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(WITHOUT_NUMBERS).bind(project).bind(None::<Id>).fetch_all(db).await?;
    rows.into_iter().map(Vector::try_from).collect()
}

/// Returns one vector.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Vector, StoreError> {
    let row: Option<Row> =
        sqlx::query_as(WITHOUT_NUMBERS).bind(None::<Id>).bind(id).fetch_optional(db).await?;
    row.ok_or(StoreError::Gone("vector"))?.try_into()
}

/// Returns the project that a vector belongs to.
pub async fn project(db: impl SqliteExecutor<'_>, id: Id) -> Result<Id, StoreError> {
    let project = sqlx::query_scalar("SELECT project FROM vectors WHERE id = ?").bind(id);
    project.fetch_optional(db).await?.ok_or(StoreError::Gone("vector"))
}

/// Returns a vector in the engine's types.
pub async fn steering(db: impl SqliteExecutor<'_>, id: Id) -> Result<Steering, StoreError> {
    /// The layer, the layers, the intervention, the adapter and the numbers.
    type Steered = (u32, Option<String>, Option<String>, Option<String>, Vec<u8>);
    let row: Option<Steered> =
        sqlx::query_as("SELECT layer, layers, intervention, adapter, numbers FROM vectors WHERE id = ?")
            .bind(id)
            .fetch_optional(db)
            .await?;
    let (layer, several, intervention, of, bytes) = row.ok_or(StoreError::Gone("vector"))?;
    let intervention = intervention
        .map_or(Ok(Intervention::default()), |json| from_json("intervention of a vector", &json))?;
    let (adapter, layers) = (adapter(of.as_deref())?, layers(layer, several.as_deref())?);
    steering::steering(adapter.as_ref(), &layers, &from_bytes(&bytes), intervention)
}

/// Returns a vector as an arm of a sweep names it: itself, or its run's vector after an epoch.
pub async fn steering_of(
    db: &mut SqliteConnection,
    term: &ipc::steering::SteeringTerm,
) -> Result<Steering, StoreError> {
    let Some(epoch) = term.epoch else { return steering(db, term.vector).await };
    let vector = find(&mut *db, term.vector).await?;
    let run = vector.run.ok_or(StoreError::Gone("run of the vector"))?;
    let (_, values) = super::epoch_vectors::find(db, run, epoch).await?;
    steering::steering(vector.adapter.as_ref(), &vector.layers, &values, vector.intervention)
}

/// Returns a term with its vector, as [`steering_of`] reads it, and the vector of its gate.
pub async fn load_term(
    db: &mut SqliteConnection,
    term: &ipc::steering::SteeringTerm,
) -> Result<LoadedTerm, StoreError> {
    let own = steering_of(&mut *db, term).await?;
    let condition = match &term.gate {
        Some(gate) => Some(steering(db, gate.vector).await?),
        None => None,
    };
    LoadedTerm::new(term.clone(), own, condition.as_ref())
}

/// Sets the operation and positions with which a vector acts.
pub async fn set_intervention(
    db: &mut SqliteConnection,
    id: Id,
    intervention: Intervention,
) -> Result<(), StoreError> {
    let intervention = to_json("intervention of a vector", &intervention)?;
    sqlx::query("UPDATE vectors SET intervention = ? WHERE id = ?")
        .bind(intervention)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// A vector that is to be added.
pub struct NewVector<'a> {
    /// The project that it belongs to.
    pub project: Id,
    /// Its name.
    pub name: &'a str,
    /// The method that trained it, where that is known.
    pub method: Option<Method>,
    /// The layers of its parts, ascending; empty for an adapter.
    pub layers: &'a [u32],
    /// The sizes of an adapter; `None` for a vector.
    pub adapter: Option<Adapter>,
    /// The operation and positions with which it acts.
    pub intervention: Intervention,
    /// The numbers of its parts, one after the other.
    pub values: &'a [f32],
    /// The L2 norm of its numbers.
    pub norm: f64,
    /// The mean norm of the rows of the residual stream that it is added to, where it was measured.
    pub residual_norm: Option<f64>,
    /// The model that it was made for.
    pub model: Id,
    /// The SHA-256 of the model's file.
    pub model_fingerprint: Option<&'a str>,
    /// The run that trained it.
    pub run: Option<Id>,
    /// The epoch of the run after which it was picked; `None` for the run's end.
    pub epoch: Option<u32>,
    /// The data set that it was trained on.
    pub data_set: Option<Id>,
    /// The hash of the pairs that it was trained on.
    pub snapshot: Option<&'a str>,
    /// Its run's settings.
    pub settings: Option<&'a TrainSettings>,
    /// The number of steps that were made: fewer than the run's where the run was stopped.
    pub steps: u32,
    /// The provenance in an imported vector's file.
    pub provenance: Option<&'a Provenance>,
    /// The record of how it was computed from other vectors.
    pub derivation: Option<&'a Derivation>,
}

/// Adds a vector, in the colour that the fewest other vectors have.
pub async fn insert(
    db: &mut SqliteConnection,
    vector: &NewVector<'_>,
    now: Millis,
) -> Result<Id, StoreError> {
    let color = free_color(&list(&mut *db, vector.project).await?);
    let made = vector.derivation.map(|made| to_json("derivation of a vector", made)).transpose()?;
    let numbers =
        steering::steering(vector.adapter.as_ref(), vector.layers, vector.values, vector.intervention)?;
    let adapter =
        vector.adapter.as_ref().map(|adapter| to_json("adapter of a vector", adapter)).transpose()?;
    let provenance =
        vector.provenance.map(|provenance| to_json("provenance of a vector", provenance)).transpose()?;
    let done = sqlx::query(
        "INSERT INTO vectors (project, name, method, layer, numbers, norm, residual_norm, model, model_fingerprint, run,
            picked_from, epoch, data_set, snapshot, settings, steps, seed, app_version, color, created, provenance, layers,
            intervention, adapter, hash, norms, made)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(vector.project)
    .bind(vector.name)
    .bind(to_json("method of a vector", &vector.method)?)
    .bind(vector.layers.first().copied().unwrap_or_default())
    .bind(to_bytes(vector.values))
    .bind(vector.norm)
    .bind(vector.residual_norm.unwrap_or(0.0))
    .bind(vector.model)
    .bind(vector.model_fingerprint)
    .bind(vector.run.filter(|_| vector.epoch.is_none()))
    .bind(vector.run.filter(|_| vector.epoch.is_some()))
    .bind(vector.epoch)
    .bind(vector.data_set)
    .bind(vector.snapshot)
    .bind(to_json("settings of a vector", &vector.settings)?)
    .bind(vector.steps)
    .bind(vector.settings.map_or(0, |settings| settings.seed.cast_signed()))
    .bind(env!("CARGO_PKG_VERSION"))
    .bind(color)
    .bind(now)
    .bind(provenance)
    .bind(to_json("layers of a vector", &vector.layers)?)
    .bind(to_json("intervention of a vector", &vector.intervention)?)
    .bind(adapter)
    .bind(numbers.content_hash())
    .bind(to_json("norms of a vector", &numbers.norms())?)
    .bind(made)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// The number of colours of the chart palette.
const COLORS: u8 = 7;

/// Returns the colour that the fewest vectors have.
fn free_color(vectors: &[Vector]) -> u8 {
    let used = |color: &u8| vectors.iter().filter(|vector| vector.color == *color).count();
    (0..COLORS).min_by_key(used).unwrap_or(0)
}

/// Renames a vector.
pub async fn rename(db: &mut SqliteConnection, id: Id, name: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE vectors SET name = ? WHERE id = ?").bind(name).bind(id).execute(db).await?;
    Ok(())
}

/// Sets a vector's tags and note.
pub async fn describe(
    db: &mut SqliteConnection,
    id: Id,
    tags: &[String],
    note: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE vectors SET tags = ?, note = ? WHERE id = ?")
        .bind(to_json("tags of a vector", &tags)?)
        .bind(note)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Computes what vectors of earlier versions lack: the hash of their numbers, and their parts' norms.
pub async fn complete(db: &mut SqliteConnection) -> Result<(), StoreError> {
    let bare: Vec<Id> =
        sqlx::query_scalar("SELECT id FROM vectors WHERE hash IS NULL").fetch_all(&mut *db).await?;
    for id in bare {
        let numbers = steering(&mut *db, id).await?;
        sqlx::query("UPDATE vectors SET hash = ?, norms = ? WHERE id = ?")
            .bind(numbers.content_hash())
            .bind(to_json("norms of a vector", &numbers.norms())?)
            .bind(id)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

/// Stores the norm of the residual stream for the vectors of this hash that lack it.
pub async fn complete_residual_norm(
    db: &mut SqliteConnection,
    hash: &str,
    residual_norm: f64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE vectors SET residual_norm = ? WHERE hash = ? AND residual_norm = 0")
        .bind(residual_norm)
        .bind(hash)
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes a vector, and the sweeps that have no other vector.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    super::sweeps::delete_of_vector(db, id).await?;
    for deletion in [
        "DELETE FROM jobs WHERE id IN (SELECT job FROM analyses WHERE vector = ?1
            UNION SELECT job FROM transfers WHERE vector = ?1 UNION SELECT job FROM bakes WHERE vector = ?1
            UNION SELECT job FROM distillations WHERE vector = ?1)",
        "DELETE FROM vectors WHERE id = ?1",
    ] {
        sqlx::query(deletion).bind(id).execute(&mut *db).await?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "vectors_tests.rs"]
pub(crate) mod tests;
