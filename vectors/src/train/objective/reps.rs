//! The loss of reference-free preference steering (`RePS`; Wu et al. 2025, arXiv 2505.20809), as its authors' program has
//! it (stanfordnlp/axbench, the loss it calls scaled `SimPO`, with no target margin). With w the answer that is to win in a
//! pass and l the one that is to lose,
//!
//! ```text
//! - log sigmoid( beta [ s log pi(w) / |w| - log pi(l) / |l| ] ),    s = max(1, log p(l) - log p(w))
//! ```
//!
//! where pi acts with the vector and p without it. In the pass that adds factor times v, w is the wanted answer; in the
//! one that takes v's direction out, it is the opposite one. The factor is drawn for every pair from a list, so that one
//! vector serves several strengths. s is a constant: no gradient runs through the model without the vector.

use super::{Loss, Scores, minus_log_sigmoid, slope};

/// `sign` 1: the pass that adds; -1: the one that takes out.
pub(super) fn loss(scores: &Scores<'_>, sign: i8, beta: f64) -> Loss {
    let pairs = scores.steered.len() as f64;
    let (mut value, mut slopes) = (0.0, Vec::with_capacity(scores.steered.len()));
    for ((with, without), (wanted, opposite)) in scores.steered.iter().zip(scores.plain).zip(scores.lengths) {
        let (wanted, opposite) = (*wanted as f64, *opposite as f64);
        let d = f64::from(sign);
        let scale = (-d * without.margin()).max(1.0);
        let (of_wanted, of_opposite) = if sign > 0 { (scale, 1.0) } else { (1.0, scale) };
        let z = d * beta * (of_wanted * with.wanted / wanted - of_opposite * with.opposite / opposite);
        value += minus_log_sigmoid(z);
        let slope = d * beta * slope(z) / pairs;
        slopes.push((slope * of_wanted / wanted, -slope * of_opposite / opposite));
    }
    Loss { value: value / pairs, slopes }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_slopes, at};
    use super::*;

    #[test]
    fn slopes_agree_with_finite_differences() {
        let (steered, plain) = ([at(-30.0, -25.0), at(-8.0, -9.5)], [at(-33.0, -20.0), at(-7.0, -9.0)]);
        let scores = Scores { steered: &steered, plain: &plain, lengths: &[(12, 9), (3, 4)] };
        for sign in [1, -1] {
            assert_slopes(&scores, |scores| loss(scores, sign, 0.7));
        }
    }

    #[test]
    fn what_is_unlikely_without_the_vector_weighs_more() {
        // Without the vector the wanted answer is 13 nats behind: its mean log-probability counts 13 times when it is
        // to win, the opposite one's once when that is to win.
        let (steered, plain) = ([at(-2.0, -6.0)], [at(-33.0, -20.0)]);
        let scores = Scores { steered: &steered, plain: &plain, lengths: &[(2, 3)] };
        assert!((loss(&scores, 1, 1.0).value - minus_log_sigmoid(-13.0 + 2.0)).abs() < 1e-12);
        assert!((loss(&scores, -1, 1.0).value - minus_log_sigmoid(-2.0 + 1.0)).abs() < 1e-12);
    }
}
