//! The perplexity of plain text under a steered model, and its divergence from the unsteered model.

use std::sync::Arc;

use candle_core::Tensor;
use rayon::prelude::*;

use super::{ROWS_AT_ONCE, not_negative};
use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError, Part};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::prefix::{check_prefix, plan_after_prefix};
use crate::progress::{Progress, continue_unless_halting, tell};
use crate::steering::{GateError, SteeringPlan, Term};

/// The number of rows whose logits are in memory at the same time.
const LOGIT_ROWS: usize = 64;

/// The scores of one text.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TextScores {
    /// The negative log-probability of its tokens in nats, without the first token, which nothing predicts.
    pub nats: f64,
    /// `Σ KL(unsteered || steered)` over the predictions of the same tokens, in nats.
    pub divergence: f64,
    /// The number of tokens that are predicted.
    pub tokens: usize,
}

/// Scores texts under any steering set that leaves the prefix unchanged.
pub struct TextScorer {
    model: Arc<Model>,
    prefix: PrefixBlocks,
    chunks: Vec<Chunk>,
    count: usize,
}

/// Some texts, packed, with their residual stream after the prefix.
struct Chunk {
    packing: Packing,
    hidden: Tensor,
    /// The residual stream after the last block without steering: the reference of the divergence.
    unsteered: Tensor,
    /// For each text, the rows that predict its tokens from the second on.
    texts: Vec<std::ops::Range<usize>>,
}

impl TextScorer {
    /// Returns the number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns whether there are no texts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Computes the activations after the prefix, which all steering sets share.
    ///
    /// # Errors
    /// Where the model has fewer blocks, a text is empty or too long for the model, or `progress` returns `Break`.
    pub fn prepare(
        model: Arc<Model>,
        texts: &[Vec<u32>],
        prefix: PrefixBlocks,
        mut progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        check_prefix(&model, prefix)?;
        texts.iter().try_for_each(|text| model.check_tokens(text))?;
        let (mut chunks, mut start) = (Vec::new(), 0);
        while start < texts.len() {
            continue_unless_halting(&mut progress, start, texts.len())?;
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
            let (hidden, unsteered) = on_pool(|| {
                let (decoder, plain) = (&model.decoder, SteeringPlan::default());
                let hidden = decoder.forward_prefix(prefix, &packing)?;
                let unsteered = decoder.forward_after_prefix(prefix, hidden.clone(), &packing, &plain)?;
                Ok::<_, ModelError>((hidden, unsteered))
            })?;
            chunks.push(Chunk { packing, hidden, unsteered, texts: ranges });
        }
        let _ = tell(&mut progress, texts.len(), texts.len());
        Ok(Self { model, prefix, chunks, count: texts.len() })
    }

    /// Returns the scores of every text, in order. `progress` counts texts.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts within the prefix, a gate is decided at the prompt, a
    /// score is not finite, or `progress` says stop.
    pub fn scores(
        &self,
        steering: &[Term],
        mut progress: Progress<'_>,
    ) -> Result<Vec<TextScores>, ModelError> {
        let plan = plan_after_prefix(&self.model, steering, self.prefix)?;
        if plan.decides_at_prompt() {
            return Err(GateError::NoPrompt.into());
        }
        let mut all = Vec::with_capacity(self.count);
        for chunk in &self.chunks {
            continue_unless_halting(&mut progress, all.len(), self.count)?;
            for text in on_pool(|| chunk.scores(&self.model, self.prefix, &plan))? {
                Part::Text.check(all.len(), [text.nats, text.divergence])?;
                all.push(text);
            }
        }
        let _ = tell(&mut progress, self.count, self.count);
        Ok(all)
    }
}

impl Chunk {
    fn scores(
        &self,
        model: &Model,
        prefix: PrefixBlocks,
        plan: &SteeringPlan,
    ) -> Result<Vec<TextScores>, ModelError> {
        let unsteered = &self.unsteered;
        let steered = if plan.is_empty() {
            unsteered.clone()
        } else {
            model.decoder.forward_after_prefix(prefix, self.hidden.clone(), &self.packing, plan)?
        };
        let mut all = Vec::with_capacity(self.texts.len());
        for text in &self.texts {
            let mut scores = TextScores { tokens: text.len(), ..TextScores::default() };
            let text_rows: Vec<usize> = text.clone().collect();
            for part in text_rows.chunks(LOGIT_ROWS) {
                let logits = |x: &Tensor| model.decoder.logits(&rows::gather(x, part.iter().copied())?);
                let (unsteered, steered) = (logits(unsteered)?, logits(&steered)?);
                let (unsteered, steered) = (rows::read(&unsteered)?, rows::read(&steered)?);
                let scores_of_row = |(index, row): (usize, &usize)| {
                    let target = self.packing.tokens[row + 1] as usize;
                    compare(unsteered.row(index), steered.row(index), target)
                };
                let read: Vec<(f64, f64)> = part.par_iter().enumerate().map(scores_of_row).collect();
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

/// Returns the steered negative log-probability of the target, and KL(unsteered || steered), from both rows of logits.
fn compare(unsteered: &[f32], steered: &[f32], target: usize) -> (f64, f64) {
    let log_sum_exp = |logits: &[f32]| {
        let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = logits.iter().map(|x| f64::from(x - max).exp()).sum();
        f64::from(max) + sum.ln()
    };
    let (of_unsteered, of_steered) = (log_sum_exp(unsteered), log_sum_exp(steered));
    let nats = of_steered - f64::from(steered[target]);
    let divergence = unsteered.iter().zip(steered).map(|(p, s)| {
        let (p, s) = (f64::from(*p) - of_unsteered, f64::from(*s) - of_steered);
        p.exp() * (p - s)
    });
    (nats, not_negative(divergence.sum()))
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
        assert!(compare(&[1.0, 2.0], &[1.0, f32::NAN], 0).1.is_nan());
    }
}
