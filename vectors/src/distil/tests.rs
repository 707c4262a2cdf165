//! Distillation on tiny models: its gradient, how far the divergence falls, and that a resumed run has the same bits.

use std::path::PathBuf;
use std::sync::Arc;

use super::{DistilError, DistilSettings, Distillation, Sample, memory_estimate};
use crate::adapter::Projections;
use crate::model::{Model, Precision};
use crate::pairs::EncodedPair;
use crate::steering::{Intervention, InterventionOp, SteeringVector, Term};
use crate::train::{Checkpoint, LoraConfig, LossAndGradient};

fn family(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/oracles/families").join(name)
}

fn load(name: &str) -> Arc<Model> {
    Arc::new(Model::open(family(name)).precision(Precision::F32).load().unwrap())
}

/// Sequences of pseudorandom tokens.
fn tokens(seed: usize, length: usize) -> Vec<u32> {
    (0..length).map(|at| ((seed * 7919 + at * 104_729 + 13) % 251) as u32).collect()
}

fn samples(from: usize, count: usize) -> Vec<Sample> {
    let one = |seed: usize| {
        if seed % 3 == 2 {
            return Sample::Text(tokens(seed, 60));
        }
        let part = |at: usize, length| tokens(10 * seed + at, length);
        Sample::Pair(EncodedPair { prompt: part(0, 20), wanted: part(1, 24), opposite: part(2, 16) })
    };
    (from..from + count).map(one).collect()
}

fn adding(model: &Model, layer: usize, size: f64) -> Term {
    let number = |at: usize| (size * (1.3 * at as f64 + 0.4).sin()) as f32;
    let values = (0..model.facts().hidden_size).map(number).collect();
    Term::new(&SteeringVector { layer, values }, 1.0)
}

fn settings(steps: u32) -> DistilSettings {
    DistilSettings {
        lora: LoraConfig { rank: 4, alpha: 8.0 },
        steps,
        learning_rate: 1e-2,
        warmup_steps: 5,
        seed: 3,
        ..DistilSettings::default()
    }
}

fn prepare(name: &str, settings: &DistilSettings, checkpoint: Option<Checkpoint>) -> Distillation {
    let model = load(name);
    let teacher = [adding(&model, 0, 0.3)];
    let run = Distillation::new(model, &teacher, samples(0, 40), settings.clone());
    run.held_out(samples(50, 6)).checkpoint(checkpoint).prepare().unwrap()
}

#[test]
fn the_gradient_agrees_with_finite_differences() {
    for name in ["llama", "gemma2", "qwen3"] {
        // Some steps first: at the start B is zero, and A has no gradient.
        let settings = DistilSettings { schedule: steering_types::Schedule::Constant, ..settings(8) };
        let mut run = prepare(name, &settings, None);
        for _ in 0..6 {
            run.step().unwrap();
        }
        let indices = [0, 2, 5];
        let LossAndGradient { loss, gradient } = run.loss_and_gradient(&indices).unwrap();
        let norm = gradient.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        assert!(loss > 1e-4 && norm > 1e-4, "{name}: {loss}, {norm}");
        // Along the gradient, the loss rises by its length.
        let whole = run.state.values.clone();
        let mut at = |step: f64| {
            let moved = |(x, g): (&f32, &f32)| (f64::from(*x) + step * f64::from(*g) / norm) as f32;
            run.state.values = whole.iter().zip(&gradient).map(moved).collect();
            run.loss_and_gradient(&indices).unwrap().loss
        };
        let step = 0.02;
        let slope = (at(step) - at(-step)) / (2.0 * step);
        assert!((slope - norm).abs() < 0.02 * norm, "{name}: slope {slope}, gradient {norm}");
    }
}

#[test]
fn every_projection_has_a_gradient() {
    let mut run = prepare("llama", &settings(4), None);
    for _ in 0..2 {
        run.step().unwrap();
    }
    let gradient = run.loss_and_gradient(&[0, 1, 2]).unwrap().gradient;
    let mut rest = gradient.as_slice();
    for projection in run.shape.on.iter() {
        for size in run.shape.sizes(projection).map(|size| size * run.shape.rank) {
            let (own, after) = rest.split_at(size);
            rest = after;
            assert!(own.iter().any(|g| *g != 0.0), "{projection:?}");
        }
    }
}

#[test]
fn the_divergence_on_held_out_samples_falls_by_a_large_factor() {
    // Gemma 2 is distilled by a test of `tiller-cli distil`, from the neutral text.
    let mut run = prepare("llama", &settings(150), None);
    let before = run.measure_plain(None).unwrap();
    // An adapter whose B is zero is the plain model.
    let first = run.measure(None).unwrap();
    assert!((first.interval.value - before.interval.value).abs() < 1e-9);
    assert!(run.run(None).unwrap().is_continue());
    let left = run.measure(None).unwrap();
    println!("{:?} fell to {:?}", before.interval, left.interval);
    assert!(before.interval.value > 3.0 * left.interval.value, "{before:?}, {left:?}");
    assert!(left.interval.low <= left.interval.value && left.interval.value <= left.interval.high);
    assert_eq!((left.samples, left.tokens > 50), (6, true));
}

#[test]
fn a_run_that_was_stopped_and_resumed_has_the_same_bits() {
    let bits = |run: &Distillation| run.state.values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let mut whole = prepare("llama", &settings(8), None);
    let steps: Vec<_> = (0..8).map(|_| whole.step().unwrap()).collect();
    let mut first = prepare("llama", &settings(8), None);
    for step in &steps[..5] {
        assert_eq!(first.step().unwrap(), *step);
    }
    let kept = Checkpoint::from_bytes(&first.checkpoint().to_bytes()).unwrap();
    let mut second = prepare("llama", &settings(8), Some(kept));
    assert_eq!(second.done(), 5);
    for step in &steps[5..] {
        assert_eq!(second.step().unwrap(), *step);
    }
    assert!(bits(&second) == bits(&whole));
    assert!(matches!(whole.step(), Err(DistilError::AllStepsDone { steps: 8 })));
}

#[test]
fn a_batch_that_cannot_be_is_refused_and_numbers_that_are_none_name_their_sample() {
    let mut run = prepare("llama", &settings(8), None);
    assert!(matches!(run.loss_and_gradient(&[]), Err(DistilError::NoSamples)));
    let beyond = run.loss_and_gradient(&[3, 40]);
    assert!(matches!(beyond, Err(DistilError::NoSuchSample { index: 40, samples: 40 })));
    // The rows of sample 2, a text of 60 tokens, stand behind the 58 of each of the two pairs before it.
    let of_row = |row| run.train.sample_of_row(&[0, 1, 2], row);
    let found = [0, 57, 58, 115, 116, 175, 176].map(of_row);
    assert_eq!(found, [Some(0), Some(0), Some(1), Some(1), Some(2), Some(2), None]);
    // An adapter that overflows makes logits that are no numbers.
    run.state.values.fill(f32::MAX);
    let error = run.step().unwrap_err();
    assert!(matches!(error, DistilError::NotFinite { step: 1, sample: Some(_) }), "{error}");
    assert!(
        error.to_string().starts_with("the numbers are not finite at step 1, training sample "),
        "{error}"
    );
    assert_eq!(run.done(), 0);
}

#[test]
fn whatever_the_teacher_does_is_distilled() {
    let model = load("qwen3");
    let capped = Term::Vector {
        vector: SteeringVector { layer: 1, values: vec![0.2; model.facts().hidden_size].into() },
        multiplier: 1.0,
        intervention: Intervention { op: InterventionOp::ProjectOut, ..Intervention::default() },
        gate: None,
    };
    let teacher = [adding(&model, 0, 0.2), capped];
    let on: Projections = "v_proj,o_proj,down_proj".parse().unwrap();
    let settings = DistilSettings { on, ..settings(150) };
    let run = Distillation::new(model, &teacher, samples(0, 40), settings);
    let mut run = run.held_out(samples(50, 6)).prepare().unwrap();
    let all: Vec<usize> = (0..40).collect();
    let before = run.loss_and_gradient(&all).unwrap().loss;
    assert!(run.run(None).unwrap().is_continue());
    let left = run.loss_and_gradient(&all).unwrap().loss;
    println!("several interventions: {before} fell to {left}");
    assert!(before > 2.0 * left, "{before}, {left}");
    assert_eq!(run.adapter().shape().on, on);
}

#[test]
fn what_cannot_be_distilled_is_refused() {
    let model = load("llama");
    let prepare = |teacher: &[Term], train: Vec<Sample>, settings: DistilSettings| {
        let run = Distillation::new(Arc::clone(&model), teacher, train, settings);
        run.prepare().map(|_| ()).unwrap_err()
    };
    let teacher = [adding(&model, 0, 0.3)];
    assert!(matches!(prepare(&teacher, vec![], settings(1)), DistilError::NoSamples));
    assert!(matches!(prepare(&[], samples(0, 1), settings(1)), DistilError::NoSteering));
    let idle =
        [Term::new(&SteeringVector { layer: 0, values: vec![1.0; model.facts().hidden_size].into() }, 0.0)];
    assert!(matches!(prepare(&idle, samples(0, 1), settings(1)), DistilError::NoSteering));
    let none = DistilSettings { on: Vec::new().into(), ..settings(1) };
    assert!(matches!(prepare(&teacher, samples(0, 1), none), DistilError::Setting { .. }));
    let fast = DistilSettings { learning_rate: f64::NAN, ..settings(1) };
    let message = prepare(&teacher, samples(0, 1), fast).to_string();
    assert!(message.contains("the learning rate is NaN"), "{message}");
    let other = SteeringVector { layer: 90, values: vec![1.0; model.facts().hidden_size].into() };
    assert!(matches!(prepare(&[Term::new(&other, 1.0)], samples(0, 1), settings(1)), DistilError::Model(_)));
}

#[test]
fn the_memory_estimate_counts_the_longest_batch_and_the_adapter() {
    let model = load("llama");
    let (train, held_out) = (samples(0, 8), samples(50, 2));
    let of = |batch: u32, rank: u32| {
        let settings = DistilSettings { batch, lora: LoraConfig { rank, alpha: 8.0 }, ..settings(1) };
        memory_estimate(&model, &train, &held_out, &settings)
    };
    assert!(of(1, 4) < of(4, 4) && of(4, 4) < of(4, 32));
    assert_eq!(of(8, 4), of(80, 4), "there are eight samples");
}
