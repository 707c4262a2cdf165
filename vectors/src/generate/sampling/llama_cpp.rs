//! Tests that every filter leaves the probabilities that llama.cpp's sampler leaves
//! (tests/oracles/sampling-llama-cpp.jsonl, by `sampling_llama_cpp.py`).

use super::{Candidates, Sampling, argmax};

/// The largest difference of two probabilities that counts as rounding.
const CLOSE: f64 = 1e-4;

/// The draws that find out which tokens top-p leaves. The rarest of the cases has a probability of 0.0043, so that one is
/// missed with a probability below 1e-9; and always or never, because the draws are seeded.
const DRAWS: usize = 5_000;

#[derive(serde::Deserialize)]
struct Case {
    what: String,
    logits: Vec<f32>,
    context: Vec<u32>,
    temperature: f32,
    top_k: usize,
    top_p: f32,
    min_p: f32,
    repeat_penalty: f32,
    repeat_last_n: usize,
    steps: Vec<Step>,
}

#[derive(serde::Deserialize)]
struct Step {
    sampler: String,
    probabilities: Vec<f64>,
}

impl Case {
    /// Switches on one more filter.
    fn with(&self, sampling: Sampling, sampler: &str) -> Sampling {
        match sampler {
            "penalties" => Sampling {
                repeat_penalty: self.repeat_penalty,
                repeat_last_n: self.repeat_last_n,
                ..sampling
            },
            "temperature" => Sampling { temperature: self.temperature, ..sampling },
            "top_k" => Sampling { top_k: self.top_k, ..sampling },
            "top_p" => Sampling { top_p: self.top_p, ..sampling },
            "min_p" => Sampling { min_p: self.min_p, ..sampling },
            other => panic!("{other} is no sampler of Tiller"),
        }
    }
}

/// Returns the probability with which each token is drawn.
fn probabilities(sampling: Sampling, case: &Case) -> Vec<f64> {
    let sampler = sampling.sampler(&case.context);
    let mut logits = case.logits.clone();
    if sampling.penalises() {
        sampler.penalise(&mut logits).unwrap();
    }
    let mut all = vec![0.0; logits.len()];
    if sampling.is_temperature_zero() {
        all[argmax(&logits).unwrap() as usize] = 1.0;
        return all;
    }
    let Candidates { ids, logits, .. } = sampling.candidates(&mut logits).unwrap();
    let ids = ids.unwrap_or_else(|| (0..logits.len() as u32).collect());
    for (id, logit) in ids.iter().zip(&logits) {
        all[*id as usize] = f64::from(logit / sampling.temperature).exp();
    }
    // candle applies top-p while it draws, and does not say what it leaves.
    if sampling.top_p < 1.0 {
        let drawn = drawn(sampling, case);
        for (weight, is_drawn) in all.iter_mut().zip(drawn) {
            *weight *= f64::from(u8::from(is_drawn));
        }
    }
    let total: f64 = all.iter().sum();
    all.into_iter().map(|weight| weight / total).collect()
}

/// Returns which tokens are ever drawn.
fn drawn(sampling: Sampling, case: &Case) -> Vec<bool> {
    let mut sampler = sampling.sampler(&case.context);
    let kept = sampler.recent.len();
    let mut drawn = vec![false; case.logits.len()];
    for _ in 0..DRAWS {
        sampler.recent.truncate(kept);
        drawn[sampler.sample(&mut case.logits.clone()).unwrap() as usize] = true;
    }
    drawn
}

#[test]
fn every_filter_leaves_what_llama_cpp_leaves() {
    let lines = include_str!("../../../../tests/oracles/sampling-llama-cpp.jsonl").lines();
    let (mut cases, mut steps) = (0, 0);
    for case in lines.map(|line| serde_json::from_str::<Case>(line).unwrap()) {
        let mut sampling = Sampling { temperature: 1.0, ..Sampling::default() };
        for step in &case.steps {
            sampling = case.with(sampling, &step.sampler);
            sampling.check().unwrap();
            for (id, (own, other)) in
                probabilities(sampling, &case).iter().zip(&step.probabilities).enumerate()
            {
                let words = format!("{}, {}: token {id} has {own}, not {other}", case.what, step.sampler);
                assert!((own - other).abs() < CLOSE, "{words}");
                assert_eq!(*own == 0.0, *other == 0.0, "{words}");
            }
            steps += 1;
        }
        // What is drawn is of the last distribution.
        let last = &case.steps.last().unwrap().probabilities;
        assert!(
            drawn(sampling, &case).iter().zip(last).all(|(drawn, p)| !drawn || *p > 0.0),
            "{}",
            case.what
        );
        cases += 1;
    }
    assert_eq!((cases, steps), (19, 38));
}
