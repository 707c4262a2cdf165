//! Stores the vector after every epoch of a run.

use data::content::{from_bytes, to_bytes};
use ipc::Id;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

/// Stores the vector of an epoch, in place of an earlier one of the same epoch.
pub async fn put(
    db: &mut SqliteConnection,
    run: Id,
    epoch: u32,
    step: u32,
    values: &[f32],
) -> Result<(), StoreError> {
    sqlx::query("INSERT OR REPLACE INTO epoch_vectors (run, epoch, step, numbers) VALUES (?, ?, ?, ?)")
        .bind(run)
        .bind(epoch)
        .bind(step)
        .bind(to_bytes(values))
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes the vectors behind a checkpoint, which the run makes again.
pub async fn delete_after(db: &mut SqliteConnection, run: Id, step: u32) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM epoch_vectors WHERE run = ? AND step > ?")
        .bind(run)
        .bind(step)
        .execute(db)
        .await?;
    Ok(())
}

/// Returns the epochs whose vectors are stored, ascending.
pub async fn list(db: impl SqliteExecutor<'_>, run: Id) -> Result<Vec<u32>, StoreError> {
    let epochs = sqlx::query_scalar("SELECT epoch FROM epoch_vectors WHERE run = ? ORDER BY epoch");
    Ok(epochs.bind(run).fetch_all(db).await?)
}

/// Returns the number of steps at an epoch's end, and the vector's numbers.
pub async fn find(db: impl SqliteExecutor<'_>, run: Id, epoch: u32) -> Result<(u32, Vec<f32>), StoreError> {
    let row: Option<(u32, Vec<u8>)> =
        sqlx::query_as("SELECT step, numbers FROM epoch_vectors WHERE run = ? AND epoch = ?")
            .bind(run)
            .bind(epoch)
            .fetch_optional(db)
            .await?;
    let (step, bytes) = row.ok_or(StoreError::Gone("epoch of the run"))?;
    Ok((step, from_bytes(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::tests::a_run;
    use crate::tests::temporary;

    #[tokio::test]
    async fn an_epochs_vector_comes_back_bit_for_bit() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let run = a_run(&mut db).await.id;
        put(&mut db, run, 1, 6, &[0.5, -0.0]).await.expect("kept");
        put(&mut db, run, 2, 12, &[1e-40]).await.expect("kept");
        put(&mut db, run, 2, 12, &[1e-41]).await.expect("kept again");
        assert_eq!(find(&mut *db, run, 2).await.expect("the vector"), (12, vec![1e-41]));
        delete_after(&mut db, run, 6).await.expect("a deletion");
        assert_eq!(list(&mut *db, run).await.expect("a query"), [1]);
        assert!(matches!(find(&mut *db, run, 2).await, Err(StoreError::Gone(_))));
    }
}
