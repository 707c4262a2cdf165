//! RotaryEmbedding position embedding (Su et al. 2021, arXiv 2104.09864): each pair of numbers in a head is turned by an angle
//! that grows with the row's position. Its derivative turns back.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::rows::{self, tensor};

/// Cosines and sines for positions 0 up to the longest asked for.
pub(crate) struct RotaryEmbedding {
    /// `[position][pair] = (cos, sin)`.
    table: Vec<(f32, f32)>,
    /// Pairs that are turned in each head, the first ones; what follows them in the head stays as it is.
    pairs: usize,
    head_size: usize,
    layout: RopeLayout,
}

/// Which two numbers of a head make a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RopeLayout {
    /// (0, 1), (2, 3), ...: the Llama family in GGUF files, whose converter reorders its weights.
    Interleaved,
    /// (0, n), (1, n + 1), ... where 2n numbers are turned: everything else.
    HalfSplit,
}

/// Which way to turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    Forward,
    Backward,
}

impl RotaryEmbedding {
    /// `speeds` are the angles of each pair at position 1. The cosines and sines are multiplied with `amplitude`.
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

    /// `[position][pair] = (cos, sin)`, one after the other.
    pub(crate) fn table(&self) -> &[(f32, f32)] {
        &self.table
    }

    /// Pairs that are turned in each head.
    pub(crate) fn pairs(&self) -> usize {
        self.pairs
    }

    /// Which two numbers of a head make a pair.
    pub(crate) fn layout(&self) -> RopeLayout {
        self.layout
    }

    /// Turns the first `heads` heads of every row; what follows them in the row stays as it is.
    pub(crate) fn rotate(&self, x: &Tensor, heads: usize, positions: &[u32], pass: Pass) -> Result<Tensor> {
        let x = rows::read(x)?;
        let width = x.width;
        let mut turned = x.all().to_vec();
        turned.par_chunks_mut(width).zip(positions).with_min_len(16).for_each(|(row, position)| {
            self.rotate_row(row, heads, *position, pass);
        });
        tensor(turned, width)
    }

    /// As [`RotaryEmbedding::rotate`], one row in place.
    pub(crate) fn rotate_row(&self, row: &mut [f32], heads: usize, position: u32, pass: Pass) {
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
        // The last one turns a part of each head only.
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
