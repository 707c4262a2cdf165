//! Tests whole runs on the starter model: several layers, methods without steps, offloading, any number of threads.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_cmp,
    reason = "tests"
)]

use std::slice;
use std::sync::Arc;

use crate::common::{SYSTEM, skip, starter, starter_pairs, starter_path};
use vectors::layer::Layer;
use vectors::model::{MatmulPrecision, Model, Precision};
use vectors::pairs::EncodedPair;
use vectors::score::{PairLogProbs, Scorer};
use vectors::steering::{Intervention, Positions, SteeringVector, Term};
use vectors::train::{
    AnswerPosition, Method, OffloadLimit, Schedule, Setting, SettingsError, TrainError, TrainSettings,
    Training, USUAL_FACTORS, encode_choices,
};

fn settings(method: Method, layers: &[usize]) -> TrainSettings {
    TrainSettings {
        method,
        layers: layers.iter().map(|layer| *layer as u32).collect(),
        position: AnswerPosition::Mean,
        epochs: 1,
        learning_rate: 0.02,
        warmup_steps: 0,
        beta: 0.1,
        weight_decay: 0.01,
        clip_norm: 1.0,
        batch_pairs: 2,
        seed: 3,
        schedule: Schedule::Cosine,
        factors: USUAL_FACTORS.to_vec(),
        positions: Positions::Everywhere,
        ..TrainSettings::default()
    }
}

fn encoded(count: usize) -> Vec<EncodedPair> {
    let model = starter();
    let pairs = starter_pairs("seeks-wealth.jsonl", "train");
    pairs[..count].iter().map(|pair| model.encode_pair(SYSTEM, pair).unwrap()).collect()
}

/// Returns pairs with the beginnings of answers, for tests to which it does not matter what is scored.
fn short(count: usize) -> Vec<EncodedPair> {
    let mut pairs = encoded(count);
    for answer in pairs.iter_mut().flat_map(|pair| [&mut pair.wanted, &mut pair.opposite]) {
        answer.truncate(12);
    }
    pairs
}

fn bits(training: &Training) -> Vec<u32> {
    let vectors = training.vectors();
    vectors.iter().flat_map(|vector| vector.values.iter().map(|x| x.to_bits())).collect()
}

fn trained(pairs: &[EncodedPair], settings: TrainSettings, offload: &OffloadLimit) -> Training {
    let mut training = Training::new(starter(), pairs, settings).offload(offload.clone()).prepare().unwrap();
    while training.done() < training.steps() {
        training.step().unwrap();
    }
    training
}

fn mean_margin(scores: &[PairLogProbs]) -> f64 {
    scores.iter().map(PairLogProbs::margin).sum::<f64>() / scores.len() as f64
}

#[test]
fn gradients_of_several_layers_agree_with_finite_differences() {
    let pairs = encoded(2);
    let (layers, size) = ([20, 25, 29], 576);
    let values: Vec<f32> = (0..3 * size).map(|i| (0.3 * f64::from(i as u32).sin()) as f32).collect();
    let at = |values: &[f32]| {
        Training::new(starter(), &pairs, settings(Method::Bipo, &layers)).start(values).prepare().unwrap()
    };
    let gradient = at(&values).loss_and_gradient(&[0, 1], -1, &[]).unwrap().gradient;
    assert_eq!(gradient.len(), 3 * size);
    for (place, layer) in layers.into_iter().enumerate() {
        // A step along the gradient must change the loss by the gradient's squared length.
        let part = place * size..(place + 1) * size;
        let squared: f64 = gradient[part.clone()].iter().map(|g| f64::from(*g).powi(2)).sum();
        let step = 0.02 / squared.sqrt();
        let moved = |by: f64| {
            let mut values = values.clone();
            for index in part.clone() {
                values[index] += (by * f64::from(gradient[index])) as f32;
            }
            at(&values).loss_and_gradient(&[0, 1], -1, &[]).unwrap().loss
        };
        let slope = (moved(step) - moved(-step)) / (2.0 * step);
        assert!((slope / squared - 1.0).abs() < 0.01, "layer {layer}: {slope}, not {squared}");
    }
}

#[test]
fn stored_and_dequantised_weights_have_one_gradient() {
    let pairs = encoded(2);
    let dense = Model::open(starter_path()).precision(Precision::F32).load().unwrap();
    let stored = starter();
    assert!(5 * stored.weight_bytes() < dense.weight_bytes());
    let [stored, dense] = [stored, Arc::new(dense)].map(|model| {
        let settings = settings(Method::Bipo, &[22]);
        let training = Training::new(model, &pairs, settings).prepare().unwrap();
        training.loss_and_gradient(&[0, 1], 1, &[]).unwrap()
    });
    assert!((stored.loss - dense.loss).abs() < 1e-9);
    let length = |x: &[f32]| x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    let difference: Vec<f32> = stored.gradient.iter().zip(&dense.gradient).map(|(a, b)| a - b).collect();
    let relative = length(&difference) / length(&dense.gradient);
    println!("stored against dequantized: the gradient differs by {relative:.1e}");
    assert!(relative < 1e-4, "the gradients differ by {relative}");
}

#[test]
fn one_of_several_layers_has_the_gradient_it_has_alone() {
    let pairs = encoded(2);
    let gradient = |layers: &[usize]| {
        let training = Training::new(starter(), &pairs, settings(Method::Bipo, layers)).prepare().unwrap();
        training.loss_and_gradient(&[0, 1], 1, &[]).unwrap().gradient
    };
    // At v = 0 the vector of one layer does not change the gradient of another.
    let both = gradient(&[14, 22]);
    assert_eq!(both[..576], gradient(&[14]));
    let alone = gradient(&[22]);
    let largest = alone.iter().fold(0.0_f32, |m, g| m.max(g.abs()));
    assert!(both[576..].iter().zip(&alone).all(|(a, b)| (a - b).abs() < 1e-4 * largest));
}

#[test]
fn a_file_in_place_of_memory_changes_no_bit() {
    let pairs = short(4);
    let in_memory = trained(&pairs, settings(Method::Bipo, &[20]), &OffloadLimit::default());
    let little = OffloadLimit { bytes: 1000, folder: std::env::temp_dir() };
    assert_eq!(bits(&in_memory), bits(&trained(&pairs, settings(Method::Bipo, &[20]), &little)));
    let nowhere = OffloadLimit { bytes: 1000, folder: "no such folder".into() };
    let refused = Training::new(starter(), &pairs, settings(Method::Bipo, &[20])).offload(nowhere).prepare();
    assert!(matches!(refused, Err(TrainError::Model(_))));
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let pairs = short(2);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bits(&trained(&pairs, settings(Method::Bipo, &[22, 26]), &OffloadLimit::default())))
    };
    let one = with(1);
    assert!(one == with(3));
}

#[test]
fn products_in_bf16_lead_to_nearly_the_same_vector() {
    let model = starter();
    let rounded = match model.with_matmul_precision(MatmulPrecision::Bf16) {
        Ok(rounded) => Arc::new(rounded),
        Err(refused) => {
            assert!(!MatmulPrecision::Bf16.is_available(), "{refused}");
            skip(&refused.to_string());
            return;
        }
    };
    let pairs = encoded(6);
    let [exact, rounded] = [model, rounded].map(|model| {
        let settings = settings(Method::Bipo, &[10]);
        let mut training = Training::new(model, &pairs, settings).prepare().unwrap();
        let first = training.step().unwrap();
        assert!((first.loss - 2.0_f64.ln()).abs() < 1e-6, "nothing acts yet: {}", first.loss);
        while training.done() < training.steps() {
            training.step().unwrap();
        }
        training.vectors().swap_remove(0)
    });
    let cosine =
        vectors::algebra::cosine_similarity(slice::from_ref(&exact), slice::from_ref(&rounded)).unwrap();
    println!("cosine {cosine}");
    assert!(exact.values != rounded.values && cosine > 0.98, "{cosine}");
}

#[test]
fn vectors_without_steps_have_the_right_sign() {
    let model = starter();
    let texts = starter_pairs("seeks-wealth.jsonl", "train");
    let held_out: Vec<EncodedPair> = starter_pairs("seeks-wealth.jsonl", "held-out")[..6]
        .iter()
        .map(|pair| model.encode_pair(SYSTEM, pair).unwrap())
        .collect();
    let scorer = Scorer::prepare(Arc::clone(&model), &held_out, Layer(12).prefix(), None).unwrap();
    let plain = mean_margin(&scorer.log_probs(&[], None).unwrap());
    let last = TrainSettings { position: AnswerPosition::Last, ..settings(Method::Freeform, &[12, 13]) };
    for (settings, pairs) in [
        (settings(Method::Freeform, &[12, 13]), encoded(10)),
        (last, encoded(10)),
        (settings(Method::Caa, &[12, 13]), encode_choices(&model, SYSTEM, &texts[..10], 5).unwrap()),
    ] {
        let training = Training::new(Arc::clone(&model), &pairs, settings.clone()).prepare().unwrap();
        assert_eq!(training.steps(), 0);
        let vectors = training.vectors();
        assert_eq!(vectors.iter().map(|vector| vector.layer).collect::<Vec<_>>(), [12, 13]);
        let margin = |multiplier: f32| {
            let term = |vector: &SteeringVector| Term::Vector {
                multiplier: multiplier * 8.0 / vector.norm() as f32,
                vector: vector.clone(),
                intervention: Intervention::default(),
                gate: None,
            };
            mean_margin(&scorer.log_probs(&[term(&vectors[0])], None).unwrap())
        };
        // A choice between letters promises nothing about whole answers.
        if settings.method == Method::Freeform {
            let margins = [margin(-1.0), plain, margin(1.0)];
            println!("{:?} {:?}: {margins:?}", settings.method, settings.position);
            assert!(margins.is_sorted_by(|a, b| a < b), "{margins:?}");
        }
    }
}

#[test]
fn layers_out_of_order_vectors_below_and_broken_pairs_are_refused() {
    let pairs = encoded(1);
    for layers in [&[][..], &[3, 3], &[5, 2]] {
        let refused = Training::new(starter(), &pairs, settings(Method::Bipo, layers)).prepare();
        assert!(
            matches!(refused, Err(TrainError::Setting(SettingsError { setting: Setting::Layers, .. }))),
            "{layers:?}"
        );
    }
    let broken = |wanted: Vec<u32>| EncodedPair { wanted, ..pairs[0].clone() };
    for wanted in [vec![], vec![49_152], vec![5; 100_000]] {
        assert!(Scorer::prepare(starter(), &[broken(wanted)], Layer(14).prefix(), None).is_err());
    }
    let scorer = Scorer::prepare(starter(), &pairs, Layer(14).prefix(), None).unwrap();
    let vector = SteeringVector { layer: 13, values: vec![1.0; 576].into() };
    assert!(
        scorer
            .log_probs(
                &[Term::Vector {
                    vector,
                    multiplier: 1.0,
                    intervention: Intervention::default(),
                    gate: None
                }],
                None
            )
            .is_err()
    );
}

#[test]
fn start_values_are_where_a_run_and_its_checkpoints_begin() {
    let pairs = short(2);
    let values: Vec<f32> = (0..576).map(|i| (0.1 * f64::from(i).sin()) as f32).collect();
    let run = || Training::new(starter(), &pairs, settings(Method::Bipo, &[25]));
    let mut whole = run().start(values.as_slice()).prepare().unwrap();
    assert_eq!(whole.values(), values);
    let begun = whole.checkpoint();
    whole.step().unwrap();
    let mut resumed = run().checkpoint(begun).prepare().unwrap();
    assert_eq!(resumed.values(), values, "the checkpoint holds the start");
    resumed.step().unwrap();
    assert_eq!(bits(&resumed), bits(&whole));

    let refused = run().start(&values[1..]).prepare();
    assert!(matches!(refused, Err(TrainError::StartSize { expected: 576, found: 575 })));
    let refused = run().start([f32::NAN; 576]).prepare();
    assert!(matches!(refused, Err(TrainError::StartNotFinite)));
    let refused = Training::new(starter(), &pairs, settings(Method::Pca, &[25])).start(values).prepare();
    assert!(matches!(refused, Err(TrainError::StartWithoutSteps)));
}

#[test]
fn what_a_step_or_a_batch_cannot_be_is_said_by_the_kind_of_error() {
    let pairs = short(2);
    let prepare = |method| Training::new(starter(), &pairs, settings(method, &[25])).prepare().unwrap();
    let mut run = prepare(Method::Bipo);
    run.step().unwrap();
    assert!(matches!(run.step(), Err(TrainError::AllStepsDone { steps: 1 })));
    assert!(matches!(run.loss_and_gradient(&[], 1, &[]), Err(TrainError::NoPairs)));
    let beyond = run.loss_and_gradient(&[0, 2], 1, &[]);
    assert!(matches!(beyond, Err(TrainError::NoSuchPair { index: 2, pairs: 2 })));
    let too_few = prepare(Method::Reps).loss_and_gradient(&[0, 1], 1, &[1.0]);
    assert!(matches!(too_few, Err(TrainError::Factors { expected: 2, found: 1 })));
    assert!(matches!(prepare(Method::Freeform).step(), Err(TrainError::NoSteps)));
}
