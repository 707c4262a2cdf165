//! The loss of bi-directional preference optimisation (Cao et al. 2024, equation 4):
//!
//! ```text
//! - log sigmoid( d beta [ log pi(rT; d v) - log pi(rT) ] - d beta [ log pi(rO; d v) - log pi(rO) ] )
//! ```
//!
//! With d = 1 it is the loss of direct preference optimisation (Rafailov et al. 2023, equation 7). The policy is the model
//! with the vector or the adapter, the reference is the model without it.
//!
//! The length-normalised form replaces log pi(r) by log pi(r) / |r|, where |r| counts the closing token, as `SimPO` does
//! (Meng et al. 2024, arXiv 2405.14734). Long answers then weigh no more than short ones, and beta is larger by about the
//! length of an answer.

use super::{BatchLogProbs, Loss, minus_log_sigmoid, minus_log_sigmoid_derivative};

/// Returns the loss at sign d; `normed` selects the length-normalised form.
pub(super) fn loss(log_probs: &BatchLogProbs<'_>, sign: i8, beta: f64, normed: bool) -> Loss {
    let (pairs, d) = (log_probs.steered.len() as f64, f64::from(sign));
    let (mut value, mut gradients) = (0.0, Vec::with_capacity(log_probs.steered.len()));
    for ((steered, reference), lengths) in
        log_probs.steered.iter().zip(log_probs.reference).zip(log_probs.lengths)
    {
        let (wanted, opposite) = if normed { (lengths.0 as f64, lengths.1 as f64) } else { (1.0, 1.0) };
        let change =
            (steered.wanted - reference.wanted) / wanted - (steered.opposite - reference.opposite) / opposite;
        let z = d * beta * change;
        value += minus_log_sigmoid(z);
        let derivative = d * beta * minus_log_sigmoid_derivative(z) / pairs;
        gradients.push((derivative / wanted, -derivative / opposite));
    }
    Loss { value: value / pairs, gradients }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_gradients, at};
    use super::*;

    #[test]
    fn an_unmoved_model_has_loss_log_2_at_both_signs() {
        let same = [at(-30.0, -20.0), at(-5.0, -9.0)];
        let log_probs = BatchLogProbs { steered: &same, reference: &same, lengths: &[(3, 8), (2, 2)] };
        for (sign, normed) in [(1, false), (-1, false), (1, true), (-1, true)] {
            assert!((loss(&log_probs, sign, 0.1, normed).value - std::f64::consts::LN_2).abs() < 1e-15);
        }
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let (steered, reference) = ([at(-30.0, -25.0), at(-8.0, -9.5)], [at(-33.0, -20.0), at(-7.0, -9.0)]);
        let log_probs =
            BatchLogProbs { steered: &steered, reference: &reference, lengths: &[(12, 9), (3, 4)] };
        for (sign, normed) in [(1, false), (-1, false), (1, true), (-1, true)] {
            assert_gradients(&log_probs, |log_probs| loss(log_probs, sign, 0.3, normed));
        }
    }

    #[test]
    fn length_makes_no_difference_where_answers_have_one_token() {
        let (steered, reference) = ([at(-3.0, -2.5)], [at(-3.5, -2.0)]);
        let log_probs = BatchLogProbs { steered: &steered, reference: &reference, lengths: &[(1, 1)] };
        assert_eq!(loss(&log_probs, 1, 0.3, true).value, loss(&log_probs, 1, 0.3, false).value);
    }
}
