//! Root-mean-square norms over the last dimension: y = x / sqrt(mean(x²) + ε) ⊙ w.

use candle_core::{D, Device, Result, Tensor};

use super::matrix::side_by_side;
use crate::ops::attention::Heads;
use crate::ops::qk_norm::QkNorm;
use crate::ops::rms_norm::RmsNorm;

/// The scales, and the constant under the root.
pub(super) struct Norm {
    /// Of a shape that the rows' last dimensions are multiplied with.
    scales: Tensor,
    epsilon: f64,
}

impl Norm {
    pub(super) fn from_rms_norm(norm: &RmsNorm, device: &Device) -> Result<Self> {
        Ok(Self { scales: norm.scales().to_device(device)?, epsilon: f64::from(norm.epsilon()) })
    }

    /// Over each head of queries and keys: scales `[heads, head size]`.
    pub(super) fn from_qk_norm(norm: &QkNorm, heads: Heads, device: &Device) -> Result<Self> {
        let shape = (heads.query_heads + heads.kv_heads, heads.head_size);
        let scales = Tensor::from_vec(norm.all_scales(heads), shape, device)?;
        Ok(Self { scales, epsilon: f64::from(norm.epsilon()) })
    }

    /// 1 / sqrt(mean(x²) + ε) of every row.
    fn inverse(&self, x: &Tensor) -> Result<Tensor> {
        (x.sqr()?.mean_keepdim(D::Minus1)? + self.epsilon)?.sqrt()?.recip()
    }

    pub(super) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        x.broadcast_mul(&self.inverse(x)?)?.broadcast_mul(&self.scales)
    }

    /// The gradient of x. With s = 1/sqrt(mean(x²) + ε) and g = dy ⊙ w: dx = s g - s³ x (x·g) / width.
    pub(super) fn backward(&self, x: &Tensor, dy: &Tensor) -> Result<Tensor> {
        let s = self.inverse(x)?;
        let g = dy.broadcast_mul(&self.scales)?;
        let along = ((x * &g)?.mean_keepdim(D::Minus1)? * s.powf(3.0)?)?;
        g.broadcast_mul(&s)? - x.broadcast_mul(&along)?
    }

    /// The queries' and keys' heads of `[rows, heads.width()]`, normed; the values stay as they are.
    pub(super) fn heads_forward(&self, qkv: &Tensor, heads: Heads) -> Result<Tensor> {
        on_heads(qkv, heads, |x| self.forward(x))
    }

    /// The gradient of `qkv`.
    pub(super) fn heads_backward(&self, qkv: &Tensor, dy: &Tensor, heads: Heads) -> Result<Tensor> {
        let (x, _) = split(qkv, heads)?;
        on_heads(dy, heads, |dy| self.backward(&x, dy))
    }
}

/// The heads of queries and keys, `[rows, heads, head size]`, and the values `[rows, ...]`.
fn split(qkv: &Tensor, heads: Heads) -> Result<(Tensor, Tensor)> {
    let (rows, width) = qkv.dims2()?;
    let (count, normed) = (heads.query_heads + heads.kv_heads, heads.value(0));
    let turned = qkv.narrow(1, 0, normed)?.contiguous()?.reshape((rows, count, heads.head_size))?;
    Ok((turned, qkv.narrow(1, normed, width - normed)?))
}

/// Replaces the heads of queries and keys by what `work` makes of them.
pub(super) fn on_heads(
    qkv: &Tensor,
    heads: Heads,
    work: impl FnOnce(&Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    let (turned, values) = split(qkv, heads)?;
    side_by_side(vec![work(&turned)?.flatten_from(1)?, values])
}
