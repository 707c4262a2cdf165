//! What a step of each method goes down: the passes that it makes with the vectors, and the loss of each.

mod preference;
mod reps;

use super::order::Draw;
use super::{Method, TrainSettings};
use crate::kept::Doing;
use crate::score::PairLogProbs;

/// The loss of one pass over a batch and its slope.
pub(super) struct Loss {
    /// Mean over the pairs.
    pub(super) value: f64,
    /// The loss's derivative with respect to each pair's (log pi(wanted), log pi(opposite)).
    pub(super) slopes: Vec<(f64, f64)>,
}

/// The log-probabilities of a batch that a loss is made of.
pub(super) struct Scores<'a> {
    /// With the vectors acting.
    pub(super) steered: &'a [PairLogProbs],
    /// Without.
    pub(super) plain: &'a [PairLogProbs],
    /// How many tokens the answers have: wanted, opposite.
    pub(super) lengths: &'a [(usize, usize)],
}

/// One way of the batch through the model.
pub(super) struct Pass {
    pub(super) doing: Doing,
    /// Which way the vectors push: 1 towards the wanted answers, -1 towards the opposite ones.
    pub(super) sign: i8,
}

/// The passes of a step over so many pairs; the step's loss is the mean of theirs.
pub(super) fn passes(method: Method, draw: &Draw, pairs: usize) -> Vec<Pass> {
    let add = |sign: i8| Pass { doing: Doing::Add(vec![f32::from(sign); pairs]), sign };
    match method {
        Method::BipoBoth => vec![add(1), add(-1)],
        Method::Reps => {
            vec![
                Pass { doing: Doing::Add(draw.factors.clone()), sign: 1 },
                Pass { doing: Doing::Suppress, sign: -1 },
            ]
        }
        // An adapter acts at multiplier 1, and nothing else does.
        _ => vec![add(draw.sign)],
    }
}

/// The loss of one pass.
pub(super) fn loss(settings: &TrainSettings, sign: i8, scores: &Scores<'_>) -> Loss {
    match settings.method {
        Method::Reps => reps::loss(scores, sign, settings.beta),
        method => preference::loss(scores, sign, settings.beta, method == Method::BipoNormed),
    }
}

/// -log sigmoid(z), written so that neither end overflows.
fn minus_log_sigmoid(z: f64) -> f64 {
    if z > 0.0 { (-z).exp().ln_1p() } else { z.exp().ln_1p() - z }
}

/// The derivative of [`minus_log_sigmoid`].
fn slope(z: f64) -> f64 {
    -1.0 / (1.0 + z.exp())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(super) fn at(wanted: f64, opposite: f64) -> PairLogProbs {
        PairLogProbs { wanted, opposite }
    }

    /// Checks a loss's slopes against central differences.
    pub(super) fn assert_slopes(scores: &Scores<'_>, loss: impl Fn(&Scores<'_>) -> Loss) {
        let slopes = loss(scores).slopes;
        for pair in 0..scores.steered.len() {
            let moved = |wanted: f64, opposite: f64| {
                let mut steered = scores.steered.to_vec();
                steered[pair].wanted += wanted;
                steered[pair].opposite += opposite;
                loss(&Scores { steered: &steered, ..*scores }).value
            };
            let h = 1e-5;
            assert!(((moved(h, 0.0) - moved(-h, 0.0)) / (2.0 * h) - slopes[pair].0).abs() < 1e-8);
            assert!(((moved(0.0, h) - moved(0.0, -h)) / (2.0 * h) - slopes[pair].1).abs() < 1e-8);
        }
    }

    #[test]
    fn a_step_has_as_many_passes_as_the_method_says() {
        let draw = Draw { sign: 1, factors: vec![1.0; 2] };
        for method in Method::ALL.into_iter().filter(|method| method.has_steps()) {
            assert_eq!(passes(method, &draw, 2).len(), method.passes() as usize, "{method:?}");
        }
    }

    #[test]
    fn the_loss_is_finite_far_from_zero_and_falls() {
        assert!((minus_log_sigmoid(-2e6) - 2e6).abs() < 1.0 && minus_log_sigmoid(2e6) == 0.0);
        assert!((minus_log_sigmoid(0.0) - std::f64::consts::LN_2).abs() < 1e-15);
        assert!(slope(-2e6) == -1.0 && slope(2e6) == 0.0);
    }
}
