//! The loss of bi-directional preference optimisation (Cao et al. 2024, equation 4):
//!
//! ```text
//! - log sigmoid( d beta [ log pi(rT; d v) - log pi(rT) ] - d beta [ log pi(rO; d v) - log pi(rO) ] )
//! ```

use crate::score::PairLogProbs;

/// The loss of a batch and its slope.
pub(super) struct Loss {
    /// Mean over the pairs.
    pub(super) value: f64,
    /// Mean over the pairs of d times the change in log-odds of wanted against opposite, in nats.
    pub(super) margin: f64,
    /// The loss's derivative with respect to each pair's (log pi(wanted), log pi(opposite)).
    pub(super) slopes: Vec<(f64, f64)>,
}

/// `steered` with `d v` added, `reference` without.
pub(super) fn loss(steered: &[PairLogProbs], reference: &[PairLogProbs], sign: i8, beta: f64) -> Loss {
    let (pairs, d) = (steered.len() as f64, f64::from(sign));
    let changes = steered.iter().zip(reference).map(|(with, without)| with.margin() - without.margin());
    let (mut value, mut margin, mut slopes) = (0.0, 0.0, Vec::with_capacity(steered.len()));
    for change in changes {
        let z = d * beta * change;
        // -log sigmoid(z), written so that neither end overflows.
        value += if z > 0.0 { (-z).exp().ln_1p() } else { z.exp().ln_1p() - z };
        margin += d * change;
        let slope = -d * beta / (1.0 + z.exp()) / pairs;
        slopes.push((slope, -slope));
    }
    Loss { value: value / pairs, margin: margin / pairs, slopes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wanted: f64, opposite: f64) -> PairLogProbs {
        PairLogProbs { wanted, opposite }
    }

    #[test]
    fn an_unmoved_model_has_loss_log_2_at_both_signs() {
        let same = [at(-30.0, -20.0), at(-5.0, -9.0)];
        for sign in [1, -1] {
            assert!((loss(&same, &same, sign, 0.1).value - std::f64::consts::LN_2).abs() < 1e-15);
        }
    }

    #[test]
    fn slopes_agree_with_finite_differences() {
        let (steered, reference) = ([at(-30.0, -25.0), at(-8.0, -9.5)], [at(-33.0, -20.0), at(-7.0, -9.0)]);
        for sign in [1, -1] {
            let slopes = loss(&steered, &reference, sign, 0.3).slopes;
            for pair in 0..2 {
                let moved = |wanted: f64, opposite: f64| {
                    let mut steered = steered;
                    steered[pair].wanted += wanted;
                    steered[pair].opposite += opposite;
                    loss(&steered, &reference, sign, 0.3).value
                };
                let h = 1e-5;
                assert!(((moved(h, 0.0) - moved(-h, 0.0)) / (2.0 * h) - slopes[pair].0).abs() < 1e-9);
                assert!(((moved(0.0, h) - moved(0.0, -h)) / (2.0 * h) - slopes[pair].1).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn far_from_zero_it_stays_finite() {
        let far = loss(&[at(0.0, -1e6)], &[at(-1e6, 0.0)], -1, 1.0);
        assert!((far.value - 2e6).abs() < 1.0 && far.slopes[0].0.is_finite());
    }
}
