//! Tests the table of vectors, and makes a vector for other tests.

use ipc::steering::{InterventionOp, Positions};

use super::*;
use crate::origins::{origin, system_prompt};
use crate::runs::tests::a_run;
use crate::tests::temporary;
use crate::{runs, sweeps};

/// Adds a vector from a new run.
pub(crate) async fn a_vector(db: &mut SqliteConnection) -> Vector {
    let run = a_run(db).await;
    let snapshot = runs::snapshot(&mut *db, run.id).await.expect("a snapshot");
    let new = NewVector {
        project: 1,
        name: "V",
        method: Some(run.settings.method),
        layers: &run.settings.layers,
        adapter: None,
        intervention: Intervention::default(),
        values: &[3.0, 4.0],
        norm: 5.0,
        residual_norm: Some(150.0),
        model: run.model,
        model_fingerprint: Some("ab"),
        run: Some(run.id),
        epoch: None,
        data_set: Some(run.data_set),
        snapshot: Some(&snapshot),
        settings: Some(&run.settings),
        steps: 6,
        provenance: None,
        derivation: None,
    };
    let id = insert(db, &new, 1).await.expect("a vector");
    find(&mut *db, id).await.expect("the vector")
}

#[tokio::test]
async fn a_vector_is_stored_with_its_numbers() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let vector = a_vector(&mut db).await;
    assert_eq!((vector.size, vector.method, vector.layer), (2, Some(Method::Bipo), 10));
    let kept = steering(&mut *db, vector.id).await.expect("the vector");
    assert_eq!((kept.parts[0].layer, &*kept.parts[0].values), (10, &[3.0, 4.0][..]));
    let run = vector.run.expect("its run");
    assert_eq!(runs::find(&mut *db, run).await.expect("the run").vector, Some(vector.id));
    rename(&mut db, vector.id, "W").await.expect("a new name");
    assert_eq!(find(&mut *db, vector.id).await.expect("the vector").name, "W");
}

#[tokio::test]
async fn a_picked_epoch_of_two_layers_is_read_with_both_and_its_intervention_can_be_set() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let end = a_vector(&mut db).await;
    let new = NewVector {
        project: 1,
        name: "P",
        method: end.method,
        layers: &[3, 5],
        adapter: None,
        intervention: Intervention { positions: Positions::PromptEnd, op: InterventionOp::Add },
        values: &[1.0, 2.0, 3.0, 4.0],
        norm: 5.5,
        residual_norm: None,
        model: end.model,
        model_fingerprint: None,
        run: end.run,
        epoch: Some(2),
        data_set: None,
        snapshot: None,
        settings: None,
        steps: 12,
        provenance: None,
        derivation: None,
    };
    let id = insert(&mut db, &new, 1).await.expect("a second vector of the same run");
    let intervention = Intervention { positions: Positions::Answer, op: InterventionOp::Cap { at: 1.5 } };
    set_intervention(&mut db, id, intervention).await.expect("a change");
    let vector = find(&mut *db, id).await.expect("the vector");
    assert_eq!(
        (vector.layers.as_slice(), vector.size, vector.run, vector.epoch),
        (&[3, 5][..], 2, end.run, Some(2))
    );
    let steering = steering(&mut *db, id).await.expect("the vector");
    assert_eq!(
        (steering.intervention, steering.parts.len(), &*steering.parts[1].values),
        (intervention, 2, &[3.0, 4.0][..])
    );
    let run = runs::find(&mut *db, end.run.expect("its run")).await.expect("the run");
    assert_eq!(run.vector, Some(end.id), "the run's own vector is that of its end");
}

#[tokio::test]
async fn an_imported_vector_keeps_what_its_file_says() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let model = a_vector(&mut db).await.model;
    let provenance = Provenance {
        seed: Some(u64::MAX),
        settings: Some(r#"{"system_prompt": "Be brief."}"#.into()),
        ..Provenance::default()
    };
    let new = NewVector {
        project: 1,
        name: "I",
        method: None,
        layers: &[3],
        adapter: None,
        intervention: Intervention::default(),
        values: &[1.0],
        norm: 1.0,
        residual_norm: None,
        model,
        model_fingerprint: None,
        run: None,
        epoch: None,
        data_set: None,
        snapshot: None,
        settings: None,
        steps: 0,
        provenance: Some(&provenance),
        derivation: None,
    };
    let id = insert(&mut db, &new, 1).await.expect("a vector");
    let vector = find(&mut *db, id).await.expect("the vector");
    assert_eq!((vector.method, vector.residual_norm, vector.run), (None, None, None));
    let origin = origin(&mut *db, id).await.expect("its origin");
    assert_eq!((origin.settings, origin.provenance), (None, Some(provenance)));
    assert_eq!(system_prompt(&mut *db, id).await.expect("a prompt"), "Be brief.");
}

#[tokio::test]
async fn every_vector_has_a_colour_of_its_own_while_there_are_any() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let mut colors = vec![];
    for _ in 0..=COLORS {
        colors.push(a_vector(&mut db).await.color);
    }
    assert_eq!(colors, [0, 1, 2, 3, 4, 5, 6, 0]);
}

#[tokio::test]
async fn deleting_a_vector_takes_its_sweeps_and_keeps_its_run() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let vector = a_vector(&mut db).await;
    sweeps::tests::a_sweep(&mut db, &vector).await;
    delete(&mut db, vector.id).await.expect("a deletion");
    assert_eq!(sweeps::list(&mut db, 1).await.expect("a query"), []);
    let run = runs::find(&mut *db, vector.run.expect("its run")).await.expect("the run is there");
    assert_eq!(run.vector, None);
}

#[tokio::test]
async fn an_adapter_is_stored_as_a_vector_is_and_can_steer_when_read() {
    let (store, _dir) = temporary().await;
    let mut db = store.begin().await.expect("a change");
    let of_model = a_vector(&mut db).await;
    let sizes = Adapter {
        rank: 1,
        alpha: 2.0,
        blocks: 2,
        inputs: 3,
        queries: 2,
        values: 1,
        feed_forward: 0,
        on: ipc::vector::Projections::default(),
    };
    let values: Vec<f32> = (0..sizes.numbers()).map(|at| at as f32).collect();
    let new = NewVector {
        project: 1,
        name: "A",
        method: Some(Method::DpoLora),
        layers: &[],
        adapter: Some(sizes),
        intervention: Intervention::default(),
        values: &values,
        norm: 1.5,
        residual_norm: None,
        model: of_model.model,
        model_fingerprint: None,
        run: of_model.run,
        epoch: Some(1),
        data_set: None,
        snapshot: None,
        settings: None,
        steps: 1,
        provenance: None,
        derivation: None,
    };
    let id = insert(&mut db, &new, 1).await.expect("an adapter");
    let kept = find(&mut *db, id).await.expect("the adapter");
    assert_eq!((kept.adapter, kept.layers.len(), kept.size, kept.residual_norm), (Some(sizes), 0, 3, None));
    let read = steering(&mut *db, id).await.expect("the adapter").adapter.expect("an adapter");
    assert_eq!((read.values(), read.alpha()), (values.as_slice(), 2.0));
    // The vector of its run after another epoch is an adapter of the same sizes.
    let run = of_model.run.expect("its run");
    let earlier: Vec<f32> = values.iter().map(|value| -value).collect();
    crate::epoch_vectors::put(&mut db, run, 2, 3, &earlier).await.expect("kept");
    let term = ipc::steering::SteeringTerm { epoch: Some(2), ..ipc::steering::SteeringTerm::new(id) };
    let epoch = steering_of(&mut db, &term).await.expect("the epoch").adapter.expect("an adapter");
    assert_eq!(epoch.values(), earlier);
}
