//! Copies a data set with all that is kept with it. Runs, sweeps and analyses stay with the one that they were made from.

use ipc::{Id, Millis};
use sqlx::SqliteConnection;

use super::find;
use crate::StoreError;
use crate::projects::free;

/// Copies the row `?1` under the name `?2`.
const SET: &str = "INSERT INTO data_sets (project, name, description, created, rubric, suffixes)
    SELECT project, ?2, description, ?3, rubric, suffixes FROM data_sets WHERE id = ?1";

/// Copies the pairs of the data set `?1` into `?2`. Their new ids have the order of the pairs.
const PAIRS: &str = "INSERT INTO pairs
        (data_set, position, prompt, wanted, opposite, split, system, turns, tags, note, pinned, changed)
    SELECT ?2, position, prompt, wanted, opposite, split, system, turns, tags, note, pinned, changed
        FROM pairs WHERE data_set = ?1 ORDER BY position, id";

/// Copies the versions that a person has kept of the data set `?1` into `?2`. A version points to its snapshot by content.
const VERSIONS: &str = "INSERT INTO versions (data_set, snapshot, name, created)
    SELECT ?2, snapshot, name, created FROM versions WHERE data_set = ?1 ORDER BY id";

/// Copies a data set under a free name. The steps that can be undone stay with the original, because they name its pairs.
pub async fn duplicate(db: &mut SqliteConnection, of: Id, now: Millis) -> Result<Id, StoreError> {
    let name = free_name(&mut *db, of).await?;
    let copied = sqlx::query(SET).bind(of).bind(name).bind(now).execute(&mut *db).await?;
    let copy = copied.last_insert_rowid();
    for statement in [PAIRS, VERSIONS] {
        sqlx::query(statement).bind(of).bind(copy).execute(&mut *db).await?;
    }
    Ok(copy)
}

/// Returns a name for a copy that no other data set of the project has.
async fn free_name(db: &mut SqliteConnection, of: Id) -> Result<String, StoreError> {
    let original = find(&mut *db, of).await?;
    let taken: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM data_sets WHERE project = (SELECT project FROM data_sets WHERE id = ?)",
    )
    .bind(of)
    .fetch_all(db)
    .await?;
    Ok(free(&format!("{} copy", original.name), |name| taken.iter().any(|other| other == name)))
}

#[cfg(test)]
mod tests {
    use data::content::Snapshot;
    use ipc::data::{DataSet, Pair, PairContent, Role, Split, Turn};
    use ipc::score::Rubric;

    use super::*;
    use crate::data_sets::tests::filled;
    use crate::data_sets::{delete, insert, set_rubric, set_suffixes};
    use crate::edits::Step;
    use crate::tests::temporary;
    use crate::{pairs, projects, snapshots, versions};

    fn rich() -> PairContent {
        PairContent {
            prompt: "\u{4f60}\u{597d}\n\"?\"".into(),
            wanted: "yes".into(),
            opposite: "no".into(),
            split: Split::HeldOut,
            system: Some("Be brief.".into()),
            turns: vec![Turn { role: Role::User, text: "Before.".into() }],
            tags: vec!["two words".into()],
            note: "Check the tone.".into(),
            pinned: true,
        }
    }

    /// Returns what pairs say, without their ids.
    fn said(pairs: Vec<Pair>) -> Vec<(u64, PairContent, Millis)> {
        pairs.into_iter().map(|pair| (pair.position.to_bits(), pair.content, pair.changed)).collect()
    }

    #[tokio::test]
    async fn a_copy_has_all_that_is_kept_with_a_data_set_and_pairs_of_its_own() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let of = filled(&mut db, &[Split::Train, Split::HeldOut]).await;
        pairs::insert(&mut db, of, 0.5, &rich(), 7).await.expect("a pair between the two");
        set_rubric(&mut db, of, Some(&Rubric::new("thrift"))).await.expect("a rubric");
        set_suffixes(&mut db, of, &["!!".into()]).await.expect("suffixes");
        let added = pairs::append(&mut db, of, vec![rich()], 8).await.expect("a pair");
        let mut step = Step::new("Add a pair");
        step.added(&added[0]).expect("an edit");
        step.note(&mut db, of, 8).await.expect("the log");
        let contents = pairs::contents(&mut *db, of).await.expect("the pairs");
        let snapshot = Snapshot::new(&contents).expect("JSON");
        snapshots::insert(&mut db, &snapshot).await.expect("a snapshot");
        versions::insert(&mut db, of, &snapshot.hash, "First", 4).await.expect("a version");

        let copy = duplicate(&mut db, of, 9).await.expect("a copy");
        let original = find(&mut *db, of).await.expect("the data set");
        assert!(original.can_undo);
        assert_eq!(
            find(&mut *db, copy).await.expect("the copy"),
            DataSet { id: copy, name: "Wealth copy".into(), can_undo: false, ..original }
        );
        let (from, to) = (pairs::list(&mut *db, of).await, pairs::list(&mut *db, copy).await);
        let (from, to) = (from.expect("the pairs"), to.expect("their copies"));
        assert_eq!((said(to.clone()), to.len()), (said(from.clone()), 4));
        assert!(to.is_sorted_by_key(|pair| pair.id), "the ids have the order of the pairs");
        let kept = versions::uses(&mut *db, copy).await.expect("the versions");
        let kept: Vec<_> = kept.iter().map(|one| (&one.hash, one.name.as_str(), one.created)).collect();
        assert_eq!(kept, [(&snapshot.hash, "First", 4)]);

        delete(&mut db, copy).await.expect("a deletion");
        assert_eq!(pairs::list(&mut *db, of).await.expect("the pairs"), from);
    }

    #[tokio::test]
    async fn a_copy_has_a_name_that_is_free_in_its_project() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let of = filled(&mut db, &[]).await;
        let other = projects::insert(&mut db, "Second", "0.1.0", 2).await.expect("a project");
        insert(&mut db, other, "Wealth copy", "", 1).await.expect("a data set");
        for wanted in ["Wealth copy", "Wealth copy (2)"] {
            let copy = duplicate(&mut db, of, 9).await.expect("a copy");
            assert_eq!(find(&mut *db, copy).await.expect("the copy").name, wanted);
        }
        assert!(matches!(duplicate(&mut db, 99, 9).await, Err(StoreError::Gone("data set"))));
    }

    #[tokio::test]
    async fn no_column_is_forgotten() {
        let (store, _dir) = temporary().await;
        for (table, statement) in [("data_sets", SET), ("pairs", PAIRS), ("versions", VERSIONS)] {
            let columns: Vec<String> =
                sqlx::query_scalar("SELECT name FROM pragma_table_info(?) WHERE name <> 'id'")
                    .bind(table)
                    .fetch_all(store.read())
                    .await
                    .expect("the columns");
            assert!(!columns.is_empty(), "{table}");
            let mut words = statement.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            for column in columns {
                assert!(words.clone().any(|word| word == column), "{table}: {column}");
            }
            assert!(words.any(|word| word == table));
        }
    }
}
