//! Stores preference pairs.

use ipc::data::{Pair, PairContent, Split};
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    data_set: Id,
    position: f64,
    prompt: String,
    wanted: String,
    opposite: String,
    split: String,
    system: Option<String>,
    turns: String,
    tags: String,
    note: String,
    pinned: bool,
    changed: Millis,
}

impl TryFrom<Row> for Pair {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        // A constraint of the table allows no third word.
        let split = if row.split == split_word(Split::HeldOut) { Split::HeldOut } else { Split::Train };
        let content = PairContent {
            prompt: row.prompt,
            wanted: row.wanted,
            opposite: row.opposite,
            split,
            system: row.system,
            turns: list_of("turns of a pair", &row.turns)?,
            tags: list_of("tags of a pair", &row.tags)?,
            note: row.note,
            pinned: row.pinned,
        };
        Ok(Self { id: row.id, data_set: row.data_set, position: row.position, content, changed: row.changed })
    }
}

/// Reads a list from JSON. Most pairs have neither turns nor tags, so the empty list is not parsed.
fn list_of<T: serde::de::DeserializeOwned>(what: &'static str, json: &str) -> Result<Vec<T>, StoreError> {
    if json == "[]" { Ok(vec![]) } else { from_json(what, json) }
}

fn split_word(split: Split) -> &'static str {
    match split {
        Split::Train => "train",
        Split::HeldOut => "held-out",
    }
}

fn pairs(rows: Vec<Row>) -> Result<Vec<Pair>, StoreError> {
    rows.into_iter().map(Pair::try_from).collect()
}

/// Returns a data set's pairs, in order.
pub async fn list(db: impl SqliteExecutor<'_>, data_set: Id) -> Result<Vec<Pair>, StoreError> {
    pairs(
        sqlx::query_as("SELECT * FROM pairs WHERE data_set = ? ORDER BY position, id")
            .bind(data_set)
            .fetch_all(db)
            .await?,
    )
}

/// Returns the contents of a data set's pairs, in order.
pub async fn contents(db: impl SqliteExecutor<'_>, data_set: Id) -> Result<Vec<PairContent>, StoreError> {
    Ok(list(db, data_set).await?.into_iter().map(|pair| pair.content).collect())
}

/// Returns the contents of a data set's held-out pairs, in order.
pub async fn held_out(db: impl SqliteExecutor<'_>, data_set: Id) -> Result<Vec<PairContent>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM pairs WHERE data_set = ? AND split = 'held-out' ORDER BY position, id")
            .bind(data_set)
            .fetch_all(db)
            .await?;
    Ok(pairs(rows)?.into_iter().map(|pair| pair.content).collect())
}

/// Returns one pair, where it exists.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Option<Pair>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM pairs WHERE id = ?").bind(id).fetch_optional(db).await?;
    row.map(Pair::try_from).transpose()
}

/// Returns the pairs of a data set that have one of these ids, in order.
pub async fn find_all(
    db: impl SqliteExecutor<'_>,
    data_set: Id,
    ids: &[Id],
) -> Result<Vec<Pair>, StoreError> {
    pairs(
        sqlx::query_as(
            "SELECT * FROM pairs WHERE id IN (SELECT value FROM json_each(?)) AND data_set = ? ORDER BY position, id",
        )
        .bind(to_json("ids", &ids)?)
        .bind(data_set)
        .fetch_all(db)
        .await?,
    )
}

/// Adds a pair.
pub async fn insert(
    db: &mut SqliteConnection,
    data_set: Id,
    position: f64,
    content: &PairContent,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query(
        "INSERT INTO pairs (data_set, position, prompt, wanted, opposite, split, system, turns, tags, note, pinned, changed)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(data_set)
    .bind(position)
    .bind(&content.prompt)
    .bind(&content.wanted)
    .bind(&content.opposite)
    .bind(split_word(content.split))
    .bind(&content.system)
    .bind(to_json("turns of a pair", &content.turns)?)
    .bind(to_json("tags of a pair", &content.tags)?)
    .bind(&content.note)
    .bind(content.pinned)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// The most rows in one statement.
const ROWS_AT_ONCE: usize = 1000;

/// Adds pairs behind all others, in order, and returns them.
pub async fn append(
    db: &mut SqliteConnection,
    data_set: Id,
    contents: Vec<PairContent>,
    now: Millis,
) -> Result<Vec<Pair>, StoreError> {
    let last: Option<f64> = sqlx::query_scalar("SELECT max(position) FROM pairs WHERE data_set = ?")
        .bind(data_set)
        .fetch_one(&mut *db)
        .await?;
    let first = last.unwrap_or(0.0) + 1.0;
    let places = (0..contents.len()).map(|place| first + place as f64);
    add(db, data_set, places.zip(contents).collect(), now).await
}

/// Adds pairs, each at its position, and returns them.
pub async fn add(
    db: &mut SqliteConnection,
    data_set: Id,
    contents: Vec<(f64, PairContent)>,
    now: Millis,
) -> Result<Vec<Pair>, StoreError> {
    // Ids are never used twice and there is one writer, so they can be assigned here.
    let used: Option<Id> = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'pairs'")
        .fetch_optional(&mut *db)
        .await?;
    let first = used.unwrap_or(0) + 1;
    let new = (first..).zip(contents).map(|(id, (position, content))| Pair {
        id,
        data_set,
        position,
        content,
        changed: now,
    });
    let new: Vec<Pair> = new.collect();
    put_all(db, &new).await?;
    Ok(new)
}

/// Writes a pair, whether it existed or not.
pub async fn put(db: &mut SqliteConnection, pair: &Pair) -> Result<(), StoreError> {
    put_all(db, std::slice::from_ref(pair)).await
}

/// Writes pairs, whether they existed or not.
pub async fn put_all(db: &mut SqliteConnection, pairs: &[Pair]) -> Result<(), StoreError> {
    for some in pairs.chunks(ROWS_AT_ONCE) {
        sqlx::query(
            "INSERT INTO pairs (id, data_set, position, prompt, wanted, opposite, split, system, turns, tags, note, pinned, changed)
             SELECT value ->> 'id', value ->> 'data_set', value ->> 'position', value ->> 'prompt', value ->> 'wanted',
                value ->> 'opposite', value ->> 'split', value ->> 'system', coalesce(value -> 'turns', '[]'),
                coalesce(value -> 'tags', '[]'), coalesce(value ->> 'note', ''), coalesce(value ->> 'pinned', 0), value ->> 'changed'
             FROM json_each(?) WHERE true ORDER BY key
             ON CONFLICT (id) DO UPDATE SET position = excluded.position, prompt = excluded.prompt, wanted = excluded.wanted,
                opposite = excluded.opposite, split = excluded.split, system = excluded.system, turns = excluded.turns,
                tags = excluded.tags, note = excluded.note, pinned = excluded.pinned, changed = excluded.changed",
        )
        .bind(to_json("pairs", &some)?)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Deletes a pair.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    delete_all(db, &[id]).await
}

/// Deletes pairs.
pub async fn delete_all(db: &mut SqliteConnection, ids: &[Id]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM pairs WHERE id IN (SELECT value FROM json_each(?))")
        .bind(to_json("ids", &ids)?)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ipc::data::{Role, Turn};

    use super::*;
    use crate::data_sets::tests::filled;
    use crate::tests::temporary;

    fn rich(number: usize) -> PairContent {
        let turn = |role, text: &str| Turn { role, text: text.into() };
        PairContent {
            prompt: format!("{number} \"quoted\"\r\n\u{1f600}\u{7f}\\"),
            wanted: "\t".into(),
            opposite: String::new(),
            split: if number.is_multiple_of(2) { Split::Train } else { Split::HeldOut },
            system: (number % 3 == 1).then(String::new),
            turns: vec![turn(Role::User, "a\u{2028}"), turn(Role::Assistant, "\"b\"")],
            tags: vec!["\u{4f60}\u{597d}".into(), "two words".into()],
            note: "n\n".into(),
            pinned: number % 3 == 2,
        }
    }

    #[tokio::test]
    async fn many_pairs_are_appended_in_order_with_every_character() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let set = filled(&mut db, &[Split::Train]).await;
        let contents: Vec<PairContent> = (0..2 * ROWS_AT_ONCE + 3).map(rich).collect();
        let new = append(&mut db, set, contents.clone(), 5).await.expect("pairs");
        assert!(new.iter().map(|pair| &pair.content).eq(&contents));
        let all = list(&mut *db, set).await.expect("pairs");
        assert_eq!((all.len(), &all[1..]), (contents.len() + 1, &new[..]));
        let next = insert(&mut db, set, 0.5, &rich(7), 6).await.expect("a pair");
        assert!(next > new.last().expect("pairs").id, "ids are never used twice");
        let ids = [next, new[0].id, 99_999];
        let found = find_all(&mut *db, set, &ids).await.expect("pairs");
        assert_eq!(found.iter().map(|pair| pair.id).collect::<Vec<_>>(), [next, new[0].id]);
        assert_eq!(found[0].content, rich(7));
    }

    #[tokio::test]
    async fn positions_come_back_to_the_last_bit() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let set = filled(&mut db, &[]).await;
        let mut position = 1.0;
        let mut contents = vec![];
        for number in 0..2000_u32 {
            position = f64::midpoint(position, f64::from(number) + 2.0) + f64::EPSILON * f64::from(number);
            contents.push((position, PairContent::default()));
        }
        let new = add(&mut db, set, contents, 1).await.expect("pairs");
        let bits = |pairs: &[Pair]| pairs.iter().map(|pair| pair.position.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&list(&mut *db, set).await.expect("pairs")), bits(&new));
    }

    #[tokio::test]
    async fn a_pair_comes_back_as_it_was() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        let set = filled(&mut change, &[Split::HeldOut]).await;
        let mut pair = list(&mut *change, set).await.expect("pairs").remove(0);
        pair.content = rich(1);
        put(&mut change, &pair).await.expect("a pair");
        delete(&mut change, pair.id).await.expect("a deletion");
        assert_eq!(find(&mut *change, pair.id).await.expect("a query"), None);
        put(&mut change, &pair).await.expect("a pair");
        assert_eq!(find(&mut *change, pair.id).await.expect("a query"), Some(pair));
    }
}
