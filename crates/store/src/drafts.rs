//! Stores drafts of pairs: the batches that a model is asked to write, and a person's verdicts on them.

use ipc::drafts::{Draft, DraftSettings};
use ipc::job::JobState;
use ipc::{Failure, Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use super::jobs;
use crate::StoreError;
use crate::json::{from_json, to_json};

/// A batch of drafts that one job writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The data set that the drafts are for.
    pub data_set: Id,
    /// The model that writes; `None` for a model behind an address.
    pub model: Option<Id>,
    /// The settings of the batch.
    pub settings: DraftSettings,
}

#[derive(sqlx::FromRow)]
struct BatchRow {
    data_set: Id,
    model: Option<Id>,
    settings: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    prompt: String,
    wanted: Option<String>,
    opposite: Option<String>,
    pair: Option<Id>,
    failure: Option<String>,
}

impl TryFrom<Row> for Draft {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let failure = row.failure.map(|failure| from_json::<Failure>("failure", &failure)).transpose()?;
        let Row { id, prompt, wanted, opposite, pair, .. } = row;
        Ok(Self { id, prompt, wanted, opposite, pair, failure })
    }
}

/// Adds a batch.
pub async fn insert_batch(
    db: &mut SqliteConnection,
    batch: &Batch,
    job: Id,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO draft_batches (data_set, model, job, settings, created) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(batch.data_set)
    .bind(batch.model)
    .bind(job)
    .bind(to_json("settings", &batch.settings)?)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Returns a batch.
pub async fn batch(db: impl SqliteExecutor<'_>, id: Id) -> Result<Batch, StoreError> {
    let row: Option<BatchRow> =
        sqlx::query_as("SELECT data_set, model, settings FROM draft_batches WHERE id = ?")
            .bind(id)
            .fetch_optional(db)
            .await?;
    let row = row.ok_or(StoreError::Gone("batch of drafts"))?;
    Ok(Batch { data_set: row.data_set, model: row.model, settings: from_json("settings", &row.settings)? })
}

/// The pair that a draft is made for, with the answer of it that stays. The other one is drafted.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The pair.
    pub pair: Id,
    /// Its wanted answer.
    pub wanted: Option<&'a str>,
    /// Its opposite answer.
    pub opposite: Option<&'a str>,
}

/// Adds a draft without the answers that are to be written.
pub async fn insert(
    db: &mut SqliteConnection,
    batch: Id,
    prompt: &str,
    given: Option<Given<'_>>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO drafts (batch, prompt, pair, wanted, opposite) VALUES (?, ?, ?, ?, ?)")
        .bind(batch)
        .bind(prompt)
        .bind(given.map(|given| given.pair))
        .bind(given.and_then(|given| given.wanted))
        .bind(given.and_then(|given| given.opposite))
        .execute(db)
        .await?;
    Ok(())
}

/// Returns a batch's drafts that still lack an answer and have not failed.
pub async fn missing(db: impl SqliteExecutor<'_>, batch: Id) -> Result<Vec<Draft>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, prompt, wanted, opposite, pair, failure FROM drafts
         WHERE batch = ? AND verdict = 'open' AND failure IS NULL AND (wanted IS NULL OR opposite IS NULL) ORDER BY id",
    )
    .bind(batch)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Draft::try_from).collect()
}

/// Returns the number of drafts of a batch.
pub async fn count(db: impl SqliteExecutor<'_>, batch: Id) -> Result<u32, StoreError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM drafts WHERE batch = ?").bind(batch).fetch_one(db).await?)
}

/// Returns a data set's drafts without a verdict. Undoing the addition of an accepted draft's pair withdraws the verdict.
pub async fn open(db: impl SqliteExecutor<'_>, data_set: Id) -> Result<Vec<Draft>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT drafts.id, prompt, wanted, opposite, pair, failure FROM drafts
         JOIN draft_batches ON draft_batches.id = drafts.batch
         WHERE draft_batches.data_set = ?
            AND (verdict = 'open' OR verdict = 'accepted' AND pair IS NULL
                AND NOT EXISTS (SELECT 1 FROM pairs WHERE pairs.id = drafts.accepted))
         ORDER BY drafts.id",
    )
    .bind(data_set)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Draft::try_from).collect()
}

/// Returns the last job that drafts for a data set, with its state.
pub async fn last_job(db: &mut SqliteConnection, data_set: Id) -> Result<Option<(Id, JobState)>, StoreError> {
    let job: Option<Id> =
        sqlx::query_scalar("SELECT job FROM draft_batches WHERE data_set = ? ORDER BY id DESC LIMIT 1")
            .bind(data_set)
            .fetch_optional(&mut *db)
            .await?;
    match job {
        Some(job) => Ok(Some((job, jobs::find(db, job).await?.state))),
        None => Ok(None),
    }
}

/// Returns the data set that a draft is for.
pub async fn data_set_of(db: impl SqliteExecutor<'_>, draft: Id) -> Result<Id, StoreError> {
    let id = sqlx::query_scalar(
        "SELECT data_set FROM draft_batches JOIN drafts ON drafts.batch = draft_batches.id WHERE drafts.id = ?",
    );
    id.bind(draft).fetch_optional(db).await?.ok_or(StoreError::Gone("draft"))
}

/// One of a draft's two answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The wanted answer.
    Wanted,
    /// The opposite answer.
    Opposite,
}

/// Stores a drafted answer, unless there is one already.
pub async fn set_answer(db: &mut SqliteConnection, id: Id, side: Side, text: &str) -> Result<(), StoreError> {
    let update = match side {
        Side::Wanted => "UPDATE drafts SET wanted = ? WHERE id = ? AND wanted IS NULL",
        Side::Opposite => "UPDATE drafts SET opposite = ? WHERE id = ? AND opposite IS NULL",
    };
    sqlx::query(update).bind(text).bind(id).execute(db).await?;
    Ok(())
}

/// Stores why an answer could not be drafted.
pub async fn fail(db: &mut SqliteConnection, id: Id, failure: &Failure) -> Result<(), StoreError> {
    let failure = to_json("failure", failure)?;
    sqlx::query("UPDATE drafts SET failure = ? WHERE id = ?").bind(failure).bind(id).execute(db).await?;
    Ok(())
}

/// Clears the failures of a batch, so that its failed drafts are drafted again.
pub async fn forget_failures(db: &mut SqliteConnection, batch: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE drafts SET failure = NULL WHERE batch = ?").bind(batch).execute(db).await?;
    Ok(())
}

/// Changes a draft's answers; an answer that is emptied counts as missing again.
pub async fn edit(db: &mut SqliteConnection, id: Id, wanted: &str, opposite: &str) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE drafts SET wanted = NULLIF(?, ''), opposite = NULLIF(?, ''), failure = NULL WHERE id = ?",
    )
    .bind(wanted)
    .bind(opposite)
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// Marks a draft as accepted, with the pair that it became.
pub async fn accept(db: &mut SqliteConnection, id: Id, pair: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE drafts SET verdict = 'accepted', accepted = ? WHERE id = ?")
        .bind(pair)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Marks drafts as rejected.
pub async fn reject(db: &mut SqliteConnection, data_set: Id, drafts: &[Id]) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE drafts SET verdict = 'rejected' WHERE id IN (SELECT value FROM json_each(?))
            AND batch IN (SELECT id FROM draft_batches WHERE data_set = ?)",
    )
    .bind(to_json("ids", &drafts)?)
    .bind(data_set)
    .execute(db)
    .await?;
    Ok(())
}

/// Opens rejected drafts again.
pub async fn restore(db: &mut SqliteConnection, data_set: Id, drafts: &[Id]) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE drafts SET verdict = 'open' WHERE verdict = 'rejected' AND id IN (SELECT value FROM json_each(?))
            AND batch IN (SELECT id FROM draft_batches WHERE data_set = ?)",
    )
    .bind(to_json("ids", &drafts)?)
    .bind(data_set)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ipc::data::{PairContent, Split};
    use ipc::drafts::{DraftSource, EndpointSettings};

    use super::*;
    use crate::data_sets::tests::filled;
    use crate::pairs;
    use crate::tests::temporary;

    async fn a_batch(db: &mut SqliteConnection, data_set: Id) -> Id {
        let settings = DraftSettings {
            source: DraftSource::Endpoint(EndpointSettings::default()),
            wanted_prompt: String::new(),
            opposite_prompt: String::new(),
            max_new_tokens: 9,
            temperature: 0.5,
            seed: 1,
        };
        let job = jobs::insert(db, "Drafting", 1).await.expect("a job");
        let batch = Batch { data_set, model: None, settings };
        let id = insert_batch(db, &batch, job, 1).await.expect("a batch");
        assert_eq!(super::batch(&mut *db, id).await.expect("the batch"), batch);
        id
    }

    #[tokio::test]
    async fn a_draft_grows_side_by_side_and_a_failed_one_waits_for_a_new_try() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let set = filled(&mut db, &[]).await;
        let batch = a_batch(&mut db, set).await;
        for prompt in ["one", "two"] {
            insert(&mut db, batch, prompt, None).await.expect("a draft");
        }
        let ids: Vec<Id> =
            missing(&mut *db, batch).await.expect("drafts").iter().map(|draft| draft.id).collect();
        set_answer(&mut db, ids[0], Side::Opposite, "no").await.expect("kept");
        set_answer(&mut db, ids[0], Side::Opposite, "later").await.expect("nothing to keep");
        fail(&mut db, ids[1], &Failure::new(ipc::Code::Other, "Why.")).await.expect("kept");
        let left = missing(&mut *db, batch).await.expect("drafts");
        assert_eq!((left.len(), left[0].opposite.as_deref()), (1, Some("no")), "the first stands");
        forget_failures(&mut db, batch).await.expect("an update");
        assert_eq!(missing(&mut *db, batch).await.expect("drafts").len(), 2);
        assert_eq!(open(&mut *db, set).await.expect("drafts").len(), 2);
        reject(&mut db, set + 1, &ids).await.expect("not of that data set");
        reject(&mut db, set, &ids[1..]).await.expect("an update");
        assert_eq!(open(&mut *db, set).await.expect("drafts").len(), 1);
        restore(&mut db, set, &ids).await.expect("an update");
        assert_eq!(open(&mut *db, set).await.expect("drafts").len(), 2, "a rejected draft is open again");
        assert_eq!(data_set_of(&mut *db, ids[0]).await.expect("a data set"), set);
    }

    #[tokio::test]
    async fn an_accepted_draft_is_open_again_while_its_pair_is_undone() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let set = filled(&mut db, &[Split::Train]).await;
        let batch = a_batch(&mut db, set).await;
        insert(&mut db, batch, "one", None).await.expect("a draft");
        let draft = open(&mut *db, set).await.expect("drafts")[0].id;
        let pair =
            pairs::append(&mut db, set, vec![PairContent::default()], 1).await.expect("a pair").remove(0);
        accept(&mut db, draft, pair.id).await.expect("accepted");
        assert!(open(&mut *db, set).await.expect("drafts").is_empty());
        pairs::delete(&mut db, pair.id).await.expect("as an undo does");
        assert_eq!(open(&mut *db, set).await.expect("drafts").len(), 1);
    }
}
