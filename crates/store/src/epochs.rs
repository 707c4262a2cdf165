//! Stores the scores of the held-out pairs after each epoch of a run.

use ipc::Id;
use ipc::train::EpochPoint;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

#[derive(sqlx::FromRow)]
struct Row {
    epoch: u32,
    step: u32,
    plus: f64,
    minus: f64,
    sign_accuracy: f64,
}

/// Returns a run's epochs, in order.
pub async fn list(db: impl SqliteExecutor<'_>, run: Id) -> Result<Vec<EpochPoint>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM epochs WHERE run = ? ORDER BY epoch").bind(run).fetch_all(db).await?;
    let point = |row: Row| EpochPoint {
        epoch: row.epoch,
        step: row.step,
        plus: row.plus,
        minus: row.minus,
        sign_accuracy: row.sign_accuracy,
    };
    Ok(rows.into_iter().map(point).collect())
}

/// Adds an epoch.
pub async fn insert(db: &mut SqliteConnection, run: Id, epoch: &EpochPoint) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO epochs (run, epoch, step, plus, minus, sign_accuracy) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(run)
    .bind(epoch.epoch)
    .bind(epoch.step)
    .bind(epoch.plus)
    .bind(epoch.minus)
    .bind(epoch.sign_accuracy)
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes the epochs behind a checkpoint, which the run measures again.
pub async fn delete_after(db: &mut SqliteConnection, run: Id, step: u32) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM epochs WHERE run = ? AND step > ?").bind(run).bind(step).execute(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::tests::a_run;
    use crate::tests::temporary;

    #[tokio::test]
    async fn epochs_come_back_in_order() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let run = a_run(&mut db).await.id;
        let point = |epoch| EpochPoint { epoch, step: epoch * 6, plus: 0.1, minus: -0.3, sign_accuracy: 0.9 };
        for epoch in [1, 0, 2] {
            insert(&mut db, run, &point(epoch)).await.expect("an epoch");
        }
        delete_after(&mut db, run, 6).await.expect("a deletion");
        assert_eq!(list(&mut *db, run).await.expect("epochs"), [point(0), point(1)]);
    }
}
