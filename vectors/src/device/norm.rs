//! RMS norms with candle's operations: y = x / sqrt(mean(x²) + ε) ⊙ w over the last dimension.

use candle_core::{D, Device, Result, Tensor};

use super::matrix::side_by_side;
use crate::ops::attention::Heads;
use crate::ops::qk_norm::QkNorm;
use crate::ops::rms_norm::RmsNorm;

/// The weight of a norm and the constant ε under its root.
pub(super) struct Norm {
    /// The weight, in a shape that broadcasts over the rows.
    weight: Tensor,
    epsilon: f64,
}

impl Norm {
    pub(super) fn from_rms_norm(norm: &RmsNorm, device: &Device) -> Result<Self> {
        Ok(Self { weight: norm.weight().to_device(device)?, epsilon: f64::from(norm.epsilon()) })
    }

    /// Copies the weights of a q/k norm to a device: `[query_heads + kv_heads, head_size]`.
    pub(super) fn from_qk_norm(norm: &QkNorm, heads: Heads, device: &Device) -> Result<Self> {
        let shape = (heads.query_heads + heads.kv_heads, heads.head_size);
        let weight = Tensor::from_vec(norm.all_weights(heads), shape, device)?;
        Ok(Self { weight, epsilon: f64::from(norm.epsilon()) })
    }

    /// Returns 1 / sqrt(mean(x²) + ε) of every row.
    fn inverse(&self, x: &Tensor) -> Result<Tensor> {
        (x.sqr()?.mean_keepdim(D::Minus1)? + self.epsilon)?.sqrt()?.recip()
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.broadcast_mul(&self.inverse(x)?)?.broadcast_mul(&self.weight)
    }

    /// Returns the gradient of x. With s = 1/sqrt(mean(x²) + ε) and g = dy ⊙ w: dx = s g - s³ x (x·g) / width.
    pub(super) fn backward(&self, x: &Tensor, dy: &Tensor) -> Result<Tensor> {
        let s = self.inverse(x)?;
        let g = dy.broadcast_mul(&self.weight)?;
        let along = ((x * &g)?.mean_keepdim(D::Minus1)? * s.powf(3.0)?)?;
        g.broadcast_mul(&s)? - x.broadcast_mul(&along)?
    }

    /// Normalizes the query and key heads of `[rows, heads.width()]`; values stay unchanged.
    pub(super) fn heads_forward(&self, qkv: &Tensor, heads: Heads) -> Result<Tensor> {
        on_heads(qkv, heads, |x| self.forward(x))
    }

    /// Returns the gradient of `qkv` before the norm.
    pub(super) fn heads_backward(&self, qkv: &Tensor, dy: &Tensor, heads: Heads) -> Result<Tensor> {
        let (x, _) = split(qkv, heads)?;
        on_heads(dy, heads, |dy| self.backward(&x, dy))
    }
}

/// Splits rows into the heads of queries and keys, `[rows, heads, head_size]`, and the values, `[rows, kv_heads *
/// head_size]`.
fn split(qkv: &Tensor, heads: Heads) -> Result<(Tensor, Tensor)> {
    let (rows, width) = qkv.dims2()?;
    let (count, normed) = (heads.query_heads + heads.kv_heads, heads.value(0));
    let turned = qkv.narrow(1, 0, normed)?.contiguous()?.reshape((rows, count, heads.head_size))?;
    Ok((turned, qkv.narrow(1, normed, width - normed)?))
}

/// Replaces the heads of queries and keys by what `work` returns for them.
pub(super) fn on_heads(
    qkv: &Tensor,
    heads: Heads,
    work: impl FnOnce(&Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    let (turned, values) = split(qkv, heads)?;
    side_by_side(vec![work(&turned)?.flatten_from(1)?, values])
}
