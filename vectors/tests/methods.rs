//! Compares every method with an independent program, and every intervention in scoring with generation, on the starter
//! model.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::common::{SYSTEM, oracle, starter, starter_pairs};
use serde::Deserialize;
use vectors::generate::{Limits, Request, Sampling, generate};
use vectors::layer::Layer;
use vectors::pairs::{EncodedPair, PreferencePair};
use vectors::score::{DivergenceScorer, EncodedOptions, OptionScorer, Scorer};
use vectors::steering::{Intervention, InterventionOp, Positions, SteeringVector, Term};
use vectors::train::{
    AnswerPosition, LossAndGradient, Method, Schedule, TrainSettings, Training, USUAL_FACTORS,
    encode_choices, steerability,
};

const SIZE: usize = 576;
/// The seed of the choices' letters, the same as the oracle's.
const LETTERS: u64 = 5;

fn settings(method: Method, layers: &[usize]) -> TrainSettings {
    TrainSettings {
        method,
        layers: layers.iter().map(|layer| *layer as u32).collect(),
        position: AnswerPosition::Mean,
        epochs: 2,
        learning_rate: 0.02,
        warmup_steps: 1,
        schedule: Schedule::Linear,
        beta: 0.1,
        weight_decay: 0.05,
        clip_norm: 1.0,
        batch_pairs: 2,
        seed: 3,
        factors: USUAL_FACTORS.to_vec(),
        positions: Positions::Everywhere,
        ..TrainSettings::default()
    }
}

fn pairs(split: &str, count: usize) -> Vec<PreferencePair> {
    let mut pairs = starter_pairs("seeks-wealth.jsonl", split);
    pairs.truncate(count);
    pairs
}

fn encoded(split: &str, count: usize) -> Vec<EncodedPair> {
    let model = starter();
    pairs(split, count).iter().map(|pair| model.encode_pair(SYSTEM, pair).unwrap()).collect()
}

fn length(x: &[f32]) -> f64 {
    x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}

/// A line of `methods-objectives.jsonl`.
#[derive(Deserialize)]
struct Objective {
    method: Method,
    on: Positions,
    beta: f64,
    layer: usize,
    factors: Vec<f32>,
    sign: i8,
    loss: f64,
    gradient: Vec<f32>,
}

#[test]
fn losses_and_gradients_agree_with_pytorch() {
    let pairs = encoded("train", 2);
    let values: Vec<f32> = (0..SIZE).map(|i| (0.3 * f64::from(i as u32).sin()) as f32).collect();
    let text = oracle("methods-objectives.jsonl");
    let lines: Vec<Objective> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 8);
    for line in lines {
        let settings =
            TrainSettings { beta: line.beta, positions: line.on, ..settings(line.method, &[line.layer]) };
        let training = Training::new(starter(), &pairs, settings).start(values.as_slice()).prepare().unwrap();
        let LossAndGradient { loss, gradient } =
            training.loss_and_gradient(&[0, 1], line.sign, &line.factors).unwrap();
        let difference: Vec<f32> = gradient.iter().zip(&line.gradient).map(|(a, b)| a - b).collect();
        let relative = length(&difference) / length(&line.gradient);
        println!(
            "{:?} on {:?}: loss {loss}, PyTorch {}; gradient off by {relative:.1e}",
            line.method, line.on, line.loss
        );
        // The bounds that `docs/methods.md` prints.
        assert!((loss - line.loss).abs() <= 1e-5 * line.loss.max(1.0), "{loss}, PyTorch {}", line.loss);
        assert!(relative < 1.35e-4, "the gradient differs by {relative} of its norm");
    }
}

/// A line of `methods-baselines.jsonl`.
#[derive(Deserialize)]
struct Baseline {
    method: Method,
    position: String,
    by: String,
    layer: usize,
    values: Vec<f32>,
}

#[test]
fn baselines_agree_with_steering_vectors_and_with_repengs_definition() {
    let model = starter();
    let choices = encode_choices(&model, SYSTEM, &pairs("train", 10), LETTERS).unwrap();
    let letters: String =
        choices.iter().map(|pair| if model.decode(&pair.wanted).contains('A') { 'w' } else { 'o' }).collect();
    println!("letters of seed {LETTERS}: {letters}");
    let plain = encoded("train", 10);
    for line in oracle("methods-baselines.jsonl").lines() {
        let line: Baseline = serde_json::from_str(line).unwrap();
        let position = if line.position == "mean" { AnswerPosition::Mean } else { AnswerPosition::Last };
        let pairs = if line.method == Method::Caa { &choices } else { &plain };
        let settings = TrainSettings { position, ..settings(line.method, &[line.layer]) };
        let training = Training::new(Arc::clone(&model), pairs, settings).prepare().unwrap();
        let ours = training.vectors().swap_remove(0).values;
        let dot: f64 = ours.iter().zip(&line.values).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        let (norm, theirs) = (length(&ours), length(&line.values));
        println!(
            "{:?} {}: cosine {}, norms {norm} and {theirs}",
            line.method,
            line.position,
            dot / norm / theirs
        );
        // The bound that `docs/methods.md` prints.
        let least = if line.method == Method::Pca { 0.999_999_999_99 } else { 0.999_999_999_9 };
        assert!(dot / norm / theirs >= least, "{:?} {}: {}", line.method, line.position, dot / norm / theirs);
        // `docs/methods.md` prints a bound on the norm for the steering-vectors package only.
        let most = if line.by == "steering-vectors" { 5e-7 } else { 1e-4 };
        assert!((norm / theirs - 1.0).abs() < most, "{:?} {}: {norm}, {theirs}", line.method, line.position);
    }
}

fn bits(training: &Training) -> Vec<u32> {
    training.vectors().iter().flat_map(|vector| vector.values.iter().map(|x| x.to_bits())).collect()
}

#[test]
fn every_method_resumes_from_a_checkpoint_to_the_same_bits() {
    // The beginnings of answers do as well as whole ones.
    let mut pairs = encoded("train", 3);
    for answer in pairs.iter_mut().flat_map(|pair| [&mut pair.wanted, &mut pair.opposite]) {
        answer.truncate(12);
    }
    for method in [Method::Bipo, Method::BipoBoth, Method::BipoUni, Method::BipoNormed, Method::Reps] {
        let settings = TrainSettings { positions: Positions::PromptEnd, ..settings(method, &[25, 27]) };
        let prepare =
            |state| Training::new(starter(), &pairs, settings.clone()).checkpoint(state).prepare().unwrap();
        let mut whole = prepare(None);
        let mut reports = vec![whole.step().unwrap(), whole.step().unwrap()];
        let kept = serde_json::to_vec(&whole.checkpoint()).unwrap();
        reports.extend([whole.step().unwrap(), whole.step().unwrap()]);
        let mut second = prepare(Some(serde_json::from_slice(&kept).unwrap()));
        assert_eq!([second.step().unwrap(), second.step().unwrap()], reports[2..]);
        assert_eq!(bits(&second), bits(&whole), "{method:?}");
        assert!(length(&whole.vectors()[1].values) > 0.0);
        let has_both = reports[0].plus.is_some() && reports[0].minus.is_some();
        assert_eq!(has_both, matches!(method, Method::BipoBoth | Method::Reps), "{method:?}");
    }
}

#[test]
fn a_policy_generates_as_it_scores() {
    let model = starter();
    let prompt = model.encode_question(SYSTEM, "What would you do with a free day?").unwrap();
    let values: Vec<f32> = (0..SIZE).map(|i| (1.5 * f64::from(i as u32 * 7 % 13).cos()) as f32).collect();
    let vector = SteeringVector { layer: 20, values: values.into() };
    let answer = |intervention, multiplier: f32| {
        let steering = vec![Term::Vector { vector: vector.clone(), multiplier, intervention, gate: None }];
        let request = Request { prompt: prompt.clone(), steering, sampling: Sampling::default() };
        let limits = Limits { new_tokens: 5, rows: 1 };
        let answers = generate(&model, &[request], limits, &mut |_| ControlFlow::Continue(())).unwrap();
        answers.into_iter().next().unwrap().ids
    };
    let plain = answer(Intervention::default(), 0.0);
    for on in [Positions::Everywhere, Positions::PromptEnd, Positions::Answer] {
        for how in [InterventionOp::Add, InterventionOp::ProjectOut, InterventionOp::Cap { at: -1.0 }] {
            let intervention = Intervention { positions: on, op: how };
            let ids = answer(intervention, 1.0);
            if on == Positions::Answer {
                assert_eq!(ids[0], plain[0], "the first token is predicted before the vector acts");
            }
            // Scoring must find each generated token likelier than other tokens at its place. Options share their prompt's rows.
            let mut candidates = Vec::new();
            for at in 0..ids.len() {
                let others = [plain[at.min(plain.len() - 1)], 284, 1000];
                let others = others.into_iter().filter(|other| *other != ids[at]);
                let tokens = std::iter::once(ids[at]).chain(others);
                candidates.extend(tokens.map(|token| (at, [&ids[..at], &[token]].concat())));
            }
            let answers = candidates.iter().map(|(_, answer)| answer.clone()).collect();
            let question = EncodedOptions { prompt: prompt.clone(), begun: 0, answers };
            let scorer =
                OptionScorer::prepare(Arc::clone(&model), &[question], Layer(20).prefix(), None).unwrap();
            let term = [Term::Vector { vector: vector.clone(), multiplier: 1.0, intervention, gate: None }];
            let log_probs = scorer.log_probs(&term, None).unwrap().remove(0).answers;
            let found: Vec<(usize, f64)> = candidates.iter().map(|(at, _)| *at).zip(log_probs).collect();
            let mut whole = 0.0;
            for of_place in found.chunk_by(|one, next| one.0 == next.0) {
                let (at, generated) = of_place[0];
                for (_, other) in &of_place[1..] {
                    let margin = generated - other;
                    assert!(margin > -1e-3, "{intervention:?}, token {at}: {margin}");
                }
                // The last one is the whole answer.
                whole = generated;
            }
            let pair = EncodedPair { prompt: prompt.clone(), wanted: ids, opposite: vec![284] };
            let scorer = Scorer::prepare(Arc::clone(&model), &[pair], Layer(20).prefix(), None).unwrap();
            let of_pair = scorer.log_probs(&term, None).unwrap()[0].wanted;
            assert!((of_pair - whole).abs() < 2e-3, "{intervention:?}: {of_pair} as a pair, {whole}");
        }
    }
}

#[test]
fn divergence_grows_with_the_multiplier_and_is_nothing_at_0() {
    let model = starter();
    let held_out = encoded("held-out", 2);
    let values: Vec<f32> = (0..SIZE).map(|i| f64::from(i as u32 * 5 % 11).sin() as f32).collect();
    let vector = SteeringVector { layer: 24, values: values.into() };
    let divergence =
        DivergenceScorer::prepare(Arc::clone(&model), &held_out, Layer(24).prefix(), None).unwrap();
    let at = |multiplier| {
        let term = Term::Vector {
            vector: vector.clone(),
            multiplier,
            intervention: Intervention::default(),
            gate: None,
        };
        divergence.divergence(&[term], None).unwrap()
    };
    let found = [0.0, 0.5, 1.0, 2.0].map(at);
    println!("divergence at 0, 0.5, 1, 2: {found:?}");
    assert!(found[0] == 0.0 && found.is_sorted_by(|a, b| a < b));
}

#[test]
fn steerability_finds_a_pair_with_swapped_answers() {
    let mut pairs = encoded("train", 8);
    let whole = steerability(&starter(), &pairs, AnswerPosition::Mean, None).unwrap();
    assert_eq!((whole.layers.len(), whole.pairs.len()), (30, 8));
    assert!(whole.layers.iter().all(|layer| layer.agreement > 0.0 && layer.separation > 0.0));
    let EncodedPair { wanted, opposite, .. } = pairs[3].clone();
    (pairs[3].wanted, pairs[3].opposite) = (opposite, wanted);
    let swapped = steerability(&starter(), &pairs, AnswerPosition::Mean, None).unwrap();
    assert!((swapped.pairs[3].agreement + whole.pairs[3].agreement).abs() < 1e-3);
    let before: f64 = whole.layers.iter().map(|layer| layer.agreement).sum();
    let after: f64 = swapped.layers.iter().map(|layer| layer.agreement).sum();
    assert!(after < before, "{after} is not below {before}");
}
