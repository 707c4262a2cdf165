//! Stores sweeps over multipliers, with the content of the sets that they measure.

use data::content::{Snapshot, measured};
use ipc::sweep::{SteeringTerm, Sweep, SweepSettings, TokenUsage};
use ipc::{Id, Millis};
use sqlx::SqliteConnection;

use super::{jobs, measurements, models, pairs, sweep_points, vectors};
use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    name: Option<String>,
    note: String,
    model: Id,
    job: Id,
    state: String,
    failure: Option<String>,
    settings: String,
    vectors: String,
    read_tokens: i64,
    written_tokens: i64,
    model_fingerprint: Option<String>,
    created: Millis,
}

/// A prompt set as it was when a sweep began.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SweepSet {
    /// The data set; `None` for a list of prompts, and where the data set was deleted.
    pub data_set: Option<Id>,
    /// The hash of its snapshot.
    pub snapshot: String,
}

const WITH_STATE: &str =
    "SELECT sweeps.id, sweeps.name, sweeps.note, sweeps.model, job, state, failure, settings, vectors, read_tokens,
        written_tokens, model_fingerprint, sweeps.created
    FROM sweeps JOIN jobs ON jobs.id = sweeps.job
    WHERE (?1 IS NULL OR sweeps.project = ?1) AND (?2 IS NULL OR sweeps.id = ?2)
        AND (?3 IS NULL OR sweeps.id IN (SELECT sweep FROM sweep_sets WHERE data_set = ?3))
    ORDER BY sweeps.id DESC";

async fn select(
    db: &mut SqliteConnection,
    project: Option<Id>,
    id: Option<Id>,
    data_set: Option<Id>,
) -> Result<Vec<Sweep>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as(WITH_STATE).bind(project).bind(id).bind(data_set).fetch_all(&mut *db).await?;
    let mut sweeps = Vec::with_capacity(rows.len());
    let mut current = Current::default();
    for row in rows {
        let settings: SweepSettings = from_json("settings of a sweep", &row.settings)?;
        let model = models::find(&mut *db, row.model).await?;
        let now = model.fingerprint.as_ref().map(|print| model.identity(print));
        let other_model = matches!((&row.model_fingerprint, &now), (Some(then), Some(now)) if then != now);
        let stale = if other_model {
            Some("The model\u{2019}s file or its template has changed since.".to_owned())
        } else {
            current.stale(db, row.id, &settings, &row.vectors).await?
        };
        sweeps.push(Sweep {
            id: row.id,
            name: row.name,
            note: row.note,
            model: row.model,
            job: row.job,
            state: jobs::state(&row.state, row.failure.as_deref())?,
            points: sweep_points::list(&mut *db, row.id).await?,
            expected: settings.expected() as u32,
            settings,
            fingerprint: row.model_fingerprint,
            hashes: sets(&mut *db, row.id).await?.into_iter().map(|set| set.snapshot).collect(),
            vectors: from_json("vectors of a sweep", &row.vectors)?,
            usage: TokenUsage { read: row.read_tokens as u64, written: row.written_tokens as u64 },
            stale,
            created: row.created,
        });
    }
    Ok(sweeps)
}

/// A data set, the number of worked examples, and the seed that draws them.
type Drawn = (Id, u32, Option<u64>);

/// Caches the present content hashes for many sweeps that measure the same few data sets.
#[derive(Default)]
struct Current {
    /// The hash of a data set's content with its worked examples.
    sets: Vec<(Drawn, String)>,
    /// A term without its weight, and the hash of its effect; `None` where its vector, or that of its gate, was deleted.
    vectors: Vec<(SteeringTerm, Option<String>)>,
}

impl Current {
    async fn stale(
        &mut self,
        db: &mut SqliteConnection,
        sweep: Id,
        settings: &SweepSettings,
        then: &str,
    ) -> Result<Option<String>, StoreError> {
        for (kept, set) in sets(&mut *db, sweep).await?.iter().zip(&settings.sets) {
            let Some(data_set) = set.data_set() else { continue };
            let name = set.name();
            if kept.data_set.is_none() {
                return Ok(Some(format!("The data set \u{201c}{name}\u{201d} is gone.")));
            }
            if self.hash(db, data_set, settings).await? != kept.snapshot {
                return Ok(Some(format!("The held-out pairs of \u{201c}{name}\u{201d} have changed since.")));
            }
        }
        let then: Vec<String> = from_json("vectors of a sweep", then)?;
        let mut then = then.into_iter();
        for arm in &settings.arms {
            for term in &arm.terms {
                let name = &arm.name;
                match self.vector(db, term).await? {
                    None => return Ok(Some(format!("A vector of \u{201c}{name}\u{201d} is gone."))),
                    Some(now) if then.next().is_some_and(|then| then != now) => {
                        return Ok(Some(format!("A vector of \u{201c}{name}\u{201d} acts otherwise now.")));
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(None)
    }

    async fn hash(
        &mut self,
        db: &mut SqliteConnection,
        data_set: Id,
        settings: &SweepSettings,
    ) -> Result<String, StoreError> {
        let (shots, seed) = (settings.shots(), settings.examples_seed);
        let drawn = (data_set, shots, seed);
        if let Some((_, hash)) = self.sets.iter().find(|(known, _)| *known == drawn) {
            return Ok(hash.clone());
        }
        // Reading the held-out pairs alone is faster than reading all pairs.
        let all = match shots {
            0 => pairs::held_out(db, data_set).await?,
            _ => pairs::contents(db, data_set).await?,
        };
        let hash = Snapshot::new(&measured(&all, shots, seed))?.hash;
        self.sets.push((drawn, hash.clone()));
        Ok(hash)
    }

    async fn vector(
        &mut self,
        db: &mut SqliteConnection,
        term: &SteeringTerm,
    ) -> Result<Option<String>, StoreError> {
        let term = SteeringTerm { weight: 1.0, fixed: false, ..term.clone() };
        if let Some((_, hash)) = self.vectors.iter().find(|(known, _)| *known == term) {
            return Ok(hash.clone());
        }
        let hash = match vectors::load_term(db, &term).await {
            Ok(loaded) => Some(loaded.hash),
            Err(StoreError::Gone(_)) => None,
            Err(error) => return Err(error),
        };
        self.vectors.push((term, hash.clone()));
        Ok(hash)
    }
}

/// Returns the hashes of the present effects of a sweep's vectors, arm by arm, as JSON.
async fn vector_hashes(db: &mut SqliteConnection, settings: &SweepSettings) -> Result<String, StoreError> {
    let mut hashes = Vec::new();
    for arm in &settings.arms {
        for term in &arm.terms {
            hashes.push(vectors::load_term(&mut *db, term).await?.hash);
        }
    }
    to_json("vectors of a sweep", &hashes)
}

/// Returns a project's sweeps, newest first.
pub async fn list(db: &mut SqliteConnection, project: Id) -> Result<Vec<Sweep>, StoreError> {
    select(db, Some(project), None, None).await
}

/// Returns the sweeps that measured this data set, newest first.
pub async fn of_data_set(db: &mut SqliteConnection, data_set: Id) -> Result<Vec<Sweep>, StoreError> {
    select(db, None, None, Some(data_set)).await
}

/// Returns one sweep.
pub async fn find(db: &mut SqliteConnection, id: Id) -> Result<Sweep, StoreError> {
    select(db, None, Some(id), None).await?.pop().ok_or(StoreError::Gone("sweep"))
}

/// Returns the sets of a sweep as they were when it began, in the settings' order.
pub async fn sets(db: &mut SqliteConnection, id: Id) -> Result<Vec<SweepSet>, StoreError> {
    Ok(sqlx::query_as("SELECT data_set, snapshot FROM sweep_sets WHERE sweep = ? ORDER BY place")
        .bind(id)
        .fetch_all(db)
        .await?)
}

/// Returns a sweep of the same settings and content that is finished or not over yet. `identity` is the model's, where it
/// is known.
pub async fn same(
    db: &mut SqliteConnection,
    model: Id,
    identity: Option<&str>,
    settings: &SweepSettings,
    sets: &[SweepSet],
) -> Result<Option<Id>, StoreError> {
    let candidates: Vec<Id> = sqlx::query_scalar(
        "SELECT sweeps.id FROM sweeps JOIN jobs ON jobs.id = sweeps.job
         WHERE model = ?1 AND settings = ?2 AND vectors = ?4 AND state IN ('queued', 'running', 'done')
            AND (?3 IS NULL OR model_fingerprint IS NULL OR model_fingerprint = ?3)
         ORDER BY sweeps.id DESC",
    )
    .bind(model)
    .bind(to_json("settings of a sweep", settings)?)
    .bind(identity)
    .bind(vector_hashes(&mut *db, settings).await?)
    .fetch_all(&mut *db)
    .await?;
    for id in candidates {
        if self::sets(&mut *db, id).await? == sets {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// A sweep that is to be added.
pub struct NewSweep<'a> {
    /// The project that it belongs to.
    pub project: Id,
    /// The model that is measured.
    pub model: Id,
    /// The model's identity, where it is known.
    pub identity: Option<&'a str>,
    /// The job that measures.
    pub job: Id,
    /// Its settings.
    pub settings: &'a SweepSettings,
    /// The content of its sets.
    pub sets: &'a [SweepSet],
}

/// Adds a sweep.
pub async fn insert(db: &mut SqliteConnection, new: &NewSweep<'_>, now: Millis) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO sweeps (project, model, model_fingerprint, job, settings, vectors, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.project)
    .bind(new.model)
    .bind(new.identity)
    .bind(new.job)
    .bind(to_json("settings of a sweep", new.settings)?)
    .bind(vector_hashes(&mut *db, new.settings).await?)
    .bind(now)
    .execute(&mut *db)
    .await?;
    let id = done.last_insert_rowid();
    for (place, set) in (0_i64..).zip(new.sets) {
        sqlx::query("INSERT INTO sweep_sets (sweep, place, data_set, snapshot) VALUES (?, ?, ?, ?)")
            .bind(id)
            .bind(place)
            .bind(set.data_set)
            .bind(&set.snapshot)
            .execute(&mut *db)
            .await?;
    }
    Ok(id)
}

/// Stores which model the sweep measures and what its vectors do, and deletes the points if either has changed.
pub async fn set_model(db: &mut SqliteConnection, id: Id, fingerprint: &str) -> Result<(), StoreError> {
    let (model, before, settings): (Option<String>, String, String) =
        sqlx::query_as("SELECT model_fingerprint, vectors, settings FROM sweeps WHERE id = ?")
            .bind(id)
            .fetch_one(&mut *db)
            .await?;
    let settings: SweepSettings = from_json("settings of a sweep", &settings)?;
    let now = vector_hashes(&mut *db, &settings).await?;
    if now != before || model.is_some_and(|before| before != fingerprint) {
        sqlx::query("DELETE FROM sweep_points WHERE sweep = ?").bind(id).execute(&mut *db).await?;
    }
    sqlx::query("UPDATE sweeps SET model_fingerprint = ?, vectors = ? WHERE id = ?")
        .bind(fingerprint)
        .bind(now)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Changes the name and the note of a sweep; no name for the one that is made from its curves.
pub async fn describe(
    db: &mut SqliteConnection,
    id: Id,
    name: Option<&str>,
    note: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE sweeps SET name = ?, note = ? WHERE id = ?")
        .bind(name)
        .bind(note)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Adds to the tokens that a judge has read and written for a sweep, and returns the totals.
pub async fn add_usage(
    db: &mut SqliteConnection,
    id: Id,
    more: TokenUsage,
) -> Result<TokenUsage, StoreError> {
    let (read, written): (i64, i64) = sqlx::query_as(
        "UPDATE sweeps SET read_tokens = read_tokens + ?, written_tokens = written_tokens + ? WHERE id = ?
         RETURNING read_tokens, written_tokens",
    )
    .bind(more.read as i64)
    .bind(more.written as i64)
    .bind(id)
    .fetch_one(db)
    .await?;
    Ok(TokenUsage { read: read as u64, written: written as u64 })
}

/// Deletes a sweep with its job, and the measurements that no other sweep needs.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM jobs WHERE id IN (SELECT job FROM sweeps WHERE id = ?)")
        .bind(id)
        .execute(&mut *db)
        .await?;
    measurements::forget_unused(db).await
}

/// Deletes the sweeps that have no other vector than this one.
pub async fn delete_of_vector(db: &mut SqliteConnection, vector: Id) -> Result<(), StoreError> {
    let all: Vec<(Id, String)> =
        sqlx::query_as("SELECT id, settings FROM sweeps").fetch_all(&mut *db).await?;
    for (id, settings) in all {
        let settings: SweepSettings = from_json("settings of a sweep", &settings)?;
        if settings.is_only_of(vector) {
            delete(&mut *db, id).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "sweeps_tests.rs"]
pub(crate) mod tests;
