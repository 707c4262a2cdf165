//! Searches layers and learning rates by successive halving (Jamieson and Talwalkar 2016, arXiv 1502.07943). Every
//! candidate trains for a few steps, the better half trains again for twice as many, and so on until one is left.
//!
//! A trial always trains from the beginning, with a schedule over its own steps. Therefore a halted search needs only
//! its findings to go on, and no trial is judged in the middle of its schedule.

use std::ops::ControlFlow;
use std::sync::Arc;

use ipc::analysis::Finding;
use ipc::train::TrainSettings;
use vectors::pairs::EncodedPair;
use vectors::train::{TrainError, Training, memory_estimate};

use super::{Work, compared};
use crate::defaults;
use crate::engine::job::{Interrupt, continue_unless_halting, report_progress};
use crate::engine::pace::Phase;
use crate::engine::train::settings::training_pairs;
use crate::memory;

/// A trial with fewer steps tells nothing.
const FEWEST_STEPS: u32 = 4;

/// A layer and a learning rate to try.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    layer: u32,
    rate: f64,
}

/// Combines every layer with every rate.
pub(crate) fn candidates(layers: &[u32], rates: &[f64]) -> Vec<Candidate> {
    layers
        .iter()
        .flat_map(|layer| rates.iter().map(|rate| Candidate { layer: *layer, rate: *rate }))
        .collect()
}

/// Returns for each round how many candidates it has and how many steps each of them trains.
pub(crate) fn rounds(candidates: usize, budget: u32) -> Vec<(usize, u32)> {
    let mut sizes = vec![];
    let mut left = candidates;
    while left > 1 {
        sizes.push(left);
        left = left.div_ceil(2);
    }
    let rounds = sizes.len().max(1) as u32;
    let steps = |size: &usize| (*size, (budget / (rounds * *size as u32)).max(FEWEST_STEPS));
    sizes.iter().map(steps).collect()
}

pub(super) fn run(
    work: &mut Work<'_>,
    settings: &TrainSettings,
    candidates: &[Candidate],
    budget: u32,
) -> Result<(), Interrupt> {
    let pairs = work.encoded(&settings.system_prompt)?;
    let held_out = compared(pairs.held_out);
    let train = training_pairs(&work.model, settings, &work.contents, pairs.train)?;
    let rounds = rounds(candidates.len(), budget);
    let total: u32 = rounds.iter().map(|(size, steps)| *size as u32 * steps).sum();
    let (mut left, mut done) = (candidates.to_vec(), 0);
    let mut phase = Phase::new("Searching", "step");
    for (round, (_, steps)) in (1..).zip(rounds) {
        let mut gaps = vec![];
        for candidate in &left {
            let known = work.findings.iter().find(|finding| is_of(finding, round, candidate));
            let finding = if let Some(known) = known {
                known.clone()
            } else {
                let trial = Trial { settings, candidate, steps, train: &train, held_out: &held_out };
                let state = work.state;
                let mut progress = |step: u32| {
                    report_progress(state, &mut phase, (done + step) as usize, total as usize);
                    continue_unless_halting(state)
                };
                let (plus, minus) = trial.run(work, &mut progress)?;
                let finding = Finding::Trial {
                    round,
                    layer: candidate.layer,
                    rate: candidate.rate,
                    steps,
                    plus,
                    minus,
                };
                work.found(finding.clone())?;
                finding
            };
            done += steps;
            gaps.push((finding.gap().unwrap_or(f64::NEG_INFINITY), *candidate));
        }
        left = better_half(gaps);
    }
    Ok(())
}

fn is_of(finding: &Finding, round: u32, candidate: &Candidate) -> bool {
    matches!(finding, Finding::Trial { round: of, layer, rate, .. }
        if *of == round && *layer == candidate.layer && rate.total_cmp(&candidate.rate).is_eq())
}

/// Keeps the half of the candidates that moves the held-out pairs furthest. Of two equal ones, the earlier stays.
fn better_half(mut gaps: Vec<(f64, Candidate)>) -> Vec<Candidate> {
    gaps.sort_by(|one, other| other.0.total_cmp(&one.0));
    let half = gaps.len().div_ceil(2);
    gaps.into_iter().take(half).map(|(_, candidate)| candidate).collect()
}

struct Trial<'a> {
    settings: &'a TrainSettings,
    candidate: &'a Candidate,
    steps: u32,
    train: &'a [EncodedPair],
    held_out: &'a [EncodedPair],
}

impl Trial<'_> {
    /// Trains, and returns the held-out margins at multipliers 1 and -1. Returns `None` if the loss is no longer
    /// finite.
    fn run(
        &self,
        work: &Work<'_>,
        progress: &mut dyn FnMut(u32) -> ControlFlow<()>,
    ) -> Result<(Option<f64>, Option<f64>), Interrupt> {
        // The steps see only the first pairs, so the others need not be encoded.
        let batch = self.settings.batch_pairs.max(1);
        let seen = self.train.len().min((self.steps * batch) as usize);
        let train = &self.train[..seen];
        let epochs = self.steps.div_ceil((seen as u32).div_ceil(batch).max(1));
        let settings = TrainSettings {
            layers: vec![self.candidate.layer],
            learning_rate: self.candidate.rate,
            epochs,
            warmup_steps: defaults::warmup_steps(seen as u32, batch, epochs),
            ..self.settings.clone()
        };
        memory::check(work.state, "Training", memory_estimate(&work.model, train, self.held_out, &settings))?;
        let mut prepare = |_: usize, _: usize| progress(0);
        let model = Arc::clone(&work.model);
        let mut training = Training::new(model, train, settings)
            .held_out(self.held_out)
            .progress(&mut prepare)
            .prepare()
            .map_err(|error| work.numbers().interrupt(error))?;
        for step in 0..training.steps().min(self.steps as usize) {
            if progress(step as u32).is_break() {
                return Err(Interrupt::Halted);
            }
            match training.step() {
                Err(TrainError::NotFinite { .. }) => return Ok((None, None)),
                step => drop(step?),
            }
        }
        match training.measure(Some(&mut |_, _| progress(self.steps))) {
            Err(TrainError::NotFinite { .. } | TrainError::NoHeldOut) => Ok((None, None)),
            measured => measured.map(|found| (Some(found.plus), Some(found.minus))).map_err(Interrupt::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_halves_the_candidates_within_the_budget() {
        assert_eq!(rounds(8, 240), [(8, 10), (4, 20), (2, 40)]);
        assert_eq!(rounds(5, 90), [(5, 6), (3, 10), (2, 15)]);
        assert_eq!(rounds(1, 90), []);
        assert_eq!(rounds(2, 3), [(2, FEWEST_STEPS)]);
    }

    #[test]
    fn the_better_half_stays_and_diverged_trials_go_first() {
        let candidates = candidates(&[3, 9], &[0.1, 0.2]);
        assert_eq!(candidates.len(), 4);
        let gaps = [1.0, f64::NEG_INFINITY, 5.0, 5.0].into_iter().zip(candidates.clone()).collect();
        assert_eq!(better_half(gaps), [candidates[2], candidates[3]]);
    }
}
