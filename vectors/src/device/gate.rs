//! The gate of a feed-forward layer by candle's operations; see [`crate::ops::gate`].

use candle_core::{Result, Tensor};

use crate::ops::gate::{Activation, CUBIC, LINEAR};

/// gate and up side by side `[rows, 2 n]` to y `[rows, n]`.
pub(super) fn forward(gate_up: &Tensor, activation: Activation) -> Result<Tensor> {
    let (gate, up) = halves(gate_up)?;
    &gate * logistic(&gate, activation)? * up
}

/// The gradient of gate and up `[rows, 2 n]` from that of y `[rows, n]`.
pub(super) fn backward(gate_up: &Tensor, dy: &Tensor, activation: Activation) -> Result<Tensor> {
    let (gate, up) = halves(gate_up)?;
    let share = logistic(&gate, activation)?;
    let passed = (&gate * &share)?;
    // d/dg of g σ(z(g)) = σ + g σ (1 - σ) z'(g).
    let bend = (&passed * (1.0 - &share)?)?;
    let bend = match activation {
        Activation::Silu => bend,
        Activation::GeluTanh => (bend * gate.sqr()?.affine(3.0 * f64::from(CUBIC), f64::from(LINEAR))?)?,
    };
    let d_gate = ((dy * up)? * (share + bend)?)?;
    Tensor::cat(&[d_gate, (dy * passed)?], 1)
}

fn halves(gate_up: &Tensor) -> Result<(Tensor, Tensor)> {
    let n = gate_up.dim(1)? / 2;
    Ok((gate_up.narrow(1, 0, n)?.contiguous()?, gate_up.narrow(1, n, n)?.contiguous()?))
}

/// The logistic function of the activation's z.
fn logistic(gate: &Tensor, activation: Activation) -> Result<Tensor> {
    let z = match activation {
        Activation::Silu => gate.clone(),
        Activation::GeluTanh => (gate * gate.sqr()?.affine(f64::from(CUBIC), f64::from(LINEAR))?)?,
    };
    (z.neg()?.exp()? + 1.0)?.recip()
}
