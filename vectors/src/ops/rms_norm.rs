//! The RMS norm: y = x / sqrt(mean(x²) + ε) ⊙ w (Zhang and Sennrich 2019, arXiv 1910.07467).

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::rows::{self, tensor};
use super::simd::{dot, vectorized};

/// The weight of a norm and the constant ε under its root.
#[derive(Clone)]
pub(crate) struct RmsNorm {
    weight: Tensor,
    epsilon: f32,
}

impl RmsNorm {
    pub(crate) fn new(weight: Tensor, epsilon: f32) -> Self {
        Self { weight, epsilon }
    }

    /// Returns the weight, `[width]`.
    pub(crate) fn weight(&self) -> &Tensor {
        &self.weight
    }

    /// Returns the constant under the root.
    pub(crate) fn epsilon(&self) -> f32 {
        self.epsilon
    }

    /// Computes y from x, both `[rows, width]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (x, weight) = (rows::read(x)?, rows::read(&self.weight)?);
        let (width, w) = (x.width, weight.all());
        let mut y = vec![0.0; x.all().len()];
        y.par_chunks_mut(width).zip(x.all().par_chunks(width)).with_min_len(16).for_each(|(y, x)| {
            forward_row(y, x, w, self.epsilon);
        });
        tensor(y, width)
    }

    /// Returns the gradient of x plus `residual`, the gradient of the path around the norm.
    ///
    /// With s = 1/sqrt(mean(x²) + ε) and g = dy ⊙ w: dx = s g - s³ x (x·g) / width.
    pub(crate) fn backward(&self, x: &Tensor, dy: &Tensor, residual: &Tensor) -> Result<Tensor> {
        let (x, dy, residual, weight) =
            (rows::read(x)?, rows::read(dy)?, rows::read(residual)?, rows::read(&self.weight)?);
        let (width, w) = (x.width, weight.all());
        let mut dx = residual.all().to_vec();
        dx.par_chunks_mut(width)
            .zip(x.all().par_chunks(width))
            .zip(dy.all().par_chunks(width))
            .with_min_len(16)
            .for_each(|((dx, x), dy)| {
                backward_row(dx, x, dy, w, self.epsilon);
            });
        tensor(dx, width)
    }
}

/// Returns 1 / sqrt(mean(x²) + ε); NaN where the squares overflow. Their root would be infinite and the normalized row
/// zero: finite numbers that mean nothing.
#[inline(always)]
#[expect(clippy::inline_always, reason = "must be inlined to be compiled for the dispatched instruction set")]
fn inverse<const FUSED: bool>(row: &[f32], epsilon: f32) -> f32 {
    let mean = dot::<FUSED>(row, row) / row.len() as f32 + epsilon;
    if mean == f32::INFINITY { f32::NAN } else { 1.0 / mean.sqrt() }
}

vectorized! {
    pub(super) fn forward_row<'a>(y: &'a mut [f32], x: &'a [f32], w: &'a [f32], epsilon: f32) -> () {
        let scale = inverse::<FUSED>(x, epsilon);
        for ((y, x), w) in y.iter_mut().zip(x).zip(w) {
            *y = x * scale * w;
        }
    }
}

vectorized! {
    /// Adds the gradient of a row to `dx`.
    pub(super) fn backward_row<'a>(dx: &'a mut [f32], x: &'a [f32], dy: &'a [f32], w: &'a [f32], epsilon: f32) -> () {
        let scale = inverse::<FUSED>(x, epsilon);
        let mut along = 0.0;
        for ((x, dy), w) in x.chunks(64).zip(dy.chunks(64)).zip(w.chunks(64)) {
            let mut weighted = [0.0; 64];
            for ((g, dy), w) in weighted.iter_mut().zip(dy).zip(w) {
                *g = dy * w;
            }
            along += dot::<FUSED>(x, &weighted[..x.len()]);
        }
        let along = scale * scale * scale * along / x.len() as f32;
        for (((dx, x), dy), w) in dx.iter_mut().zip(x).zip(dy).zip(w) {
            *dx += scale * dy * w - along * x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;

    #[test]
    fn gradient_agrees_with_finite_differences() {
        let norm = RmsNorm::new(random(&[9], 1), 1e-5);
        let none = random(&[4, 9], 2).zeros_like().unwrap();
        assert_gradient(&random(&[4, 9], 3), |x| norm.forward(x), |x, dy| norm.backward(x, dy, &none));
    }

    #[test]
    fn forward_agrees_with_candle() {
        let (weight, x) = (random(&[70], 4), random(&[5, 70], 5));
        let expected = candle_nn::ops::rms_norm_slow(&x, &weight, 1e-5).unwrap();
        let error = (RmsNorm::new(weight, 1e-5).forward(&x).unwrap() - expected).unwrap();
        assert!(error.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap() < 1e-6);
    }
}
