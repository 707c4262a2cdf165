//! The gate of a feed-forward layer: y = silu(gate) ⊙ up, silu(x) = x / (1 + e^-x).

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::rows::{self, tensor};
use super::simd::{exp, vectorized};

/// gate and up side by side `[rows, 2 n]` to y `[rows, n]`.
pub(crate) fn forward(gate_up: &Tensor) -> Result<Tensor> {
    let gate_up = rows::read(gate_up)?;
    let n = gate_up.width / 2;
    let mut y = vec![0.0; gate_up.count() * n];
    y.par_chunks_mut(n).zip(gate_up.all().par_chunks(2 * n)).with_min_len(8).for_each(|(y, row)| {
        forward_row(y, row);
    });
    tensor(y, n)
}

/// The gradient of gate and up `[rows, 2 n]` from that of y `[rows, n]`.
pub(crate) fn backward(gate_up: &Tensor, dy: &Tensor) -> Result<Tensor> {
    let (gate_up, dy) = (rows::read(gate_up)?, rows::read(dy)?);
    let n = dy.width;
    let mut dx = vec![0.0; gate_up.all().len()];
    dx.par_chunks_mut(2 * n)
        .zip(gate_up.all().par_chunks(2 * n))
        .zip(dy.all().par_chunks(n))
        .with_min_len(8)
        .for_each(|((dx, row), dy)| backward_row(dx, row, dy));
    tensor(dx, 2 * n)
}

vectorized! {
    /// A row of gate and up side by side to a row of half its width.
    pub(crate) fn forward_row<'a>(y: &'a mut [f32], gate_up: &'a [f32]) -> () {
        let (gate, up) = gate_up.split_at(y.len());
        for ((y, g), u) in y.iter_mut().zip(gate).zip(up) {
            *y = g / (1.0 + exp(-g)) * u;
        }
    }
}

vectorized! {
    fn backward_row<'a>(dx: &'a mut [f32], gate_up: &'a [f32], dy: &'a [f32]) -> () {
        let (gate, up) = gate_up.split_at(dy.len());
        let (d_gate, d_up) = dx.split_at_mut(dy.len());
        for ((((dg, du), g), u), dy) in d_gate.iter_mut().zip(d_up).zip(gate).zip(up).zip(dy) {
            let sigmoid = 1.0 / (1.0 + exp(-g));
            *du = dy * g * sigmoid;
            *dg = dy * u * sigmoid * (1.0 + g * (1.0 - sigmoid));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;

    #[test]
    fn gradient_agrees_with_finite_differences() {
        assert_gradient(&(random(&[3, 10], 1) * 3.0).unwrap(), forward, backward);
    }

    #[test]
    fn forward_agrees_with_candle() {
        let x = (random(&[6, 50], 2) * 8.0).unwrap();
        let (gate, up) = (x.narrow(1, 0, 25).unwrap(), x.narrow(1, 25, 25).unwrap());
        let expected = (gate.silu().unwrap() * up).unwrap();
        let error = (forward(&x).unwrap() - expected).unwrap().abs().unwrap().max_all().unwrap();
        assert!(error.to_scalar::<f32>().unwrap() < 1e-5);
    }
}
