//! What is measured of generated tokens: their log-probabilities with and without steering, the likeliest other tokens, and
//! the projection of the residual stream on a vector.

use crate::algebra::dot;
use crate::steering::SteeringVector;

/// What is measured of every token. A row whose answer is steered costs one more row: its plain twin, which reads the same
/// tokens without steering.
#[derive(Debug, Clone, PartialEq)]
pub struct Observe {
    /// The number of likeliest tokens that are listed with and without steering.
    pub likeliest: usize,
    /// The vector on which the residual stream is projected, after the block of its layer.
    pub along: Option<SteeringVector>,
}

/// The measurements of one token. Log-probabilities are natural, and those of the whole distribution: no filter, no penalty
/// and no temperature acts on them.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The token's log-probability in the steered model.
    pub steered: f32,
    /// The token's log-probability in the model that has read the same tokens without any steering.
    pub plain: f32,
    /// The projection on the unit vector, in units of the residual stream, of the steered row that predicts the token: after
    /// the block of the vector's layer and the edits there. `None` without a vector, or for one of norm 0.
    pub projection: Option<f32>,
    /// The likeliest tokens of the steered model with their log-probabilities, likeliest first.
    pub likeliest_steered: Vec<(u32, f32)>,
    /// The same of the plain model.
    pub likeliest_plain: Vec<(u32, f32)>,
}

impl Observed {
    /// Measures a token from the logits that predict it.
    pub(super) fn new(
        id: u32,
        steered: &[f32],
        plain: &[f32],
        likeliest: usize,
        projection: Option<f32>,
    ) -> Self {
        let (of_steered, of_plain) = (log_sum_exp(steered), log_sum_exp(plain));
        Self {
            steered: log_prob(steered, id, of_steered),
            plain: log_prob(plain, id, of_plain),
            projection,
            likeliest_steered: highest(steered, likeliest, of_steered),
            likeliest_plain: highest(plain, likeliest, of_plain),
        }
    }
}

/// A direction after a block, on which rows are projected.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Direction {
    pub(super) layer: usize,
    unit: Vec<f32>,
}

impl Direction {
    /// Returns the direction of a vector; `None` for one of norm 0.
    pub(super) fn of(vector: &SteeringVector) -> Option<Self> {
        let norm = vector.norm();
        (norm > 0.0).then(|| Self {
            layer: vector.layer,
            unit: vector.values.iter().map(|x| (f64::from(*x) / norm) as f32).collect(),
        })
    }

    /// Returns the projection of a row.
    pub(super) fn project(&self, row: &[f32]) -> f32 {
        dot(row, &self.unit) as f32
    }
}

fn log_sum_exp(logits: &[f32]) -> f64 {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    f64::from(max) + logits.iter().map(|x| f64::from(x - max).exp()).sum::<f64>().ln()
}

fn log_prob(logits: &[f32], id: u32, log_sum: f64) -> f32 {
    (f64::from(logits[id as usize]) - log_sum) as f32
}

/// Returns the tokens with the highest logits and their log-probabilities, highest first; of equal ones the lower id comes
/// first.
fn highest(logits: &[f32], count: usize, log_sum: f64) -> Vec<(u32, f32)> {
    let mut ids: Vec<u32> = (0..logits.len() as u32).collect();
    let order = |a: &u32, b: &u32| logits[*b as usize].total_cmp(&logits[*a as usize]).then(a.cmp(b));
    if count < ids.len() {
        ids.select_nth_unstable_by(count, order);
        ids.truncate(count);
    }
    ids.sort_unstable_by(order);
    ids.into_iter().map(|id| (id, log_prob(logits, id, log_sum))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_measured_in_both_distributions() {
        // (1/4, 1/4, 1/2) and (1/2, 1/3, 1/6).
        let ln = |values: [f32; 3]| values.map(f32::ln);
        let observed = Observed::new(1, &ln([1.0, 1.0, 2.0]), &ln([3.0, 2.0, 1.0]), 2, Some(0.5));
        let close = |a: f32, b: f32| (a - b.ln()).abs() < 1e-6;
        assert!(close(observed.steered, 0.25) && close(observed.plain, 1.0 / 3.0));
        let ids = |of: &[(u32, f32)]| of.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        assert_eq!(ids(&observed.likeliest_steered), [2, 0]);
        assert_eq!(ids(&observed.likeliest_plain), [0, 1]);
        assert!(
            close(observed.likeliest_steered[0].1, 0.5) && close(observed.likeliest_plain[1].1, 1.0 / 3.0)
        );
        assert_eq!(Observed::new(0, &[1.0], &[2.0], 9, None).likeliest_plain, [(0, 0.0)]);
    }

    #[test]
    fn rows_are_projected_on_the_unit_vector() {
        let vector = |values: [f32; 2]| SteeringVector { layer: 3, values: values.into() };
        let direction = Direction::of(&vector([3.0, 4.0])).unwrap();
        assert!((direction.project(&[3.0, 4.0]) - 5.0).abs() < 1e-6 && direction.layer == 3);
        assert_eq!(Direction::of(&vector([0.0, 0.0])), None);
    }
}
