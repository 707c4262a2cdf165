//! The divergence of the student's predictions from the teacher's, and its gradient, without all logits in memory.

use candle_core::Tensor;
use rayon::prelude::*;

use crate::model::{Model, ModelError};
use crate::ops::rows;

/// The number of rows whose logits are in memory at the same time.
const LOGIT_ROWS: usize = 32;

/// The divergence of each row, and the gradient of their sum.
pub(super) struct RowDivergence {
    /// KL(student ‖ teacher) of each row, in nats.
    pub(super) nats: Vec<f64>,
    /// The gradient with respect to the student's rows before the final norm, `[rows, hidden]`; `None` where none was asked
    /// for.
    pub(super) gradient: Option<Tensor>,
}

/// Computes the divergence of rows of the residual stream after the last block, before the final norm: `[rows, hidden]` each.
pub(super) fn row_divergence(
    model: &Model,
    student: &Tensor,
    teacher: &Tensor,
    with_gradient: bool,
) -> Result<RowDivergence, ModelError> {
    let (count, width) = student.dims2()?;
    let (mut nats, mut gradient) = (Vec::with_capacity(count), Vec::new());
    for start in (0..count).step_by(LOGIT_ROWS) {
        let of = start..(start + LOGIT_ROWS).min(count);
        let (s, t) = (rows::gather(student, of.clone())?, rows::gather(teacher, of)?);
        let (of_s, of_t) = (model.decoder.logits(&s)?, model.decoder.logits(&t)?);
        let (d_logits, vocabulary) = {
            let (of_s, of_t) = (rows::read(&of_s)?, rows::read(&of_t)?);
            let vocabulary = of_s.width;
            let mut d_logits = vec![0.0; if with_gradient { of_s.all().len() } else { 0 }];
            let pairs = of_s.all().par_chunks(vocabulary).zip(of_t.all().par_chunks(vocabulary));
            if with_gradient {
                let found = pairs.zip(d_logits.par_chunks_mut(vocabulary));
                nats.par_extend(found.map(|((s, t), d)| divergence(s, t, Some(d))));
            } else {
                nats.par_extend(pairs.map(|(s, t)| divergence(s, t, None)));
            }
            (d_logits, vocabulary)
        };
        if with_gradient {
            let d_logits = rows::tensor(d_logits, vocabulary)?;
            let d_normed = model.decoder.logits_backward(&of_s, d_logits)?;
            let nothing = d_normed.zeros_like()?;
            let d_rows = model.decoder.final_norm().backward(&s, &d_normed, &nothing)?;
            gradient.extend_from_slice(rows::read(&d_rows)?.all());
        }
    }
    let gradient = with_gradient.then(|| rows::tensor(gradient, width)).transpose()?;
    Ok(RowDivergence { nats, gradient })
}

/// KL(softmax(s) ‖ softmax(t)) of two rows of logits, and its gradient with respect to s: p (log p - log q - KL).
fn divergence(s: &[f32], t: &[f32], gradient: Option<&mut [f32]>) -> f64 {
    let (of_s, of_t) = (log_sum_exp(s), log_sum_exp(t));
    let log_ratio = |s: f32, t: f32| {
        let log_p = f64::from(s) - of_s;
        (log_p.exp(), log_p - (f64::from(t) - of_t))
    };
    let terms = s.iter().zip(t).map(|(s, t)| log_ratio(*s, *t));
    let sum: f64 = terms.map(|(p, ratio)| p * ratio).sum();
    if let Some(gradient) = gradient {
        for (d, (s, t)) in gradient.iter_mut().zip(s.iter().zip(t)) {
            let (p, ratio) = log_ratio(*s, *t);
            *d = (p * (ratio - sum)) as f32;
        }
    }
    // Rounding can leave a tiny negative number; NaN stays NaN.
    if sum < 0.0 { 0.0 } else { sum }
}

fn log_sum_exp(logits: &[f32]) -> f64 {
    let most = logits.iter().fold(f32::NEG_INFINITY, |most, x| most.max(*x));
    f64::from(most) + logits.iter().map(|x| f64::from(x - most).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coin_against_a_biased_one_has_the_known_divergence_and_gradient() {
        // s = (1/2, 1/2), t = (1/4, 3/4): 1/2 log 2 + 1/2 log 2/3; d = p (log p/q - KL).
        let mut gradient = [0.0; 2];
        let found = divergence(&[0.0, 0.0], &[0.0, 3.0_f32.ln()], Some(&mut gradient));
        let expected = 0.5 * 2.0_f64.ln() + 0.5 * (2.0_f64 / 3.0).ln();
        assert!((found - expected).abs() < 1e-7);
        let slope = 0.5 * (2.0_f64.ln() - expected);
        assert!((f64::from(gradient[0]) - slope).abs() < 1e-7 && (gradient[0] + gradient[1]).abs() < 1e-7);
        assert_eq!(divergence(&[1.0, -2.0, 0.5], &[1.0, -2.0, 0.5], None), 0.0);
        assert!(divergence(&[f32::NAN, 0.0], &[0.0, 0.0], None).is_nan());
    }
}
