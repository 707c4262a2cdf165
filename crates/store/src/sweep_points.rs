//! Stores the points of sweeps.

use ipc::Id;
use ipc::sweep::{Curve, SweepPoint};
use sqlx::{SqliteConnection, SqliteExecutor};

use crate::StoreError;

/// The value of `place` for a score that has texts or questions of its own and no prompt set.
const NO_SET: i64 = -1;

#[derive(sqlx::FromRow)]
struct Row {
    arm: u32,
    place: i64,
    score: u32,
    multiplier: f64,
    value: f64,
    low: f64,
    high: f64,
    count: u32,
    missing: u32,
}

/// The keys of the data that a point was computed from.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MeasurementKeys {
    /// The measurement's key.
    pub measurement: String,
    /// The answers' key, where the score is about answers.
    pub answers: Option<String>,
}

fn place(set: Option<u32>) -> i64 {
    set.map_or(NO_SET, i64::from)
}

/// Returns a sweep's points, curve by curve, each by multiplier.
pub async fn list(db: impl SqliteExecutor<'_>, sweep: Id) -> Result<Vec<SweepPoint>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT arm, place, score, multiplier, value, low, high, count, missing FROM sweep_points
         WHERE sweep = ? ORDER BY arm, place, score, multiplier",
    )
    .bind(sweep)
    .fetch_all(db)
    .await?;
    let point = |row: Row| SweepPoint {
        arm: row.arm,
        set: u32::try_from(row.place).ok(),
        score: row.score,
        multiplier: row.multiplier,
        value: row.value,
        low: row.low,
        high: row.high,
        count: row.count,
        missing: row.missing,
    };
    Ok(rows.into_iter().map(point).collect())
}

/// Adds a point, or replaces it.
pub async fn put(
    db: &mut SqliteConnection,
    sweep: Id,
    point: &SweepPoint,
    keys: &MeasurementKeys,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR REPLACE INTO sweep_points
            (sweep, arm, place, score, multiplier, value, low, high, count, missing, measurement, answers)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(sweep)
    .bind(point.arm)
    .bind(place(point.set))
    .bind(point.score)
    .bind(point.multiplier)
    .bind(point.value)
    .bind(point.low)
    .bind(point.high)
    .bind(point.count)
    .bind(point.missing)
    .bind(&keys.measurement)
    .bind(&keys.answers)
    .execute(db)
    .await?;
    Ok(())
}

/// Returns the keys behind the points of a curve, by multiplier.
pub async fn keys(
    db: impl SqliteExecutor<'_>,
    sweep: Id,
    curve: Curve,
) -> Result<Vec<(f64, MeasurementKeys)>, StoreError> {
    let rows: Vec<(f64, String, Option<String>)> = sqlx::query_as(
        "SELECT multiplier, measurement, answers FROM sweep_points
         WHERE sweep = ? AND arm = ? AND place = ? AND score = ? ORDER BY multiplier",
    )
    .bind(sweep)
    .bind(curve.arm)
    .bind(place(curve.set))
    .bind(curve.score)
    .fetch_all(db)
    .await?;
    let keys = |(multiplier, measurement, answers)| (multiplier, MeasurementKeys { measurement, answers });
    Ok(rows.into_iter().map(keys).collect())
}

/// Returns the points of a sweep that were computed from generated answers, with their keys.
pub async fn answered(
    db: impl SqliteExecutor<'_>,
    sweep: Id,
) -> Result<Vec<(Curve, f64, MeasurementKeys)>, StoreError> {
    let rows: Vec<(u32, i64, u32, f64, String, Option<String>)> = sqlx::query_as(
        "SELECT arm, place, score, multiplier, measurement, answers FROM sweep_points
         WHERE sweep = ? AND answers IS NOT NULL ORDER BY arm, place, score, multiplier",
    )
    .bind(sweep)
    .fetch_all(db)
    .await?;
    let point = |(arm, place, score, multiplier, measurement, answers)| {
        let curve = Curve { arm, set: u32::try_from(place).ok(), score };
        (curve, multiplier, MeasurementKeys { measurement, answers })
    };
    Ok(rows.into_iter().map(point).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::measurements;
    use crate::sweeps::tests::a_sweep;
    use crate::tests::temporary;
    use crate::vectors::tests::a_vector;

    pub(crate) fn point(multiplier: f64) -> SweepPoint {
        SweepPoint {
            arm: 0,
            set: Some(0),
            score: 0,
            multiplier,
            value: -1.5,
            low: -2.0,
            high: -1.0,
            count: 2,
            missing: 0,
        }
    }

    #[tokio::test]
    async fn points_come_back_by_multiplier_and_a_new_one_takes_its_place() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let sweep = a_sweep(&mut db, &vector).await.id;
        measurements::put(&mut db, "m", &[vec![1.0]], 1).await.expect("a measurement");
        let expected = MeasurementKeys { measurement: "m".into(), answers: None };
        for multiplier in [1.0, -1.0, 0.0, 1.0] {
            put(&mut db, sweep, &point(multiplier), &expected).await.expect("a point");
        }
        assert_eq!(list(&mut *db, sweep).await.expect("points"), [point(-1.0), point(0.0), point(1.0)]);
        let own = SweepPoint { set: None, ..point(0.0) };
        put(&mut db, sweep, &own, &expected).await.expect("a point");
        assert_eq!(list(&mut *db, sweep).await.expect("points")[0], own);
        let found = keys(&mut *db, sweep, own.curve()).await.expect("the keys");
        assert_eq!(found, [(0.0, expected)]);
    }
}
