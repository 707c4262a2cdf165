//! Tests of the sweeps' table, and a sweep for the tests of its neighbours.

use ipc::data::{PairContent, Split};
use ipc::score::Score;
use ipc::sweep::{Arm, PromptSet};
use ipc::vector::Vector;

use super::*;
use crate::store::tests::temporary;
use crate::store::vectors::tests::a_vector;
use crate::store::{data_sets, snapshots};

async fn set_of(db: &mut SqliteConnection, data_set: Id) -> KeptSet {
    let contents = measured(&pairs::contents(&mut *db, data_set).await.expect("pairs"), 0);
    let snapshot = Snapshot::of(&contents).expect("a snapshot");
    snapshots::keep(db, &snapshot).await.expect("kept");
    KeptSet { data_set: Some(data_set), snapshot: snapshot.hash }
}

fn settings_of(vector: &Vector) -> SweepSettings {
    SweepSettings {
        arms: vec![Arm { name: "V".into(), ..Arm::vector(vector.id) }],
        multipliers: vec![-1.0, 0.0, 1.0],
        sets: vec![PromptSet::HeldOut { data_set: vector.data_set.expect("its data set"), name: "D".into() }],
        scores: vec![Score::LogOdds],
        ..SweepSettings::default()
    }
}

/// A queued sweep of a vector over -1, 0, 1.
pub(crate) async fn a_sweep(db: &mut SqliteConnection, vector: &Vector) -> Sweep {
    let settings = settings_of(vector);
    let set = set_of(db, settings.sets[0].data_set().expect("a data set")).await;
    models::set_fingerprint(db, vector.model, "ab", "").await.expect("a fingerprint");
    let job = jobs::insert(db, "Sweep", 1).await.expect("a job");
    let id = insert(db, 1, vector.model, job, &settings, &[set], 1).await.expect("a sweep");
    find(db, id).await.expect("the sweep")
}

#[tokio::test]
async fn a_sweep_is_stale_once_a_held_out_pair_or_the_model_has_changed() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let vector = a_vector(&mut db).await;
    let sweep = a_sweep(&mut db, &vector).await;
    assert_eq!((sweep.stale, sweep.expected), (None, 3));
    let data_set = vector.data_set.expect("its data set");
    let content = PairContent { split: Split::Train, ..PairContent::default() };
    pairs::insert(&mut db, data_set, 9.0, &content, 1).await.expect("a pair");
    let stale = async |db: &mut SqliteConnection| find(db, sweep.id).await.expect("it").stale;
    assert_eq!(stale(&mut db).await, None, "a training pair is not measured");
    let content = PairContent { split: Split::HeldOut, ..PairContent::default() };
    let pair = pairs::insert(&mut db, data_set, 9.0, &content, 1).await.expect("a pair");
    assert!(stale(&mut db).await.is_some_and(|why| why.contains("pairs of \u{201c}D\u{201d}")));
    pairs::delete(&mut db, pair).await.expect("a deletion");
    assert_eq!(stale(&mut db).await, None, "the content counts, not the edit");
    models::set_fingerprint(&mut db, vector.model, "cd", "").await.expect("a fingerprint");
    assert!(stale(&mut db).await.is_some_and(|why| why.contains("model")));
}

#[tokio::test]
async fn a_sweep_is_used_again_only_for_the_same_content() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let vector = a_vector(&mut db).await;
    let sweep = a_sweep(&mut db, &vector).await;
    let set = set_of(&mut db, vector.data_set.expect("its data set")).await;
    let other = KeptSet { snapshot: "other".into(), ..set.clone() };
    let found = |found: Result<Option<Id>, Error>| found.expect("a query");
    let settings = settings_of(&vector);
    assert_eq!(found(same(&mut db, vector.model, &settings, &[set.clone()]).await), Some(sweep.id));
    assert_eq!(found(same(&mut db, vector.model, &settings, &[other]).await), None);
    let fewer = SweepSettings { multipliers: vec![0.0], ..settings };
    assert_eq!(found(same(&mut db, vector.model, &fewer, &[set]).await), None);
    assert_eq!(data_sets::list(&mut *db, 1).await.expect("a query").len(), 1);
}

#[tokio::test]
async fn a_sweep_of_two_vectors_outlives_one_of_them() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let (one, other) = (a_vector(&mut db).await, a_vector(&mut db).await);
    let mut settings = settings_of(&one);
    settings.arms.push(Arm { name: "W".into(), ..Arm::vector(other.id) });
    let set = set_of(&mut db, one.data_set.expect("its data set")).await;
    let job = jobs::insert(&mut db, "Sweep", 1).await.expect("a job");
    let id = insert(&mut db, 1, one.model, job, &settings, &[set], 1).await.expect("a sweep");
    vectors::delete(&mut db, one.id).await.expect("a deletion");
    assert!(find(&mut db, id).await.expect("it is there").stale.is_some_and(|why| why.contains("gone")));
    data_sets::delete(&mut db, one.data_set.expect("its data set")).await.expect("a deletion");
    assert!(matches!(find(&mut db, id).await, Err(Error::Gone(_))), "its only set is gone");
}
