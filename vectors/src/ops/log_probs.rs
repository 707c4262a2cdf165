//! Log-probabilities of target tokens, and their gradient, without the whole matrix of logits in memory.
//!
//! For a row h and its target t, log p(t) = `h·W_t` - log `Σ_v` `e^(h·W_v)`, and its gradient with respect to h is
//! `W_t` - `Σ_v` p(v) `W_v`. Both sums run over slices of the vocabulary with the running maximum of an online
//! softmax (Milakov and Gimelshein 2018, arXiv 1805.02867), so one pass computes both. Where logits are soft-capped,
//! each W in the gradient is multiplied by the derivative of the soft cap at its logit.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::gemm::{Matrix, MatrixMut, Threads};
use super::matmul_precision::MatmulPrecision;
use super::rows::{self, tensor};
use super::simd::{exp, max_of, sum, vectorized};
use super::softcap::{softcap, softcap_derivative};
use super::weight::Weight;

/// Tokens in a slice of the vocabulary: the slice of W and its logits stay in the caches.
const TOKENS_PER_SLICE: usize = 2048;

/// The running maximum and sum of a row's softmax, and the logit of its target.
#[derive(Clone, Copy)]
struct OnlineSoftmax {
    max: f32,
    sum: f32,
    target: f32,
}

/// Returns the log-probability of each row's target, in nats, and with `with_gradient` its gradient with respect to
/// the row.
///
/// `hidden` is `[rows, hidden]`, `head` is `[vocabulary, hidden]`, and the gradient is `[rows, hidden]`.
pub(crate) fn target_log_probs(
    hidden: &Tensor,
    head: &Weight,
    targets: &[u32],
    cap: Option<f32>,
    precision: MatmulPrecision,
    with_gradient: bool,
) -> Result<(Vec<f32>, Option<Tensor>)> {
    let hidden = rows::read(hidden)?;
    let (rows, width, vocabulary) = (hidden.count(), hidden.width, head.outputs());
    let mut running = vec![OnlineSoftmax { max: f32::NEG_INFINITY, sum: 0.0, target: 0.0 }; rows];
    let mut expected_weights = vec![0.0; if with_gradient { rows * width } else { 0 }];
    let mut logits = vec![0.0; rows * TOKENS_PER_SLICE];
    let h = Matrix::new(hidden.all(), rows, width, width);
    for start in (0..vocabulary).step_by(TOKENS_PER_SLICE) {
        let size = TOKENS_PER_SLICE.min(vocabulary - start);
        let logits = &mut logits[..rows * size];
        head.with_dequantized_rows(start..start + size, Threads::All, |w| {
            let w = Matrix::new(w, size, width, width);
            let target = MatrixMut::new(logits, rows, size, size);
            precision.multiply(target, false, h, w.transposed());
            let rescale: Vec<f32> = logits
                .par_chunks_mut(size)
                .zip(&mut running)
                .zip(targets)
                .map(|((logits, running), target)| match cap {
                    None => update(logits, running, *target as usize, start),
                    Some(cap) => update_softcapped(logits, running, *target as usize, start, cap),
                })
                .collect();
            if with_gradient {
                expected_weights.par_chunks_mut(width).zip(&rescale).with_min_len(16).for_each(
                    |(row, scale)| {
                        for x in row {
                            *x *= scale;
                        }
                    },
                );
                let probabilities = Matrix::new(logits, rows, size, size);
                let target = MatrixMut::new(&mut expected_weights, rows, width, width);
                precision.multiply(target, true, probabilities, w);
            }
        });
    }
    let log_probs = running.iter().map(|r| r.target - r.max - r.sum.ln()).collect();
    if !with_gradient {
        return Ok((log_probs, None));
    }
    expected_weights.par_chunks_mut(width).zip(&running).zip(targets).with_min_len(16).for_each(
        |((row, running), target)| {
            let mut weights = vec![0.0; width];
            head.read_row(*target as usize, &mut weights);
            if let Some(cap) = cap {
                let derivative = softcap_derivative(running.target, 1.0 / cap);
                for w in &mut weights {
                    *w *= derivative;
                }
            }
            for (x, w) in row.iter_mut().zip(&weights) {
                *x = w - *x / running.sum;
            }
        },
    );
    Ok((log_probs, Some(tensor(expected_weights, width)?)))
}

vectorized! {
    /// Adds a slice's logits to the running softmax and replaces them by e^(logit - max). Returns the factor by which
    /// sums over earlier slices must be multiplied.
    fn update<'a>(logits: &'a mut [f32], running: &'a mut OnlineSoftmax, target: usize, start: usize) -> f32 {
        if target >= start && target - start < logits.len() {
            running.target = logits[target - start];
        }
        let max = running.max.max(max_of(logits));
        let rescale = if running.sum == 0.0 { 0.0 } else { exp(running.max - max) };
        for logit in logits.iter_mut() {
            *logit = exp(*logit - max);
        }
        running.sum = running.sum * rescale + sum(logits);
        running.max = max;
        rescale
    }
}

/// Does the same as [`update`] with soft-capped logits: each e^(logit - max) is multiplied by the derivative of the
/// soft cap.
fn update_softcapped(
    logits: &mut [f32],
    running: &mut OnlineSoftmax,
    target: usize,
    start: usize,
    cap: f32,
) -> f32 {
    softcap(logits, cap);
    let derivatives: Vec<f32> = logits.iter().map(|logit| softcap_derivative(*logit, 1.0 / cap)).collect();
    let rescale = update(logits, running, target, start);
    logits.iter_mut().zip(derivatives).for_each(|(weight, derivative)| *weight *= derivative);
    rescale
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;
    use candle_core::{D, Device};

    /// More than two slices, the last of which is short.
    const VOCABULARY: usize = 2 * TOKENS_PER_SLICE + 77;
    const TARGETS: [u32; 4] = [0, 2047, 2048, 4172];

    fn head() -> Tensor {
        (random(&[VOCABULARY, 6], 1) * 3.0).unwrap()
    }

    fn weight() -> Weight {
        Weight::dense(head().flatten_all().unwrap().to_vec1().unwrap(), 6)
    }

    #[test]
    fn agrees_with_candle_over_all_logits() {
        let h = (random(&[4, 6], 2) * 2.0).unwrap();
        let logits = h.matmul(&head().t().unwrap()).unwrap();
        let capped = ((&logits / 3.0).unwrap().tanh().unwrap() * 3.0).unwrap();
        for (cap, logits) in [(None, logits), (Some(3.0), capped)] {
            let all = candle_nn::ops::log_softmax(&logits, D::Minus1).unwrap();
            let (ours, none) =
                target_log_probs(&h, &weight(), &TARGETS, cap, MatmulPrecision::F32, false).unwrap();
            assert!(none.is_none());
            for (row, target) in TARGETS.iter().enumerate() {
                let expected_weights =
                    all.get(row).unwrap().get(*target as usize).unwrap().to_scalar::<f32>().unwrap();
                assert!(
                    (ours[row] - expected_weights).abs() < 1e-4,
                    "{} is not {expected_weights}",
                    ours[row]
                );
            }
        }
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        for cap in [None, Some(2.0)] {
            let forward = |h: &Tensor| {
                let (values, _) = target_log_probs(h, &weight(), &TARGETS, cap, MatmulPrecision::F32, false)?;
                Tensor::from_vec(values, (4, 1), &Device::Cpu)
            };
            let backward = |h: &Tensor, dy: &Tensor| {
                target_log_probs(h, &weight(), &TARGETS, cap, MatmulPrecision::F32, true)?
                    .1
                    .unwrap()
                    .broadcast_mul(dy)
            };
            assert_gradient(&(random(&[4, 6], 3) * 0.5).unwrap(), forward, backward);
        }
    }
}
