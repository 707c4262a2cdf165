//! How strong a steering is, in units that compare across vectors and layers.

use std::sync::Arc;

use crate::Progress;
use crate::kept::{Kept, Spill};
use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::pairs::EncodedPair;
use crate::steering::{Shifts, Term};

/// Pairs, and rows of them, whose logits are looked at together.
const PAIRS_AT_ONCE: usize = 4;
const ROWS_AT_ONCE: usize = 32;

/// Measures how far steering moves the model's predictions over some pairs' answers.
pub struct Gauge {
    model: Arc<Model>,
    kept: Kept,
}

impl Gauge {
    /// Computes what no steering at block `layer` or above changes; `None` is the embedding, for adapters.
    ///
    /// # Errors
    /// Where the layer is not the model's, a pair is too long for it, or `progress` says stop.
    pub fn prepare(
        model: Arc<Model>,
        pairs: &[EncodedPair],
        layer: impl Into<Option<usize>>,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        let kept = Kept::compute(&model, pairs, layer.into(), &Spill::default(), progress)?;
        Ok(Self { model, kept })
    }

    /// The mean L2 norm of the residual stream after the lowest layer.
    #[must_use]
    pub fn residual_norm(&self) -> f64 {
        self.kept.mean_norm()
    }

    /// The mean over the answers' tokens, the closing ones included, of KL(steered, plain) = `Σ_t` p(t) log(p(t) / q(t)), in
    /// nats, where p is what the steered model predicts and q what the plain one does. 0 without an active term.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts below the prepared layer, or `progress` says stop.
    pub fn divergence(&self, steering: &[Term], progress: Progress<'_>) -> Result<f64, ModelError> {
        let shifts = self.kept.shifts(&self.model, steering)?;
        if shifts.is_empty() {
            return Ok(0.0);
        }
        let (mut sum, mut count) = (0.0, 0);
        let pairs: Vec<usize> = (0..self.kept.len()).collect();
        for (done, indices) in pairs.chunks(PAIRS_AT_ONCE).enumerate() {
            if progress(done * PAIRS_AT_ONCE, pairs.len()).is_break() {
                return Err(ModelError::Interrupted);
            }
            let batch = self.kept.batch(indices)?;
            let steered = on_pool(|| batch.last(&self.model, &shifts))?;
            let plain = on_pool(|| batch.last(&self.model, &Shifts::default()))?;
            let total = steered.dims()[0];
            for start in (0..total).step_by(ROWS_AT_ONCE) {
                let size = ROWS_AT_ONCE.min(total - start);
                let logits = |x: &candle_core::Tensor| -> Result<candle_core::Tensor, ModelError> {
                    let x = rows::gather(x, start..start + size)?;
                    Ok(on_pool(|| self.model.decoder.logits(&x))?)
                };
                let (p, q) = (logits(&steered)?, logits(&plain)?);
                let (p, q) = (rows::read(&p)?, rows::read(&q)?);
                sum += (0..size).map(|row| divergence(p.row(row), q.row(row))).sum::<f64>();
            }
            count += total;
        }
        let _ = progress(pairs.len(), pairs.len());
        Ok(sum / count.max(1) as f64)
    }
}

/// KL of the distribution of one row of logits from that of another.
fn divergence(p: &[f32], q: &[f32]) -> f64 {
    let normaliser = |logits: &[f32]| {
        let max = logits.iter().fold(f32::NEG_INFINITY, |max, x| max.max(*x));
        f64::from(max) + logits.iter().map(|x| f64::from(x - max).exp()).sum::<f64>().ln()
    };
    let (of_p, of_q) = (normaliser(p), normaliser(q));
    let part = |(p, q): (&f32, &f32)| {
        let (p, q) = (f64::from(*p) - of_p, f64::from(*q) - of_q);
        p.exp() * (p - q)
    };
    // Rounding must not make a distance negative.
    p.iter().zip(q).map(part).sum::<f64>().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_logits_are_no_distance_apart_whatever_their_level() {
        assert_eq!(divergence(&[1.0, -2.0, 0.5], &[1.0, -2.0, 0.5]), 0.0);
        assert!(divergence(&[1.0, -2.0, 0.5], &[101.0, 98.0, 100.5]) < 1e-9);
    }

    #[test]
    fn a_coin_against_a_bent_one_has_the_known_distance() {
        // p = (1/2, 1/2), q = (1/4, 3/4): 1/2 log 2 + 1/2 log 2/3.
        let expected = 0.5 * 2.0_f64.ln() + 0.5 * (2.0_f64 / 3.0).ln();
        assert!((divergence(&[0.0, 0.0], &[0.0, 3.0_f32.ln()]) - expected).abs() < 1e-7);
    }
}
