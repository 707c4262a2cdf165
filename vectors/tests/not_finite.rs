//! Tests that numbers which are not finite are refused where they arise, with the pair, the text or the request and the
//! step, and that a run stays at its last good step.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::fs;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::common::oracle_path;
use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use vectors::generate::{Limits, Request, Sampling, generate};
use vectors::layer::{Layer, PrefixBlocks};
use vectors::model::{Model, ModelError, Part};
use vectors::pairs::EncodedPair;
use vectors::score::{DivergenceScorer, EncodedOptions, OptionScorer, Scorer, TextScorer};
use vectors::steering::{Intervention, SteeringVector, Term};
use vectors::train::{
    AnswerPosition, Checkpoint, Method, RunPair, Schedule, TrainError, TrainSettings, Training, steerability,
};

/// The token whose embedding is infinite in [`damaged`].
const ODD: u32 = 300;

/// A tiny random model of which one row of the embedding is infinite, as a damaged file has it.
fn damaged() -> Arc<Model> {
    let folder = tempfile::tempdir().unwrap();
    let from = oracle_path("families/llama");
    for file in fs::read_dir(&from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let bytes = fs::read(from.join("model.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut all: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, tensor)| {
            (name.to_owned(), tensor.dtype(), tensor.shape().to_vec(), tensor.data().to_vec())
        })
        .collect();
    let embedding = all.iter_mut().find(|(name, ..)| name == "model.embed_tokens.weight").unwrap();
    let width = embedding.2[1];
    for number in embedding.3.chunks_exact_mut(2).skip(ODD as usize * width).take(width) {
        number.copy_from_slice(&f16::INFINITY.to_le_bytes());
    }
    let views = all
        .iter()
        .map(|(name, dtype, shape, data)| (name, TensorView::new(*dtype, shape.clone(), data).unwrap()));
    safetensors::serialize_to_file(views, None, &folder.path().join("model.safetensors")).unwrap();
    Arc::new(Model::open(folder.path()).load().unwrap())
}

fn sound() -> Arc<Model> {
    Arc::new(Model::open(oracle_path("families/llama")).load().unwrap())
}

fn pair(prompt: &[u32], wanted: &[u32], opposite: &[u32]) -> EncodedPair {
    EncodedPair { prompt: prompt.into(), wanted: wanted.into(), opposite: opposite.into() }
}

/// Three pairs, the last of which has the odd token in an answer.
fn pairs() -> Vec<EncodedPair> {
    vec![
        pair(&[5, 6, 7], &[8, 9, 2], &[10, 2]),
        pair(&[7, 6, 5], &[11, 2], &[12, 13, 2]),
        pair(&[9, 8], &[14, ODD, 2], &[15, 16, 2]),
    ]
}

fn settings(method: Method, learning_rate: f64) -> TrainSettings {
    TrainSettings {
        method,
        layers: vec![0],
        position: AnswerPosition::Mean,
        epochs: 4,
        learning_rate,
        warmup_steps: 0,
        schedule: Schedule::Constant,
        batch_pairs: 2,
        seed: 5,
        ..TrainSettings::default()
    }
}

fn strong() -> Vec<Term> {
    let vector = SteeringVector { layer: 0, values: vec![1.0; 64].into() };
    // The squares of the residual stream overflow, and its numbers do not.
    vec![Term::Vector { vector, multiplier: 1e30, intervention: Intervention::default(), gate: None }]
}

#[track_caller]
fn is_odd<T>(found: Result<T, ModelError>, part: Part, index: usize) {
    match found {
        Err(ModelError::NotFinite { part: of, index: at }) => assert_eq!((of, at), (part, index)),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it is not refused"),
    }
}

#[test]
fn a_models_own_numbers_name_the_pair() {
    let (model, pairs) = (damaged(), pairs());
    let prefix = Layer(0).prefix();
    is_odd(Scorer::prepare(Arc::clone(&model), &pairs, prefix, None), Part::Pair, 2);
    is_odd(DivergenceScorer::prepare(Arc::clone(&model), &pairs, prefix, None), Part::Pair, 2);
    // Before an adapter only the embedding is kept.
    let embedded = Scorer::prepare(Arc::clone(&model), &pairs, PrefixBlocks::NONE, None);
    is_odd(embedded, Part::Pair, 2);
    for method in [Method::Bipo, Method::DpoLora, Method::Freeform, Method::Pca] {
        let run = |train: &[EncodedPair], held_out: &[EncodedPair]| {
            let run = Training::new(Arc::clone(&model), train, settings(method, 0.05)).held_out(held_out);
            run.prepare().err()
        };
        let of_train = run(&pairs, &[]);
        assert!(
            matches!(of_train, Some(TrainError::ModelNotFinite { pair: Some(RunPair::Train(2)) })),
            "{method:?}: {of_train:?}"
        );
        let held_out = run(&pairs[..2], &pairs[1..]);
        assert!(
            matches!(held_out, Some(TrainError::ModelNotFinite { pair: Some(RunPair::HeldOut(1)) })),
            "{method:?}: {held_out:?}"
        );
    }
    let estimated = steerability(&model, &pairs, AnswerPosition::Mean, None);
    assert!(matches!(estimated, Err(TrainError::ModelNotFinite { pair: Some(RunPair::Train(2)) })));
}

#[test]
fn texts_questions_and_prompts_are_named_as_well() {
    let model = damaged();
    let all = PrefixBlocks(model.facts().blocks);
    let texts = [vec![5, 6, 7], vec![8, ODD, 9]];
    let scorer = TextScorer::prepare(Arc::clone(&model), &texts, all, None).unwrap();
    is_odd(scorer.scores(&[], None), Part::Text, 1);
    is_odd(model.residual_norms(&texts), Part::Text, 1);
    let question =
        |prompt: &[u32]| EncodedOptions { prompt: prompt.into(), begun: 0, answers: vec![vec![3], vec![4]] };
    let asked = [question(&[5, 6]), question(&[7, ODD])];
    let scorer = OptionScorer::prepare(Arc::clone(&model), &asked, all, None).unwrap();
    is_odd(scorer.log_probs(&[], None), Part::Question, 1);
    is_odd(model.next_logits(&[5, ODD], &[]), Part::Prompt, 0);
    for sampling in [Sampling::default(), Sampling { temperature: 1.0, ..Sampling::default() }] {
        let request = |prompt: &[u32]| Request { prompt: prompt.into(), steering: vec![], sampling };
        let requests = [request(&[5, 6]), request(&[5, ODD])];
        let limits = Limits { new_tokens: 2, rows: 2 };
        let answers = generate(&model, &requests, limits, &mut |_| ControlFlow::Continue(()));
        is_odd(answers, Part::Prompt, 1);
    }
}

#[test]
fn steering_that_overflows_is_no_score() {
    let (model, pairs) = (sound(), pairs());
    let prefix = Layer(0).prefix();
    let scorer = Scorer::prepare(Arc::clone(&model), &pairs, prefix, None).unwrap();
    assert_eq!(scorer.log_probs(&[], None).unwrap().len(), 3);
    is_odd(scorer.log_probs(&strong(), None), Part::Pair, 0);
    let scorer = DivergenceScorer::prepare(Arc::clone(&model), &pairs, prefix, None).unwrap();
    is_odd(scorer.divergence(&strong(), None), Part::Pair, 0);
    let texts = [vec![5, 6, 7]];
    let scorer = TextScorer::prepare(Arc::clone(&model), &texts, prefix, None).unwrap();
    is_odd(scorer.scores(&strong(), None), Part::Text, 0);
    is_odd(model.next_logits(&[5, 6], &strong()), Part::Prompt, 0);
    // The first request is answered by prefilling and then decoding, and only the second one is steered.
    let request = |steering| Request { prompt: vec![5, 6], steering, sampling: Sampling::default() };
    let requests = [request(vec![]), request(strong())];
    let limits = Limits { new_tokens: 3, rows: 2 };
    is_odd(generate(&model, &requests, limits, &mut |_| ControlFlow::Continue(())), Part::Prompt, 1);
}

#[test]
fn a_run_that_comes_apart_stays_at_its_last_good_step() {
    let (model, pairs) = (sound(), pairs());
    for method in [Method::Bipo, Method::BipoBoth, Method::Reps, Method::DpoLora] {
        let mut run = Training::new(Arc::clone(&model), &pairs, settings(method, 1e30)).prepare().unwrap();
        let mut good = run.checkpoint();
        let error = loop {
            match run.step() {
                Ok(_) => good = run.checkpoint(),
                Err(error) => break error,
            }
        };
        let TrainError::NotFinite { step, .. } = error else { panic!("{method:?}: {error}") };
        assert_eq!((step, run.done()), (good.step() + 1, good.step()), "{method:?}");
        assert!(good.step() < run.steps(), "{method:?} came apart");
        assert!(run.values().iter().all(|x| x.is_finite()), "{method:?}");
        assert_eq!(run.checkpoint(), good, "{method:?}");
        // The same checkpoint opens the run again, and the step fails again.
        let again = Checkpoint::from_bytes(&good.to_bytes()).unwrap();
        let run =
            Training::new(Arc::clone(&model), &pairs, settings(method, 1e30)).checkpoint(again).prepare();
        assert!(matches!(run.unwrap().step(), Err(TrainError::NotFinite { step: of, .. }) if of == step));
    }
}

#[test]
fn the_step_names_the_pair_and_so_does_the_measurement() {
    let (model, pairs) = (sound(), pairs());
    let mut run = Training::new(Arc::clone(&model), &pairs, settings(Method::Bipo, 1e30))
        .held_out(&pairs[..1])
        .prepare()
        .unwrap();
    run.step().unwrap();
    let measured = run.measure(None);
    assert!(
        matches!(measured, Err(TrainError::NotFinite { step: 1, pair: Some(RunPair::HeldOut(0)) })),
        "{measured:?}"
    );
    let error = run.step().unwrap_err();
    assert!(matches!(error, TrainError::NotFinite { step: 2, pair: Some(RunPair::Train(_)) }), "{error}");
    assert!(error.to_string().starts_with("the numbers are not finite at step 2, training pair "), "{error}");
    // A rate beyond the numbers themselves breaks the first step, at no pair.
    let mut run = Training::new(model, &pairs, settings(Method::Bipo, 1e39)).prepare().unwrap();
    let error = run.step().unwrap_err();
    assert!(matches!(error, TrainError::NotFinite { step: 1, pair: None }), "{error}");
    assert!(run.values().iter().all(|x| *x == 0.0) && run.done() == 0);
}
