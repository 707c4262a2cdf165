//! Preference pairs.

use ipc::data::{Pair, PairContent, Split};
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::Error;
use crate::content::to_json;

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    data_set: Id,
    position: f64,
    prompt: String,
    wanted: String,
    opposite: String,
    split: String,
    changed: Millis,
}

impl From<Row> for Pair {
    fn from(row: Row) -> Self {
        // The table allows no third word.
        let split = if row.split == split_word(Split::HeldOut) { Split::HeldOut } else { Split::Train };
        let content = PairContent { prompt: row.prompt, wanted: row.wanted, opposite: row.opposite, split };
        Self { id: row.id, data_set: row.data_set, position: row.position, content, changed: row.changed }
    }
}

fn split_word(split: Split) -> &'static str {
    match split {
        Split::Train => "train",
        Split::HeldOut => "held-out",
    }
}

/// A data set's pairs, in order.
pub(crate) async fn list(db: impl SqliteExecutor<'_>, data_set: Id) -> Result<Vec<Pair>, Error> {
    let rows: Vec<Row> = sqlx::query_as("SELECT * FROM pairs WHERE data_set = ? ORDER BY position, id")
        .bind(data_set)
        .fetch_all(db)
        .await?;
    Ok(rows.into_iter().map(Pair::from).collect())
}

/// What a data set's pairs say, in order.
pub(crate) async fn contents(db: impl SqliteExecutor<'_>, data_set: Id) -> Result<Vec<PairContent>, Error> {
    Ok(list(db, data_set).await?.into_iter().map(|pair| pair.content).collect())
}

/// One pair, if it is there.
pub(crate) async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Option<Pair>, Error> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM pairs WHERE id = ?").bind(id).fetch_optional(db).await?;
    Ok(row.map(Pair::from))
}

/// A new pair.
pub(crate) async fn insert(
    db: &mut SqliteConnection,
    data_set: Id,
    position: f64,
    content: &PairContent,
    now: Millis,
) -> Result<Id, Error> {
    let done = sqlx::query(
        "INSERT INTO pairs (data_set, position, prompt, wanted, opposite, split, changed) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(data_set)
    .bind(position)
    .bind(&content.prompt)
    .bind(&content.wanted)
    .bind(&content.opposite)
    .bind(split_word(content.split))
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.last_insert_rowid())
}

/// Rows that go into one statement.
const ROWS_AT_ONCE: usize = 1000;

/// New pairs behind all others, in order; returns them.
pub(crate) async fn append(
    db: &mut SqliteConnection,
    data_set: Id,
    contents: &[PairContent],
    now: Millis,
) -> Result<Vec<Pair>, Error> {
    let last: Option<f64> = sqlx::query_scalar("SELECT max(position) FROM pairs WHERE data_set = ?")
        .bind(data_set)
        .fetch_one(&mut *db)
        .await?;
    let last = last.unwrap_or(0.0);
    let mut position = last + 1.0;
    for some in contents.chunks(ROWS_AT_ONCE) {
        sqlx::query(
            "INSERT INTO pairs (data_set, position, prompt, wanted, opposite, split, changed)
             SELECT ?1, ?2 + key, value ->> 'prompt', value ->> 'wanted', value ->> 'opposite', value ->> 'split', ?3
             FROM json_each(?4) ORDER BY key",
        )
        .bind(data_set)
        .bind(position)
        .bind(now)
        .bind(to_json("pairs", &some)?)
        .execute(&mut *db)
        .await?;
        position += some.len() as f64;
    }
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM pairs WHERE data_set = ? AND position > ? ORDER BY position, id")
            .bind(data_set)
            .bind(last)
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().map(Pair::from).collect())
}

/// Makes a pair be exactly this one, whether it was there or not.
pub(crate) async fn put(db: &mut SqliteConnection, pair: &Pair) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO pairs (id, data_set, position, prompt, wanted, opposite, split, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET position = excluded.position, prompt = excluded.prompt, wanted = excluded.wanted,
            opposite = excluded.opposite, split = excluded.split, changed = excluded.changed",
    )
    .bind(pair.id)
    .bind(pair.data_set)
    .bind(pair.position)
    .bind(&pair.content.prompt)
    .bind(&pair.content.wanted)
    .bind(&pair.content.opposite)
    .bind(split_word(pair.content.split))
    .bind(pair.changed)
    .execute(db)
    .await?;
    Ok(())
}

/// Removes a pair.
pub(crate) async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), Error> {
    sqlx::query("DELETE FROM pairs WHERE id = ?").bind(id).execute(db).await?;
    Ok(())
}

/// A place for a new pair: behind the pair named, else at the end.
pub(crate) async fn place(db: &mut SqliteConnection, data_set: Id, after: Option<Id>) -> Result<f64, Error> {
    let pairs = list(&mut *db, data_set).await?;
    let Some(after) = after else {
        return Ok(pairs.last().map_or(1.0, |last| last.position + 1.0));
    };
    let index = pairs.iter().position(|pair| pair.id == after).ok_or(Error::Gone("pair"))?;
    let here = pairs[index].position;
    let Some(next) = pairs.get(index + 1) else {
        return Ok(here + 1.0);
    };
    let between = f64::midpoint(here, next.position);
    if here < between && between < next.position {
        return Ok(between);
    }
    // Some fifty pairs went into one gap and no number is left in it: count anew.
    for (place, pair) in pairs.iter().enumerate() {
        sqlx::query("UPDATE pairs SET position = ? WHERE id = ?")
            .bind(place as f64 + 1.0)
            .bind(pair.id)
            .execute(&mut *db)
            .await?;
    }
    Ok(index as f64 + 1.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::data_sets::tests::filled;
    use crate::store::tests::temporary;

    #[tokio::test]
    async fn a_pair_finds_its_place_however_often_one_is_added_there() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        let set = filled(&mut change, &[Split::Train, Split::Train]).await;
        let first = list(&mut *change, set).await.expect("pairs")[0].id;
        let mut expected = vec![];
        for _ in 0..120 {
            let position = place(&mut change, set, Some(first)).await.expect("a place");
            expected.insert(
                0,
                insert(&mut change, set, position, &PairContent::default(), 1).await.expect("a pair"),
            );
        }
        let ids: Vec<Id> = list(&mut *change, set).await.expect("pairs").iter().map(|pair| pair.id).collect();
        assert_eq!(ids[1..121], expected, "each went right behind the first pair");
        let end = place(&mut change, set, None).await.expect("a place");
        assert!(list(&mut *change, set).await.expect("pairs").iter().all(|pair| pair.position < end));
    }

    #[tokio::test]
    async fn many_pairs_are_appended_in_order_with_every_character() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let set = filled(&mut db, &[Split::Train]).await;
        let content = |number: usize| PairContent {
            prompt: format!("{number} \"quoted\"\r\n\u{1f600}\u{7f}\\"),
            wanted: "\t".into(),
            opposite: String::new(),
            split: if number.is_multiple_of(2) { Split::Train } else { Split::HeldOut },
        };
        let contents: Vec<PairContent> = (0..2 * ROWS_AT_ONCE + 3).map(content).collect();
        let new = append(&mut db, set, &contents, 5).await.expect("pairs");
        assert!(new.iter().map(|pair| &pair.content).eq(&contents));
        let all = list(&mut *db, set).await.expect("pairs");
        assert_eq!((all.len(), &all[1..]), (contents.len() + 1, &new[..]));
    }

    #[tokio::test]
    async fn a_pair_comes_back_as_it_was() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        let set = filled(&mut change, &[Split::HeldOut]).await;
        let pair = list(&mut *change, set).await.expect("pairs").remove(0);
        delete(&mut change, pair.id).await.expect("a deletion");
        assert_eq!(find(&mut *change, pair.id).await.expect("a query"), None);
        put(&mut change, &pair).await.expect("a pair");
        assert_eq!(find(&mut *change, pair.id).await.expect("a query"), Some(pair));
    }
}
