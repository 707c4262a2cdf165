//! Scores of steered models that need no generation.

use std::sync::Arc;

use crate::Progress;
use crate::model::Model;
use crate::pairs::EncodedPair;
use crate::steering::SteeringVector;
use crate::train::TrainError;

/// A pair's log-probabilities, in nats, summed over the answer's tokens, the closing token included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairLogProbs {
    /// log pi(wanted | prompt).
    pub wanted: f64,
    /// log pi(opposite | prompt).
    pub opposite: f64,
}

/// Scores pairs at any multiplier of a vector at one layer; what lies below the layer is computed once.
pub struct Scorer {}

impl Scorer {
    /// Computes the activations after block `layer`.
    ///
    /// # Errors
    /// Where the layer is not the model's, or `progress` says stop.
    pub fn prepare(model: Arc<Model>, pairs: &[EncodedPair], layer: usize, progress: Progress<'_>) -> Result<Self, TrainError> {
        todo!()
    }

    /// The pairs' log-probabilities with `multiplier * vector` added, in the pairs' order.
    ///
    /// # Errors
    /// Where the vector does not fit, or `progress` says stop.
    pub fn log_probs(&self, vector: &SteeringVector, multiplier: f32, progress: Progress<'_>) -> Result<Vec<PairLogProbs>, TrainError> {
        todo!()
    }
}

/// The 95 % percentile bootstrap interval of the mean: 10,000 resamples, seeded.
#[must_use]
pub fn bootstrap_interval(values: &[f64], seed: u64) -> (f64, f64) {
    todo!()
}
