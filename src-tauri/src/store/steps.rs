//! What a run's optimizer steps saw.

use ipc::Id;
use ipc::train::StepPoint;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    step: u32,
    sign: i8,
    loss: f64,
    margin: f64,
    gradient_norm: f64,
    vector_norm: f64,
    learning_rate: f64,
    seconds: f64,
}

impl From<Row> for StepPoint {
    fn from(row: Row) -> Self {
        Self {
            step: row.step,
            sign: row.sign,
            loss: row.loss,
            margin: row.margin,
            gradient_norm: row.gradient_norm,
            vector_norm: row.vector_norm,
            learning_rate: row.learning_rate,
            seconds: row.seconds,
        }
    }
}

/// A run's steps, in order.
pub(crate) async fn list(db: impl SqliteExecutor<'_>, run: Id) -> Result<Vec<StepPoint>, Error> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM steps WHERE run = ? ORDER BY step").bind(run).fetch_all(db).await?;
    Ok(rows.into_iter().map(StepPoint::from).collect())
}

/// Adds steps.
pub(crate) async fn insert(db: &mut SqliteConnection, run: Id, steps: &[StepPoint]) -> Result<(), Error> {
    for step in steps {
        sqlx::query(
            "INSERT INTO steps (run, step, sign, loss, margin, gradient_norm, vector_norm, learning_rate, seconds)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(run)
        .bind(step.step)
        .bind(step.sign)
        .bind(step.loss)
        .bind(step.margin)
        .bind(step.gradient_norm)
        .bind(step.vector_norm)
        .bind(step.learning_rate)
        .bind(step.seconds)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// Removes the steps behind a checkpoint: the run makes them again.
pub(crate) async fn delete_after(db: &mut SqliteConnection, run: Id, step: u32) -> Result<(), Error> {
    sqlx::query("DELETE FROM steps WHERE run = ? AND step > ?").bind(run).bind(step).execute(db).await?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::runs::tests::a_run;
    use crate::store::tests::temporary;

    pub(crate) fn point(step: u32) -> StepPoint {
        let value = 1.0 / f64::from(step);
        StepPoint {
            step,
            sign: -1,
            loss: value,
            margin: -value,
            gradient_norm: value,
            vector_norm: value,
            learning_rate: value,
            seconds: value,
        }
    }

    #[tokio::test]
    async fn steps_come_back_bit_for_bit_and_in_order() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let run = a_run(&mut db).await.id;
        insert(&mut db, run, &[point(3), point(1), point(2)]).await.expect("steps");
        assert_eq!(list(&mut *db, run).await.expect("steps"), [point(1), point(2), point(3)]);
        delete_after(&mut db, run, 1).await.expect("a deletion");
        assert_eq!(list(&mut *db, run).await.expect("steps"), [point(1)]);
    }
}
