//! Scores of steered models that need no generation.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};

use crate::Progress;
use crate::kept::Kept;
use crate::model::{Model, ModelError};
use crate::pairs::EncodedPair;
use crate::steering::SteeringVector;

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

/// Scores pairs at any multiplier of a vector at one layer; what lies below the layer is computed once.
pub struct Scorer {
    model: Arc<Model>,
    kept: Kept,
}

impl Scorer {
    /// Computes the activations after block `layer`.
    ///
    /// # Errors
    /// Where the layer is not the model's, a pair is too long for it, or `progress` says stop.
    pub fn prepare(
        model: Arc<Model>,
        pairs: &[EncodedPair],
        layer: usize,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        let kept = Kept::compute(&model, pairs, layer, progress)?;
        Ok(Self { model, kept })
    }

    /// The pairs' log-probabilities with `multiplier * vector` added, in the pairs' order.
    ///
    /// # Errors
    /// Where the vector does not fit, or `progress` says stop.
    pub fn log_probs(
        &self,
        vector: &SteeringVector,
        multiplier: f32,
        progress: Progress<'_>,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        self.model.check_vector(vector)?;
        if vector.layer != self.kept.layer {
            return Err(ModelError::Layer { layer: vector.layer, last: self.kept.layer });
        }
        // Multiplier 0 is the plain model, to the bit.
        let shift: Option<Vec<f32>> =
            (multiplier != 0.0).then(|| vector.values.iter().map(|x| multiplier * x).collect());
        self.kept.log_probs(&self.model, shift.as_deref(), progress)
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
