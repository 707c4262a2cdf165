//! Logs the edits of pairs, so that a person can undo and redo them one at a time, across restarts.
//!
//! A step holds the fields of each of its pairs before and after. For a pair that exists both before and after, only the
//! fields that differ are kept, so that tagging 50,000 pairs does not write their texts down twice.

use data::content::JsonError;
use ipc::data::Pair;
use ipc::{Id, Millis};
use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::pairs;
use crate::StoreError;
use crate::json::{from_json, to_json};

/// The direction of a walk along the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Undoes the last edit.
    Undo,
    /// Repeats the last undone edit.
    Redo,
}

/// A pair's fields: all of them, or those that differ.
type Fields = Map<String, Value>;

/// The fields of one pair before and after a step; `None` where the pair did not exist.
type Change = (Option<Fields>, Option<Fields>);

/// One edit of one or many pairs, before it is written into the log.
#[derive(Debug, Clone)]
pub struct Step {
    title: String,
    changes: Vec<Change>,
    pairs_changed: ChangedPairs,
}

/// The pairs that an edit touched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedPairs {
    /// The ids of the pairs, in no order.
    pub pairs: Vec<Id>,
    /// Whether a held-out pair was among them, before or after.
    pub held_out: bool,
    /// Whether pairs were added, removed or moved.
    pub order: bool,
}

impl Step {
    /// Makes an empty step. The title names the step to a person who may undo it: "Delete 3 pairs".
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), changes: vec![], pairs_changed: ChangedPairs::default() }
    }

    /// Records that a pair was added.
    pub fn added(&mut self, pair: &Pair) -> Result<(), StoreError> {
        self.changes.push((None, Some(fields(pair)?)));
        self.touch(pair, true);
        Ok(())
    }

    /// Records that a pair was removed.
    pub fn removed(&mut self, pair: &Pair) -> Result<(), StoreError> {
        self.changes.push((Some(fields(pair)?), None));
        self.touch(pair, true);
        Ok(())
    }

    /// Records that a pair has changed its fields or its position.
    pub fn changed(&mut self, before: &Pair, after: &Pair) -> Result<(), StoreError> {
        let (mut from, mut to) = (fields(before)?, fields(after)?);
        let equal: Vec<String> = from
            .iter()
            .filter(|(key, value)| to.get(*key) == Some(value))
            .map(|(key, _)| key.clone())
            .collect();
        for key in equal.iter().filter(|key| *key != "id") {
            from.remove(key);
            to.remove(key);
        }
        let keys: Vec<String> = from.keys().chain(to.keys()).cloned().collect();
        for key in keys {
            from.entry(key.clone()).or_insert(Value::Null);
            to.entry(key).or_insert(Value::Null);
        }
        self.changes.push((Some(from), Some(to)));
        self.touch(before, before.position.to_bits() != after.position.to_bits());
        self.pairs_changed.held_out |= is_held_out(after);
        Ok(())
    }

    /// Says whether the step holds no change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn touch(&mut self, pair: &Pair, order: bool) {
        self.pairs_changed.pairs.push(pair.id);
        self.pairs_changed.held_out |= is_held_out(pair);
        self.pairs_changed.order |= order;
    }

    /// Writes the step into the log. Undone edits can no longer be repeated afterwards.
    pub async fn note(
        self,
        db: &mut SqliteConnection,
        data_set: Id,
        now: Millis,
    ) -> Result<ChangedPairs, StoreError> {
        let Some(first) = self.pairs_changed.pairs.first() else {
            return Ok(self.pairs_changed);
        };
        sqlx::query("DELETE FROM edits WHERE data_set = ? AND undone = 1")
            .bind(data_set)
            .execute(&mut *db)
            .await?;
        sqlx::query("INSERT INTO edits (data_set, pair, changes, title, created) VALUES (?, ?, ?, ?, ?)")
            .bind(data_set)
            .bind(first)
            .bind(to_json("edit", &self.changes)?)
            .bind(&self.title)
            .bind(now)
            .execute(db)
            .await?;
        Ok(self.pairs_changed)
    }
}

fn is_held_out(pair: &Pair) -> bool {
    pair.content.split == ipc::data::Split::HeldOut
}

fn fields(pair: &Pair) -> Result<Fields, StoreError> {
    let fields = serde_json::to_value(pair).and_then(serde_json::from_value);
    fields.map_err(|source| StoreError::Unreadable(JsonError { what: "pair", source }))
}

fn pair(fields: Fields) -> Result<Pair, StoreError> {
    serde_json::from_value(Value::Object(fields))
        .map_err(|source| StoreError::Unreadable(JsonError { what: "pair", source }))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    changes: String,
    title: String,
}

/// Undoes the last edit, or repeats the last undone one; returns the pairs that it touched, and its title.
pub async fn walk(
    db: &mut SqliteConnection,
    data_set: Id,
    direction: Direction,
) -> Result<Option<(ChangedPairs, String)>, StoreError> {
    let next = match direction {
        Direction::Undo => {
            "SELECT id, changes, title FROM edits WHERE data_set = ? AND undone = 0 ORDER BY id DESC LIMIT 1"
        }
        Direction::Redo => {
            "SELECT id, changes, title FROM edits WHERE data_set = ? AND undone = 1 ORDER BY id LIMIT 1"
        }
    };
    let row: Option<Row> = sqlx::query_as(next).bind(data_set).fetch_optional(&mut *db).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let touched = apply(db, data_set, from_json("edit", &row.changes)?, direction).await?;
    sqlx::query("UPDATE edits SET undone = ? WHERE id = ?")
        .bind(direction == Direction::Undo)
        .bind(row.id)
        .execute(db)
        .await?;
    Ok(Some((touched, row.title)))
}

/// Sets the pairs to the fields that the log has for them.
async fn apply(
    db: &mut SqliteConnection,
    data_set: Id,
    changes: Vec<Change>,
    direction: Direction,
) -> Result<ChangedPairs, StoreError> {
    let mut touched = ChangedPairs::default();
    let (mut gone, mut put, mut differ) = (vec![], vec![], std::collections::HashMap::new());
    for (before, after) in changes {
        let (from, to) = match direction {
            Direction::Undo => (after, before),
            Direction::Redo => (before, after),
        };
        match (from, to) {
            (Some(from), None) => {
                let pair = pair(from)?;
                touched.pairs.push(pair.id);
                touched.held_out |= is_held_out(&pair);
                touched.order = true;
                gone.push(pair.id);
            }
            (None, Some(to)) => {
                let pair = pair(to)?;
                touched.pairs.push(pair.id);
                touched.order = true;
                put.push(pair);
            }
            (Some(_), Some(to)) => {
                let id = to.get("id").and_then(Value::as_i64).ok_or(StoreError::Gone("pair"))?;
                touched.pairs.push(id);
                touched.order |= to.contains_key("position");
                // A pair may be in a step twice, moved and renumbered. On undo, the first change is applied last.
                differ.entry(id).or_insert_with(Vec::new).push(to);
            }
            (None, None) => {}
        }
    }
    let ids: Vec<Id> = differ.keys().copied().collect();
    for before in pairs::find_all(&mut *db, data_set, &ids).await? {
        touched.held_out |= is_held_out(&before);
        let mut all = fields(&before)?;
        let mut patches = differ.remove(&before.id).unwrap_or_default();
        if direction == Direction::Undo {
            patches.reverse();
        }
        for (key, value) in patches.into_iter().flatten() {
            if value.is_null() {
                all.remove(&key)
            } else {
                all.insert(key, value)
            };
        }
        put.push(pair(all)?);
    }
    touched.held_out |= put.iter().any(is_held_out);
    pairs::delete_all(db, &gone).await?;
    pairs::put_all(db, &put).await?;
    Ok(touched)
}

#[cfg(test)]
mod tests {
    use ipc::data::{PairContent, Role, Split, Turn};
    use sqlx::SqliteConnection;

    use super::*;
    use crate::data_sets::tests::filled;
    use crate::insertion::{Insertion, positions};
    use crate::tests::temporary;

    /// A fixed stream of pseudo-random numbers (a linear congruential generator).
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % bound
        }
    }

    fn content(numbers: &mut Numbers, now: Millis) -> PairContent {
        let some = |numbers: &mut Numbers| numbers.below(2) == 0;
        PairContent {
            prompt: format!("Edit {now}"),
            split: if some(numbers) { Split::Train } else { Split::HeldOut },
            system: some(numbers).then(|| "Be brief.".into()),
            turns: if some(numbers) { vec![Turn { role: Role::User, text: "Hi".into() }] } else { vec![] },
            tags: if some(numbers) { vec!["one".into()] } else { vec![] },
            note: if some(numbers) { "why".into() } else { String::new() },
            pinned: some(numbers),
            ..PairContent::default()
        }
    }

    async fn edit_somehow(db: &mut SqliteConnection, set: Id, numbers: &mut Numbers, now: Millis) {
        let all = pairs::list(&mut *db, set).await.expect("pairs");
        let mut step = Step::new(format!("Edit {now}"));
        let one = |numbers: &mut Numbers| all[numbers.below(all.len())].clone();
        match numbers.below(5) {
            0 if !all.is_empty() => {
                let before = one(numbers);
                pairs::delete(db, before.id).await.expect("a deletion");
                step.removed(&before).expect("a pair");
            }
            1 if !all.is_empty() => {
                let before = one(numbers);
                let after = Pair { content: content(numbers, now), changed: now, ..before.clone() };
                pairs::put(db, &after).await.expect("a change");
                step.changed(&before, &after).expect("a pair");
            }
            2 if !all.is_empty() => {
                // Every pair goes to the same place, so that its gap is used up and all pairs are renumbered.
                let target = all[0].id;
                let moved_to =
                    positions(db, set, Insertion::After(target), 1, &mut step).await.expect("a place");
                let before = one(numbers);
                let before = pairs::find(&mut *db, before.id).await.expect("a query").expect("the pair");
                let after = Pair { position: moved_to[0], ..before.clone() };
                pairs::put(db, &after).await.expect("a move");
                step.changed(&before, &after).expect("a pair");
            }
            3 => {
                let new = vec![content(numbers, now), content(numbers, now)];
                for pair in pairs::append(db, set, new, now).await.expect("pairs") {
                    step.added(&pair).expect("a pair");
                }
            }
            _ => {
                for before in all {
                    let mut after = before.clone();
                    after.content.tags = vec![format!("all {now}")];
                    pairs::put(db, &after).await.expect("a change");
                    step.changed(&before, &after).expect("a pair");
                }
            }
        }
        step.note(db, set, now).await.expect("a note");
    }

    #[tokio::test]
    async fn undoing_everything_and_making_it_again_passes_through_the_same_states() {
        let (store, _dir) = temporary().await;
        for seed in 0..8 {
            let mut db = store.begin().await.expect("a change");
            let set = filled(&mut db, &[Split::Train, Split::HeldOut, Split::Train]).await;
            let mut numbers = Numbers(seed);
            let mut states = vec![pairs::list(&mut *db, set).await.expect("pairs")];
            for now in 0..60 {
                edit_somehow(&mut db, set, &mut numbers, now).await;
                let state = pairs::list(&mut *db, set).await.expect("pairs");
                if states.last() != Some(&state) {
                    states.push(state);
                }
            }
            for state in states.iter().rev().skip(1) {
                walk(&mut db, set, Direction::Undo).await.expect("an undo").expect("something to undo");
                assert_eq!(&pairs::list(&mut *db, set).await.expect("pairs"), state, "undo, seed {seed}");
            }
            let left = walk(&mut db, set, Direction::Undo).await.expect("an undo");
            assert_eq!(left, None, "nothing is left to undo");
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
            let new = vec![content(&mut numbers, now)];
            let mut step = Step::new("Add a pair");
            step.added(&pairs::append(&mut db, set, new, now).await.expect("a pair")[0]).expect("a pair");
            let touched = step.note(&mut db, set, now).await.expect("a note");
            assert!(touched.order && touched.pairs.len() == 1);
        }
        let (_, title) = walk(&mut db, set, Direction::Undo).await.expect("an undo").expect("an edit");
        assert_eq!(title, "Add a pair");
        let mut step = Step::new("Add a pair");
        let new = vec![content(&mut numbers, 4)];
        step.added(&pairs::append(&mut db, set, new, 4).await.expect("a pair")[0]).expect("a pair");
        step.note(&mut db, set, 4).await.expect("a note");
        assert_eq!(walk(&mut db, set, Direction::Redo).await.expect("a redo"), None);
    }

    #[tokio::test]
    async fn the_log_of_many_small_changes_is_small() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let set = filled(&mut db, &[]).await;
        let long = PairContent { prompt: "long ".repeat(1000), ..PairContent::default() };
        let mut step = Step::new("Tag 100 pairs");
        for before in pairs::append(&mut db, set, vec![long; 100], 1).await.expect("pairs") {
            let mut after = before.clone();
            after.content.tags.push("new".into());
            step.changed(&before, &after).expect("a pair");
        }
        step.note(&mut db, set, 1).await.expect("a note");
        let bytes: i64 = sqlx::query_scalar("SELECT sum(length(changes)) FROM edits")
            .fetch_one(&mut *db)
            .await
            .expect("a sum");
        assert!(bytes < 10_000, "{bytes} bytes for 100 tags");
    }

    #[tokio::test]
    async fn edits_of_an_older_store_can_still_be_undone() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("tiller.sqlite");
        let mut old = crate::tests::of_form(&file, 2).await;
        let pair = |id: Id, prompt: &str| {
            format!(
                r#"{{"id":{id},"data_set":1,"position":{id}.0,"prompt":"{prompt}","wanted":"a","opposite":"b","split":"train","changed":1}}"#
            )
        };
        let filling = format!(
            "INSERT INTO projects (name, app_version, created) VALUES ('P', '0.1.0', 1);
             INSERT INTO data_sets (project, name, description, created) VALUES (1, 'S', '', 1);
             INSERT INTO pairs (id, data_set, position, prompt, wanted, opposite, split, changed) VALUES
                (1, 1, 1.0, 'now', 'a', 'b', 'train', 1), (3, 1, 3.0, 'three', 'a', 'b', 'train', 1),
                (4, 1, 4.0, 'four', 'a', 'b', 'train', 1);
             INSERT INTO edits (data_set, pair, before, after, created) VALUES
                (1, 1, '{}', '{}', 1), (1, 2, '{}', NULL, 2), (1, 3, NULL, '[{},{}]', 3);",
            pair(1, "then"),
            pair(1, "now"),
            pair(2, "gone"),
            pair(3, "three"),
            pair(4, "four"),
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(filling)).execute(&mut old).await.expect("an older store");
        sqlx::Connection::close(old).await.expect("it closes");

        let store = crate::Store::open(&file).await.expect("it opens");
        let mut db = store.begin().await.expect("a change");
        let mut prompts = vec![];
        for _ in 0..3 {
            walk(&mut db, 1, Direction::Undo).await.expect("an undo").expect("an edit");
            let all = pairs::list(&mut *db, 1).await.expect("pairs");
            prompts.push(all.into_iter().map(|pair| pair.content.prompt).collect::<Vec<_>>().join(" "));
        }
        assert_eq!(prompts, ["now", "now gone", "then gone"]);
    }
}
