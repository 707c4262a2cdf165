//! Tests adapters (DPO with `LoRA`) through the commands: training, a sweep beside a vector, questions, export, import, and
//! the operations that need a vector and must fail.

use std::collections::BTreeSet;

use crate::chat;
use crate::support::{HELD_OUT_PAIRS, folder, small_run, sweep_of};
use crate::tiny;
use crate::window::Tiller;
use ipc::analysis::{Finding, Question};
use ipc::answer::AnswerEnd;
use ipc::command::*;
use ipc::derive::Change;
use ipc::event::Event;
use ipc::files::FileRef;
use ipc::job::JobState;
use ipc::score::Score;
use ipc::steering::{Intervention, Positions};
use ipc::sweep::{Arm, SteeringTerm, Sweep, SweepPoint, SweepSettings};
use ipc::train::{LoraConfig, Method, Run, TrainSettings, trained_numbers};
use ipc::vector::Vector;
use ipc::{Code, Id};
use vectors::files::{AdapterFile, GgufTarget};

fn settings() -> TrainSettings {
    TrainSettings {
        method: Method::DpoLora,
        learning_rate: 0.005,
        lora: LoraConfig { rank: 2, alpha: 4.0 },
        // An adapter ignores the positions.
        positions: Positions::Answer,
        ..small_run(2)
    }
}

fn train(tiller: &Tiller, model: Id, data_set: Id, settings: TrainSettings) -> (Run, Vector) {
    let run = tiller.get(Train { name: String::new(), model, data_set, settings });
    let vector = tiller.wait_for(|event| match event {
        Event::Vector(vector) if vector.run == Some(run.id) => Some(vector.clone()),
        Event::Job(job) if job.id == run.job && matches!(job.state, JobState::Failed { .. }) => {
            panic!("{job:?}")
        }
        _ => None,
    });
    let run = tiller.wait_for(|event| match event {
        Event::Run(now) if now.id == run.id && now.state == JobState::Done => Some(now.clone()),
        _ => None,
    });
    (run, vector)
}

/// Runs a sweep to its end.
fn sweep(tiller: &Tiller, model: Id, settings: SweepSettings) -> Sweep {
    let sweep = tiller.get(StartSweep { model, settings });
    tiller.wait_for(|event| match event {
        Event::Sweep(now) if now.id == sweep.id && now.state == JobState::Done => Some(now.clone()),
        Event::Job(job) if job.id == sweep.job && matches!(job.state, JobState::Failed { .. }) => {
            panic!("{job:?}")
        }
        _ => None,
    })
}

fn value(swept: &Sweep, arm: u32, score: u32, multiplier: f64) -> f64 {
    let is_it = |point: &&SweepPoint| {
        (point.arm, point.score) == (arm, score) && point.multiplier.total_cmp(&multiplier).is_eq()
    };
    swept.points.iter().find(is_it).expect("a point").value
}

/// Returns the numbers of items behind the points of a score.
fn counts(swept: &Sweep, score: u32) -> BTreeSet<usize> {
    let of_score = swept.points.iter().filter(|point| point.score == score);
    of_score.map(|point| point.count as usize).collect()
}

/// Measures the adapter and the vector on the neutral text and on choices.
fn changes_perplexity(tiller: &Tiller, model: Id, mut settings: SweepSettings) {
    settings.arms.truncate(2);
    let scores = vec![Score::Perplexity, Score::Choice];
    let settings = SweepSettings { scores, multipliers: vec![0.0, 1.0], ..settings };
    let swept = sweep(tiller, model, settings);
    let [plain, other] = [0.0, 1.0].map(|multiplier| value(&swept, 0, 0, multiplier));
    for score in 0..2 {
        let [adapter, vector] = [0, 1].map(|arm| value(&swept, arm, score, 0.0).to_bits());
        assert_eq!(adapter, vector, "score {score} of the plain model");
    }
    assert!(other > 1.0 && other.to_bits() != plain.to_bits(), "the adapter acts: {plain}, {other}");
    assert_eq!(counts(&swept, 1), [HELD_OUT_PAIRS].into(), "a limit for answers cuts no choice");
}

#[test]
fn an_adapter_is_trained_and_swept_beside_a_vector() {
    let dir = folder();
    let (tiller, _, model) = tiny::ready(dir.path(), tiny::ROOM);
    let data_set = tiny::pairs(&tiller);
    let settings = TrainSettings { layers: vec![0], ..settings() };
    let estimate = tiller.get(EstimateTraining { model, data_set, settings: settings.clone() });
    assert_eq!(estimate.steps, 4);
    let (run, adapter) = train(&tiller, model, data_set, settings);
    assert!(run.name.ends_with(" DPO LoRA") && run.settings.positions == Positions::Everywhere, "{run:?}");
    let facts = tiller.wait_for(|event| match event {
        Event::Model(known) if known.id == model => known.facts.clone(),
        _ => None,
    });
    assert_eq!(trained_numbers(&run.settings, &facts), 2 * 2 * (64 + 64 + 64 + 32));
    let sizes = adapter.adapter.expect("an adapter");
    assert_eq!((sizes.numbers(), sizes.rank, adapter.size), (trained_numbers(&run.settings, &facts), 2, 64));
    assert_eq!(
        (adapter.layers.len(), adapter.residual_norm, adapter.method),
        (0, None, Some(Method::DpoLora))
    );
    assert!(adapter.norm > 0.0);
    let history = tiller.get(ReadHistory { run: run.id });
    assert_eq!((history.steps.len(), history.epochs.len(), history.vectors), (4, 3, vec![1, 2]));
    assert!(history.steps.iter().all(|step| step.sign == 1));
    let end = history.epochs[2];
    assert!(end.plus > end.minus, "{end:?}");

    // One plot shows both, and an epoch of the adapter beside its final state.
    let (_, vector) = train(&tiller, model, data_set, tiny::run(1));
    let epoch = Arm {
        terms: vec![SteeringTerm { epoch: Some(1), ..SteeringTerm::new(adapter.id) }],
        ..Arm::default()
    };
    let multipliers = [-1.0, 0.0, 1.0];
    let asked = SweepSettings {
        arms: vec![Arm::vector(adapter.id), Arm::vector(vector.id), epoch],
        scores: vec![Score::LogOdds, Score::Length],
        limit: Some(1),
        generation: ipc::sweep::Generation { max_new_tokens: 3, ..Default::default() },
        ..sweep_of(adapter.id, data_set, &multipliers)
    };
    let swept = sweep(&tiller, model, asked.clone());
    assert_eq!(swept.points.len(), swept.expected as usize);
    assert_eq!(counts(&swept, 0), [HELD_OUT_PAIRS].into(), "a limit for answers cuts no preference");
    assert_eq!(counts(&swept, 1), [1].into());
    let value = |arm: u32, score: u32, multiplier: f64| value(&swept, arm, score, multiplier);
    for score in 0..2 {
        // At multiplier 0 both are the unsteered model, to the bit.
        assert_eq!(value(0, score, 0.0).to_bits(), value(1, score, 0.0).to_bits());
    }
    changes_perplexity(&tiller, model, asked);
    assert!(value(0, 0, 1.0) > value(0, 0, -1.0), "{:?}", swept.points);
    assert!((value(2, 0, 1.0) - value(0, 0, 1.0)).abs() > 0.0);

    // The analysis of the epochs gives the same numbers that the run measured at its end.
    let question = Question::Epochs { run: run.id, multipliers: vec![0.5] };
    let analysis = tiller.get(StartAnalysis { model, data_set, question });
    let found = tiller.wait_for(|event| match event {
        Event::Analysis(now) if now.id == analysis.id && now.state == JobState::Done => {
            Some(now.findings.clone())
        }
        _ => None,
    });
    let score = |of: u32| {
        let of_epoch = |finding: &Finding| match finding {
            Finding::Epoch { epoch, score, .. } if *epoch == of => Some(*score),
            _ => None,
        };
        found.iter().find_map(of_epoch).expect("a score")
    };
    assert!(score(2) > end.minus && score(2) < end.plus);
}

#[test]
fn an_adapter_answers_goes_out_and_comes_back_and_is_no_vector() {
    let dir = folder();
    let (tiller, picture) = Tiller::ready(&dir.path().join("data"));
    let (model, data_set) = (picture.models[0].id, picture.data_sets[0].id);
    // Two steps: the first one has the rate 0.
    tiller.keep_pairs(data_set, 3, 1);
    let (run, adapter) = train(&tiller, model, data_set, TrainSettings { epochs: 1, ..settings() });

    let steered = chat::desk(&[SteeringTerm::new(adapter.id)], &[0.0, 1.0], 3);
    let conversation = chat::ask(&tiller, steered, "Why?");
    for answer in chat::answers(&tiller, conversation) {
        assert!(answer.tokens > 0 && !matches!(answer.end, AnswerEnd::Failed { .. }), "{answer:?}");
    }

    let place = |name: &str| dir.path().join(name).display().to_string();
    let export = |vector: Id, name: &str| {
        let file = FileRef::typed(place(name));
        ExportVector { vector, file, replace: false, prove: false }
    };
    let refused = tiller.call(export(adapter.id, "a.npy")).expect_err("no format of adapters");
    assert!(refused.message.contains(".safetensors"), "{refused:?}");
    let for_llama_cpp = tiller.get(export(adapter.id, "a.gguf"));
    assert!(for_llama_cpp.server_line.is_some_and(|line| line.contains(" --lora ")));
    assert_eq!(for_llama_cpp.warning, None, "that is about control vectors");
    let target = GgufTarget::open(&crate::support::starter_model()).expect("the model");
    let again = AdapterFile::read_gguf(&dir.path().join("a.gguf"), &target).expect("the adapter");
    let hash = again.provenance.model_fingerprint.clone();
    assert!(again.adapter.shape().rank == 2 && hash.is_some(), "{:?}", again.provenance);
    tiller.get(export(adapter.id, "adapter_model.safetensors"));
    assert!(dir.path().join("adapter_config.json").exists());
    let import = ImportVector {
        file: FileRef::typed(place("adapter_model.safetensors")),
        name: String::new(),
        layer: None,
        model,
    };
    let found = tiller.get(PreviewVector { file: import.file.clone(), model });
    assert_eq!((found.adapter, found.layers.len(), found.needs_layer), (adapter.adapter, 0, false));
    let back = tiller.get(import.clone());
    assert_eq!((back.adapter, &back.hash, &back.name), (adapter.adapter, &adapter.hash, &adapter.name));
    assert_eq!((back.norm.to_bits(), back.method), (adapter.norm.to_bits(), adapter.method));
    assert_eq!(
        tiller.call(ImportVector { layer: Some(3), ..import }).expect_err("a layer").code,
        Code::Invalid
    );

    let picked = tiller.get(PickEpoch { run: run.id, epoch: 1 });
    assert_eq!((picked.adapter, picked.epoch, &picked.hash), (adapter.adapter, Some(1), &adapter.hash));

    let name = String::new();
    let refusals = [
        tiller.call(MakeVector { vector: adapter.id, change: Change::Negate, name }).err(),
        tiller.call(CompareVectors { vectors: vec![adapter.id, back.id], layer: None }).err(),
        tiller.call(ReadLogitLens { vector: adapter.id, layer: None }).err(),
        tiller.call(SetIntervention { vector: adapter.id, intervention: Intervention::default() }).err(),
    ];
    for refused in refusals {
        let refused = refused.expect("an adapter has no direction");
        assert!(refused.message.contains("is an adapter"), "{refused:?}");
    }
    let settings = Box::new(settings());
    let question = Question::Search { settings, layers: vec![1, 2], rates: vec![0.01], budget: 8 };
    assert!(tiller.call(StartAnalysis { model, data_set, question }).is_err());
    tiller.get(DeleteVector { vector: back.id });
}
