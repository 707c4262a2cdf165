//! Plain text under the steered model: how likely it is, and how far the steered model's predictions are from the
//! unsteered ones.

use std::sync::Arc;

use candle_core::Tensor;
use rayon::prelude::*;

use super::ROWS_AT_ONCE;
use crate::Progress;
use crate::kept::{above, blocks_below, shifts_above};
use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::steering::{Shifts, Term};

/// Rows whose logits stand in memory together.
const LOGIT_ROWS: usize = 64;

/// What one text comes to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TextScores {
    /// The negative log-probability of its tokens, in nats, the first one apart: nothing predicts it.
    pub nats: f64,
    /// `Σ KL(unsteered || steered)` over the predictions of the same tokens, in nats.
    pub divergence: f64,
    /// How many tokens that is.
    pub tokens: usize,
}

/// Scores texts with any steering set at or above a layer; what lies below the layer is computed once.
pub struct TextScorer {
    model: Arc<Model>,
    /// Blocks that the kept rows have gone through.
    blocks: usize,
    chunks: Vec<Chunk>,
    count: usize,
}

struct Chunk {
    packing: Packing,
    hidden: Tensor,
    /// The rows after the last block without steering, which every steering is compared with.
    plain: Tensor,
    /// Of each text, the rows that predict its second token and on.
    texts: Vec<std::ops::Range<usize>>,
}

impl TextScorer {
    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Computes the activations after block `layer`: the lowest that will be steered. `None` is the embedding, for adapters.
    ///
    /// # Errors
    /// Where the layer is not the model's, a text is empty or too long for the model, or `progress` says stop.
    pub fn prepare(
        model: Arc<Model>,
        texts: &[Vec<u32>],
        layer: impl Into<Option<usize>>,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        let blocks = blocks_below(&model, layer.into())?;
        texts.iter().try_for_each(|text| model.check_tokens(text))?;
        let (mut chunks, mut start) = (Vec::new(), 0);
        while start < texts.len() {
            if progress(start, texts.len()).is_break() {
                return Err(ModelError::Interrupted);
            }
            let mut packing = Packing::default();
            let mut ranges = Vec::new();
            while start < texts.len()
                && (packing.rows() == 0 || packing.rows() + texts[start].len() <= ROWS_AT_ONCE)
            {
                let first = packing.rows();
                packing.push_text(&texts[start]);
                ranges.push(first..packing.rows() - 1);
                start += 1;
            }
            let (hidden, plain) = on_pool(|| {
                let x = model.decoder.embed(&packing.tokens)?;
                let hidden = model.decoder.run(0..blocks, x, &packing, &Shifts::default())?;
                let plain = above(&model, &hidden, &packing, blocks, &Shifts::default())?;
                Ok::<_, ModelError>((hidden, plain))
            })?;
            chunks.push(Chunk { packing, hidden, plain, texts: ranges });
        }
        let _ = progress(texts.len(), texts.len());
        Ok(Self { model, blocks, chunks, count: texts.len() })
    }

    /// What every text comes to, in order.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts below the prepared layer, or `progress` says stop.
    pub fn scores(&self, steering: &[Term], progress: Progress<'_>) -> Result<Vec<TextScores>, ModelError> {
        let shifts = shifts_above(&self.model, steering, self.blocks)?;
        let mut all = Vec::with_capacity(self.count);
        for chunk in &self.chunks {
            if progress(all.len(), self.count).is_break() {
                return Err(ModelError::Interrupted);
            }
            all.extend(on_pool(|| chunk.scores(&self.model, self.blocks, &shifts))?);
        }
        let _ = progress(self.count, self.count);
        Ok(all)
    }
}

impl Chunk {
    fn scores(&self, model: &Model, blocks: usize, shifts: &Shifts) -> Result<Vec<TextScores>, ModelError> {
        let plain = &self.plain;
        let steered = if shifts.is_empty() {
            plain.clone()
        } else {
            above(model, &self.hidden, &self.packing, blocks, shifts)?
        };
        let mut all = Vec::with_capacity(self.texts.len());
        for text in &self.texts {
            let mut scores = TextScores { tokens: text.len(), ..TextScores::default() };
            let places: Vec<usize> = text.clone().collect();
            for part in places.chunks(LOGIT_ROWS) {
                let logits = |x: &Tensor| model.decoder.logits(&rows::gather(x, part.iter().copied())?);
                let (plain, steered) = (logits(plain)?, logits(&steered)?);
                let (plain, steered) = (rows::read(&plain)?, rows::read(&steered)?);
                let row = |(index, place): (usize, &usize)| {
                    let target = self.packing.tokens[place + 1] as usize;
                    compare(plain.row(index), steered.row(index), target)
                };
                let read: Vec<(f64, f64)> = part.par_iter().enumerate().map(row).collect();
                for (nats, divergence) in read {
                    scores.nats += nats;
                    scores.divergence += divergence;
                }
            }
            all.push(scores);
        }
        Ok(all)
    }
}

/// The steered negative log-probability of the target, and KL(plain || steered), from both rows of logits.
fn compare(plain: &[f32], steered: &[f32], target: usize) -> (f64, f64) {
    let total = |logits: &[f32]| {
        let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = logits.iter().map(|x| f64::from(x - max).exp()).sum();
        f64::from(max) + sum.ln()
    };
    let (of_plain, of_steered) = (total(plain), total(steered));
    let nats = of_steered - f64::from(steered[target]);
    let divergence = plain.iter().zip(steered).map(|(p, s)| {
        let (p, s) = (f64::from(*p) - of_plain, f64::from(*s) - of_steered);
        p.exp() * (p - s)
    });
    // Rounding can leave a tiny negative sum where both are the same.
    (nats, divergence.sum::<f64>().max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_are_compared_as_distributions() {
        // p = (1/2, 1/4, 1/4), q = (1/4, 1/4, 1/2): KL = 1/2 ln 2 - 1/4 ln 2.
        let ln = |values: [f32; 3]| values.map(f32::ln);
        let (nats, divergence) = compare(&ln([2.0, 1.0, 1.0]), &ln([3.0, 3.0, 6.0]), 2);
        assert!((nats - 2.0_f64.ln()).abs() < 1e-6);
        assert!((divergence - 0.25 * 2.0_f64.ln()).abs() < 1e-6);
        assert!(compare(&[1.0, 2.0], &[1.0, 2.0], 0).1 < 1e-12);
    }
}
