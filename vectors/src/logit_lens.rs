//! The logit lens on a steering vector, and the norms of the residual stream.

use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError, Part};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::steering::SteeringVector;

/// A token with its logit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenLogit {
    /// The token.
    pub id: u32,
    /// Its logit.
    pub logit: f32,
}

/// The tokens that a vector promotes and those that it suppresses.
#[derive(Debug, Clone, PartialEq)]
pub struct LogitLens {
    /// The tokens with the highest logits for v, highest first.
    pub promoted: Vec<TokenLogit>,
    /// The tokens with the highest logits for −v, highest first.
    pub suppressed: Vec<TokenLogit>,
}

impl Model {
    /// Returns the logit lens (nostalgebraist 2020) with the vector v in place of a hidden state: logits = `W_U`
    /// norm(v), with the model's final norm, norm(v) = γ ⊙ v / sqrt(mean(v²) + ε), and its unembedding `W_U`. Up to ε,
    /// the logits do not depend on the length of v, and −v has the negated logits. A soft cap on logits is left out,
    /// since it keeps their order. Returns `count` tokens for either sign.
    ///
    /// # Errors
    /// Where the vector does not fit the model, or a logit is not finite.
    pub fn logit_lens(&self, vector: &SteeringVector, count: usize) -> Result<LogitLens, ModelError> {
        self.check_vector(vector)?;
        let logits = on_pool(|| {
            let x = rows::tensor(vector.values.to_vec(), vector.values.len())?;
            Ok::<_, ModelError>(rows::read(&self.decoder.unembed(&x)?)?.all().to_vec())
        })?;
        Part::Prompt.check(0, logits.iter().map(|logit| f64::from(*logit)))?;
        let words = logits.len().min(self.tokenizer().vocabulary());
        Ok(LogitLens {
            promoted: highest(&logits[..words], count, 1.0),
            suppressed: highest(&logits[..words], count, -1.0),
        })
    }

    /// Returns the mean L2 norm of the residual stream after each block, over the tokens of some texts. The first token
    /// of each text is left out: it is an attention sink with a massive activation, many times the norm of other rows
    /// (Sun et al. 2024, arXiv 2402.17762).
    ///
    /// # Errors
    /// Where a text is empty or too long for the model, or its residual stream is not finite.
    pub fn residual_norms(&self, texts: &[Vec<u32>]) -> Result<Vec<f64>, ModelError> {
        let mut sums = vec![0.0; self.facts().blocks];
        let mut count = 0;
        for (index, tokens) in texts.iter().enumerate() {
            self.check_tokens(tokens)?;
            let mut packing = Packing::default();
            packing.push_sequence(tokens);
            on_pool(|| {
                self.decoder.forward_prefix_with(PrefixBlocks(sums.len()), &packing, |block, x, _| {
                    let rows = rows::read(x)?;
                    let norm = |row: &[f32]| crate::algebra::dot(row, row).sqrt();
                    sums[block] += rows.all().chunks_exact(rows.width).skip(1).map(norm).sum::<f64>();
                    Ok(())
                })
            })?;
            Part::Text.check(index, sums.iter().copied())?;
            count += tokens.len() - 1;
        }
        Ok(sums.into_iter().map(|sum| sum / count.max(1) as f64).collect())
    }
}

/// Returns the tokens with the highest sign × logit; of equal logits the lower id comes first.
fn highest(logits: &[f32], count: usize, sign: f32) -> Vec<TokenLogit> {
    let mut all: Vec<TokenLogit> =
        (0_u32..).zip(logits).map(|(id, logit)| TokenLogit { id, logit: sign * logit }).collect();
    all.sort_unstable_by(|a, b| b.logit.total_cmp(&a.logit).then(a.id.cmp(&b.id)));
    all.truncate(count);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_come_first_in_both_directions() {
        let ids = |sign| highest(&[0.5, -2.0, 3.0, 0.5], 3, sign).iter().map(|l| l.id).collect::<Vec<_>>();
        assert_eq!((ids(1.0), ids(-1.0)), (vec![2, 0, 3], vec![1, 0, 3]));
    }
}
