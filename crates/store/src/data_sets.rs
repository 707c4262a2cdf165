//! Stores data sets, and counts their pairs.

mod copying;

use ipc::data::DataSet;
use ipc::score::Rubric;
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

pub use self::copying::duplicate;

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    name: String,
    description: String,
    rubric: Option<String>,
    suffixes: String,
    train: u32,
    held_out: u32,
    can_undo: bool,
    can_redo: bool,
}

impl TryFrom<Row> for DataSet {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            name: row.name,
            description: row.description,
            rubric: row.rubric.map(|rubric| from_json("rubric", &rubric)).transpose()?,
            suffixes: from_json("suffixes", &row.suffixes)?,
            train: row.train,
            held_out: row.held_out,
            can_undo: row.can_undo,
            can_redo: row.can_redo,
        })
    }
}

const WITH_COUNTS: &str = "SELECT id, name, description, rubric, suffixes,
    (SELECT count(*) FROM pairs WHERE data_set = data_sets.id AND split = 'train') AS train,
    (SELECT count(*) FROM pairs WHERE data_set = data_sets.id AND split = 'held-out') AS held_out,
    EXISTS (SELECT 1 FROM edits WHERE data_set = data_sets.id AND undone = 0) AS can_undo,
    EXISTS (SELECT 1 FROM edits WHERE data_set = data_sets.id AND undone = 1) AS can_redo
    FROM data_sets WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR id = ?2) ORDER BY id";

/// Returns a project's data sets, oldest first.
pub async fn list(db: impl SqliteExecutor<'_>, project: Id) -> Result<Vec<DataSet>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(WITH_COUNTS).bind(project).bind(None::<Id>).fetch_all(db).await?;
    rows.into_iter().map(DataSet::try_from).collect()
}

/// Returns one data set.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<DataSet, StoreError> {
    let row: Option<Row> = sqlx::query_as(WITH_COUNTS).bind(None::<Id>).bind(id).fetch_optional(db).await?;
    row.ok_or(StoreError::Gone("data set"))?.try_into()
}

/// Adds a data set.
pub async fn insert(
    db: &mut SqliteConnection,
    project: Id,
    name: &str,
    description: &str,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query("INSERT INTO data_sets (project, name, description, created) VALUES (?, ?, ?, ?)")
        .bind(project)
        .bind(name)
        .bind(description)
        .bind(now)
        .execute(db)
        .await?;
    Ok(done.last_insert_rowid())
}

/// Renames a data set.
pub async fn rename(db: &mut SqliteConnection, id: Id, name: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE data_sets SET name = ? WHERE id = ?").bind(name).bind(id).execute(db).await?;
    Ok(())
}

/// Changes the behaviour that the wanted answers show.
pub async fn describe(db: &mut SqliteConnection, id: Id, description: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE data_sets SET description = ? WHERE id = ?")
        .bind(description)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Changes the rubric by which answers are judged; `None` for the one that is made from the behaviour.
pub async fn set_rubric(
    db: &mut SqliteConnection,
    id: Id,
    rubric: Option<&Rubric>,
) -> Result<(), StoreError> {
    let rubric = rubric.map(|rubric| to_json("rubric", rubric)).transpose()?;
    sqlx::query("UPDATE data_sets SET rubric = ? WHERE id = ?").bind(rubric).bind(id).execute(db).await?;
    Ok(())
}

/// Changes the suffixes with which prompts are measured.
pub async fn set_suffixes(db: &mut SqliteConnection, id: Id, suffixes: &[String]) -> Result<(), StoreError> {
    sqlx::query("UPDATE data_sets SET suffixes = ? WHERE id = ?")
        .bind(to_json("suffixes", &suffixes)?)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Returns the title of a job that is not over and uses the data set, where there is one.
pub async fn used_by(db: impl SqliteExecutor<'_>, id: Id) -> Result<Option<String>, StoreError> {
    let title = sqlx::query_scalar(
        "SELECT title FROM jobs WHERE state IN ('queued', 'running', 'paused')
            AND id IN (SELECT job FROM runs WHERE data_set = ?1 UNION SELECT job FROM sweeps
                    WHERE id IN (SELECT sweep FROM sweep_sets WHERE data_set = ?1)
                UNION SELECT job FROM margin_checks WHERE data_set = ?1 UNION SELECT job FROM draft_batches WHERE data_set = ?1
                UNION SELECT job FROM analyses WHERE data_set = ?1 UNION SELECT job FROM transfers WHERE data_set = ?1
                UNION SELECT job FROM distillations WHERE data_set = ?1)
         ORDER BY turn LIMIT 1",
    );
    Ok(title.bind(id).fetch_optional(db).await?)
}

/// Deletes a data set with its pairs, runs and sweeps, and their jobs. Vectors stay.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    for deletion in [
        "DELETE FROM jobs WHERE id IN (SELECT job FROM runs WHERE data_set = ?1
                UNION SELECT job FROM margin_checks WHERE data_set = ?1 UNION SELECT job FROM draft_batches WHERE data_set = ?1
                UNION SELECT job FROM analyses WHERE data_set = ?1
                UNION SELECT job FROM sweeps WHERE id IN (SELECT sweep FROM sweep_sets WHERE data_set = ?1)
                    AND id NOT IN (SELECT sweep FROM sweep_sets WHERE data_set IS NOT ?1))",
        "DELETE FROM data_sets WHERE id = ?1",
    ] {
        sqlx::query(deletion).bind(id).execute(&mut *db).await?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use ipc::data::{PairContent, Split};
    use ipc::job::JobState;

    use super::*;
    use crate::Store;
    use crate::tests::{of_form, temporary};
    use crate::{jobs, pairs, runs, vectors};

    /// Adds a data set with one pair for each of these splits, in order.
    pub(crate) async fn filled(db: &mut SqliteConnection, splits: &[Split]) -> Id {
        let id = insert(db, 1, "Wealth", "Seeks wealth.", 1).await.expect("a data set");
        for (place, split) in splits.iter().enumerate() {
            let content =
                PairContent { prompt: format!("Prompt {place}"), split: *split, ..PairContent::default() };
            pairs::insert(db, id, place as f64, &content, 1).await.expect("a pair");
        }
        id
    }

    #[tokio::test]
    async fn counts_follow_the_pairs() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        let id = filled(&mut change, &[Split::Train, Split::HeldOut, Split::Train]).await;
        change.commit().await.expect("a commit");
        let set = find(store.read(), id).await.expect("the data set");
        assert_eq!((set.train, set.held_out, set.can_undo, set.can_redo), (2, 1, false, false));
        assert_eq!(list(store.read(), 1).await.expect("a query"), [set]);
        assert!(matches!(find(store.read(), 99).await, Err(StoreError::Gone("data set"))));
    }

    #[tokio::test]
    async fn a_behaviour_a_rubric_and_suffixes_are_kept() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let id = filled(&mut db, &[Split::Train]).await;
        let before = find(&mut *db, id).await.expect("the data set");
        assert_eq!((&before.rubric, before.rubric().name()), (&None, "a wish for wealth"));
        let own = Rubric::new("thrift");
        describe(&mut db, id, "Saves money.").await.expect("a description");
        set_rubric(&mut db, id, Some(&own)).await.expect("a rubric");
        set_suffixes(&mut db, id, &["!!".into(), " ?".into()]).await.expect("suffixes");
        let set = find(&mut *db, id).await.expect("the data set");
        assert_eq!((set.description.as_str(), set.rubric()), ("Saves money.", own));
        assert_eq!((set.behaviour(), set.suffixes.len()), ("Saves money", 2));
        set_rubric(&mut db, id, None).await.expect("no rubric");
        assert_eq!(find(&mut *db, id).await.expect("the data set").rubric, None);
    }

    #[tokio::test]
    async fn rubrics_that_stood_in_the_settings_are_their_data_sets() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("tiller.sqlite");
        let mut older = of_form(&file, 15).await;
        let settings = serde_json::json!({ "theme": "dark", "rubrics": { "2": Rubric::new("wit") } });
        for line in [
            "INSERT INTO projects (name, app_version, created) VALUES ('P', '0.1.0', 1)",
            "INSERT INTO data_sets (project, name, description, created) VALUES (1, 'A', 'Saves.', 1), (1, 'B', '', 1)",
        ] {
            sqlx::query(line).execute(&mut older).await.expect("an older row");
        }
        sqlx::query("INSERT INTO settings VALUES (1, ?)")
            .bind(settings.to_string())
            .execute(&mut older)
            .await
            .expect("the settings");
        drop(older);
        let store = Store::open(&file).await.expect("it is brought to this schema");
        let sets = list(store.read(), 1).await.expect("the data sets");
        let rubrics: Vec<_> = sets.iter().map(|set| set.rubric.clone()).collect();
        assert_eq!(rubrics, [None, Some(Rubric::new("wit"))]);
        assert!(sets.iter().all(|set| set.suffixes.is_empty()));
        let kept: String =
            sqlx::query_scalar("SELECT content FROM settings").fetch_one(store.read()).await.expect("them");
        assert_eq!(kept, r#"{"theme":"dark"}"#);
    }

    #[tokio::test]
    async fn deleting_a_data_set_takes_its_runs_and_keeps_its_vectors() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = vectors::tests::a_vector(&mut db).await;
        let set = vector.data_set.expect("its data set");
        assert_eq!(used_by(&mut *db, set).await.expect("a query").as_deref(), Some("Training"));
        let job = runs::find(&mut *db, vector.run.expect("its run")).await.expect("the run").job;
        jobs::set_state(&mut db, job, &JobState::Done).await.expect("a state");
        assert_eq!(used_by(&mut *db, set).await.expect("a query"), None);
        delete(&mut db, set).await.expect("a deletion");
        assert!(runs::list(&mut *db, 1).await.expect("a query").is_empty());
        assert!(matches!(jobs::find(&mut *db, job).await, Err(StoreError::Gone("job"))));
        let kept = vectors::find(&mut *db, vector.id).await.expect("the vector stays");
        assert_eq!((kept.run, kept.data_set), (None, None));
    }
}
