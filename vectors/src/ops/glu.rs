//! The gated linear unit of an MLP: y = act(gate) ⊙ up (`SwiGLU` and `GeGLU`; Shazeer 2020, arXiv 2002.05202).
//!
//! Both activations have the form g σ(z(g)), where σ is the logistic function. `SiLU` has z = g. The tanh form of GELU
//! has z = 2 sqrt(2/π) (g + 0.044715 g³), since (1 + tanh u) / 2 = σ(2u).

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::rows::{self, tensor};
use super::simd::{exp, vectorized};

/// The activation of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activation {
    /// `SiLU`: g / (1 + e^-g), which makes `SwiGLU`.
    Silu,
    /// GELU with tanh in place of the error function, which makes `GeGLU` (transformers: `gelu_pytorch_tanh`).
    GeluTanh,
}

/// 2 sqrt(2/π), and 0.044715 times that: the coefficients of g and g³ in GELU's z.
pub(crate) const GELU_LINEAR: f32 = 1.595_769;
pub(crate) const GELU_CUBIC: f32 = 0.071_354_814;

/// Computes y `[rows, n]` from gate and up side by side, `[rows, 2 n]`.
pub(crate) fn forward(gate_up: &Tensor, activation: Activation) -> Result<Tensor> {
    let gate_up = rows::read(gate_up)?;
    let n = gate_up.width / 2;
    let mut y = vec![0.0; gate_up.count() * n];
    y.par_chunks_mut(n).zip(gate_up.all().par_chunks(2 * n)).with_min_len(8).for_each(|(y, row)| {
        forward_row(y, row, activation);
    });
    tensor(y, n)
}

/// Returns the gradient of gate and up `[rows, 2 n]` from that of y `[rows, n]`.
pub(crate) fn backward(gate_up: &Tensor, dy: &Tensor, activation: Activation) -> Result<Tensor> {
    let (gate_up, dy) = (rows::read(gate_up)?, rows::read(dy)?);
    let n = dy.width;
    let mut dx = vec![0.0; gate_up.all().len()];
    dx.par_chunks_mut(2 * n)
        .zip(gate_up.all().par_chunks(2 * n))
        .zip(dy.all().par_chunks(n))
        .with_min_len(8)
        .for_each(|((dx, row), dy)| backward_row(dx, row, dy, activation));
    tensor(dx, 2 * n)
}

/// Computes one row of n numbers from a row of gate and up side by side, 2 n numbers.
fn forward_row(y: &mut [f32], gate_up: &[f32], activation: Activation) {
    match activation {
        Activation::Silu => swiglu_row(y, gate_up),
        Activation::GeluTanh => geglu_row(y, gate_up),
    }
}

fn backward_row(dx: &mut [f32], gate_up: &[f32], dy: &[f32], activation: Activation) {
    match activation {
        Activation::Silu => swiglu_row_backward(dx, gate_up, dy),
        Activation::GeluTanh => geglu_row_backward(dx, gate_up, dy),
    }
}

vectorized! {
    fn swiglu_row<'a>(y: &'a mut [f32], gate_up: &'a [f32]) -> () {
        let (gate, up) = gate_up.split_at(y.len());
        for ((y, g), u) in y.iter_mut().zip(gate).zip(up) {
            *y = g / (1.0 + exp(-g)) * u;
        }
    }
}

vectorized! {
    fn swiglu_row_backward<'a>(dx: &'a mut [f32], gate_up: &'a [f32], dy: &'a [f32]) -> () {
        let (gate, up) = gate_up.split_at(dy.len());
        let (d_gate, d_up) = dx.split_at_mut(dy.len());
        for ((((dg, du), g), u), dy) in d_gate.iter_mut().zip(d_up).zip(gate).zip(up).zip(dy) {
            let sigmoid = 1.0 / (1.0 + exp(-g));
            *du = dy * g * sigmoid;
            *dg = dy * u * sigmoid * (1.0 + g * (1.0 - sigmoid));
        }
    }
}

vectorized! {
    fn geglu_row<'a>(y: &'a mut [f32], gate_up: &'a [f32]) -> () {
        let (gate, up) = gate_up.split_at(y.len());
        for ((y, g), u) in y.iter_mut().zip(gate).zip(up) {
            *y = g / (1.0 + exp(-g * (GELU_LINEAR + GELU_CUBIC * g * g))) * u;
        }
    }
}

vectorized! {
    fn geglu_row_backward<'a>(dx: &'a mut [f32], gate_up: &'a [f32], dy: &'a [f32]) -> () {
        let (gate, up) = gate_up.split_at(dy.len());
        let (d_gate, d_up) = dx.split_at_mut(dy.len());
        for ((((dg, du), g), u), dy) in d_gate.iter_mut().zip(d_up).zip(gate).zip(up).zip(dy) {
            let sigmoid = 1.0 / (1.0 + exp(-g * (GELU_LINEAR + GELU_CUBIC * g * g)));
            let d_z = GELU_LINEAR + 3.0 * GELU_CUBIC * g * g;
            *du = dy * g * sigmoid;
            *dg = dy * u * sigmoid * (1.0 + g * (1.0 - sigmoid) * d_z);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;

    #[test]
    fn gradients_agree_with_finite_differences() {
        for activation in [Activation::Silu, Activation::GeluTanh] {
            assert_gradient(
                &(random(&[3, 10], 1) * 3.0).unwrap(),
                |x| forward(x, activation),
                |x, dy| backward(x, dy, activation),
            );
        }
    }

    #[test]
    fn forward_agrees_with_candle() {
        let x = (random(&[6, 50], 2) * 8.0).unwrap();
        let (gate, up) = (x.narrow(1, 0, 25).unwrap(), x.narrow(1, 25, 25).unwrap());
        for (activation, gated) in
            [(Activation::Silu, gate.silu().unwrap()), (Activation::GeluTanh, gate.gelu().unwrap())]
        {
            let error = (forward(&x, activation).unwrap() - (gated * &up).unwrap()).unwrap();
            assert!(error.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap() < 2e-5);
        }
    }
}
