//! Tests the table of sweeps, and makes a sweep for other tests.

use ipc::data::{PairContent, Split};
use ipc::score::Score;
use ipc::sweep::{Arm, PromptSet};
use ipc::vector::Vector;

use super::*;
use crate::tests::temporary;
use crate::vectors::tests::a_vector;
use crate::{data_sets, snapshots};

async fn set_of(db: &mut SqliteConnection, data_set: Id) -> SweepSet {
    let contents = measured(&pairs::contents(&mut *db, data_set).await.expect("pairs"), 0, None);
    let snapshot = Snapshot::new(&contents).expect("a snapshot");
    snapshots::insert(db, &snapshot).await.expect("kept");
    SweepSet { data_set: Some(data_set), snapshot: snapshot.hash }
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

fn new<'a>(vector: &Vector, job: Id, settings: &'a SweepSettings, sets: &'a [SweepSet]) -> NewSweep<'a> {
    NewSweep { project: 1, model: vector.model, identity: Some("ab"), job, settings, sets }
}

/// Adds a queued sweep of a vector over the multipliers -1, 0 and 1.
pub(crate) async fn a_sweep(db: &mut SqliteConnection, vector: &Vector) -> Sweep {
    let settings = settings_of(vector);
    let set = set_of(db, settings.sets[0].data_set().expect("a data set")).await;
    models::set_fingerprint(db, vector.model, "ab", "").await.expect("a fingerprint");
    let job = jobs::insert(db, "Sweep", 1).await.expect("a job");
    let id = insert(db, &new(vector, job, &settings, &[set]), 1).await.expect("a sweep");
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
    let other = SweepSet { snapshot: "other".into(), ..set.clone() };
    let found = |found: Result<Option<Id>, StoreError>| found.expect("a query");
    let settings = settings_of(&vector);
    assert_eq!(
        found(same(&mut db, vector.model, Some("ab"), &settings, std::slice::from_ref(&set)).await),
        Some(sweep.id)
    );
    assert_eq!(found(same(&mut db, vector.model, Some("ab"), &settings, &[other]).await), None);
    let fewer = SweepSettings { multipliers: vec![0.0], ..settings };
    assert_eq!(found(same(&mut db, vector.model, Some("ab"), &fewer, &[set]).await), None);
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
    let id = insert(&mut db, &new(&one, job, &settings, &[set]), 1).await.expect("a sweep");
    vectors::delete(&mut db, one.id).await.expect("a deletion");
    assert!(find(&mut db, id).await.expect("it is there").stale.is_some_and(|why| why.contains("gone")));
    data_sets::delete(&mut db, one.data_set.expect("its data set")).await.expect("a deletion");
    assert!(matches!(find(&mut db, id).await, Err(StoreError::Gone(_))), "its only set is gone");
}

#[tokio::test]
async fn sweeps_of_an_older_store_are_migrated_with_their_points_and_pairs() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("tiller.sqlite");
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true).foreign_keys(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("a database");
    let mut older = sqlx::migrate!("./migrations");
    older.migrations.to_mut().retain(|migration| migration.version < 7);
    older.run(&pool).await.expect("the older schema");
    for statement in [
        "INSERT INTO projects (id, name, app_version, created) VALUES (1, 'P', '0.1.0', 1)",
        "INSERT INTO models (id, name, path, created) VALUES (1, 'M', '/m', 1)",
        "INSERT INTO data_sets (id, project, name, description, created) VALUES (4, 1, 'Set \"one\"', '', 1)",
        "INSERT INTO snapshots (hash, content) VALUES ('s', '[{\"prompt\":\"Q\",\"wanted\":\"W\",\"opposite\":\"O\",\"split\":\"held-out\"}]')",
        "INSERT INTO jobs (id, title, state, progress, turn, created) VALUES (5, 'Sweep', 'done', '{\"phase\":\"\",\"done\":0,\"total\":0,\"unit\":\"\",\"seconds_per_unit\":null,\"seconds_left\":null}', 1, 1)",
        "INSERT INTO vectors (id, project, name, method, layer, numbers, norm, residual_norm, model, settings, steps, seed, app_version, color, created)
            VALUES (6, 1, 'V', 'null', 3, x'0000803f', 1.0, 2.0, 1, 'null', 0, 0, '0.1.0', 2, 1)",
        "INSERT INTO sweeps (id, vector, data_set, job, multipliers, vector_hash, snapshot, system_prompt, model_fingerprint, created)
            VALUES (7, 6, 4, 5, '[-0.5,0.0]', 'h', 's', 'S', 'ab', 9)",
        "INSERT INTO sweep_points (sweep, multiplier, score, low, high, wins, pairs) VALUES (7, -0.5, -1.25, -2.0, -0.5, 0.25, 1)",
        "INSERT INTO pair_scores (sweep, multiplier, place, wanted_log_prob, opposite_log_prob) VALUES (7, -0.5, 0, -3.0, -1.75)",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
    pool.close().await;

    let store = super::super::Store::open(&file).await.expect("it is brought to this schema");
    let mut db = store.begin().await.expect("a change");
    let sweep = find(&mut db, 7).await.expect("the sweep");
    assert_eq!((sweep.job, sweep.model, sweep.created), (5, 1, 9));
    assert_eq!((sweep.settings.arms[0].name.as_str(), sweep.settings.arms[0].color), ("V", 2));
    assert_eq!(
        (sweep.settings.multipliers.as_slice(), sweep.settings.sets[0].name()),
        (&[-0.5, 0.0][..], "Set \"one\"")
    );
    assert_eq!((sweep.points.len(), sweep.points[0].value, sweep.points[0].count), (1, -1.25, 1));
    let behind = sweep_points::keys(&mut *db, 7, sweep.points[0].curve()).await.expect("what is behind");
    let items = measurements::find(&mut *db, &behind[0].1.measurement).await.expect("a query");
    assert_eq!(items, Some(vec![vec![-3.0, -1.75]]));
    let job = jobs::insert(&mut db, "Sweep", 1).await.expect("a job");
    let set = SweepSet { data_set: Some(4), snapshot: "s".into() };
    let new = NewSweep { project: 1, model: 1, identity: None, job, settings: &sweep.settings, sets: &[set] };
    assert_eq!(insert(&mut db, &new, 1).await.expect("a sweep"), 8, "ids are never used twice");
}
