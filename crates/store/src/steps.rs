//! Stores the measurements of a run's optimizer steps.

use ipc::Id;
use ipc::train::{Side, StepPoint};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;
use crate::json::{from_json, to_json};

#[derive(sqlx::FromRow)]
struct Row {
    step: u32,
    sign: i8,
    loss: f64,
    margin: f64,
    sign_accuracy: Option<f64>,
    plus_side: Option<String>,
    minus_side: Option<String>,
    gradient_norm: f64,
    vector_norm: f64,
    learning_rate: f64,
    tokens: u32,
    seconds: f64,
}

impl TryFrom<Row> for StepPoint {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let side = |json: Option<String>| json.map(|json| from_json("side of a step", &json)).transpose();
        Ok(Self {
            step: row.step,
            sign: row.sign,
            loss: row.loss,
            margin: row.margin,
            sign_accuracy: row.sign_accuracy,
            plus: side(row.plus_side)?,
            minus: side(row.minus_side)?,
            gradient_norm: row.gradient_norm,
            vector_norm: row.vector_norm,
            learning_rate: row.learning_rate,
            tokens: row.tokens,
            seconds: row.seconds,
        })
    }
}

/// Returns a run's steps, in order.
pub async fn list(db: impl SqliteExecutor<'_>, run: Id) -> Result<Vec<StepPoint>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT * FROM steps WHERE run = ? ORDER BY step").bind(run).fetch_all(db).await?;
    rows.into_iter().map(StepPoint::try_from).collect()
}

/// Adds steps.
pub async fn insert(db: &mut SqliteConnection, run: Id, steps: &[StepPoint]) -> Result<(), StoreError> {
    for step in steps {
        sqlx::query(
            "INSERT INTO steps (run, step, sign, loss, margin, sign_accuracy, plus_side, minus_side, gradient_norm, vector_norm,
                learning_rate, tokens, seconds)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(run)
        .bind(step.step)
        .bind(step.sign)
        .bind(step.loss)
        .bind(step.margin)
        .bind(step.sign_accuracy)
        .bind(side(step.plus.as_ref())?)
        .bind(side(step.minus.as_ref())?)
        .bind(step.gradient_norm)
        .bind(step.vector_norm)
        .bind(step.learning_rate)
        .bind(step.tokens)
        .bind(step.seconds)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

fn side(side: Option<&Side>) -> Result<Option<String>, StoreError> {
    side.map(|side| to_json("side of a step", side)).transpose()
}

/// Deletes the steps behind a checkpoint, which the run makes again.
pub async fn delete_after(db: &mut SqliteConnection, run: Id, step: u32) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM steps WHERE run = ? AND step > ?").bind(run).bind(step).execute(db).await?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::runs::tests::a_run;
    use crate::tests::temporary;

    pub(crate) fn point(step: u32) -> StepPoint {
        let value = 1.0 / f64::from(step);
        StepPoint {
            step,
            sign: -1,
            loss: value,
            margin: -value,
            sign_accuracy: Some(0.5),
            plus: None,
            minus: Some(Side { loss: value, margin: -value }),
            tokens: 700,
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
