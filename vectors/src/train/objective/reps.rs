//! The loss of reference-free preference steering (`RePS`; Wu et al. 2025, arXiv 2505.20809), as its authors implement it
//! (stanfordnlp/axbench, "scaled `SimPO`" without a target margin). With w the preferred answer of a pass and l the other
//! one,
//!
//! ```text
//! - log sigmoid( beta [ s log pi(w) / |w| - log pi(l) / |l| ] ),    s = max(1, log p(l) - log p(w))
//! ```
//!
//! where pi is the steered model and p the reference. The pass that adds factor times v prefers the wanted answer; the pass
//! that suppresses v prefers the opposite one. The factor is drawn for each pair from a list, so that one vector serves
//! several strengths. s is a constant: no gradient flows through the reference.

use super::{BatchLogProbs, Loss, minus_log_sigmoid, minus_log_sigmoid_derivative};

/// Returns the loss of the adding pass (`sign` 1) or of the suppressing pass (`sign` -1).
pub(super) fn loss(log_probs: &BatchLogProbs<'_>, sign: i8, beta: f64) -> Loss {
    let pairs = log_probs.steered.len() as f64;
    let (mut value, mut gradients) = (0.0, Vec::with_capacity(log_probs.steered.len()));
    for ((steered, reference), (wanted, opposite)) in
        log_probs.steered.iter().zip(log_probs.reference).zip(log_probs.lengths)
    {
        let (wanted, opposite) = (*wanted as f64, *opposite as f64);
        let d = f64::from(sign);
        let scale = (-d * reference.margin()).max(1.0);
        let (of_wanted, of_opposite) = if sign > 0 { (scale, 1.0) } else { (1.0, scale) };
        let z = d * beta * (of_wanted * steered.wanted / wanted - of_opposite * steered.opposite / opposite);
        value += minus_log_sigmoid(z);
        let derivative = d * beta * minus_log_sigmoid_derivative(z) / pairs;
        gradients.push((derivative * of_wanted / wanted, -derivative * of_opposite / opposite));
    }
    Loss { value: value / pairs, gradients }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_gradients, at};
    use super::*;

    #[test]
    fn gradients_agree_with_finite_differences() {
        let (steered, reference) = ([at(-30.0, -25.0), at(-8.0, -9.5)], [at(-33.0, -20.0), at(-7.0, -9.0)]);
        let log_probs =
            BatchLogProbs { steered: &steered, reference: &reference, lengths: &[(12, 9), (3, 4)] };
        for sign in [1, -1] {
            assert_gradients(&log_probs, |log_probs| loss(log_probs, sign, 0.7));
        }
    }

    #[test]
    fn an_answer_that_is_unlikely_under_the_reference_weighs_more() {
        // Without the vector the wanted answer is 13 nats behind: its mean log-probability counts 13 times when it is
        // to win, the opposite one's once when that is to win.
        let (steered, reference) = ([at(-2.0, -6.0)], [at(-33.0, -20.0)]);
        let log_probs = BatchLogProbs { steered: &steered, reference: &reference, lengths: &[(2, 3)] };
        assert!((loss(&log_probs, 1, 1.0).value - minus_log_sigmoid(-13.0 + 2.0)).abs() < 1e-12);
        assert!((loss(&log_probs, -1, 1.0).value - minus_log_sigmoid(-2.0 + 1.0)).abs() < 1e-12);
    }
}
