//! The points of sweeps.

use ipc::Id;
use ipc::sweep::SweepPoint;
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    multiplier: f64,
    score: f64,
    low: f64,
    high: f64,
    wins: f64,
    pairs: u32,
}

/// A sweep's points, by multiplier.
pub(crate) async fn list(db: impl SqliteExecutor<'_>, sweep: Id) -> Result<Vec<SweepPoint>, Error> {
    let rows: Vec<Row> = sqlx::query_as("SELECT * FROM sweep_points WHERE sweep = ? ORDER BY multiplier")
        .bind(sweep)
        .fetch_all(db)
        .await?;
    let point = |row: Row| SweepPoint {
        multiplier: row.multiplier,
        score: row.score,
        low: row.low,
        high: row.high,
        wins: row.wins,
        pairs: row.pairs,
    };
    Ok(rows.into_iter().map(point).collect())
}

/// Adds a point.
pub(crate) async fn insert(db: &mut SqliteConnection, sweep: Id, point: &SweepPoint) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO sweep_points (sweep, multiplier, score, low, high, wins, pairs) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(sweep)
    .bind(point.multiplier)
    .bind(point.score)
    .bind(point.low)
    .bind(point.high)
    .bind(point.wins)
    .bind(point.pairs)
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::store::sweeps::tests::a_sweep;
    use crate::store::tests::temporary;
    use crate::store::vectors::tests::a_vector;

    pub(crate) fn point(multiplier: f64) -> SweepPoint {
        SweepPoint { multiplier, score: -1.5, low: -2.0, high: -1.0, wins: 0.25, pairs: 2 }
    }

    #[tokio::test]
    async fn points_come_back_by_multiplier() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let sweep = a_sweep(&mut db, &vector).await.id;
        for multiplier in [1.0, -1.0, 0.0] {
            insert(&mut db, sweep, &point(multiplier)).await.expect("a point");
        }
        assert_eq!(list(&mut *db, sweep).await.expect("points"), [point(-1.0), point(0.0), point(1.0)]);
    }
}
