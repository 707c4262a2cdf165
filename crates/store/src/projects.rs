//! Stores projects, to which everything else belongs.

use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

/// Returns the id and name of the project that opens: the oldest one.
pub async fn first(db: impl SqliteExecutor<'_>) -> Result<Option<(Id, String)>, StoreError> {
    Ok(sqlx::query_as("SELECT id, name FROM projects ORDER BY id LIMIT 1").fetch_optional(db).await?)
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

    #[tokio::test]
    async fn the_oldest_project_opens() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        insert(&mut change, "Second", "0.1.0", 2).await.expect("a project");
        opened_by(&mut change, "0.2.0").await.expect("an update");
        change.commit().await.expect("a commit");
        assert_eq!(first(store.read()).await.expect("a query"), Some((1, "Test".to_owned())));
    }
}
