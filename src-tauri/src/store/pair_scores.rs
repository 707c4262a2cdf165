//! What each pair contributed to a sweep's point.

use ipc::Id;
use ipc::sweep::PairScore;
use sqlx::SqliteConnection;

use super::{snapshots, sweeps};
use crate::Error;

#[derive(sqlx::FromRow)]
struct Row {
    place: u32,
    wanted_log_prob: f64,
    opposite_log_prob: f64,
    unsteered_margin: Option<f64>,
}

/// Keeps (log pi(wanted), log pi(opposite)) of each pair, in the snapshot's order.
pub(crate) async fn insert(
    db: &mut SqliteConnection,
    sweep: Id,
    multiplier: f64,
    log_probs: impl IntoIterator<Item = (f64, f64)>,
) -> Result<(), Error> {
    for (place, (wanted, opposite)) in (0_u32..).zip(log_probs) {
        sqlx::query(
            "INSERT INTO pair_scores (sweep, multiplier, place, wanted_log_prob, opposite_log_prob) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(sweep)
        .bind(multiplier)
        .bind(place)
        .bind(wanted)
        .bind(opposite)
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

/// What every pair contributed to a point, with the pairs as they were when they were scored.
pub(crate) async fn list(
    db: &mut SqliteConnection,
    sweep: Id,
    multiplier: f64,
) -> Result<Vec<PairScore>, Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT here.place, here.wanted_log_prob, here.opposite_log_prob,
            zero.wanted_log_prob - zero.opposite_log_prob AS unsteered_margin
         FROM pair_scores AS here
         LEFT JOIN pair_scores AS zero ON zero.sweep = here.sweep AND zero.place = here.place AND zero.multiplier = 0.0
         WHERE here.sweep = ? AND here.multiplier = ? ORDER BY here.place",
    )
    .bind(sweep)
    .bind(multiplier)
    .fetch_all(&mut *db)
    .await?;
    let snapshot = sweeps::key(&mut *db, sweep).await?.snapshot;
    let pairs = snapshots::read(db, &snapshot).await?;
    let score = |row: Row| {
        let pair = pairs.get(row.place as usize).cloned().unwrap_or_default();
        PairScore {
            prompt: pair.prompt,
            wanted: pair.wanted,
            opposite: pair.opposite,
            wanted_log_prob: row.wanted_log_prob,
            opposite_log_prob: row.opposite_log_prob,
            unsteered_margin: row.unsteered_margin,
        }
    };
    Ok(rows.into_iter().map(score).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sweep_points::{self, tests::point};
    use crate::store::sweeps::tests::a_sweep;
    use crate::store::tests::temporary;
    use crate::store::vectors::tests::a_vector;

    #[tokio::test]
    async fn the_unsteered_margin_is_there_once_zero_is_swept() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let vector = a_vector(&mut db).await;
        let sweep = a_sweep(&mut db, &vector).await.id;
        sweep_points::insert(&mut db, sweep, &point(1.0)).await.expect("a point");
        insert(&mut db, sweep, 1.0, [(-3.0, -4.0)]).await.expect("scores");
        let scores = list(&mut db, sweep, 1.0).await.expect("scores");
        assert_eq!(
            (scores.len(), scores[0].unsteered_margin, scores[0].prompt.as_str()),
            (1, None, "Prompt 1")
        );
        sweep_points::insert(&mut db, sweep, &point(0.0)).await.expect("a point");
        insert(&mut db, sweep, 0.0, [(-5.0, -3.0)]).await.expect("scores");
        assert_eq!(list(&mut db, sweep, 1.0).await.expect("scores")[0].unsteered_margin, Some(-2.0));
    }
}
