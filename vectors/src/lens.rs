//! The logit lens on a steering vector, and how long the residual stream's rows are.

use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::steering::{SteeringPlan, SteeringVector};

/// A token and its logit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Logit {
    /// The token.
    pub id: u32,
    /// Its logit.
    pub logit: f32,
}

/// The tokens that a vector points to, and those that it points away from.
#[derive(Debug, Clone, PartialEq)]
pub struct Lens {
    /// The highest logits for v, the highest first.
    pub along: Vec<Logit>,
    /// The highest logits for −v, the highest first.
    pub against: Vec<Logit>,
}

impl Model {
    /// What the model would say next if its residual stream were the vector alone: logits = `W_U` norm(v), with the model's
    /// own final norm, norm(v) = γ ⊙ v / sqrt(mean(v²) + ε), and its head `W_U` (the logit lens of nostalgebraist 2020, with
    /// v in a hidden state's place). So a longer vector has the same logits but for ε, and −v has their negatives. A cap
    /// on logits, which keeps their order, is left out.
    ///
    /// # Errors
    /// Where the vector does not fit the model.
    pub fn logit_lens(&self, vector: &SteeringVector, count: usize) -> Result<Lens, ModelError> {
        self.check_vector(vector)?;
        let logits = on_pool(|| {
            let x = rows::tensor(vector.values.to_vec(), vector.values.len())?;
            Ok::<_, ModelError>(rows::read(&self.decoder.unembed(&x)?)?.all().to_vec())
        })?;
        let words = logits.len().min(self.tokenizer().vocabulary());
        Ok(Lens {
            along: highest(&logits[..words], count, 1.0),
            against: highest(&logits[..words], count, -1.0),
        })
    }

    /// The mean L2 norm of the residual stream after each block over some texts' tokens. The first token of each text is
    /// left out: models park attention there, and its row is many times as long as any other (Sun et al. 2024, arXiv
    /// 2402.17762).
    ///
    /// # Errors
    /// Where a text is empty or too long for the model.
    pub fn residual_norms(&self, texts: &[Vec<u32>]) -> Result<Vec<f64>, ModelError> {
        let mut sums = vec![0.0; self.facts().blocks];
        let mut count = 0;
        for tokens in texts {
            self.check_tokens(tokens)?;
            let mut packing = Packing::default();
            packing.push_sequence(tokens);
            on_pool(|| {
                let mut x = self.decoder.embed(tokens)?;
                for (block, sum) in sums.iter_mut().enumerate() {
                    x = self.decoder.run(block..block + 1, x, &packing, &SteeringPlan::default())?;
                    let rows = rows::read(&x)?;
                    let norm = |row: &[f32]| crate::algebra::dot(row, row).sqrt();
                    *sum += rows.all().chunks_exact(rows.width).skip(1).map(norm).sum::<f64>();
                }
                Ok::<_, ModelError>(())
            })?;
            count += tokens.len() - 1;
        }
        Ok(sums.into_iter().map(|sum| sum / count.max(1) as f64).collect())
    }
}

/// The tokens of the highest sign × logit; of equal ones the lower id first.
fn highest(logits: &[f32], count: usize, sign: f32) -> Vec<Logit> {
    let mut all: Vec<Logit> =
        (0_u32..).zip(logits).map(|(id, logit)| Logit { id, logit: sign * logit }).collect();
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
