//! The log of edits to pairs: undo and redo walk along it.

use ipc::data::Pair;
use ipc::{Id, Millis};
use sqlx::SqliteConnection;

use super::pairs;
use crate::Error;
use crate::content::{from_json, to_json};

/// Which way to walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Undo,
    Redo,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    pair: Id,
    before: Option<String>,
    after: Option<String>,
}

/// Notes an edit: the pair before and after it, `None` where it was not there. What was undone before can no longer
/// be made again.
pub(crate) async fn note(
    db: &mut SqliteConnection,
    data_set: Id,
    before: Option<&Pair>,
    after: Option<&Pair>,
    now: Millis,
) -> Result<(), Error> {
    let Some(pair) = before.or(after).map(|pair| pair.id) else {
        return Ok(());
    };
    let json = |pair: Option<&Pair>| pair.map(|pair| to_json("pair", pair)).transpose();
    insert(db, data_set, pair, json(before)?, json(after)?, now).await
}

/// Notes that pairs were added together: one edit, whose `after` is a list of them.
pub(crate) async fn note_added(
    db: &mut SqliteConnection,
    data_set: Id,
    added: &[Pair],
    now: Millis,
) -> Result<(), Error> {
    let Some(first) = added.first() else {
        return Ok(());
    };
    insert(db, data_set, first.id, None, Some(to_json("pairs", &added)?), now).await
}

async fn insert(
    db: &mut SqliteConnection,
    data_set: Id,
    pair: Id,
    before: Option<String>,
    after: Option<String>,
    now: Millis,
) -> Result<(), Error> {
    sqlx::query("DELETE FROM edits WHERE data_set = ? AND undone = 1")
        .bind(data_set)
        .execute(&mut *db)
        .await?;
    sqlx::query("INSERT INTO edits (data_set, pair, before, after, created) VALUES (?, ?, ?, ?, ?)")
        .bind(data_set)
        .bind(pair)
        .bind(before)
        .bind(after)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// What an edit was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About {
    /// The pair, or the first of several.
    pub(crate) pair: Id,
    /// Whether there are several.
    pub(crate) is_many: bool,
}

/// Takes the last edit back, or makes the last undone one again; what it was about.
pub(crate) async fn walk(
    db: &mut SqliteConnection,
    data_set: Id,
    direction: Direction,
) -> Result<Option<About>, Error> {
    let next = match direction {
        Direction::Undo => "SELECT * FROM edits WHERE data_set = ? AND undone = 0 ORDER BY id DESC LIMIT 1",
        Direction::Redo => "SELECT * FROM edits WHERE data_set = ? AND undone = 1 ORDER BY id LIMIT 1",
    };
    let row: Option<Row> = sqlx::query_as(next).bind(data_set).fetch_optional(&mut *db).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let added = row.after.as_deref().filter(|after| after.starts_with('['));
    let about = About { pair: row.pair, is_many: added.is_some() };
    match (added, direction) {
        (Some(added), _) => {
            for pair in from_json::<Vec<Pair>>("pairs", added)? {
                match direction {
                    Direction::Undo => pairs::delete(db, pair.id).await?,
                    Direction::Redo => pairs::put(db, &pair).await?,
                }
            }
        }
        (None, Direction::Undo) => restore(db, row.pair, row.before.as_deref()).await?,
        (None, Direction::Redo) => restore(db, row.pair, row.after.as_deref()).await?,
    }
    sqlx::query("UPDATE edits SET undone = ? WHERE id = ?")
        .bind(direction == Direction::Undo)
        .bind(row.id)
        .execute(db)
        .await?;
    Ok(Some(about))
}

/// Makes one pair be what the log says of it; `None` takes it away.
async fn restore(db: &mut SqliteConnection, id: Id, target: Option<&str>) -> Result<(), Error> {
    match target {
        Some(pair) => pairs::put(db, &from_json::<Pair>("pair", pair)?).await,
        None => pairs::delete(db, id).await,
    }
}

#[cfg(test)]
mod tests {
    use ipc::data::{PairContent, Split};
    use sqlx::SqliteConnection;

    use super::*;
    use crate::store::data_sets::tests::filled;
    use crate::store::tests::temporary;

    /// A fixed stream of numbers that look random (a linear congruential generator).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % bound
        }
    }

    async fn edit_somehow(db: &mut SqliteConnection, set: Id, numbers: &mut Numbers, now: Millis) {
        let all = pairs::list(&mut *db, set).await.expect("pairs");
        let content = PairContent { prompt: format!("Edit {now}"), ..PairContent::default() };
        match numbers.below(4) {
            3 => {
                let added = pairs::append(db, set, &[content.clone(), content], now).await.expect("pairs");
                note_added(db, set, &added, now).await.expect("a note");
            }
            0 if !all.is_empty() => {
                let before = &all[numbers.below(all.len())];
                pairs::delete(db, before.id).await.expect("a deletion");
                note(db, set, Some(before), None, now).await.expect("a note");
            }
            1 if !all.is_empty() => {
                let before = &all[numbers.below(all.len())];
                let after = Pair { content, changed: now, ..before.clone() };
                pairs::put(db, &after).await.expect("a change");
                note(db, set, Some(before), Some(&after), now).await.expect("a note");
            }
            _ => {
                let position = pairs::place(db, set, None).await.expect("a place");
                let id = pairs::insert(db, set, position, &content, now).await.expect("a pair");
                let after = pairs::find(&mut *db, id).await.expect("a query").expect("the pair");
                note(db, set, None, Some(&after), now).await.expect("a note");
            }
        }
    }

    #[tokio::test]
    async fn undoing_everything_and_making_it_again_passes_through_the_same_states() {
        let (store, _dir) = temporary().await;
        for seed in 0..8 {
            let mut db = store.begin().await.expect("a change");
            let set = filled(&mut db, &[Split::Train, Split::HeldOut, Split::Train]).await;
            let mut numbers = Numbers(seed);
            let mut states = vec![pairs::list(&mut *db, set).await.expect("pairs")];
            for now in 0..25 {
                edit_somehow(&mut db, set, &mut numbers, now).await;
                states.push(pairs::list(&mut *db, set).await.expect("pairs"));
            }
            for state in states.iter().rev().skip(1) {
                walk(&mut db, set, Direction::Undo).await.expect("an undo").expect("something to undo");
                assert_eq!(&pairs::list(&mut *db, set).await.expect("pairs"), state, "undo, seed {seed}");
            }
            assert_eq!(
                walk(&mut db, set, Direction::Undo).await.expect("an undo"),
                None,
                "nothing is left to undo"
            );
            for state in states.iter().skip(1) {
                walk(&mut db, set, Direction::Redo).await.expect("a redo").expect("something to redo");
                assert_eq!(&pairs::list(&mut *db, set).await.expect("pairs"), state, "redo, seed {seed}");
            }
        }
    }

    #[tokio::test]
    async fn a_new_edit_drops_what_was_undone() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let set = filled(&mut db, &[]).await;
        let mut numbers = Numbers(1);
        for now in 0..3 {
            edit_somehow(&mut db, set, &mut numbers, now).await;
        }
        walk(&mut db, set, Direction::Undo).await.expect("an undo");
        edit_somehow(&mut db, set, &mut numbers, 4).await;
        assert_eq!(walk(&mut db, set, Direction::Redo).await.expect("a redo"), None);
    }
}
