//! Finds positions for new or moved pairs between the pairs of a data set.

use ipc::Id;
use ipc::data::Pair;
use sqlx::SqliteConnection;

use super::edits::Step;
use super::pairs;
use crate::StoreError;

/// Says where new or moved pairs go in the order of a data set's pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insertion {
    /// Directly before this pair.
    Before(Id),
    /// Directly after this pair.
    After(Id),
    /// After all pairs.
    Last,
}

/// The least distance between two pairs' positions; multiples of it are exact in JSON, too.
const LEAST: f64 = 1.0 / (1 << 24) as f64;

/// Returns `count` ascending positions at an insertion point. Where the gap there is too narrow, all pairs of the data set are
/// renumbered, and the renumbering becomes a part of the step.
pub async fn positions(
    db: &mut SqliteConnection,
    data_set: Id,
    insertion: Insertion,
    count: usize,
    step: &mut Step,
) -> Result<Vec<f64>, StoreError> {
    if let Some(positions) = between(gap(db, data_set, insertion).await?, count) {
        return Ok(positions);
    }
    count_anew(db, data_set, step).await?;
    let gap = gap(db, data_set, insertion).await?;
    // After renumbering, a million pairs fit into a gap of one.
    between(gap, count).ok_or_else(|| StoreError::Crowded)
}

/// Returns the positions on both sides of an insertion point; `None` where no pair is on that side.
async fn gap(
    db: &mut SqliteConnection,
    data_set: Id,
    insertion: Insertion,
) -> Result<(Option<f64>, Option<f64>), StoreError> {
    let last = "SELECT max(position) FROM pairs WHERE data_set = ?";
    let previous = "SELECT position FROM pairs WHERE data_set = ? AND (position, id) < (?, ?) ORDER BY position DESC, id DESC LIMIT 1";
    let next = "SELECT position FROM pairs WHERE data_set = ? AND (position, id) > (?, ?) ORDER BY position, id LIMIT 1";
    let (id, query) = match insertion {
        Insertion::Last => {
            return Ok((sqlx::query_scalar(last).bind(data_set).fetch_one(&mut *db).await?, None));
        }
        Insertion::Before(id) => (id, previous),
        Insertion::After(id) => (id, next),
    };
    let here: Option<f64> = sqlx::query_scalar("SELECT position FROM pairs WHERE id = ? AND data_set = ?")
        .bind(id)
        .bind(data_set)
        .fetch_optional(&mut *db)
        .await?;
    let here = here.ok_or(StoreError::Gone("pair"))?;
    let other = sqlx::query_scalar(query).bind(data_set).bind(here).bind(id).fetch_optional(&mut *db).await?;
    Ok(if matches!(insertion, Insertion::Before(_)) { (other, Some(here)) } else { (Some(here), other) })
}

/// Returns positions that are spread over a gap; `None` where it is too narrow.
fn between(gap: (Option<f64>, Option<f64>), count: usize) -> Option<Vec<f64>> {
    let (from, distance) = match gap {
        (Some(from), Some(to)) => (from, (to - from) / (count + 1) as f64),
        (Some(from), None) => (from.floor(), 1.0),
        (None, Some(to)) => (to.ceil() - (count + 1) as f64, 1.0),
        (None, None) => (0.0, 1.0),
    };
    (distance >= LEAST).then(|| (1..=count).map(|number| from + distance * number as f64).collect())
}

async fn count_anew(db: &mut SqliteConnection, data_set: Id, step: &mut Step) -> Result<(), StoreError> {
    let before = pairs::list(&mut *db, data_set).await?;
    let mut moved = Vec::<Pair>::with_capacity(before.len());
    for (number, pair) in before.into_iter().enumerate() {
        let after = Pair { position: number as f64 + 1.0, ..pair.clone() };
        if after.position.to_bits() != pair.position.to_bits() {
            step.changed(&pair, &after)?;
            moved.push(after);
        }
    }
    pairs::put_all(db, &moved).await
}

#[cfg(test)]
mod tests {
    use ipc::data::{PairContent, Split};

    use super::*;
    use crate::data_sets::tests::filled;
    use crate::tests::temporary;

    #[tokio::test]
    async fn a_pair_finds_its_place_however_often_one_is_added_there() {
        let (store, _dir) = temporary().await;
        let mut db = store.begin().await.expect("a change");
        let set = filled(&mut db, &[Split::Train, Split::Train]).await;
        let first = pairs::list(&mut *db, set).await.expect("pairs")[0].id;
        let mut expected = vec![];
        for _ in 0..120 {
            let mut step = Step::new("Add a pair");
            let free = positions(&mut db, set, Insertion::After(first), 1, &mut step).await.expect("a place");
            let id = pairs::insert(&mut db, set, free[0], &PairContent::default(), 1).await.expect("a pair");
            expected.insert(0, id);
        }
        let all = pairs::list(&mut *db, set).await.expect("pairs");
        let ids: Vec<Id> = all.iter().map(|pair| pair.id).collect();
        assert_eq!(ids[1..121], expected, "each went right behind the first pair");
        for (insertion, is_outside) in [
            (Insertion::Last, (|end: f64, other: f64| other < end) as fn(f64, f64) -> bool),
            (Insertion::Before(first), |end, other| end < other),
        ] {
            let mut step = Step::new("Add pairs");
            let ends = positions(&mut db, set, insertion, 3, &mut step).await.expect("places");
            assert!(ends.is_sorted() && ends.len() == 3);
            assert!(ends.iter().all(|end| all.iter().all(|pair| is_outside(*end, pair.position))));
        }
        let [.., previous, last] = all.as_slice() else { panic!("there are 122 pairs") };
        let here = positions(&mut db, set, Insertion::Before(last.id), 1, &mut Step::new("Add a pair")).await;
        let here = here.expect("a place")[0];
        assert!(previous.position < here && here < last.position);
        let gone = positions(&mut db, set, Insertion::After(9999), 1, &mut Step::new("Add a pair")).await;
        assert!(matches!(gone, Err(StoreError::Gone("pair"))));
    }

    #[test]
    fn a_narrow_gap_has_no_place() {
        assert_eq!(between((Some(1.0), Some(2.0)), 3), Some(vec![1.25, 1.5, 1.75]));
        assert_eq!(between((Some(1.0), Some(1.0)), 1), None);
        assert_eq!(between((Some(1.5), None), 2), Some(vec![2.0, 3.0]));
        assert_eq!(between((None, Some(0.5)), 2), Some(vec![-1.0, 0.0]));
        assert_eq!(between((None, None), 2), Some(vec![1.0, 2.0]));
    }
}
