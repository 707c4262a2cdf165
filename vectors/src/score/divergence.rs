//! The divergence of a steered model from the unsteered one: a strength that compares across vectors and layers.

use std::sync::Arc;

use super::not_negative;
use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError, Part};
use crate::ops::{on_pool, rows};
use crate::pairs::EncodedPair;
use crate::prefix::{OffloadLimit, PrefixActivations};
use crate::progress::{Progress, continue_unless_halting, tell};
use crate::steering::{SteeringPlan, Term};

/// The number of pairs in one forward pass.
const PAIRS_AT_ONCE: usize = 4;
/// The number of rows whose logits are in memory at the same time.
const LOGIT_ROWS: usize = 32;

/// Measures how far steering moves the model's predictions over the answers of some pairs.
pub struct DivergenceScorer {
    model: Arc<Model>,
    cached: PrefixActivations,
}

impl DivergenceScorer {
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

    /// Returns the mean L2 norm of the residual stream after the prefix.
    #[must_use]
    pub fn residual_norm(&self) -> f64 {
        self.cached.mean_norm()
    }

    /// Returns the mean of KL(steered || unsteered) = `Σ_t` p(t) log(p(t) / q(t)) over the answers' tokens, closing
    /// tokens included, in nats. p are the predictions of the steered model, q those of the unsteered one. 0 without an
    /// active term. `progress` counts pairs.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts within the prefix, the divergence is not finite, or
    /// `progress` says stop.
    pub fn divergence(&self, steering: &[Term], mut progress: Progress<'_>) -> Result<f64, ModelError> {
        let plan = self.cached.plan(&self.model, steering)?;
        if plan.is_empty() {
            return Ok(0.0);
        }
        let (mut sum, mut count) = (0.0, 0);
        let pairs: Vec<usize> = (0..self.cached.len()).collect();
        for (done, indices) in pairs.chunks(PAIRS_AT_ONCE).enumerate() {
            continue_unless_halting(&mut progress, done * PAIRS_AT_ONCE, pairs.len())?;
            let batch = self.cached.batch(indices)?;
            let steered = on_pool(|| batch.last_hidden(&self.model, &plan))?;
            let plain = on_pool(|| batch.last_hidden(&self.model, &SteeringPlan::default()))?;
            let total = steered.dims()[0];
            // The pair of every row.
            let lengths = batch.lengths().map(|(wanted, opposite)| wanted + opposite);
            let pair_of: Vec<usize> = indices
                .iter()
                .zip(lengths)
                .flat_map(|(pair, rows)| std::iter::repeat_n(*pair, rows))
                .collect();
            for start in (0..total).step_by(LOGIT_ROWS) {
                let size = LOGIT_ROWS.min(total - start);
                let logits = |x: &candle_core::Tensor| -> Result<candle_core::Tensor, ModelError> {
                    let x = rows::gather(x, start..start + size)?;
                    Ok(on_pool(|| self.model.decoder.logits(&x))?)
                };
                let (p, q) = (logits(&steered)?, logits(&plain)?);
                let (p, q) = (rows::read(&p)?, rows::read(&q)?);
                for row in 0..size {
                    let divergence = kl_divergence(p.row(row), q.row(row));
                    Part::Pair.check(pair_of[start + row], [divergence])?;
                    sum += divergence;
                }
            }
            count += total;
        }
        let _ = tell(&mut progress, pairs.len(), pairs.len());
        Ok(sum / count.max(1) as f64)
    }
}

/// KL(softmax(p) || softmax(q)) of two rows of logits, in nats.
fn kl_divergence(p: &[f32], q: &[f32]) -> f64 {
    let log_sum_exp = |logits: &[f32]| {
        let max = logits.iter().fold(f32::NEG_INFINITY, |max, x| max.max(*x));
        f64::from(max) + logits.iter().map(|x| f64::from(x - max).exp()).sum::<f64>().ln()
    };
    let (of_p, of_q) = (log_sum_exp(p), log_sum_exp(q));
    let term = |(p, q): (&f32, &f32)| {
        let (p, q) = (f64::from(*p) - of_p, f64::from(*q) - of_q);
        p.exp() * (p - q)
    };
    not_negative(p.iter().zip(q).map(term).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_distributions_have_no_divergence() {
        assert_eq!(kl_divergence(&[1.0, -2.0, 0.5], &[1.0, -2.0, 0.5]), 0.0);
        assert!(kl_divergence(&[1.0, -2.0, 0.5], &[101.0, 98.0, 100.5]) < 1e-9);
    }

    #[test]
    fn a_divergence_of_numbers_that_are_none_is_none() {
        assert!(kl_divergence(&[f32::NAN, 0.0], &[0.0, 0.0]).is_nan());
        assert!(kl_divergence(&[0.0, 0.0], &[f32::INFINITY, 0.0]).is_nan());
    }

    #[test]
    fn a_coin_against_a_biased_one_has_the_known_divergence() {
        // p = (1/2, 1/2), q = (1/4, 3/4): 1/2 log 2 + 1/2 log 2/3.
        let expected = 0.5 * 2.0_f64.ln() + 0.5 * (2.0_f64 / 3.0).ln();
        assert!((kl_divergence(&[0.0, 0.0], &[0.0, 3.0_f32.ln()]) - expected).abs() < 1e-7);
    }
}
