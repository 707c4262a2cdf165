//! Tests the transfer of a vector to a model of another hidden size through the commands: refusals, the job and its result,
//! a sweep on the other model, and jobs that are stopped, interrupted and resumed.

use std::path::Path;

use crate::support::{folder, own, sweep_of};
use crate::window::Tiller;
use ipc::command::*;
use ipc::data::{PairContent, Split};
use ipc::derive::same_depth;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::{Job, JobAction, JobKind, JobState};
use ipc::steering::{Intervention, InterventionOp, Positions};
use ipc::vector::Vector;
use ipc::{Code, Id};
use vectors::files::{Provenance, VectorFile};
use vectors::steering::SteeringVector;

fn waves(layer: usize, scale: f32) -> SteeringVector {
    SteeringVector { layer, values: (0..576).map(|i| scale * (i as f32).sin()).collect() }
}

fn import(tiller: &Tiller, folder: &Path, model: Id, name: &str, parts: Vec<SteeringVector>) -> Vector {
    let path = folder.join(format!("{name}.json"));
    let provenance = Provenance { model: Some("SmolLM2".into()), ..Provenance::default() };
    VectorFile::new(parts, provenance).expect("vectors").write(&path).expect("a file");
    tiller.get(ImportVector {
        file: FileRef::typed(path.display().to_string()),
        name: name.into(),
        layer: None,
        model,
    })
}

/// Makes pairs that fit into the short context of a tiny model.
fn short_pairs(tiller: &Tiller) -> Id {
    let set = tiller.get(CreateDataSet { name: "猫".into(), description: String::new() });
    for number in 0..8 {
        let content = PairContent {
            prompt: format!("the cat {number} 🙂"),
            wanted: "sat on the mat".into(),
            opposite: "ran to the dog".into(),
            split: if number < 4 { Split::Train } else { Split::HeldOut },
            ..PairContent::default()
        };
        tiller.get(AddPair { data_set: set.id, content, after: None });
    }
    set.id
}

fn tiny(tiller: &Tiller) -> Id {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/llama.gguf");
    tiller.get(AddModel { file: FileRef::typed(path.display().to_string()) }).id
}

/// Waits until a job reaches this state.
fn wait(tiller: &Tiller, count: usize, job: &Job, state: &JobState) {
    tiller.wait_for_after(count, |event| match event {
        Event::Job(now) if now.id == job.id && now.state == *state => Some(()),
        Event::Job(now) if now.id == job.id && now.state.is_over() => panic!("{now:?}"),
        _ => None,
    });
}

fn transferred(tiller: &Tiller, from: &Vector) -> Vec<Vector> {
    let is_of = |vector: &Vector| {
        vector.derivation.as_ref().is_some_and(|made| made.map.is_some() && made.from[0].vector == from.id)
    };
    tiller.watch_again().vectors.into_iter().filter(is_of).collect()
}

#[test]
fn a_vector_is_transferred_to_a_model_of_another_size_and_swept_there() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let model = picture.models[0].id;
    let vector = import(&tiller, dir.path(), model, "v", vec![waves(14, 0.5)]);
    let (other, set) = (tiny(&tiller), short_pairs(&tiller));
    let blocks = tiller
        .watch_again()
        .models
        .iter()
        .find(|known| known.id == other)
        .and_then(|known| known.facts.clone());
    let blocks = blocks.expect("a header").blocks;
    let layer = same_depth(vector.layer, 30, blocks);
    let request =
        TransferVector { vector: vector.id, from_layer: None, model: other, layer, data_set: Some(set) };

    // Requests that must fail.
    let refusal = |request: TransferVector| tiller.call(request).expect_err("it cannot be").message;
    assert!(refusal(TransferVector { layer: 99, ..request.clone() }).contains("and no 99"));
    assert!(refusal(TransferVector { model, ..request.clone() }).contains("already"));
    assert!(
        refusal(TransferVector { from_layer: Some(3), ..request.clone() }).contains("no part at layer 3")
    );
    let several = import(&tiller, dir.path(), model, "several", vec![waves(3, 0.5), waves(14, 0.5)]);
    assert!(refusal(TransferVector { vector: several.id, ..request.clone() }).contains("3, 14"));
    let intervention = Intervention { positions: Positions::Everywhere, op: InterventionOp::Cap { at: 1.0 } };
    tiller.get(SetIntervention { vector: several.id, intervention });
    let capped = TransferVector { vector: several.id, from_layer: Some(14), ..request.clone() };
    assert!(refusal(capped).contains("caps"));
    let gone = tiller.call(TransferVector { vector: 999, ..request.clone() }).expect_err("no such vector");
    assert_eq!(gone.code, Code::NotFound);

    let count = tiller.events().len();
    let job = tiller.get(request.clone());
    assert!(matches!(job.kind, JobKind::Transfer { .. }) && job.title.contains("llama"), "{job:?}");
    wait(&tiller, count, &job, &JobState::Done);
    let made = tiller.wait_for_after(count, |event| match event {
        Event::Vector(made) if made.model == other => Some(made.clone()),
        _ => None,
    });
    assert_eq!(
        (made.size, made.layers.as_slice(), made.intervention),
        (64, &[layer][..], vector.intervention)
    );
    let how = made.derivation.clone().expect("how it was made");
    let map = how.map.clone().expect("a map");
    assert!(how.is_transfer() && how.description().contains("experimental"), "{}", how.description());
    assert_eq!((map.from_layer, map.layer, &how.from[0].hash), (14, layer, &vector.hash));
    assert!(map.texts.contains("猫") && map.data_hash.is_some() && map.from_fingerprint.is_some());
    assert!(map.rows > 300 && map.rows <= 4_000 && map.r_squared > map.shuffled_r_squared, "{map:?}");
    // The new vector has the same norm relative to the residual stream of its model.
    let shares = [vector.norm / map.from_norm, made.norm / map.norm];
    assert!((shares[0] / shares[1] - 1.0).abs() < 1e-5, "{shares:?}");
    assert_eq!(made.residual_norm, Some(map.norm));

    // The exported file records the source model.
    let path = dir.path().join("transferred.safetensors");
    tiller.get(ExportVector {
        vector: made.id,
        file: FileRef::typed(path.display().to_string()),
        replace: false,
        prove: false,
    });
    let file = VectorFile::read(&path, None).expect("the file").provenance;
    let from = file.made_from.expect("how it was made");
    assert!(
        from.contains(&vector.hash) && from.contains("(experimental)") && from.contains("R\u{b2}"),
        "{from}"
    );
    assert!(file.model.is_some_and(|name| name.contains("llama")), "the file's own model is named");

    // A sweep of the new vector works.
    let settings = sweep_of(made.id, set, &[-1.0, 0.0, 1.0]);
    let sweep = tiller.get(StartSweep { model: 0, settings });
    assert_eq!(sweep.model, other);
    let points = tiller.wait_for_after(count, |event| match event {
        Event::Sweep(now) if now.id == sweep.id && now.state == JobState::Done => Some(now.points.clone()),
        Event::Job(now) if now.id == sweep.job && matches!(now.state, JobState::Failed { .. }) => {
            panic!("{now:?}")
        }
        _ => None,
    });
    assert!(points.len() == 3 && points[0].value.to_bits() != points[2].value.to_bits());

    // A second transfer gives the same numbers, and the neutral text alone gives others.
    let count = tiller.events().len();
    let again = tiller.get(request.clone());
    wait(&tiller, count, &again, &JobState::Done);
    let alone = tiller.get(TransferVector { data_set: None, ..request });
    wait(&tiller, count, &alone, &JobState::Done);
    let all = transferred(&tiller, &vector);
    assert_eq!((all.len(), &all[1].hash), (3, &made.hash));
    assert!(
        all[0].hash != made.hash
            && all[0].derivation.as_ref().is_some_and(|made| {
                made.map
                    .as_ref()
                    .is_some_and(|map| map.data_hash.is_none() && map.texts == "the neutral text")
            })
    );
    tiller.get(DeleteVector { vector: vector.id });
    assert_eq!(own(&tiller.watch_again().vectors).len(), 4, "what was transferred stays");
}

#[test]
fn a_transfer_is_paused_stopped_and_resumed_after_the_application_ended() {
    let dir = folder();
    let data = dir.path().join("data");
    let (tiller, picture) = Tiller::ready(&data);
    let model = picture.models[0].id;
    // Enough rows for a phase that can be stopped.
    tiller.keep_pairs(1, 12, 4);
    let vector = import(&tiller, dir.path(), model, "v", vec![waves(14, 0.5)]);
    let other = tiny(&tiller);
    let request = |layer| TransferVector {
        vector: vector.id,
        from_layer: None,
        model: other,
        layer,
        data_set: Some(1),
    };
    // A repeated request returns the running job, and another request is queued.
    let count = tiller.events().len();
    let job = tiller.get(request(0));
    assert_eq!(tiller.get(request(0)).id, job.id);
    let second = tiller.get(request(1));
    tiller.wait_for_after(count, |event| match event {
        Event::Job(now) if now.id == job.id && now.progress.unit == "row" => Some(()),
        _ => None,
    });
    let running =
        tiller.call(DeleteVector { vector: vector.id }).expect_err("it is being transferred").message;
    assert!(running.contains("being transferred"), "{running}");
    let used =
        tiller.call(ForgetModel { model: other, delete_file: false }).expect_err("it is needed").message;
    assert!(used.contains("needs this model"), "{used}");
    let set = tiller.call(DeleteDataSet { data_set: 1 }).expect_err("it is read").message;
    assert!(set.contains("Transferring"), "{set}");
    tiller.get(ControlJob { job: second.id, action: JobAction::Stop });
    tiller.get(ControlJob { job: job.id, action: JobAction::Pause });
    wait(&tiller, count, &job, &JobState::Paused);
    assert!(transferred(&tiller, &vector).is_empty());
    drop(tiller);

    let (tiller, picture) = Tiller::ready(&data);
    assert_eq!(
        picture.jobs.iter().map(|open| (open.id, &open.state)).collect::<Vec<_>>(),
        [(job.id, &JobState::Paused)]
    );
    let count = tiller.events().len();
    tiller.get(ControlJob { job: job.id, action: JobAction::Resume });
    wait(&tiller, count, &job, &JobState::Done);
    let made = transferred(&tiller, &vector);
    assert_eq!((made.len(), made[0].layers.as_slice()), (1, &[0][..]));

    // A job that is stopped while it runs makes no vector.
    let count = tiller.events().len();
    let job = tiller.get(request(1));
    tiller.wait_for_after(count, |event| match event {
        Event::Job(now) if now.id == job.id && now.progress.unit == "row" => Some(()),
        _ => None,
    });
    tiller.get(ControlJob { job: job.id, action: JobAction::Stop });
    wait(&tiller, count, &job, &JobState::Stopped);
    assert_eq!(transferred(&tiller, &vector).len(), 1);
}
