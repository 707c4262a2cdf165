//! Stores the conversations of Chat without their turns, and searches them.

use std::collections::HashMap;

use ipc::conversation::{Conversation, Desk};
use ipc::{Id, Millis};
use sqlx::SqliteConnection;

use crate::StoreError;
use crate::json::{from_json, to_json};
use crate::projects::free;

/// The most characters of a first message that a conversation is called by.
const NAME_LENGTH: usize = 48;

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    name: Option<String>,
    pinned: bool,
    desk: String,
    created: Millis,
    changed: Millis,
    turns: u32,
    first: Option<String>,
}

impl TryFrom<Row> for Conversation {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: row.name.unwrap_or_else(|| first_words(row.first.as_deref().unwrap_or_default())),
            pinned: row.pinned,
            desk: from_json("desk of a conversation", &row.desk)?,
            turns: row.turns,
            created: row.created,
            changed: row.changed,
        })
    }
}

/// Returns the words by which a conversation is called that nobody has named: the first ones of its first message.
#[must_use]
pub fn first_words(text: &str) -> String {
    let mut name = String::new();
    for word in text.split_whitespace() {
        let length = name.chars().count();
        if length > 0 && length + 1 + word.chars().count() > NAME_LENGTH {
            name.push('\u{2026}');
            break;
        }
        if length > 0 {
            name.push(' ');
        }
        name.push_str(word);
    }
    // A single word may be longer: Chinese has no spaces.
    if name.chars().count() > NAME_LENGTH + 1 {
        name = name.chars().take(NAME_LENGTH).chain(['\u{2026}']).collect();
    }
    name
}

/// The shown turns are those that are reached from the first one by shown variants alone.
const SELECT: &str = "WITH RECURSIVE path (id, conversation) AS (
        SELECT turns.id, conversation FROM turns JOIN conversations ON conversations.id = conversation
        WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR conversation = ?2) AND parent IS NULL AND is_shown
        UNION ALL
        SELECT turns.id, turns.conversation FROM turns JOIN path ON turns.parent = path.id WHERE is_shown
    ),
    counted AS (SELECT conversation, count(*) AS turns, min(id) AS first FROM path GROUP BY conversation)
    SELECT conversations.id, name, pinned, desk, conversations.created, changed, coalesce(counted.turns, 0) AS turns,
        substr(turns.text, 1, 400) AS first
    FROM conversations
        LEFT JOIN counted ON counted.conversation = conversations.id
        LEFT JOIN turns ON turns.id = counted.first
    WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR conversations.id = ?2)
    ORDER BY changed DESC, conversations.id DESC";

async fn select(
    db: &mut SqliteConnection,
    project: Option<Id>,
    id: Option<Id>,
) -> Result<Vec<Conversation>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(SELECT).bind(project).bind(id).fetch_all(db).await?;
    rows.into_iter().map(Conversation::try_from).collect()
}

/// Returns a project's conversations, the last changed first.
pub async fn list(db: &mut SqliteConnection, project: Id) -> Result<Vec<Conversation>, StoreError> {
    select(db, Some(project), None).await
}

/// Returns the name of a branch of a conversation: that one's name with the lowest number from 2 that none of the project has. It
/// is empty where that one has no name, so that the branch is called by its own first words.
pub async fn branch_name(db: &mut SqliteConnection, project: Id, of: &str) -> Result<String, StoreError> {
    if of.trim().is_empty() {
        return Ok(String::new());
    }
    let taken = list(db, project).await?;
    let is_number = |text: &str| text.parse::<u32>().is_ok();
    let numbered = of.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    let own = numbered.filter(|(_, number)| is_number(number)).map_or(of, |(name, _)| name);
    Ok(free(own, |name| name == own || taken.iter().any(|other| other.name == name)))
}

/// Returns one conversation.
pub async fn find(db: &mut SqliteConnection, id: Id) -> Result<Conversation, StoreError> {
    select(db, None, Some(id)).await?.pop().ok_or(StoreError::Gone("conversation"))
}

/// Adds a conversation.
pub async fn insert(
    db: &mut SqliteConnection,
    project: Id,
    name: Option<&str>,
    desk: &Desk,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO conversations (project, name, pinned, desk, created, changed) VALUES (?1, ?2, 0, ?3, ?4, ?4)",
    )
    .bind(project)
    .bind(name)
    .bind(to_json("desk of a conversation", desk)?)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Replaces the desk.
pub async fn set_desk(db: &mut SqliteConnection, id: Id, desk: &Desk) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE conversations SET desk = ? WHERE id = ?")
        .bind(to_json("desk of a conversation", desk)?)
        .bind(id)
        .execute(db)
        .await?;
    existed(done.rows_affected())
}

/// Renames a conversation. `None` calls it by its first words again.
pub async fn rename(db: &mut SqliteConnection, id: Id, name: Option<&str>) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE conversations SET name = ? WHERE id = ?").bind(name).bind(id);
    existed(done.execute(db).await?.rows_affected())
}

/// Keeps a conversation at the top of the list, or no longer.
pub async fn pin(db: &mut SqliteConnection, id: Id, pinned: bool) -> Result<(), StoreError> {
    let done = sqlx::query("UPDATE conversations SET pinned = ? WHERE id = ?").bind(pinned).bind(id);
    existed(done.execute(db).await?.rows_affected())
}

/// Notes when the last turn was added.
pub async fn touch(db: &mut SqliteConnection, id: Id, now: Millis) -> Result<(), StoreError> {
    let done =
        sqlx::query("UPDATE conversations SET changed = max(changed, ?) WHERE id = ?").bind(now).bind(id);
    existed(done.execute(db).await?.rows_affected())
}

/// Deletes a conversation with its turns.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM conversations WHERE id = ?").bind(id).execute(db).await?;
    Ok(())
}

fn existed(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Gone("conversation")) } else { Ok(()) }
}

/// Returns the conversations in whose name or shown turns all these words occur, the last changed first.
///
/// Words and texts are compared in lower case by Unicode's mapping (`str::to_lowercase`), which SQLite has for ASCII alone. A
/// word may be a part of a longer one, because Chinese and Japanese have no spaces.
pub async fn search(db: &mut SqliteConnection, project: Id, words: &str) -> Result<Vec<Id>, StoreError> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let all = list(&mut *db, project).await?;
    let mut missing: HashMap<Id, Vec<&str>> = HashMap::new();
    for conversation in &all {
        let name = conversation.name.to_lowercase();
        let not_in_name = words.iter().map(String::as_str).filter(|word| !name.contains(word));
        missing.insert(conversation.id, not_in_name.collect());
    }
    if missing.values().any(|words| !words.is_empty()) {
        let texts: Vec<(Id, String)> = sqlx::query_as(
            "WITH RECURSIVE path (id, conversation, text) AS (
                SELECT turns.id, conversation, text FROM turns JOIN conversations ON conversations.id = conversation
                WHERE project = ? AND parent IS NULL AND is_shown
                UNION ALL
                SELECT turns.id, turns.conversation, turns.text FROM turns JOIN path ON turns.parent = path.id WHERE is_shown
            )
            SELECT conversation, text FROM path",
        )
        .bind(project)
        .fetch_all(db)
        .await?;
        for (conversation, text) in texts {
            let Some(words) = missing.get_mut(&conversation).filter(|words| !words.is_empty()) else {
                continue;
            };
            let text = text.to_lowercase();
            words.retain(|word| !text.contains(word));
        }
    }
    let found = all.iter().map(|conversation| conversation.id);
    Ok(found.filter(|id| missing.get(id).is_some_and(Vec::is_empty)).collect())
}

#[cfg(test)]
#[path = "conversations_tests.rs"]
pub(crate) mod tests;
