//! The gated linear unit of an MLP with candle's operations: see [`crate::ops::glu`].

use candle_core::{Result, Tensor};

use crate::ops::glu::{Activation, GELU_CUBIC, GELU_LINEAR};

/// Computes y `[rows, n]` from gate and up side by side, `[rows, 2 n]`.
pub(super) fn forward(gate_up: &Tensor, activation: Activation) -> Result<Tensor> {
    let (gate, up) = halves(gate_up)?;
    &gate * sigmoid(&gate, activation)? * up
}

/// Returns the gradient of gate and up `[rows, 2 n]` from that of y `[rows, n]`.
pub(super) fn backward(gate_up: &Tensor, dy: &Tensor, activation: Activation) -> Result<Tensor> {
    let (gate, up) = halves(gate_up)?;
    let sigmoid = sigmoid(&gate, activation)?;
    let activated = (&gate * &sigmoid)?;
    // The derivative of g σ(z(g)) is σ + g σ (1 - σ) z'(g).
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

/// Returns σ(z(gate)), where z belongs to the activation.
fn sigmoid(gate: &Tensor, activation: Activation) -> Result<Tensor> {
    let z = match activation {
        Activation::Silu => gate.clone(),
        Activation::GeluTanh => {
            (gate * gate.sqr()?.affine(f64::from(GELU_CUBIC), f64::from(GELU_LINEAR))?)?
        }
    };
    (z.neg()?.exp()? + 1.0)?.recip()
}
