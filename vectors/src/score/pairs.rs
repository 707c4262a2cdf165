//! The log-probabilities of a preference pair's answers.

use std::sync::Arc;

use crate::Progress;
use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError};
use crate::pairs::EncodedPair;
use crate::prefix::{OffloadLimit, PrefixActivations};
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
    cached: PrefixActivations,
}

impl Scorer {
    /// Computes the activations after the prefix, which all steering sets share.
    ///
    /// # Errors
    /// Where the model has fewer blocks, a pair is too long for it, or `progress` says stop.
    pub fn prepare(
        model: Arc<Model>,
        pairs: &[EncodedPair],
        prefix: PrefixBlocks,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        let cached = PrefixActivations::compute(&model, pairs, prefix, &OffloadLimit::default(), progress)?;
        Ok(Self { model, cached })
    }

    /// The pairs' log-probabilities with every term added at its own layer, in the pairs' order. Without an active term
    /// they are the plain model's, to the bit.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts below the prepared layer, or `progress` says stop.
    pub fn log_probs(
        &self,
        steering: &[Term],
        progress: Progress<'_>,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        let shifts = self.cached.plan(&self.model, steering)?;
        self.cached.log_probs(&self.model, &shifts, progress)
    }
}
