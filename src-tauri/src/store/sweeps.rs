//! Sweeps over multipliers, with the content that their points depend on.

use ipc::sweep::Sweep;
use ipc::{Id, Millis};
use sqlx::SqliteConnection;

use super::{jobs, models, pairs, sweep_points};
use crate::Error;
use crate::content::{Snapshot, from_json, held_out, to_json};

/// What a sweep's points depend on.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Key {
    pub(crate) vector_hash: String,
    /// The hash of the held-out pairs.
    pub(crate) snapshot: String,
    pub(crate) system_prompt: String,
    /// `None` until the model was read once.
    pub(crate) model_fingerprint: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    vector: Id,
    data_set: Id,
    job: Id,
    state: String,
    failure: Option<String>,
    multipliers: String,
    model: Id,
    snapshot: String,
    model_fingerprint: Option<String>,
    created: Millis,
}

const WITH_STATE: &str = "SELECT sweeps.id, vector, sweeps.data_set, sweeps.job, state, failure, multipliers,
    vectors.model, sweeps.snapshot, sweeps.model_fingerprint, sweeps.created
    FROM sweeps JOIN jobs ON jobs.id = sweeps.job JOIN vectors ON vectors.id = sweeps.vector
    WHERE (?1 IS NULL OR vectors.project = ?1) AND (?2 IS NULL OR sweeps.id = ?2) AND (?3 IS NULL OR sweeps.data_set = ?3)
    ORDER BY sweeps.id DESC";

async fn select(
    db: &mut SqliteConnection,
    project: Option<Id>,
    id: Option<Id>,
    data_set: Option<Id>,
) -> Result<Vec<Sweep>, Error> {
    let rows: Vec<Row> =
        sqlx::query_as(WITH_STATE).bind(project).bind(id).bind(data_set).fetch_all(&mut *db).await?;
    let mut sweeps = Vec::with_capacity(rows.len());
    let mut current = Vec::<(Id, String)>::new();
    for row in rows {
        // Many sweeps measure the same few data sets.
        let known = current.iter().find(|(data_set, _)| *data_set == row.data_set);
        let snapshot = if let Some((_, hash)) = known {
            hash.clone()
        } else {
            let hash = held_out_hash(db, row.data_set).await?;
            current.push((row.data_set, hash.clone()));
            hash
        };
        let model = models::find(&mut *db, row.model).await?.fingerprint;
        let other_model = matches!((&row.model_fingerprint, &model), (Some(then), Some(now)) if then != now);
        sweeps.push(Sweep {
            id: row.id,
            vector: row.vector,
            data_set: row.data_set,
            job: row.job,
            state: jobs::state(&row.state, row.failure.as_deref())?,
            multipliers: from_json("multipliers", &row.multipliers)?,
            points: sweep_points::list(&mut *db, row.id).await?,
            stale: other_model || row.snapshot != snapshot,
            created: row.created,
        });
    }
    Ok(sweeps)
}

/// The hash of a data set's held-out pairs as they are now.
pub(crate) async fn held_out_hash(db: &mut SqliteConnection, data_set: Id) -> Result<String, Error> {
    Ok(Snapshot::of(&held_out(&pairs::held_out(db, data_set).await?))?.hash)
}

/// A project's sweeps, newest first.
pub(crate) async fn list(db: &mut SqliteConnection, project: Id) -> Result<Vec<Sweep>, Error> {
    select(db, Some(project), None, None).await
}

/// The sweeps that measured this data set, newest first.
pub(crate) async fn of_data_set(db: &mut SqliteConnection, data_set: Id) -> Result<Vec<Sweep>, Error> {
    select(db, None, None, Some(data_set)).await
}

/// One sweep.
pub(crate) async fn find(db: &mut SqliteConnection, id: Id) -> Result<Sweep, Error> {
    select(db, None, Some(id), None).await?.pop().ok_or(Error::Gone("sweep"))
}

/// What a sweep's points depend on.
pub(crate) async fn key(db: &mut SqliteConnection, id: Id) -> Result<Key, Error> {
    Ok(sqlx::query_as(
        "SELECT vector_hash, snapshot, system_prompt, model_fingerprint FROM sweeps WHERE id = ?",
    )
    .bind(id)
    .fetch_one(db)
    .await?)
}

/// A sweep of the same content at the same multipliers that is finished or will be.
pub(crate) async fn same(
    db: &mut SqliteConnection,
    vector: Id,
    key: &Key,
    multipliers: &[f64],
) -> Result<Option<Id>, Error> {
    let id = sqlx::query_scalar(
        "SELECT sweeps.id FROM sweeps JOIN jobs ON jobs.id = sweeps.job
         WHERE vector = ? AND vector_hash = ? AND snapshot = ? AND system_prompt = ? AND model_fingerprint = ?
            AND multipliers = ? AND state IN ('queued', 'running', 'done')
         ORDER BY sweeps.id DESC LIMIT 1",
    )
    .bind(vector)
    .bind(&key.vector_hash)
    .bind(&key.snapshot)
    .bind(&key.system_prompt)
    .bind(&key.model_fingerprint)
    .bind(to_json("multipliers", &multipliers)?);
    Ok(id.fetch_optional(db).await?)
}

/// A new sweep.
pub(crate) async fn insert(
    db: &mut SqliteConnection,
    vector: Id,
    data_set: Id,
    job: Id,
    multipliers: &[f64],
    key: &Key,
    now: Millis,
) -> Result<Id, Error> {
    let done = sqlx::query(
        "INSERT INTO sweeps (vector, data_set, job, multipliers, vector_hash, snapshot, system_prompt, model_fingerprint, created)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(vector)
    .bind(data_set)
    .bind(job)
    .bind(to_json("multipliers", &multipliers)?)
    .bind(&key.vector_hash)
    .bind(&key.snapshot)
    .bind(&key.system_prompt)
    .bind(&key.model_fingerprint)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// The fingerprint of the model that the points are measured with; points of another model's go.
pub(crate) async fn set_model(db: &mut SqliteConnection, id: Id, fingerprint: &str) -> Result<(), Error> {
    let before = key(&mut *db, id).await?.model_fingerprint;
    if before.is_some_and(|before| before != fingerprint) {
        sqlx::query("DELETE FROM sweep_points WHERE sweep = ?").bind(id).execute(&mut *db).await?;
    }
    sqlx::query("UPDATE sweeps SET model_fingerprint = ? WHERE id = ?")
        .bind(fingerprint)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use ipc::data::{PairContent, Split};
    use ipc::vector::Vector;

    use super::*;
    use crate::store::tests::temporary;
    use crate::store::vectors::tests::a_vector;
    use crate::store::{data_sets, snapshots};

    async fn key_of(db: &mut SqliteConnection, data_set: Id) -> Key {
        let contents = held_out(&pairs::contents(&mut *db, data_set).await.expect("pairs"));
        let snapshot = Snapshot::of(&contents).expect("a snapshot");
        snapshots::keep(db, &snapshot).await.expect("kept");
        Key {
            vector_hash: "v".into(),
            snapshot: snapshot.hash,
            system_prompt: String::new(),
            model_fingerprint: Some("ab".into()),
        }
    }

    /// A queued sweep of a vector over -1, 0, 1.
    pub(crate) async fn a_sweep(db: &mut SqliteConnection, vector: &Vector) -> Sweep {
        let data_set = vector.data_set.expect("its data set");
        let key = key_of(db, data_set).await;
        let job = jobs::insert(db, "Sweep", 1).await.expect("a job");
        let id = insert(db, vector.id, data_set, job, &[-1.0, 0.0, 1.0], &key, 1).await.expect("a sweep");
        find(db, id).await.expect("the sweep")
    }

    #[tokio::test]
    async fn a_sweep_is_stale_once_a_held_out_pair_or_the_model_has_changed() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let sweep = a_sweep(&mut db, &vector).await;
        assert!(!sweep.stale);
        let content = PairContent { split: Split::Train, ..PairContent::default() };
        pairs::insert(&mut db, sweep.data_set, 9.0, &content, 1).await.expect("a pair");
        assert!(!find(&mut db, sweep.id).await.expect("it").stale, "a training pair is not measured");
        let content = PairContent { split: Split::HeldOut, ..PairContent::default() };
        let pair = pairs::insert(&mut db, sweep.data_set, 9.0, &content, 1).await.expect("a pair");
        assert!(find(&mut db, sweep.id).await.expect("it").stale);
        pairs::delete(&mut db, pair).await.expect("a deletion");
        assert!(!find(&mut db, sweep.id).await.expect("it").stale, "the content counts, not the edit");
        models::set_fingerprint(&mut db, vector.model, "cd", "").await.expect("a fingerprint");
        assert!(find(&mut db, sweep.id).await.expect("it").stale);
    }

    #[tokio::test]
    async fn a_sweep_is_used_again_only_for_the_same_content() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let sweep = a_sweep(&mut db, &vector).await;
        let key = key_of(&mut db, sweep.data_set).await;
        let other = Key { snapshot: "other".into(), ..key.clone() };
        let found = |found: Result<Option<Id>, Error>| found.expect("a query");
        assert_eq!(found(same(&mut db, vector.id, &key, &[-1.0, 0.0, 1.0]).await), Some(sweep.id));
        assert_eq!(found(same(&mut db, vector.id, &key, &[-1.0, 1.0]).await), None);
        assert_eq!(found(same(&mut db, vector.id, &other, &[-1.0, 0.0, 1.0]).await), None);
        assert_eq!(data_sets::list(&mut *db, 1).await.expect("a query").len(), 1);
    }
}
