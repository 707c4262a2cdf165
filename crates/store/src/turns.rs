//! Stores what was said in the columns of a conversation.

use ipc::answer::AnswerEnd;
use ipc::conversation::{ModelTurn, Said, Turn};
use ipc::{Id, Millis};
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    desk_column: u32,
    parent: Option<Id>,
    is_reached: bool,
    said_by: String,
    text: String,
    created: Millis,
    given: Option<u32>,
    tokens: Option<u32>,
    left_out: Option<u32>,
    answer_end: Option<String>,
    failure: Option<String>,
    sampling: Option<String>,
    system_prompt: Option<String>,
    steering: Option<String>,
    observed: Option<String>,
}

impl TryFrom<Row> for Turn {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let (id, column, parent, shown, created) =
            (row.id, row.desk_column, row.parent, row.is_reached, row.created);
        let said = if row.said_by == "person" {
            Said::Person { text: row.text }
        } else {
            Said::Model(Box::new(row.answer()?))
        };
        Ok(Self { id, column, parent, shown, said, created })
    }
}

impl Row {
    fn answer(self) -> Result<ModelTurn, StoreError> {
        let end = match self.answer_end.as_deref() {
            Some("open") => AnswerEnd::Open,
            Some("end_of_turn") => AnswerEnd::EndOfTurn,
            Some("length") => AnswerEnd::Length,
            Some("failed") => AnswerEnd::Failed {
                failure: from_json("failure", self.failure.as_deref().unwrap_or_default())?,
            },
            _ => AnswerEnd::Stopped,
        };
        let list = |json: &Option<String>| json.clone().unwrap_or_else(|| "[]".to_owned());
        Ok(ModelTurn {
            given: self.given.unwrap_or_default(),
            tokens: self.tokens.unwrap_or_default(),
            left_out: self.left_out.unwrap_or_default(),
            end,
            sampling: from_json("sampling of an answer", self.sampling.as_deref().unwrap_or("{}"))?,
            system_prompt: self.system_prompt.unwrap_or_default(),
            steering: from_json("steering of an answer", &list(&self.steering))?,
            observed: from_json("tokens of an answer", &list(&self.observed))?,
            text: self.text,
        })
    }
}

fn word(end: &AnswerEnd) -> &'static str {
    match end {
        AnswerEnd::Open => "open",
        AnswerEnd::EndOfTurn => "end_of_turn",
        AnswerEnd::Length => "length",
        AnswerEnd::Stopped => "stopped",
        AnswerEnd::Failed { .. } => "failed",
    }
}

/// A turn without its text, to find the way through the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Node {
    /// The turn.
    pub id: Id,
    /// Its column.
    #[sqlx(rename = "desk_column")]
    pub column: u32,
    /// The turn before it.
    pub parent: Option<Id>,
    /// Whether it is shown: it and all before it are the shown ones of their variants.
    #[sqlx(rename = "is_reached")]
    pub shown: bool,
}

/// Reads turns with whether they are reached from the first one by shown variants alone.
fn query(columns: &str, condition: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!(
        "WITH RECURSIVE path (id) AS (
            SELECT id FROM turns WHERE conversation = ?1 AND parent IS NULL AND is_shown
            UNION ALL
            SELECT turns.id FROM turns JOIN path ON turns.parent = path.id WHERE is_shown
        )
        SELECT {columns}, turns.id IN (SELECT id FROM path) AS is_reached
        FROM turns WHERE conversation = ?1 AND {condition} ORDER BY id"
    ))
}

const ALL: &str =
    "id, desk_column, parent, said_by, text, created, given, tokens, left_out, answer_end, failure, sampling,
    system_prompt, steering, observed";

/// Returns all turns of a conversation, in the order of their ids.
pub async fn list(db: &mut SqliteConnection, conversation: Id) -> Result<Vec<Turn>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(query(ALL, "1")).bind(conversation).fetch_all(db).await?;
    rows.into_iter().map(Turn::try_from).collect()
}

/// Returns all turns of a conversation without what they say, in the order of their ids.
pub async fn nodes(db: &mut SqliteConnection, conversation: Id) -> Result<Vec<Node>, StoreError> {
    let columns = "id, desk_column, parent";
    Ok(sqlx::query_as(query(columns, "1")).bind(conversation).fetch_all(db).await?)
}

/// Returns these turns of a conversation, in the order of their ids.
pub async fn find_all(
    db: &mut SqliteConnection,
    conversation: Id,
    ids: &[Id],
) -> Result<Vec<Turn>, StoreError> {
    let condition = "turns.id IN (SELECT value FROM json_each(?2))";
    let ids = to_json("turns", &ids)?;
    let rows: Vec<Row> =
        sqlx::query_as(query(ALL, condition)).bind(conversation).bind(ids).fetch_all(db).await?;
    rows.into_iter().map(Turn::try_from).collect()
}

/// Returns one turn of a conversation.
pub async fn find(db: &mut SqliteConnection, conversation: Id, id: Id) -> Result<Turn, StoreError> {
    find_all(db, conversation, &[id]).await?.pop().ok_or(StoreError::Gone("turn"))
}

/// Returns the answers of a conversation that are growing.
pub async fn open(db: &mut SqliteConnection, conversation: Id) -> Result<Vec<Turn>, StoreError> {
    let condition = "answer_end = 'open'";
    let rows: Vec<Row> = sqlx::query_as(query(ALL, condition)).bind(conversation).fetch_all(db).await?;
    rows.into_iter().map(Turn::try_from).collect()
}

/// What a turn says, and who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whether the model says it.
    pub is_model: bool,
    /// The text.
    pub text: String,
}

/// Returns what was said up to a turn, from the first one on, the turn included.
pub async fn lines_to(db: &mut SqliteConnection, turn: Id) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "WITH RECURSIVE path (id, parent, said_by, text, place) AS (
            SELECT id, parent, said_by, text, 0 FROM turns WHERE id = ?
            UNION ALL
            SELECT turns.id, turns.parent, turns.said_by, turns.text, place + 1
            FROM turns JOIN path ON turns.id = path.parent
        )
        SELECT said_by, text FROM path ORDER BY place DESC",
    )
    .bind(turn)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|(by, text)| Line { is_model: by == "model", text }).collect())
}

/// Adds a turn and shows it in place of its variants.
pub async fn insert(
    db: &mut SqliteConnection,
    conversation: Id,
    (column, parent): (u32, Option<Id>),
    said: &Said,
    now: Millis,
) -> Result<Id, StoreError> {
    hide_variants(&mut *db, conversation, column, parent).await?;
    let (by, text) = match said {
        Said::Person { text } => ("person", text),
        Said::Model(answer) => ("model", &answer.text),
    };
    let done = sqlx::query(
        "INSERT INTO turns (conversation, desk_column, parent, is_shown, said_by, text, created, answer_end)
         VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
    )
    .bind(conversation)
    .bind(column)
    .bind(parent)
    .bind(by)
    .bind(text)
    .bind(now)
    .bind(matches!(said, Said::Model(_)).then_some("open"))
    .execute(&mut *db)
    .await?;
    let id = done.last_insert_rowid();
    if let Said::Model(answer) = said {
        put(db, id, answer).await?;
    }
    Ok(id)
}

async fn hide_variants(
    db: &mut SqliteConnection,
    conversation: Id,
    column: u32,
    parent: Option<Id>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE turns SET is_shown = 0 WHERE conversation = ? AND desk_column = ? AND parent IS ? AND is_shown",
    )
    .bind(conversation)
    .bind(column)
    .bind(parent)
    .execute(db)
    .await?;
    Ok(())
}

/// Stores a growing answer in its present state. One that has ended stays as it is. Returns whether it was stored.
pub async fn put(db: &mut SqliteConnection, id: Id, answer: &ModelTurn) -> Result<bool, StoreError> {
    let failure = match &answer.end {
        AnswerEnd::Failed { failure } => Some(to_json("failure", failure)?),
        _ => None,
    };
    let done = sqlx::query(
        "UPDATE turns SET text = ?, given = ?, tokens = ?, left_out = ?, answer_end = ?, failure = ?, sampling = ?, system_prompt = ?,
            steering = ?, observed = ?
         WHERE id = ? AND answer_end = 'open'",
    )
    .bind(&answer.text)
    .bind(answer.given)
    .bind(answer.tokens)
    .bind(answer.left_out)
    .bind(word(&answer.end))
    .bind(failure)
    .bind(to_json("sampling of an answer", &answer.sampling)?)
    .bind(&answer.system_prompt)
    .bind(to_json("steering of an answer", &answer.steering)?)
    .bind(to_json("tokens of an answer", &answer.observed)?)
    .bind(id)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets an answer that has ended grow again.
pub async fn reopen(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE turns SET answer_end = 'open', failure = NULL WHERE id = ? AND said_by = 'model'")
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Shows a variant in place of the others. What came before it is shown, too.
pub async fn show(db: &mut SqliteConnection, conversation: Id, id: Id) -> Result<(), StoreError> {
    let path: Vec<(Id, u32, Option<Id>)> = sqlx::query_as(
        "WITH RECURSIVE path (id, desk_column, parent) AS (
            SELECT id, desk_column, parent FROM turns WHERE id = ?
            UNION ALL
            SELECT turns.id, turns.desk_column, turns.parent FROM turns JOIN path ON turns.id = path.parent
        )
        SELECT id, desk_column, parent FROM path",
    )
    .bind(id)
    .fetch_all(&mut *db)
    .await?;
    for (id, column, parent) in path {
        hide_variants(&mut *db, conversation, column, parent).await?;
        sqlx::query("UPDATE turns SET is_shown = 1 WHERE id = ?").bind(id).execute(&mut *db).await?;
    }
    Ok(())
}

/// Hides what followed a turn, so that it is the last one that is shown.
pub async fn hide_after(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("UPDATE turns SET is_shown = 0 WHERE parent = ?").bind(id).execute(db).await?;
    Ok(())
}

/// Deletes a turn with its variants and all that followed them. Returns what was deleted.
pub async fn delete(db: &mut SqliteConnection, conversation: Id, turn: &Turn) -> Result<Vec<Id>, StoreError> {
    let gone: Vec<Id> = sqlx::query_scalar(
        "WITH RECURSIVE gone (id) AS (
            SELECT id FROM turns WHERE conversation = ? AND desk_column = ? AND parent IS ?
            UNION ALL
            SELECT turns.id FROM turns JOIN gone ON turns.parent = gone.id
        )
        SELECT id FROM gone ORDER BY id",
    )
    .bind(conversation)
    .bind(turn.column)
    .bind(turn.parent)
    .fetch_all(&mut *db)
    .await?;
    sqlx::query("DELETE FROM turns WHERE id IN (SELECT value FROM json_each(?))")
        .bind(to_json("turns", &gone)?)
        .execute(db)
        .await?;
    Ok(gone)
}

/// Marks the answers that were still growing when the application ended as stopped. Their text is kept.
pub async fn stop_open(db: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("UPDATE turns SET answer_end = 'stopped' WHERE answer_end = 'open'").execute(db).await?;
    Ok(())
}

#[cfg(test)]
#[path = "turns_tests.rs"]
mod tests;
