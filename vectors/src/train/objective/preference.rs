//! The loss of bi-directional preference optimisation (Cao et al. 2024, equation 4):
//!
//! ```text
//! - log sigmoid( d beta [ log pi(rT; d v) - log pi(rT) ] - d beta [ log pi(rO; d v) - log pi(rO) ] )
//! ```
//!
//! With d = 1 it is the loss of direct preference optimisation (Rafailov et al. 2023, equation 7), whose policy is the model
//! with whatever is trained, and whose reference is the model without.
//!
//! The length-normalised form takes log pi(r) / |r| in place of log pi(r), |r| counting the closing token, as `SimPO` does
//! (Meng et al. 2024, arXiv 2405.14734): long answers no longer outweigh short ones, and beta is larger by about an
//! answer's length.

use super::{Loss, Scores, minus_log_sigmoid, slope};

/// At sign d.
pub(super) fn loss(scores: &Scores<'_>, sign: i8, beta: f64, normed: bool) -> Loss {
    let (pairs, d) = (scores.steered.len() as f64, f64::from(sign));
    let (mut value, mut slopes) = (0.0, Vec::with_capacity(scores.steered.len()));
    for ((with, without), lengths) in scores.steered.iter().zip(scores.plain).zip(scores.lengths) {
        let (wanted, opposite) = if normed { (lengths.0 as f64, lengths.1 as f64) } else { (1.0, 1.0) };
        let change = (with.wanted - without.wanted) / wanted - (with.opposite - without.opposite) / opposite;
        let z = d * beta * change;
        value += minus_log_sigmoid(z);
        let slope = d * beta * slope(z) / pairs;
        slopes.push((slope / wanted, -slope / opposite));
    }
    Loss { value: value / pairs, slopes }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_slopes, at};
    use super::*;

    #[test]
    fn an_unmoved_model_has_loss_log_2_at_both_signs() {
        let same = [at(-30.0, -20.0), at(-5.0, -9.0)];
        let scores = Scores { steered: &same, plain: &same, lengths: &[(3, 8), (2, 2)] };
        for (sign, normed) in [(1, false), (-1, false), (1, true), (-1, true)] {
            assert!((loss(&scores, sign, 0.1, normed).value - std::f64::consts::LN_2).abs() < 1e-15);
        }
    }

    #[test]
    fn slopes_agree_with_finite_differences() {
        let (steered, plain) = ([at(-30.0, -25.0), at(-8.0, -9.5)], [at(-33.0, -20.0), at(-7.0, -9.0)]);
        let scores = Scores { steered: &steered, plain: &plain, lengths: &[(12, 9), (3, 4)] };
        for (sign, normed) in [(1, false), (-1, false), (1, true), (-1, true)] {
            assert_slopes(&scores, |scores| loss(scores, sign, 0.3, normed));
        }
    }

    #[test]
    fn length_makes_no_difference_where_answers_have_one_token() {
        let (steered, plain) = ([at(-3.0, -2.5)], [at(-3.5, -2.0)]);
        let scores = Scores { steered: &steered, plain: &plain, lengths: &[(1, 1)] };
        assert_eq!(loss(&scores, 1, 0.3, true).value, loss(&scores, 1, 0.3, false).value);
    }
}
