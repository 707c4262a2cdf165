//! The training objectives: the forward passes of one step of each method, and the loss of each pass.

mod bipo;
mod reps;

use super::batch_order::Draw;
use super::{Method, TrainSettings};
use crate::prefix::PassOp;
use crate::score::PairLogProbs;

/// The loss of one pass over a batch, and its gradient.
pub(super) struct Loss {
    /// The mean over the pairs.
    pub(super) value: f64,
    /// The derivatives with respect to each pair's (log pi(wanted), log pi(opposite)).
    pub(super) gradients: Vec<(f64, f64)>,
}

/// The log-probabilities of a batch, from which a loss is computed.
pub(super) struct BatchLogProbs<'a> {
    /// Of the steered model.
    pub(super) steered: &'a [PairLogProbs],
    /// Of the reference: the model without the vectors or the adapter.
    pub(super) reference: &'a [PairLogProbs],
    /// The number of tokens of each pair's answers: wanted, opposite.
    pub(super) lengths: &'a [(usize, usize)],
}

/// One forward pass of the batch.
pub(super) struct Pass {
    pub(super) op: PassOp,
    /// 1 where the pass pushes towards the wanted answers, -1 where it pushes towards the opposite ones.
    pub(super) sign: i8,
}

/// Returns the passes of one step over `pairs` pairs. The step's loss is the mean of their losses.
pub(super) fn passes(method: Method, draw: &Draw, pairs: usize) -> Vec<Pass> {
    let add = |sign: i8| Pass { op: PassOp::Add(vec![f32::from(sign); pairs]), sign };
    match method {
        Method::BipoBoth => vec![add(1), add(-1)],
        Method::Reps => {
            vec![
                Pass { op: PassOp::Add(draw.factors.clone()), sign: 1 },
                Pass { op: PassOp::Suppress, sign: -1 },
            ]
        }
        // For an adapter the sign is always 1.
        _ => vec![add(draw.sign)],
    }
}

/// Returns the loss of one pass.
pub(super) fn loss(settings: &TrainSettings, sign: i8, log_probs: &BatchLogProbs<'_>) -> Loss {
    match settings.method {
        Method::Reps => reps::loss(log_probs, sign, settings.beta),
        method => bipo::loss(log_probs, sign, settings.beta, method == Method::BipoNormed),
    }
}

/// -log sigmoid(z), without overflow for large |z|.
fn minus_log_sigmoid(z: f64) -> f64 {
    if z > 0.0 { (-z).exp().ln_1p() } else { z.exp().ln_1p() - z }
}

/// Returns the derivative of [`minus_log_sigmoid`].
fn minus_log_sigmoid_derivative(z: f64) -> f64 {
    -1.0 / (1.0 + z.exp())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(super) fn at(wanted: f64, opposite: f64) -> PairLogProbs {
        PairLogProbs { wanted, opposite }
    }

    /// Checks a loss's gradients against central differences.
    pub(super) fn assert_gradients(log_probs: &BatchLogProbs<'_>, loss: impl Fn(&BatchLogProbs<'_>) -> Loss) {
        let gradients = loss(log_probs).gradients;
        for pair in 0..log_probs.steered.len() {
            let moved = |wanted: f64, opposite: f64| {
                let mut steered = log_probs.steered.to_vec();
                steered[pair].wanted += wanted;
                steered[pair].opposite += opposite;
                loss(&BatchLogProbs { steered: &steered, ..*log_probs }).value
            };
            let h = 1e-5;
            assert!(((moved(h, 0.0) - moved(-h, 0.0)) / (2.0 * h) - gradients[pair].0).abs() < 1e-8);
            assert!(((moved(0.0, h) - moved(0.0, -h)) / (2.0 * h) - gradients[pair].1).abs() < 1e-8);
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
        assert!(minus_log_sigmoid_derivative(-2e6) == -1.0 && minus_log_sigmoid_derivative(2e6) == 0.0);
    }
}
