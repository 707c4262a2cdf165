//! Stores presets: desks with a name, to be used in other conversations.

use ipc::Id;
use ipc::conversation::{Desk, Preset};
use sqlx::SqliteConnection;

use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    id: Id,
    name: String,
    desk: String,
}

async fn select(
    db: &mut SqliteConnection,
    project: Option<Id>,
    id: Option<Id>,
) -> Result<Vec<Preset>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT id, name, desk FROM presets WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR id = ?2)
         ORDER BY name COLLATE NOCASE, id",
    )
    .bind(project)
    .bind(id)
    .fetch_all(db)
    .await?;
    let preset =
        |row: Row| Ok(Preset { id: row.id, name: row.name, desk: from_json("desk of a preset", &row.desk)? });
    rows.into_iter().map(preset).collect()
}

/// Returns a project's presets, by name.
pub async fn list(db: &mut SqliteConnection, project: Id) -> Result<Vec<Preset>, StoreError> {
    select(db, Some(project), None).await
}

/// Returns one preset.
pub async fn find(db: &mut SqliteConnection, id: Id) -> Result<Preset, StoreError> {
    select(db, None, Some(id)).await?.pop().ok_or(StoreError::Gone("preset"))
}

/// Keeps a desk under a name, in place of the one that had it.
pub async fn put(db: &mut SqliteConnection, project: Id, name: &str, desk: &Desk) -> Result<Id, StoreError> {
    Ok(sqlx::query_scalar(
        "INSERT INTO presets (project, name, desk) VALUES (?, ?, ?)
         ON CONFLICT (project, name) DO UPDATE SET desk = excluded.desk RETURNING id",
    )
    .bind(project)
    .bind(name)
    .bind(to_json("desk of a preset", desk)?)
    .fetch_one(db)
    .await?)
}

/// Deletes a preset.
pub async fn delete(db: &mut SqliteConnection, id: Id) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM presets WHERE id = ?").bind(id).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::tests::a_desk;
    use crate::tests::temporary;

    #[tokio::test]
    async fn a_name_is_there_once_and_keeps_its_id() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let first = put(&mut db, 1, "zebra", &Desk::default()).await.expect("a preset");
        let other = put(&mut db, 1, "Apple", &Desk::default()).await.expect("a preset");
        assert_eq!(put(&mut db, 1, "zebra", &a_desk()).await.expect("it is replaced"), first);
        let all = list(&mut db, 1).await.expect("the presets");
        let names: Vec<_> = all.iter().map(|preset| (preset.id, preset.name.as_str())).collect();
        assert_eq!(names, [(other, "Apple"), (first, "zebra")]);
        assert_eq!(find(&mut db, first).await.expect("it").desk, a_desk());
        delete(&mut db, first).await.expect("a deletion");
        assert!(matches!(find(&mut db, first).await, Err(StoreError::Gone("preset"))));
    }
}
