//! Stores which models are being loaded. A row that is found at start belongs to a load that ended the process.

use ipc::{Id, Millis};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

/// Notes that a model's loading begins. A second note of the same model replaces the first.
pub async fn begin(db: &mut SqliteConnection, model: Id, now: Millis) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO loads (model, begun) VALUES (?, ?) ON CONFLICT (model) DO UPDATE SET begun = excluded.begun")
        .bind(model)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Notes that a model's loading has ended, whether it succeeded or not.
pub async fn end(db: &mut SqliteConnection, model: Id) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM loads WHERE model = ?").bind(model).execute(db).await?;
    Ok(())
}

/// Ends all loads but those of some models.
pub async fn end_all_but(db: &mut SqliteConnection, kept: &[Id]) -> Result<(), StoreError> {
    for model in unfinished(&mut *db).await? {
        if !kept.contains(&model) {
            end(db, model).await?;
        }
    }
    Ok(())
}

/// Returns the models whose loading began and has not ended, in the order of their beginning.
pub async fn unfinished(db: impl SqliteExecutor<'_>) -> Result<Vec<Id>, StoreError> {
    Ok(sqlx::query_scalar("SELECT model FROM loads ORDER BY begun, model").fetch_all(db).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models;
    use crate::tests::temporary;

    #[tokio::test]
    async fn a_load_is_found_until_it_ends() {
        let (store, _dir) = temporary().await;
        let mut change = store.begin().await.expect("a change");
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            ids.push(models::insert(&mut change, name, &format!("/{name}"), None, 1).await.expect("a model"));
        }
        for (model, now) in [(ids[1], 1), (ids[0], 2), (ids[2], 3), (ids[0], 4)] {
            begin(&mut change, model, now).await.expect("a beginning");
        }
        assert_eq!(unfinished(&mut *change).await.expect("a query"), [ids[1], ids[2], ids[0]]);
        end(&mut change, ids[1]).await.expect("an end");
        end(&mut change, ids[1]).await.expect("nothing to end");
        end_all_but(&mut change, &[ids[2]]).await.expect("an end");
        assert_eq!(unfinished(&mut *change).await.expect("a query"), [ids[2]]);
        assert!(begin(&mut change, 99, 1).await.is_err(), "there is no such model");
    }
}
