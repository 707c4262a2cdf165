//! Rotary position embedding (`RoPE`; Su et al. 2021, arXiv 2104.09864): rotates pairs of numbers in each head by an
//! angle proportional to the row's position. The backward pass rotates by the negative angle.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::rows::{self, tensor};

/// The cosines and sines of positions from 0 up to a limit.
pub(crate) struct RotaryEmbedding {
    /// `table[position * pairs + pair] = (cos, sin)`.
    table: Vec<(f32, f32)>,
    /// The number of pairs that are rotated in each head, from its beginning. The rest of the head stays unchanged.
    pairs: usize,
    head_size: usize,
    layout: RopeLayout,
}

/// The layout of the pairs of numbers in a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RopeLayout {
    /// (0, 1), (2, 3), ...: models of the Llama family in GGUF files, whose converter reorders the weights.
    Interleaved,
    /// (0, n), (1, n + 1), ... where 2n numbers are rotated: all other models (transformers: `rotate_half`).
    HalfSplit,
}

/// The forward or the backward pass.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    Forward,
    Backward,
}

impl RotaryEmbedding {
    /// Makes the table of `positions` positions. `inv_freq` holds each pair's angle at position 1; cosines and sines
    /// are multiplied by `attention_factor`.
    pub(crate) fn new(
        inv_freq: &[f32],
        attention_factor: f32,
        head_size: usize,
        positions: usize,
        layout: RopeLayout,
    ) -> Self {
        let angle = |position: usize| inv_freq.iter().map(move |freq| position as f32 * freq);
        let table = (0..positions)
            .flat_map(|p| angle(p).map(|a| (attention_factor * a.cos(), attention_factor * a.sin())))
            .collect();
        Self { table, pairs: inv_freq.len(), head_size, layout }
    }

    /// Returns (cos, sin) of every pair of every position, one position after the other.
    pub(crate) fn table(&self) -> &[(f32, f32)] {
        &self.table
    }

    /// Returns the number of pairs that are rotated in each head.
    pub(crate) fn pairs(&self) -> usize {
        self.pairs
    }

    /// Returns which two numbers of a head make a pair.
    pub(crate) fn layout(&self) -> RopeLayout {
        self.layout
    }

    /// Rotates the first `heads` heads of every row; the rest of the row stays unchanged. `positions` has one number
    /// for each row.
    pub(crate) fn rotate(&self, x: &Tensor, heads: usize, positions: &[u32], pass: Pass) -> Result<Tensor> {
        let x = rows::read(x)?;
        let width = x.width;
        let mut turned = x.all().to_vec();
        turned.par_chunks_mut(width).zip(positions).with_min_len(16).for_each(|(row, position)| {
            self.rotate_row(row, heads, *position, pass);
        });
        tensor(turned, width)
    }

    /// Rotates one row in place, as [`RotaryEmbedding::rotate`] does.
    fn rotate_row(&self, row: &mut [f32], heads: usize, position: u32, pass: Pass) {
        let pairs = self.pairs;
        let start = position as usize * pairs;
        let table = &self.table[start..start + pairs];
        for head in row[..heads * self.head_size].chunks_exact_mut(self.head_size) {
            match self.layout {
                RopeLayout::Interleaved => {
                    for (pair, (cos, sin)) in head.chunks_exact_mut(2).zip(table) {
                        let sin = if pass == Pass::Forward { *sin } else { -sin };
                        let (a, b) = (pair[0], pair[1]);
                        pair[0] = a * cos - b * sin;
                        pair[1] = a * sin + b * cos;
                    }
                }
                RopeLayout::HalfSplit => {
                    let (first, second) = head.split_at_mut(pairs);
                    for ((a, b), (cos, sin)) in first.iter_mut().zip(second).zip(table) {
                        let sin = if pass == Pass::Forward { *sin } else { -sin };
                        (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;

    fn inv_freq(pairs: usize) -> Vec<f32> {
        (0..pairs).map(|i| 1.0 / 10_000_f32.powf(i as f32 / pairs as f32)).collect()
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let positions = [0, 3, 19];
        // The last case rotates only a part of each head.
        for (layout, pairs) in
            [(RopeLayout::Interleaved, 3), (RopeLayout::HalfSplit, 3), (RopeLayout::HalfSplit, 2)]
        {
            let rope = RotaryEmbedding::new(&inv_freq(pairs), 1.2, 6, 20, layout);
            assert_gradient(
                &random(&[3, 15], 1),
                |x| rope.rotate(x, 2, &positions, Pass::Forward),
                |_, dy| rope.rotate(dy, 2, &positions, Pass::Backward),
            );
        }
    }

    #[test]
    fn forward_agrees_with_candle() {
        let (head_size, length) = (8, 5);
        for layout in [RopeLayout::Interleaved, RopeLayout::HalfSplit] {
            let rope = RotaryEmbedding::new(&inv_freq(4), 1.0, head_size, length, layout);
            let x = random(&[length, 2 * head_size], 2);
            let ours = rope.rotate(&x, 2, &[0, 1, 2, 3, 4], Pass::Forward).unwrap();
            let tables = |f: fn(&(f32, f32)) -> f32| {
                let values = rope.table.iter().map(f).collect::<Vec<_>>();
                Tensor::from_vec(values, (length, head_size / 2), x.device()).unwrap()
            };
            let heads =
                x.reshape((1, length, 2, head_size)).unwrap().transpose(1, 2).unwrap().contiguous().unwrap();
            let (cos, sin) = (tables(|t| t.0), tables(|t| t.1));
            let theirs = match layout {
                RopeLayout::Interleaved => candle_nn::rotary_emb::rope_i_slow(&heads, &cos, &sin),
                RopeLayout::HalfSplit => candle_nn::rotary_emb::rope_slow(&heads, &cos, &sin),
            };
            let theirs = theirs.unwrap().transpose(1, 2).unwrap().reshape((length, 2 * head_size)).unwrap();
            let error = (ours - theirs).unwrap().abs().unwrap().max_all().unwrap();
            assert!(error.to_scalar::<f32>().unwrap() < 1e-6, "{layout:?}");
        }
    }
}
