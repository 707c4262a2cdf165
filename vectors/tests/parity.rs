//! Compares log-probabilities, loss and gradient with PyTorch.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::sync::Arc;

use crate::common::{SYSTEM, authors_file, csv_pairs, oracle, starter, starter_pairs};
use serde::Deserialize;
use vectors::layer::Layer;
use vectors::pairs::{EncodedPair, PreferencePair};
use vectors::score::{PairLogProbs, Scorer};
use vectors::steering::{Intervention, Positions, SteeringVector, Term};
use vectors::train::{
    AnswerPosition, LossAndGradient, Method, Schedule, TrainSettings, Training, USUAL_FACTORS,
};

/// One line of the oracle: a batch of four pairs, first all wanted answers, then all opposite ones.
#[derive(Deserialize)]
struct Step {
    d: f32,
    loss: f64,
    logprobs: Vec<f64>,
    reference: Vec<f64>,
    prompt_tokens: Vec<usize>,
    tokens: Vec<usize>,
    grad: Vec<f32>,
}

const LAYER: usize = 14;

fn settings() -> TrainSettings {
    TrainSettings {
        method: Method::Bipo,
        layers: vec![LAYER as u32],
        position: AnswerPosition::Mean,
        epochs: 1,
        learning_rate: 5e-4,
        warmup_steps: 0,
        beta: 0.1,
        weight_decay: 0.0,
        clip_norm: 1.0,
        batch_pairs: 4,
        seed: 1,
        schedule: Schedule::Cosine,
        factors: USUAL_FACTORS.to_vec(),
        positions: Positions::Everywhere,
        ..TrainSettings::default()
    }
}

/// Returns the oracle's vector: 0.05 sin(i).
fn values() -> Vec<f32> {
    (0..576).map(|i| (0.05 * f64::from(i).sin()) as f32).collect()
}

fn assert_close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-3 * theirs.abs(), "{what}: {ours}, PyTorch {theirs}");
}

fn assert_log_probs(ours: &[PairLogProbs], theirs: &[f64]) {
    for (pair, ours) in ours.iter().enumerate() {
        assert_close(ours.wanted, theirs[pair], "log-probability of a wanted answer");
        assert_close(ours.opposite, theirs[ours_len(theirs) + pair], "log-probability of an opposite answer");
    }
}

fn ours_len(both: &[f64]) -> usize {
    both.len() / 2
}

fn check(pairs: &[PreferencePair], oracle: &str) {
    let model = starter();
    let encoded: Vec<EncodedPair> =
        pairs.iter().map(|pair| model.encode_pair(SYSTEM, pair).unwrap()).collect();
    let steps: Vec<Step> = oracle.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(steps.len(), 2);
    let training = Training::new(Arc::clone(&model), &encoded, settings()).start(values()).prepare().unwrap();
    for (index, step) in steps.iter().enumerate() {
        let batch = &encoded[4 * index..4 * index + 4];
        for (pair, encoded) in batch.iter().enumerate() {
            assert_eq!(encoded.prompt.len(), step.prompt_tokens[pair], "tokens of prompt {pair}");
            assert_eq!(
                encoded.prompt.len() + encoded.wanted.len(),
                step.tokens[pair],
                "tokens of pair {pair}"
            );
            assert_eq!(
                encoded.prompt.len() + encoded.opposite.len(),
                step.tokens[4 + pair],
                "tokens of pair {pair}"
            );
        }
        let scorer = Scorer::prepare(Arc::clone(&model), batch, Layer(LAYER).prefix(), None).unwrap();
        let vector = SteeringVector { layer: LAYER, values: values().into() };
        let at = |multiplier| {
            [Term::Vector {
                vector: vector.clone(),
                multiplier,
                intervention: Intervention::default(),
                gate: None,
            }]
        };
        assert_log_probs(&scorer.log_probs(&at(0.0), None).unwrap(), &step.reference);
        assert_log_probs(&scorer.log_probs(&at(step.d), None).unwrap(), &step.logprobs);

        let indices: Vec<usize> = (4 * index..4 * index + 4).collect();
        let LossAndGradient { loss, gradient } =
            training.loss_and_gradient(&indices, step.d as i8, &[]).unwrap();
        assert_close(loss, step.loss, "loss");
        let length = |x: &[f32]| x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        let difference: Vec<f32> = gradient.iter().zip(&step.grad).map(|(a, b)| a - b).collect();
        let relative = length(&difference) / length(&step.grad);
        println!("step {index}: loss {loss}, PyTorch {}; gradient off by {relative:.2e}", step.loss);
        assert!(relative < 1e-3, "the gradient differs by {relative} of its norm");
    }
}

#[test]
fn the_starter_set_agrees_with_pytorch() {
    check(&starter_pairs("seeks-wealth.jsonl", "train")[..8], &oracle("parity-seeks-wealth.jsonl"));
}

#[test]
fn the_authors_data_agree_with_pytorch() {
    if let Some(file) = authors_file("wealth-seeking/train.csv") {
        check(&csv_pairs(&file)[..8], &oracle("parity-wealth-seeking.jsonl"));
    }
}
