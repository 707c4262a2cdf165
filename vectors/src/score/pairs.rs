//! The log-probabilities of the answers of preference pairs.

use std::sync::Arc;

use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError};
use crate::pairs::EncodedPair;
use crate::prefix::{OffloadLimit, PrefixActivations};
use crate::progress::Progress;
use crate::steering::Term;

/// The log-probabilities of a pair's answers, in nats, summed over the answer's tokens, closing token included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairLogProbs {
    /// log pi(wanted | prompt).
    pub wanted: f64,
    /// log pi(opposite | prompt).
    pub opposite: f64,
}

impl PairLogProbs {
    /// Whether both log-probabilities are numbers.
    pub(crate) fn is_finite(&self) -> bool {
        self.wanted.is_finite() && self.opposite.is_finite()
    }

    /// Returns the log-odds of the wanted answer against the opposite one, in nats.
    #[must_use]
    pub fn margin(&self) -> f64 {
        self.wanted - self.opposite
    }
}

/// Scores pairs under any steering set that leaves the prefix unchanged.
pub struct Scorer {
    model: Arc<Model>,
    cached: PrefixActivations,
}

impl Scorer {
    /// Computes the activations after the prefix, which all steering sets share.
    ///
    /// # Errors
    /// Where the model has fewer blocks, a pair is too long for it, or `progress` returns `Break`.
    pub fn prepare(
        model: Arc<Model>,
        pairs: &[EncodedPair],
        prefix: PrefixBlocks,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        let cached = PrefixActivations::compute(&model, pairs, prefix, &OffloadLimit::default(), progress)?;
        Ok(Self { model, cached })
    }

    /// Returns the log-probabilities of every pair under a steering set, in the pairs' order. Without an active term
    /// they are the unsteered model's, to the bit. `progress` counts pairs.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts within the prefix, a log-probability is not finite, or
    /// `progress` returns `Break`.
    pub fn log_probs(
        &self,
        steering: &[Term],
        progress: Progress<'_>,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        let plan = self.cached.plan(&self.model, steering)?;
        self.cached.log_probs(&self.model, &plan, progress)
    }
}
