//! Stores projects, to which everything else belongs.

use ipc::project::Project;
use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

/// The jobs whose results belong to the project `?1`. Downloads belong to none.
const JOBS: &str = "SELECT job FROM runs WHERE data_set IN (SELECT id FROM data_sets WHERE project = ?1)
    UNION SELECT job FROM margin_checks WHERE data_set IN (SELECT id FROM data_sets WHERE project = ?1)
    UNION SELECT job FROM draft_batches WHERE data_set IN (SELECT id FROM data_sets WHERE project = ?1)
    UNION SELECT job FROM analyses WHERE data_set IN (SELECT id FROM data_sets WHERE project = ?1)
    UNION SELECT job FROM transfers WHERE vector IN (SELECT id FROM vectors WHERE project = ?1)
    UNION SELECT job FROM bakes WHERE vector IN (SELECT id FROM vectors WHERE project = ?1)
    UNION SELECT job FROM distillations WHERE vector IN (SELECT id FROM vectors WHERE project = ?1)
    UNION SELECT job FROM sweeps WHERE project = ?1";

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    name: String,
    created: Millis,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self { id: row.id, name: row.name, created: row.created }
    }
}

/// Returns the projects, oldest first.
pub async fn list(db: impl SqliteExecutor<'_>) -> Result<Vec<Project>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, name, created FROM projects ORDER BY id").fetch_all(db).await?;
    Ok(rows.into_iter().map(Project::from).collect())
}

/// Returns one project.
pub async fn find(db: impl SqliteExecutor<'_>, id: Id) -> Result<Project, StoreError> {
    let row: Option<Row> = sqlx::query_as("SELECT id, name, created FROM projects WHERE id = ?")
        .bind(id)
        .fetch_optional(db)
        .await?;
    Ok(row.ok_or(StoreError::Gone("project"))?.into())
}

/// Returns the id and name of the project that opens: the one that was opened last, else the oldest one.
pub async fn first(db: impl SqliteExecutor<'_>) -> Result<Option<(Id, String)>, StoreError> {
    Ok(sqlx::query_as("SELECT id, name FROM projects ORDER BY opened DESC, id LIMIT 1")
        .fetch_optional(db)
        .await?)
}

/// Adds a project.
pub async fn insert(
    db: &mut SqliteConnection,
    name: &str,
    app_version: &str,
    now: Millis,
) -> Result<Id, StoreError> {
    let done = sqlx::query("INSERT INTO projects (name, app_version, created) VALUES (?, ?, ?)")
        .bind(name)
        .bind(app_version)
        .bind(now)
        .execute(db)
        .await?;
    Ok(done.last_insert_rowid())
}

/// Renames a project.
pub async fn rename(db: &mut SqliteConnection, id: Id, name: &str) -> Result<(), StoreError> {
    let done =
        sqlx::query("UPDATE projects SET name = ? WHERE id = ?").bind(name).bind(id).execute(db).await?;
    if done.rows_affected() == 0 { Err(StoreError::Gone("project")) } else { Ok(()) }
}

/// Notes that a project was opened: it is the one that opens next time. The clock may have been set back.
pub async fn set_opened(db: &mut SqliteConnection, id: Id, now: Millis) -> Result<(), StoreError> {
    sqlx::query("UPDATE projects SET opened = max(?1, (SELECT max(opened) + 1 FROM projects)) WHERE id = ?2")
        .bind(now)
        .bind(id)
        .execute(db)
        .await?;
    Ok(())
}

/// Returns a name that no project has: this one, or this one with a number.
pub async fn free_name(db: &mut SqliteConnection, wanted: &str) -> Result<String, StoreError> {
    let taken: Vec<String> = sqlx::query_scalar("SELECT name FROM projects").fetch_all(db).await?;
    Ok(free(wanted, |name| taken.iter().any(|other| other == name)))
}

/// Returns a name that is not taken: this one, or this one with the lowest number from 2.
pub(crate) fn free(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: u32| format!("{wanted} ({number})"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// Returns the title of a job of this project that waits for its turn or runs, where there is one.
pub async fn busy_with(db: impl SqliteExecutor<'_>, id: Id) -> Result<Option<String>, StoreError> {
    let query = format!(
        "SELECT title FROM jobs WHERE state IN ('queued', 'running') AND id IN ({JOBS}) ORDER BY turn"
    );
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(id).fetch_optional(db).await?)
}

/// Deletes a project with all that belongs to it. What is kept by content for all projects stays.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    let jobs = format!("DELETE FROM jobs WHERE id IN ({JOBS})");
    sqlx::query(sqlx::AssertSqlSafe(jobs)).bind(id).execute(&mut *db).await?;
    sqlx::query("DELETE FROM projects WHERE id = ?").bind(id).execute(db).await?;
    Ok(())
}

/// Stores which version has opened the store, so that an older version can name it when it refuses the store.
pub async fn opened_by(db: &mut SqliteConnection, app_version: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE projects SET app_version = ?1 WHERE app_version <> ?1")
        .bind(app_version)
        .execute(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::temporary;
    use crate::vectors::tests::a_vector;
    use crate::{deletions, jobs, sweeps};

    #[tokio::test]
    async fn the_oldest_project_opens_until_another_one_was_opened() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        let second = insert(&mut change, "Second", "0.1.0", 2).await.expect("a project");
        opened_by(&mut change, "0.2.0").await.expect("an update");
        assert_eq!(first(&mut *change).await.expect("a query"), Some((1, "Test".to_owned())));
        set_opened(&mut change, second, 9).await.expect("an update");
        assert_eq!(first(&mut *change).await.expect("a query"), Some((second, "Second".to_owned())));
        set_opened(&mut change, 1, 3).await.expect("an update, by a clock that was set back");
        assert_eq!(first(&mut *change).await.expect("a query"), Some((1, "Test".to_owned())));
        assert_eq!(free_name(&mut change, "Second").await.expect("a name"), "Second (2)");
        assert!(matches!(rename(&mut change, 99, "X").await, Err(StoreError::Gone("project"))));
    }

    #[tokio::test]
    async fn a_project_goes_with_its_jobs_and_comes_back_with_them() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        sweeps::tests::a_sweep(&mut db, &vector).await;
        let open = jobs::open(&mut *db).await.expect("the jobs");
        assert_eq!(open.iter().map(|job| job.project).collect::<Vec<_>>(), [Some(1), Some(1)]);
        assert_eq!(busy_with(&mut *db, 1).await.expect("a query").as_deref(), Some("Training"));
        let deletion = deletions::begin(&mut db).await.expect("a recording");
        delete(&mut db, 1).await.expect("a deletion");
        deletions::end(&mut db, deletion).await.expect("the end");
        assert_eq!(
            (jobs::open(&mut *db).await.expect("the jobs"), list(&mut *db).await.expect("a list")),
            (vec![], vec![])
        );
        deletions::undo(&mut db, deletion).await.expect("it comes back");
        db.commit().await.expect("a commit");
        let mut db = store.begin().await.expect("a change");
        assert_eq!(jobs::open(&mut *db).await.expect("the jobs"), open);
    }
}
