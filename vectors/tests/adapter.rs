//! Tests low-rank adapters on the starter model: the loss and gradient of DPO against PyTorch, and every way to apply one.
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
use vectors::adapter::{Adapter, Shape};
use vectors::generate::{Limits, Request, Sampling, generate};
use vectors::layer::{Layer, PrefixBlocks};
use vectors::model::ModelError;
use vectors::pairs::EncodedPair;
use vectors::score::{DivergenceScorer, EncodedOptions, OptionScorer, PairLogProbs, Scorer, TextScorer};
use vectors::steering::{Intervention, Positions, SteeringVector, Term};
use vectors::train::{
    AnswerPosition, Checkpoint, LoraConfig, LossAndGradient, Method, Schedule, TrainError, TrainSettings,
    Training, USUAL_FACTORS,
};

/// The content of `lora.json`.
#[derive(Deserialize)]
struct Oracle {
    rank: u32,
    alpha: f64,
    beta: f64,
    loss: f64,
    gradient_norm: f64,
    stride: usize,
    gradient: Vec<f32>,
    /// The gradient's norm for each matrix, in the order of the adapter's numbers.
    block_norms: Vec<f64>,
    plain: Vec<[f64; 2]>,
    log_probs: Vec<At>,
}

#[derive(Deserialize)]
struct At {
    multiplier: f32,
    pairs: Vec<[f64; 2]>,
}

fn pytorch() -> Oracle {
    serde_json::from_str(&oracle("lora.json")).unwrap()
}

fn settings() -> TrainSettings {
    TrainSettings {
        method: Method::DpoLora,
        layers: vec![],
        position: AnswerPosition::Mean,
        epochs: 2,
        learning_rate: 1e-3,
        warmup_steps: 0,
        schedule: Schedule::Constant,
        beta: 0.1,
        weight_decay: 0.0,
        clip_norm: 1.0,
        batch_pairs: 2,
        seed: 3,
        factors: USUAL_FACTORS.to_vec(),
        positions: Positions::Everywhere,
        ..TrainSettings::default()
    }
}

fn encoded(split: &str, count: usize) -> Vec<EncodedPair> {
    let pairs = starter_pairs("seeks-wealth.jsonl", split);
    pairs[..count].iter().map(|pair| starter().encode_pair(SYSTEM, pair).unwrap()).collect()
}

/// Reads the oracle's numbers.
fn numbers() -> Vec<f32> {
    let count = starter().adapter_shape(8).numbers();
    (0..count).map(|i| (0.03 * (0.37 * i as f64).sin()) as f32).collect()
}

fn adapter() -> Arc<Adapter> {
    Arc::new(Adapter::new(starter().adapter_shape(8), 16.0, numbers().into()).unwrap())
}

fn at(multiplier: f32) -> Vec<Term> {
    vec![Term::Adapter { adapter: adapter(), multiplier }]
}

/// Returns an adapter that changes the answers: pseudorandom numbers between -0.1 and 0.1.
fn strong(multiplier: f32) -> Vec<Term> {
    let shape = starter().adapter_shape(4);
    let mut state = 1_u32;
    let mut number = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state >> 8) / f64::from(1 << 24) * 0.2 - 0.1) as f32
    };
    let values = (0..shape.numbers()).map(|_| number()).collect();
    vec![Term::Adapter { adapter: Arc::new(Adapter::new(shape, 8.0, values).unwrap()), multiplier }]
}

fn length(x: &[f32]) -> f64 {
    x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn loss_and_gradient_agree_with_pytorch() {
    let expected = pytorch();
    let lora = LoraConfig { rank: expected.rank, alpha: expected.alpha };
    let settings = TrainSettings { beta: expected.beta, lora, ..settings() };
    let pairs = encoded("train", 2);
    let training = Training::new(starter(), &pairs, settings).start(numbers()).prepare().unwrap();
    let LossAndGradient { loss, gradient } = training.loss_and_gradient(&[0, 1], 1, &[]).unwrap();
    let norm = length(&gradient);
    println!("loss {loss}, PyTorch {}; gradient {norm}, PyTorch {}", expected.loss, expected.gradient_norm);
    assert!((loss - expected.loss).abs() <= 1e-3 * expected.loss);
    assert!((norm - expected.gradient_norm).abs() <= 1e-3 * expected.gradient_norm);

    let shape = training.adapter().unwrap().shape();
    let (inputs, queries, values) =
        (shape.rank * shape.inputs, shape.rank * shape.queries, shape.rank * shape.values);
    let mut rest = gradient.as_slice();
    for (index, expected) in expected.block_norms.iter().enumerate() {
        let (of_matrix, after) = rest.split_at([inputs, queries, inputs, values][index % 4]);
        rest = after;
        let norm = length(of_matrix);
        assert!((norm - expected).abs() <= 2e-3 * expected, "matrix {index}: {norm}, PyTorch {expected}");
    }
    assert!(rest.is_empty());
    let sample: Vec<f32> = gradient.iter().step_by(expected.stride).copied().collect();
    let difference: Vec<f32> = sample.iter().zip(&expected.gradient).map(|(a, b)| a - b).collect();
    let relative = length(&difference) / length(&expected.gradient);
    println!("{} numbers of the gradient off by {relative:.1e} of their norm", sample.len());
    assert!(sample.len() == expected.gradient.len() && relative < 1e-3);
}

#[test]
fn pairs_are_scored_as_pytorch_scores_them_and_0_is_the_plain_model() {
    let (expected, pairs) = (pytorch(), encoded("train", 2));
    let scorer = Scorer::prepare(starter(), &pairs, PrefixBlocks::NONE, None).unwrap();
    let check = |found: Vec<PairLogProbs>, expected: &[[f64; 2]]| {
        for (found, [wanted, opposite]) in found.iter().zip(expected) {
            assert!((found.wanted - wanted).abs() < 1e-3 * wanted.abs(), "{} and {wanted}", found.wanted);
            assert!((found.opposite - opposite).abs() < 1e-3 * opposite.abs());
        }
    };
    let plain = scorer.log_probs(&[], None).unwrap();
    check(plain.clone(), &expected.plain);
    for At { multiplier, pairs } in expected.log_probs {
        check(scorer.log_probs(&at(multiplier), None).unwrap(), &pairs);
    }
    // Equal to the bit, whichever activations are cached.
    let kept_high = Scorer::prepare(starter(), &pairs, Layer(20).prefix(), None).unwrap();
    assert_eq!(scorer.log_probs(&at(0.0), None).unwrap(), plain);
    assert_eq!(kept_high.log_probs(&[], None).unwrap(), plain);
    assert!(matches!(
        kept_high.log_probs(&at(1.0), None),
        Err(ModelError::AdapterAbovePrefix { prepared: 20 })
    ));
}

#[test]
fn an_adapter_and_a_vector_act_together() {
    let pairs = encoded("train", 1);
    let scorer = Scorer::prepare(starter(), &pairs, PrefixBlocks::NONE, None).unwrap();
    let vector = SteeringVector { layer: 14, values: vec![0.05; 576].into() };
    let vector = Term::Vector { vector, multiplier: 1.0, intervention: Intervention::default(), gate: None };
    let margin = |terms: &[Term]| scorer.log_probs(terms, None).unwrap()[0].margin();
    let (alone, both) = ([vector.clone()], [at(1.0), vec![vector]].concat());
    let (both, one) = (margin(&both), margin(&alone));
    assert!((both - one).abs() > 1e-3 && (both - margin(&at(1.0))).abs() > 1e-3);
}

#[test]
fn options_texts_and_divergence_see_the_adapter_as_pairs_do() {
    let model = starter();
    let pairs = encoded("train", 2);
    let options = |pair: &EncodedPair| EncodedOptions {
        prompt: pair.prompt.clone(),
        begun: 0,
        answers: vec![pair.wanted.clone(), pair.opposite.clone()],
    };
    let options: Vec<EncodedOptions> = pairs.iter().map(options).collect();
    let scorer = Scorer::prepare(Arc::clone(&model), &pairs, PrefixBlocks::NONE, None).unwrap();
    let answers = OptionScorer::prepare(Arc::clone(&model), &options, PrefixBlocks::NONE, None).unwrap();
    for multiplier in [0.0, 1.5] {
        let of_pairs = scorer.log_probs(&at(multiplier), None).unwrap();
        let of_answers = answers.log_probs(&at(multiplier), None).unwrap();
        for (pair, answers) in of_pairs.iter().zip(of_answers) {
            assert!(
                (pair.wanted - answers.answers[0]).abs() < 1e-3
                    && (pair.opposite - answers.answers[1]).abs() < 1e-3
            );
        }
    }

    let texts = [model.encode_text("The harbour was quiet and the boats lay still.").unwrap()];
    let texts = TextScorer::prepare(Arc::clone(&model), &texts, PrefixBlocks::NONE, None).unwrap();
    let read = |multiplier| texts.scores(&at(multiplier), None).unwrap()[0];
    let found = [0.0, 0.5, 1.0].map(|multiplier| read(multiplier).divergence);
    assert!(found[0] == 0.0 && found.is_sorted_by(|a, b| a < b), "{found:?}");
    assert_eq!(read(0.0).nats, texts.scores(&[], None).unwrap()[0].nats);

    let divergence = DivergenceScorer::prepare(model, &pairs, PrefixBlocks::NONE, None).unwrap();
    let found = [0.0, 0.5, 1.0].map(|multiplier| divergence.divergence(&at(multiplier), None).unwrap());
    assert!(found[0] == 0.0 && found.is_sorted_by(|a, b| a < b), "{found:?}");
}

#[test]
fn rows_of_a_batch_have_their_own_multipliers() {
    let model = starter();
    let prompts = ["What would you do with a free day?", "Name a colour."];
    let prompts = prompts.map(|prompt| model.encode_question(SYSTEM, prompt).unwrap());
    let request = |prompt: &Vec<u32>, steering: Vec<Term>| Request {
        prompt: prompt.clone(),
        steering,
        sampling: Sampling::default(),
    };
    let answers = |requests: &[Request], rows: usize| {
        let limits = Limits { new_tokens: 6, rows };
        let answers = generate(&model, requests, limits, &mut |_| ControlFlow::Continue(())).unwrap();
        answers.into_iter().map(|answer| answer.ids).collect::<Vec<_>>()
    };
    let multipliers = [-1.5, 0.0, 1.0, 2.0];
    let requests: Vec<Request> = prompts
        .iter()
        .flat_map(|prompt| multipliers.map(|multiplier| request(prompt, strong(multiplier))))
        .collect();
    let together = answers(&requests, 8);
    let alone: Vec<Vec<u32>> =
        requests.iter().map(|request| answers(std::slice::from_ref(request), 1).remove(0)).collect();
    assert_eq!(together, alone);
    assert_eq!(together[1], answers(&[request(&prompts[0], vec![])], 1)[0]);
    assert!(together[0] != together[3] && together[1] != together[3]);
    // Scoring a pair must find each generated token likelier than the tokens of other answers at its place.
    let (picked, plain) = (&together[3], &together[1]);
    for place in 0..picked.len() {
        for other in [plain[place.min(plain.len() - 1)], 284, 1000] {
            if other == picked[place] {
                continue;
            }
            let opposite = [&picked[..place], &[other]].concat();
            let pair =
                EncodedPair { prompt: prompts[0].clone(), wanted: picked[..=place].to_vec(), opposite };
            let scorer = Scorer::prepare(Arc::clone(&model), &[pair], PrefixBlocks::NONE, None).unwrap();
            let margin = scorer.log_probs(&strong(2.0), None).unwrap()[0].margin();
            assert!(margin > -1e-3, "token {place}: {margin}");
        }
    }
    // The most likely next token is the one that decoding picks.
    let logits = model.next_logits(&prompts[0], &strong(2.0)).unwrap();
    let best = (0..logits.len()).max_by(|a, b| logits[*a].total_cmp(&logits[*b])).unwrap();
    assert_eq!(best as u32, together[3][0]);
}

#[test]
fn training_moves_the_pairs_and_resumes_from_a_checkpoint_to_the_same_bits() {
    let (pairs, held_out) = (encoded("train", 4), encoded("held-out", 1));
    let prepare = |state| {
        Training::new(starter(), &pairs, settings()).held_out(&held_out).checkpoint(state).prepare().unwrap()
    };
    let mut whole = prepare(None);
    assert!(whole.steps() == 4 && whole.vectors().is_empty() && whole.adapter().unwrap().norm() == 0.0);
    let before = whole.measure(None).unwrap();
    assert_eq!(before.plus, before.minus, "B is zero at first");
    let mut reports = vec![whole.step().unwrap()];
    let kept = whole.checkpoint().to_bytes();
    reports.extend((0..3).map(|_| whole.step().unwrap()));
    assert!((reports[0].loss - std::f64::consts::LN_2).abs() < 1e-6 && reports[0].sign == 1);
    println!("losses {:?}", reports.iter().map(|report| report.loss).collect::<Vec<_>>());
    assert!(reports[3].margin > 0.0 && reports[3].loss < reports[0].loss);
    assert!((whole.adapter().unwrap().norm() - reports[3].vector_norm).abs() < 1e-12);
    let after = whole.measure(None).unwrap();
    assert!(after.plus > after.minus);

    let mut second = prepare(Some(Checkpoint::from_bytes(&kept).unwrap()));
    let resumed: Vec<_> = (0..3).map(|_| second.step().unwrap()).collect();
    assert_eq!(resumed, reports[1..]);
    let bits = |training: &Training| training.values().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert!(bits(&second) == bits(&whole));
}

#[test]
fn what_does_not_fit_is_refused() {
    let shape = Shape { blocks: 12, ..starter().adapter_shape(2) };
    let other = Adapter::new(shape, 1.0, vec![0.0; shape.numbers()].into()).unwrap();
    let scorer = Scorer::prepare(starter(), &encoded("train", 1), PrefixBlocks::NONE, None).unwrap();
    let refused = scorer.log_probs(&[Term::Adapter { adapter: Arc::new(other), multiplier: 1.0 }], None);
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("12 blocks") && message.contains("has 30"), "{message}");
    for lora in [
        LoraConfig { rank: 0, alpha: 1.0 },
        LoraConfig { rank: 4000, alpha: 1.0 },
        LoraConfig { rank: 1, alpha: 0.0 },
    ] {
        let settings = TrainSettings { lora, ..settings() };
        let refused = Training::new(starter(), &encoded("train", 1), settings).prepare();
        assert!(matches!(refused, Err(TrainError::Setting(_))), "{lora:?}");
    }
}
