//! Tests distilling through the commands: the job with what is left of the divergence, the adapter in the library, what is
//! refused, and a job that goes on after a pause.

use std::path::Path;

use ipc::bake::Verdict;
use ipc::command::*;
use ipc::distil::{DistilSettings, Distillation};
use ipc::event::Event;
use ipc::job::{Job, JobAction, JobKind, JobState};
use ipc::vector::{Projection, Projections, Vector};

use crate::full_disk::pair;
use crate::support::folder;
use crate::window::Tiller;
use ipc::Id;
use ipc::data::{PairContent, Split};
use ipc::files::FileRef;

fn typed(path: &Path) -> FileRef {
    FileRef::typed(path.display().to_string())
}

/// Opens an application with a tiny model whose vectors cannot be baked, a vector of it, and six pairs.
fn open(folder: &Path) -> (Tiller, Id, Id) {
    let tiller = Tiller::without_model(folder);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families/gemma2.gguf");
    let model = tiller.get(AddModel { file: typed(&path) }).id;
    let set = tiller.get(CreateDataSet { name: "Cats".into(), description: String::new() });
    for number in 0..6 {
        let split = if number < 4 { Split::Train } else { Split::HeldOut };
        let content = PairContent { split, ..pair(&format!("the cat {number}")) };
        tiller.get(AddPair { data_set: set.id, content, after: None });
    }
    let values: Vec<String> = (0..64).map(|i| format!("{}", 0.3 * f64::from(i).sin())).collect();
    let path = folder.join("wealth.json");
    let text = format!("{{\"layer\": 1, \"name\": \"wealth\", \"vector\": [{}]}}", values.join(","));
    std::fs::write(&path, text).expect("a file");
    let vector = tiller.get(ImportVector { file: typed(&path), name: String::new(), layer: None, model }).id;
    (tiller, vector, set.id)
}

fn settings(steps: u32) -> DistilSettings {
    let on: Projections = [Projection::Value, Projection::Down].into_iter().collect();
    DistilSettings { on, rank: 4, steps, learning_rate: 0.01, ..DistilSettings::default() }
}

/// Waits until a job is done. Returns what it has found, and the adapter.
fn done(tiller: &Tiller, count: usize, job: &Job) -> (Distillation, Vector) {
    let found = tiller.wait_for_after(count, |event| match event {
        Event::Distillation(found) if found.job == job.id && found.state == JobState::Done => {
            Some(found.clone())
        }
        Event::Job(now) if now.id == job.id && matches!(now.state, JobState::Failed { .. }) => {
            panic!("{now:?}")
        }
        _ => None,
    });
    let made = found.made.expect("an adapter");
    let adapter = tiller.wait_for_after(count, |event| match event {
        Event::Vector(vector) if vector.id == made => Some(vector.clone()),
        _ => None,
    });
    (found, adapter)
}

#[test]
fn a_steered_model_is_distilled_into_an_adapter_of_the_library() {
    let dir = folder();
    let (tiller, vector, data_set) = open(dir.path());
    let request = StartDistil { vector, multiplier: 1.0, data_set, settings: settings(30) };
    let refusal = |request: StartDistil| tiller.call(request).expect_err("it cannot be").message;
    assert!(refusal(StartDistil { multiplier: 0.0, ..request.clone() }).contains("nothing steers"));
    let none = DistilSettings { on: Projections::from(vec![]), ..settings(30) };
    assert!(refusal(StartDistil { settings: none, ..request.clone() }).contains("at least one projection"));
    let idle = DistilSettings { steps: 0, ..settings(30) };
    assert!(refusal(StartDistil { settings: idle, ..request.clone() }).contains("at least 1"));

    let count = tiller.events().len();
    let job = tiller.get(request.clone());
    assert!(matches!(job.kind, JobKind::Distil { .. }) && job.title.contains("wealth"), "{job:?}");
    let (found, adapter) = done(&tiller, count, &job);
    let left = found.found.expect("a measurement");
    assert!(left.before > left.left && left.low <= left.left && left.left <= left.high, "{left:?}");
    let proof = found.proof.as_ref().expect("a proof");
    assert!(proof.verdict == Verdict::NotExact && proof.logit_gap.is_some_and(|gap| gap > 0.0), "{proof:?}");
    let sizes = adapter.adapter.expect("an adapter");
    assert_eq!((sizes.rank, sizes.on), (4, settings(30).on));
    assert_eq!((adapter.name.as_str(), adapter.note), ("wealth \u{d7} 1 distilled", left.text()));
    assert_eq!(tiller.get(ListDistillations { vector }), [found]);
    let refused = refusal(StartDistil { vector: adapter.id, ..request.clone() });
    assert!(refused.contains("is an adapter already"), "{refused}");
    // It goes to llama.cpp and to peft from there.
    for name in ["lora.gguf", "adapter_model.safetensors"] {
        let file = typed(&dir.path().join(name));
        tiller.get(ExportVector { vector: adapter.id, file, replace: false, prove: false });
    }

    // A job that is paused at some step ends in the same bits.
    let count = tiller.events().len();
    let job = tiller.get(request);
    tiller.wait_for_after(count, |event| match event {
        Event::Job(now) if now.id == job.id && now.state == JobState::Running => Some(()),
        _ => None,
    });
    tiller.get(ControlJob { job: job.id, action: JobAction::Pause });
    tiller.wait_for_after(count, |event| match event {
        Event::Job(now) if now.id == job.id => {
            (now.state == JobState::Paused || now.state == JobState::Done).then_some(())
        }
        _ => None,
    });
    tiller.get(ControlJob { job: job.id, action: JobAction::Resume });
    let (_, again) = done(&tiller, count, &job);
    assert_eq!(again.hash, adapter.hash);
}
