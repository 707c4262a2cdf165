//! Scores of steered models that need no generation.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};

use crate::Progress;
use crate::kept::{Kept, Spill};
use crate::model::{Model, ModelError};
use crate::pairs::EncodedPair;
use crate::steering::Term;

/// A pair's log-probabilities, in nats, summed over the answer's tokens, the closing token included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairLogProbs {
    /// log pi(wanted | prompt).
    pub wanted: f64,
    /// log pi(opposite | prompt).
    pub opposite: f64,
}

impl PairLogProbs {
    /// The log-odds of the wanted answer against the opposite one, in nats.
    #[must_use]
    pub fn margin(&self) -> f64 {
        self.wanted - self.opposite
    }
}

/// Scores pairs with any steering set at or above a layer; what lies below the layer is computed once.
pub struct Scorer {
    model: Arc<Model>,
    kept: Kept,
}

impl Scorer {
    /// Computes the activations after block `layer`: the lowest that will be steered.
    ///
    /// # Errors
    /// Where the layer is not the model's, a pair is too long for it, or `progress` says stop.
    pub fn prepare(
        model: Arc<Model>,
        pairs: &[EncodedPair],
        layer: usize,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        let kept = Kept::compute(&model, pairs, layer, &Spill::default(), progress)?;
        Ok(Self { model, kept })
    }

    /// The pairs' log-probabilities with every term added at its own layer, in the pairs' order. Without an active term
    /// they are the plain model's, to the bit.
    ///
    /// # Errors
    /// Where a vector does not fit the model or lies below the prepared layer, or `progress` says stop.
    pub fn log_probs(
        &self,
        steering: &[Term],
        progress: Progress<'_>,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        let shifts = self.kept.shifts(&self.model, steering)?;
        self.kept.log_probs(&self.model, &shifts, progress)
    }
}

/// The 95 % percentile bootstrap interval of the mean (Efron 1979): 10,000 resamples, seeded.
#[must_use]
pub fn bootstrap_interval(values: &[f64], seed: u64) -> (f64, f64) {
    const RESAMPLES: usize = 10_000;
    if values.is_empty() {
        return (f64::NAN, f64::NAN);
    }
    let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut mean = || {
        let sum: f64 = (0..values.len()).map(|_| values[generator.random_range(0..values.len())]).sum();
        sum / values.len() as f64
    };
    let mut means: Vec<f64> = (0..RESAMPLES).map(|_| mean()).collect();
    means.sort_by(f64::total_cmp);
    (means[RESAMPLES / 40], means[RESAMPLES - 1 - RESAMPLES / 40])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_about_two_standard_errors() {
        // 0, 1, ..., 99: standard deviation 28.87, standard error 2.887.
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let (low, high) = bootstrap_interval(&values, 7);
        assert!((49.5 - low - 1.96 * 2.887).abs() < 0.25, "low {low}");
        assert!((high - 49.5 - 1.96 * 2.887).abs() < 0.25, "high {high}");
        assert_eq!(bootstrap_interval(&values, 7), (low, high));
        assert_eq!(bootstrap_interval(&[3.0, 3.0], 1), (3.0, 3.0));
    }
}
