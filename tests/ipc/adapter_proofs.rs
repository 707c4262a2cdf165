//! Tests the proof of an adapter's exported file through the commands: the job and what lies beside the file, a file that is
//! another adapter, and jobs that were killed or stopped.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ipc::Id;
use ipc::bake::{Bake, BakedCopy, Proof, Verdict};
use ipc::command::*;
use ipc::event::Event;
use ipc::job::{JobAction, JobState};
use ipc::vector::{Projections, Vector};
use vectors::adapter::Adapter;
use vectors::files::{AdapterFile, GgufTarget, Provenance};
use vectors::model::Model;

use crate::baking::{add, change, family, names, typed};
use crate::support::folder;
use crate::window::Tiller;

/// Makes an adapter of the tiny model.
fn adapter_file(alpha: f32) -> AdapterFile {
    let model = Model::open(family("llama.gguf")).load().expect("the model");
    let shape = model.adapter_shape_on(2, Projections::all());
    let values = (0..shape.numbers()).map(|at| (0.2 * (0.7 * at as f64).sin()) as f32).collect();
    let adapter = Arc::new(Adapter::new(shape, alpha, values).expect("an adapter"));
    let provenance = Provenance { name: Some("wealth".into()), ..Provenance::default() };
    AdapterFile { adapter, provenance, notes: vec![] }
}

/// Opens an application with the tiny model and an adapter of it.
fn open(folder: &Path) -> (Tiller, Vector) {
    let tiller = Tiller::without_model(folder);
    let model = add(&tiller, "llama.gguf");
    let path = folder.join("given.safetensors");
    adapter_file(4.0).write(&path).expect("a file");
    let import = ImportVector { file: typed(&path), name: "wealth".into(), layer: None, model };
    let adapter = tiller.get(import);
    assert!(adapter.adapter.is_some(), "{adapter:?}");
    (tiller, adapter)
}

fn export(adapter: &Vector, path: &Path, replace: bool) -> ExportVector {
    ExportVector { vector: adapter.id, file: typed(path), replace, prove: true }
}

/// Waits until a job is over. Returns its row.
fn ended(tiller: &Tiller, count: usize, job: Id) -> Bake {
    tiller.wait_for_after(count, |event| match event {
        Event::Bake(bake) if bake.job == job && bake.state.is_over() => Some(bake.clone()),
        _ => None,
    })
}

/// Exports an adapter, and waits for the end of its proof.
fn exported(tiller: &Tiller, request: ExportVector) -> Bake {
    let count = tiller.events().len();
    let exported = tiller.get(request);
    assert!(exported.unproved.is_none(), "{exported:?}");
    ended(tiller, count, exported.proof.expect("a job"))
}

/// Returns the proof of a job that has ended well.
fn proof(bake: &Bake) -> &Proof {
    assert_eq!(bake.state, JobState::Done);
    match bake.copies.as_slice() {
        [BakedCopy { proof: Some(proof), .. }] => proof,
        _ => panic!("{bake:?}"),
    }
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a proof")).expect("JSON")
}

#[test]
fn the_file_of_an_adapter_is_loaded_again_and_proved() {
    let dir = folder();
    let (tiller, adapter) = open(dir.path());
    let out = dir.path().join("out");
    fs::create_dir(&out).expect("a folder");
    let files = [
        ("lora.gguf", "lora.proof.json"),
        ("adapter_model.safetensors", "adapter_model.safetensors.proof.json"),
    ];
    for (name, beside) in files {
        let bake = exported(&tiller, export(&adapter, &out.join(name), false));
        let Proof { verdict, logit_gap, same_answers, .. } = proof(&bake);
        assert_eq!((*verdict, *logit_gap, *same_answers), (Verdict::Identical, Some(0.0), 16), "{name}");
        let beside = json(&out.join(beside));
        let said = ["file", "adapter", "source", "verdict"].map(|key| beside[key].as_str());
        assert_eq!(said, [name, "wealth", "llama.gguf", "identical"].map(Some));
        assert!(!beside.to_string().contains(&*dir.path().to_string_lossy()), "no folder of this machine");
    }
    let there = [
        "adapter_config.json",
        "adapter_model.safetensors",
        "adapter_model.safetensors.proof.json",
        "lora.gguf",
        "lora.proof.json",
    ];
    assert_eq!(names(&out), there);
    assert_eq!(tiller.get(ListBakes { vector: adapter.id }).len(), 2);

    // The proof of a file that is gone is in the way, and is replaced with the file.
    fs::remove_file(out.join("lora.gguf")).expect("the file");
    let refused = tiller.call(export(&adapter, &out.join("lora.gguf"), false)).expect_err("a proof is there");
    assert!(refused.message.contains("lora.proof.json"), "{refused:?}");
    assert!(!out.join("lora.gguf").exists());
    let again = exported(&tiller, export(&adapter, &out.join("lora.gguf"), true));
    assert_eq!(proof(&again).verdict, Verdict::Identical);
    assert_eq!(names(&out), there);
    // Without being asked for, nothing is proved.
    let plain = ExportVector { prove: false, ..export(&adapter, &dir.path().join("plain.gguf"), false) };
    assert_eq!(tiller.get(plain).proof, None);
}

#[test]
fn a_file_that_is_another_adapter_is_not_called_exact_and_every_file_stays() {
    let dir = folder();
    let (tiller, adapter) = open(dir.path());
    let (data, path) = (dir.path().join("data"), dir.path().join("lora.gguf"));
    let beside = dir.path().join("lora.proof.json");
    let bake = exported(&tiller, export(&adapter, &path, false));
    drop(tiller);

    // A process that was killed before the proof leaves this; meanwhile another adapter has come to the place.
    let kill = || {
        let unproved = "UPDATE bakes SET copies = json_set(copies, '$[0].proof', NULL)";
        change(&data, &format!("{unproved} WHERE id = {}", bake.id));
        change(&data, &format!("UPDATE jobs SET state = 'running' WHERE id = {}", bake.job));
        fs::remove_file(&beside).expect("the proof");
    };
    let control = |action: JobAction| {
        let tiller = Tiller::without_model(dir.path());
        let count = tiller.events().len();
        tiller.get(ControlJob { job: bake.job, action });
        ended(&tiller, count, bake.job)
    };
    kill();
    let target = GgufTarget::open(&family("llama.gguf")).expect("the model");
    adapter_file(40.0).write_gguf(&path, &target, true).expect("a file");
    let again = control(JobAction::Resume);
    assert_eq!(proof(&again).verdict, Verdict::NotExact);
    assert_eq!((&json(&beside)["verdict"], path.exists()), (&"not_exact".into(), true));

    kill();
    let stopped = control(JobAction::Stop);
    assert_eq!((&stopped.state, stopped.copies[0].proof.as_ref()), (&JobState::Stopped, None));
    assert!(path.exists() && !beside.exists(), "the file was there before the job");

    change(&data, &format!("UPDATE jobs SET state = 'running' WHERE id = {}", bake.job));
    fs::remove_file(&path).expect("the file");
    match control(JobAction::Resume).state {
        JobState::Failed { failure } => {
            assert!(failure.message.contains("cannot be read again"), "{failure:?}");
        }
        state => panic!("{state:?}"),
    }
    assert!(!beside.exists());
}
