//! The gate of a feed-forward layer by candle's operations; see [`crate::ops::glu`].

use candle_core::{Result, Tensor};

use crate::ops::glu::{Activation, GELU_CUBIC, GELU_LINEAR};

/// gate and up side by side `[rows, 2 n]` to y `[rows, n]`.
pub(super) fn forward(gate_up: &Tensor, activation: Activation) -> Result<Tensor> {
    let (gate, up) = halves(gate_up)?;
    &gate * sigmoid(&gate, activation)? * up
}

/// The gradient of gate and up `[rows, 2 n]` from that of y `[rows, n]`.
pub(super) fn backward(gate_up: &Tensor, dy: &Tensor, activation: Activation) -> Result<Tensor> {
    let (gate, up) = halves(gate_up)?;
    let sigmoid = sigmoid(&gate, activation)?;
    let activated = (&gate * &sigmoid)?;
    // d/dg of g σ(z(g)) = σ + g σ (1 - σ) z'(g).
    let d_sigmoid = (&activated * (1.0 - &sigmoid)?)?;
    let d_sigmoid = match activation {
        Activation::Silu => d_sigmoid,
        Activation::GeluTanh => {
            (d_sigmoid * gate.sqr()?.affine(3.0 * f64::from(GELU_CUBIC), f64::from(GELU_LINEAR))?)?
        }
    };
    let d_gate = ((dy * up)? * (sigmoid + d_sigmoid)?)?;
    Tensor::cat(&[d_gate, (dy * activated)?], 1)
}

fn halves(gate_up: &Tensor) -> Result<(Tensor, Tensor)> {
    let n = gate_up.dim(1)? / 2;
    Ok((gate_up.narrow(1, 0, n)?.contiguous()?, gate_up.narrow(1, n, n)?.contiguous()?))
}

/// The logistic function of the activation's z.
fn sigmoid(gate: &Tensor, activation: Activation) -> Result<Tensor> {
    let z = match activation {
        Activation::Silu => gate.clone(),
        Activation::GeluTanh => {
            (gate * gate.sqr()?.affine(f64::from(GELU_CUBIC), f64::from(GELU_LINEAR))?)?
        }
    };
    (z.neg()?.exp()? + 1.0)?.recip()
}
