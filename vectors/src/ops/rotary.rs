//! Rotary position embedding (Su et al. 2021, arXiv 2104.09864): each pair of numbers in a head is turned by an angle
//! that grows with the row's position. Its derivative turns back.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::rows::{self, tensor};

/// Cosines and sines for positions 0 up to the longest asked for.
pub(crate) struct Rotary {
    /// `[position][pair] = (cos, sin)`, `head_size / 2` pairs a position.
    table: Vec<(f32, f32)>,
    pairs: usize,
}

/// Which way to turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Forward,
    Back,
}

impl Rotary {
    pub(crate) fn new(base: f32, head_size: usize, positions: usize) -> Self {
        let pairs = head_size / 2;
        // In f32, as the models' reference implementation computes them.
        let speeds: Vec<f32> =
            (0..pairs).map(|i| 1.0 / base.powf(2.0 * i as f32 / head_size as f32)).collect();
        let angle = |position: usize| speeds.iter().map(move |speed| position as f32 * speed);
        let table =
            (0..positions).flat_map(|p| angle(p).map(|a| (a.cos(), a.sin())).collect::<Vec<_>>()).collect();
        Self { table, pairs }
    }

    /// Turns the first `heads` heads of every row; what follows them in the row stays as it is. In a GGUF file's
    /// weights the pairs of the Llama family are neighbours: (0, 1), (2, 3), ...
    pub(crate) fn turn(&self, x: &Tensor, heads: usize, positions: &[u32], way: Turn) -> Result<Tensor> {
        let x = rows::read(x)?;
        let width = x.width;
        let mut turned = x.all().to_vec();
        turned.par_chunks_mut(width).zip(positions).with_min_len(16).for_each(|(row, position)| {
            self.turn_row(row, heads, *position, way);
        });
        tensor(turned, width)
    }

    /// As [`Rotary::turn`], one row in place.
    pub(crate) fn turn_row(&self, row: &mut [f32], heads: usize, position: u32, way: Turn) {
        let pairs = self.pairs;
        let start = position as usize * pairs;
        let table = &self.table[start..start + pairs];
        for head in row[..heads * 2 * pairs].chunks_exact_mut(2 * pairs) {
            for (pair, (cos, sin)) in head.chunks_exact_mut(2).zip(table) {
                let sin = if way == Turn::Forward { *sin } else { -sin };
                let (a, b) = (pair[0], pair[1]);
                pair[0] = a * cos - b * sin;
                pair[1] = a * sin + b * cos;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;

    #[test]
    fn gradient_agrees_with_finite_differences() {
        let rotary = Rotary::new(10_000.0, 6, 20);
        let positions = [0, 3, 19];
        assert_gradient(
            &random(&[3, 15], 1),
            |x| rotary.turn(x, 2, &positions, Turn::Forward),
            |_, dy| rotary.turn(dy, 2, &positions, Turn::Back),
        );
    }

    #[test]
    fn forward_agrees_with_candle() {
        let (head_size, length) = (8, 5);
        let rotary = Rotary::new(10_000.0, head_size, length);
        let x = random(&[length, 2 * head_size], 2);
        let ours = rotary.turn(&x, 2, &[0, 1, 2, 3, 4], Turn::Forward).unwrap();
        let tables = |f: fn(&(f32, f32)) -> f32| {
            let values = rotary.table.iter().map(f).collect::<Vec<_>>();
            Tensor::from_vec(values, (length, head_size / 2), x.device()).unwrap()
        };
        let heads =
            x.reshape((1, length, 2, head_size)).unwrap().transpose(1, 2).unwrap().contiguous().unwrap();
        let theirs = candle_nn::rotary_emb::rope_i_slow(&heads, &tables(|t| t.0), &tables(|t| t.1)).unwrap();
        let theirs = theirs.transpose(1, 2).unwrap().reshape((length, 2 * head_size)).unwrap();
        let error = (ours - theirs).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(error < 1e-6, "{error}");
    }
}
