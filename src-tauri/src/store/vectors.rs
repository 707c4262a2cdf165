//! Steering vectors: their numbers, and all that is needed to train them again.

use ipc::steering::Acts;
use ipc::train::{Method, SYSTEM_PROMPT, TrainSettings};
use ipc::vector::Vector;
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};
use vectors::files::Provenance;

use crate::Error;
use crate::content::{from_bytes, from_json, to_bytes, to_json};
use crate::engine::acts::{Steering, parts};

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
    acts: Option<String>,
    settings: String,
    color: u8,
    created: Millis,
}

impl TryFrom<Row> for Vector {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let layers = layers(row.layer, row.layers.as_deref())?;
        let settings: Option<TrainSettings> = from_json("settings of a vector", &row.settings)?;
        Ok(Self {
            id: row.id,
            name: row.name,
            method: from_json("method of a vector", &row.method)?,
            layer: row.layer,
            size: row.bytes / 4 / layers.len().max(1) as u32,
            layers,
            acts: row.acts.map_or(Ok(Acts::default()), |json| from_json("acts of a vector", &json))?,
            trained_on: settings.map(|settings| settings.on),
            epoch: row.epoch,
            norm: row.norm,
            // Nobody has measured it for an imported vector.
            residual_norm: Some(row.residual_norm).filter(|norm| *norm > 0.0),
            model: row.model,
            run: row.run,
            data_set: row.data_set,
            color: row.color,
            created: row.created,
        })
    }
}

/// The layers of a vector's parts.
fn layers(only: u32, several: Option<&str>) -> Result<Vec<u32>, Error> {
    several.map_or(Ok(vec![only]), |json| from_json("layers of a vector", json))
}

const WITHOUT_NUMBERS: &str = "SELECT id, name, method, layer, length(numbers) AS bytes, norm, residual_norm, model,
    coalesce(run, picked_from) AS run, epoch, data_set, layers, acts, settings, color, created FROM vectors WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR id = ?2) ORDER BY id DESC";

/// A project's vectors, newest first.
pub(crate) async fn list(db: impl SqliteExecutor<'_>, project: Id) -> Result<Vec<Vector>, Error> {
    let rows: Vec<Row> = sqlx::query_as(WITHOUT_NUMBERS).bind(project).bind(None::<Id>).fetch_all(db).await?;
    rows.into_iter().map(Vector::try_from).collect()
}

/// One vector.
pub(crate) async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Vector, Error> {
    let row: Option<Row> =
        sqlx::query_as(WITHOUT_NUMBERS).bind(None::<Id>).bind(id).fetch_optional(db).await?;
    row.ok_or(Error::Gone("vector"))?.try_into()
}

/// A vector, ready to act.
pub(crate) async fn steering(db: impl SqliteExecutor<'_>, id: Id) -> Result<Steering, Error> {
    /// Layer, layers, acts and numbers.
    type Steered = (u32, Option<String>, Option<String>, Vec<u8>);
    let row: Option<Steered> =
        sqlx::query_as("SELECT layer, layers, acts, numbers FROM vectors WHERE id = ?")
            .bind(id)
            .fetch_optional(db)
            .await?;
    let (layer, several, acts, bytes) = row.ok_or(Error::Gone("vector"))?;
    Ok(Steering {
        parts: parts(&layers(layer, several.as_deref())?, &from_bytes(&bytes)),
        acts: acts.map_or(Ok(Acts::default()), |json| from_json("acts of a vector", &json))?,
    })
}

/// A vector as an arm of a sweep has it: itself, or what its run had come to after an epoch.
pub(crate) async fn steering_of(
    db: &mut SqliteConnection,
    term: &ipc::sweep::ArmTerm,
) -> Result<Steering, Error> {
    let mut steering = steering(&mut *db, term.vector).await?;
    if let Some(epoch) = term.epoch {
        let vector = find(&mut *db, term.vector).await?;
        let run = vector.run.ok_or(Error::Gone("run of the vector"))?;
        let (_, values) = super::epoch_vectors::find(db, run, epoch).await?;
        steering.parts = parts(&vector.layers, &values);
    }
    Ok(steering)
}

/// Where and how a vector acts from now on.
pub(crate) async fn set_acts(db: &mut SqliteConnection, id: Id, acts: Acts) -> Result<(), Error> {
    let acts = to_json("acts of a vector", &acts)?;
    sqlx::query("UPDATE vectors SET acts = ? WHERE id = ?").bind(acts).bind(id).execute(db).await?;
    Ok(())
}

/// Where a vector comes from, besides what [`Vector`] says.
pub(crate) struct Origin {
    /// The SHA-256 that the model's file had.
    pub(crate) model_fingerprint: Option<String>,
    /// The pairs that it was made from, by the hash of their snapshot.
    pub(crate) snapshot: Option<String>,
    /// The settings that it was trained with; `None` for an imported one.
    pub(crate) settings: Option<TrainSettings>,
    /// Steps made.
    pub(crate) steps: u32,
    /// The version of Tiller that made or imported it.
    pub(crate) app_version: String,
    /// What an imported vector's file says.
    pub(crate) provenance: Option<Provenance>,
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
pub(crate) async fn origin(db: impl SqliteExecutor<'_>, id: Id) -> Result<Origin, Error> {
    let row: Option<OriginRow> = sqlx::query_as(
        "SELECT model_fingerprint, snapshot, settings, steps, app_version, provenance FROM vectors WHERE id = ?",
    )
    .bind(id)
    .fetch_optional(db)
    .await?;
    let row = row.ok_or(Error::Gone("vector"))?;
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
pub(crate) async fn system_prompt(db: impl SqliteExecutor<'_>, id: Id) -> Result<String, Error> {
    let origin = origin(db, id).await?;
    let trained = origin.settings.map(|settings| settings.system_prompt);
    let told = || {
        let settings = origin.provenance?.settings?;
        let all: serde_json::Value = serde_json::from_str(&settings).ok()?;
        all["system_prompt"].as_str().map(str::to_owned)
    };
    Ok(trained.or_else(told).unwrap_or_else(|| SYSTEM_PROMPT.to_owned()))
}

/// What a new vector is made of.
pub(crate) struct NewVector<'a> {
    pub(crate) project: Id,
    pub(crate) name: &'a str,
    pub(crate) method: Option<Method>,
    /// The layers of its parts, ascending.
    pub(crate) layers: &'a [u32],
    pub(crate) acts: Acts,
    /// Its parts' numbers, one after the other.
    pub(crate) values: &'a [f32],
    pub(crate) norm: f64,
    pub(crate) residual_norm: Option<f64>,
    pub(crate) model: Id,
    pub(crate) model_fingerprint: Option<&'a str>,
    pub(crate) run: Option<Id>,
    /// The epoch of the run after which it was picked; `None` for the run's end.
    pub(crate) epoch: Option<u32>,
    pub(crate) data_set: Option<Id>,
    pub(crate) snapshot: Option<&'a str>,
    pub(crate) settings: Option<&'a TrainSettings>,
    /// Steps made: fewer than the run's where it was stopped.
    pub(crate) steps: u32,
    /// What an imported vector's file says.
    pub(crate) provenance: Option<&'a Provenance>,
}

/// A new vector, in the first colour that no other has.
pub(crate) async fn insert(
    db: &mut SqliteConnection,
    vector: &NewVector<'_>,
    now: Millis,
) -> Result<Id, Error> {
    let color = free_color(&list(&mut *db, vector.project).await?);
    let provenance =
        vector.provenance.map(|provenance| to_json("provenance of a vector", provenance)).transpose()?;
    let done = sqlx::query(
        "INSERT INTO vectors (project, name, method, layer, numbers, norm, residual_norm, model, model_fingerprint, run,
            picked_from, epoch, data_set, snapshot, settings, steps, seed, app_version, color, created, provenance, layers,
            acts)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(vector.project)
    .bind(vector.name)
    .bind(to_json("method of a vector", &vector.method)?)
    .bind(vector.layers.first())
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
    .bind(to_json("acts of a vector", &vector.acts)?)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Places in the chart palette.
const COLORS: u8 = 7;

/// The place that the fewest vectors have.
fn free_color(vectors: &[Vector]) -> u8 {
    let used = |color: &u8| vectors.iter().filter(|vector| vector.color == *color).count();
    (0..COLORS).min_by_key(used).unwrap_or(0)
}

/// A vector's new name.
pub(crate) async fn rename(db: &mut SqliteConnection, id: Id, name: &str) -> Result<(), Error> {
    sqlx::query("UPDATE vectors SET name = ? WHERE id = ?").bind(name).bind(id).execute(db).await?;
    Ok(())
}

/// Removes a vector, and the sweeps of which nothing is left without it.
pub(crate) async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), Error> {
    super::sweeps::delete_of_vector(db, id).await?;
    for deletion in [
        "DELETE FROM jobs WHERE id IN (SELECT job FROM studies WHERE vector = ?1)",
        "DELETE FROM vectors WHERE id = ?1",
    ] {
        sqlx::query(deletion).bind(id).execute(&mut *db).await?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::runs::tests::a_run;
    use crate::store::tests::temporary;
    use crate::store::{runs, sweeps};
    use ipc::steering::{How, Where};

    /// A vector from a new run.
    pub(crate) async fn a_vector(db: &mut SqliteConnection) -> Vector {
        let run = a_run(db).await;
        let snapshot = runs::snapshot(&mut *db, run.id).await.expect("a snapshot");
        let new = NewVector {
            project: 1,
            name: "V",
            method: Some(run.settings.method),
            layers: &run.settings.layers,
            acts: Acts::default(),
            values: &[3.0, 4.0],
            norm: 5.0,
            residual_norm: Some(150.0),
            model: run.model,
            model_fingerprint: Some("ab"),
            run: Some(run.id),
            epoch: None,
            data_set: Some(run.data_set),
            snapshot: Some(&snapshot),
            settings: Some(&run.settings),
            steps: 6,
            provenance: None,
        };
        let id = insert(db, &new, 1).await.expect("a vector");
        find(&mut *db, id).await.expect("the vector")
    }

    #[tokio::test]
    async fn a_vector_is_kept_with_its_numbers() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        assert_eq!((vector.size, vector.method, vector.layer), (2, Some(Method::Bipo), 10));
        let kept = steering(&mut *db, vector.id).await.expect("the vector");
        assert_eq!((kept.parts[0].layer, &*kept.parts[0].values), (10, &[3.0, 4.0][..]));
        let run = vector.run.expect("its run");
        assert_eq!(runs::find(&mut *db, run).await.expect("the run").vector, Some(vector.id));
        rename(&mut db, vector.id, "W").await.expect("a new name");
        assert_eq!(find(&mut *db, vector.id).await.expect("the vector").name, "W");
    }

    #[tokio::test]
    async fn a_picked_epoch_of_two_layers_comes_back_with_both_and_acts_as_it_is_told() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let end = a_vector(&mut db).await;
        let new = NewVector {
            project: 1,
            name: "P",
            method: end.method,
            layers: &[3, 5],
            acts: Acts { on: Where::PromptEnd, how: How::Add },
            values: &[1.0, 2.0, 3.0, 4.0],
            norm: 5.5,
            residual_norm: None,
            model: end.model,
            model_fingerprint: None,
            run: end.run,
            epoch: Some(2),
            data_set: None,
            snapshot: None,
            settings: None,
            steps: 12,
            provenance: None,
        };
        let id = insert(&mut db, &new, 1).await.expect("a second vector of the same run");
        let acts = Acts { on: Where::Answer, how: How::Cap { at: 1.5 } };
        set_acts(&mut db, id, acts).await.expect("a change");
        let vector = find(&mut *db, id).await.expect("the vector");
        assert_eq!(
            (vector.layers.as_slice(), vector.size, vector.run, vector.epoch),
            (&[3, 5][..], 2, end.run, Some(2))
        );
        let steering = steering(&mut *db, id).await.expect("the vector");
        assert_eq!(
            (steering.acts, steering.parts.len(), &*steering.parts[1].values),
            (acts, 2, &[3.0, 4.0][..])
        );
        let run = runs::find(&mut *db, end.run.expect("its run")).await.expect("the run");
        assert_eq!(run.vector, Some(end.id), "the run's own vector is that of its end");
    }

    #[tokio::test]
    async fn an_imported_vector_keeps_what_its_file_says() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let model = a_vector(&mut db).await.model;
        let told = Provenance {
            seed: Some(u64::MAX),
            settings: Some(r#"{"system_prompt": "Be brief."}"#.into()),
            ..Provenance::default()
        };
        let new = NewVector {
            project: 1,
            name: "I",
            method: None,
            layers: &[3],
            acts: Acts::default(),
            values: &[1.0],
            norm: 1.0,
            residual_norm: None,
            model,
            model_fingerprint: None,
            run: None,
            epoch: None,
            data_set: None,
            snapshot: None,
            settings: None,
            steps: 0,
            provenance: Some(&told),
        };
        let id = insert(&mut db, &new, 1).await.expect("a vector");
        let vector = find(&mut *db, id).await.expect("the vector");
        assert_eq!((vector.method, vector.residual_norm, vector.run), (None, None, None));
        let origin = origin(&mut *db, id).await.expect("its origin");
        assert_eq!((origin.settings, origin.provenance), (None, Some(told)));
        assert_eq!(system_prompt(&mut *db, id).await.expect("a prompt"), "Be brief.");
    }

    #[tokio::test]
    async fn every_vector_has_a_colour_of_its_own_while_there_are_any() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let mut colors = vec![];
        for _ in 0..=COLORS {
            colors.push(a_vector(&mut db).await.color);
        }
        assert_eq!(colors, [0, 1, 2, 3, 4, 5, 6, 0]);
    }

    #[tokio::test]
    async fn deleting_a_vector_takes_its_sweeps_and_keeps_its_run() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        sweeps::tests::a_sweep(&mut db, &vector).await;
        delete(&mut db, vector.id).await.expect("a deletion");
        assert_eq!(sweeps::list(&mut db, 1).await.expect("a query"), []);
        let run = runs::find(&mut *db, vector.run.expect("its run")).await.expect("the run is there");
        assert_eq!(run.vector, None);
    }
}
