//! The RMS norm over each head of the queries and keys, before the rotary embedding (Qwen3, Gemma 3).

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::attention::Heads;
use super::rms_norm::{backward_row, forward_row};
use super::rows::{self, tensor};

/// The weight that all query heads share, the weight that all key heads share, and epsilon.
#[derive(Clone)]
pub(crate) struct QkNorm {
    query: Vec<f32>,
    key: Vec<f32>,
    epsilon: f32,
}

impl QkNorm {
    /// Makes a norm from weights of a head's size.
    pub(crate) fn new(query: Vec<f32>, key: Vec<f32>, epsilon: f32) -> Self {
        Self { query, key, epsilon }
    }

    /// Iterates over the first column and the weight of every head: queries, then keys.
    fn heads(&self, heads: Heads) -> impl Iterator<Item = (usize, &[f32])> {
        let scale = move |head| if head < heads.query_heads { self.query.as_slice() } else { &self.key };
        (0..heads.query_heads + heads.kv_heads).map(move |head| (head * heads.head_size, scale(head)))
    }

    /// Returns the weights of all query and key heads, one after the other.
    pub(crate) fn all_weights(&self, heads: Heads) -> Vec<f32> {
        self.heads(heads).flat_map(|(_, scale)| scale).copied().collect()
    }

    /// Returns the constant under the root.
    pub(crate) fn epsilon(&self) -> f32 {
        self.epsilon
    }

    /// Normalizes the heads of queries and keys in `[rows, heads.width()]`; values stay unchanged.
    pub(crate) fn forward(&self, qkv: &Tensor, heads: Heads) -> Result<Tensor> {
        let qkv = rows::read(qkv)?;
        let mut normed = qkv.all().to_vec();
        normed
            .par_chunks_mut(qkv.width)
            .zip(qkv.all().par_chunks(qkv.width))
            .with_min_len(16)
            .for_each(|(y, x)| self.forward_row(x, y, heads));
        tensor(normed, qkv.width)
    }

    /// Normalizes one row.
    fn forward_row(&self, x: &[f32], y: &mut [f32], heads: Heads) {
        for (start, scale) in self.heads(heads) {
            let head = start..start + heads.head_size;
            forward_row(&mut y[head.clone()], &x[head], scale, self.epsilon);
        }
    }

    /// Returns the gradient of queries, keys and values before the norm from the gradient after it.
    pub(crate) fn backward(&self, qkv: &Tensor, gradient: &Tensor, heads: Heads) -> Result<Tensor> {
        let (qkv, gradient) = (rows::read(qkv)?, rows::read(gradient)?);
        let mut dx = gradient.all().to_vec();
        dx.par_chunks_mut(qkv.width)
            .zip(qkv.all().par_chunks(qkv.width))
            .zip(gradient.all().par_chunks(qkv.width))
            .with_min_len(16)
            .for_each(|((dx, x), dy)| {
                for (start, scale) in self.heads(heads) {
                    let head = start..start + heads.head_size;
                    dx[head.clone()].fill(0.0);
                    backward_row(&mut dx[head.clone()], &x[head.clone()], &dy[head], scale, self.epsilon);
                }
            });
        tensor(dx, qkv.width)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;

    const HEADS: Heads = Heads { query_heads: 3, kv_heads: 1, head_size: 4 };

    fn norm() -> QkNorm {
        let scale = |seed| random(&[4], seed).to_vec1().unwrap();
        QkNorm::new(scale(1), scale(2), 1e-6)
    }

    #[test]
    fn gradient_agrees_with_finite_differences() {
        assert_gradient(
            &random(&[3, HEADS.width()], 3),
            |x| norm().forward(x, HEADS),
            |x, dy| norm().backward(x, dy, HEADS),
        );
    }

    #[test]
    fn forward_agrees_with_candle_head_by_head() {
        let x = random(&[2, HEADS.width()], 4);
        let ours = norm().forward(&x, HEADS).unwrap();
        for (head, seed) in [(0, 1), (2, 1), (3, 2)] {
            let part = |x: &Tensor| x.narrow(1, head * 4, 4).unwrap().contiguous().unwrap();
            let expected = candle_nn::ops::rms_norm_slow(&part(&x), &random(&[4], seed), 1e-6).unwrap();
            let error = (part(&ours) - expected).unwrap().abs().unwrap().max_all().unwrap();
            assert!(error.to_scalar::<f32>().unwrap() < 1e-6, "head {head}");
        }
        let values = |x: &Tensor| x.narrow(1, 16, 4).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(values(&ours), values(&x));
    }
}
