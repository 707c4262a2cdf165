//! Rotary position embedding (Su et al. 2021, arXiv 2104.09864): each pair of numbers in a head is turned by an angle
//! that grows with the row's position. Its derivative turns back.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::rows::{self, tensor};

/// Cosines and sines for positions 0 up to the longest asked for.
pub(crate) struct Rotary {
    /// `[position][pair] = (cos, sin)`.
    table: Vec<(f32, f32)>,
    /// Pairs that are turned in each head, the first ones; what follows them in the head stays as it is.
    pairs: usize,
    head_size: usize,
    order: Order,
}

/// Which two numbers of a head make a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// (0, 1), (2, 3), ...: the Llama family in GGUF files, whose converter reorders its weights.
    Neighbours,
    /// (0, n), (1, n + 1), ... where 2n numbers are turned: everything else.
    Halves,
}

/// Which way to turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Forward,
    Back,
}

impl Rotary {
    /// `speeds` are the angles of each pair at position 1. The cosines and sines are multiplied with `amplitude`.
    pub(crate) fn new(
        speeds: &[f32],
        amplitude: f32,
        head_size: usize,
        positions: usize,
        order: Order,
    ) -> Self {
        let angle = |position: usize| speeds.iter().map(move |speed| position as f32 * speed);
        let table = (0..positions)
            .flat_map(|p| angle(p).map(|a| (amplitude * a.cos(), amplitude * a.sin())))
            .collect();
        Self { table, pairs: speeds.len(), head_size, order }
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
    pub(crate) fn order(&self) -> Order {
        self.order
    }

    /// Turns the first `heads` heads of every row; what follows them in the row stays as it is.
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
        for head in row[..heads * self.head_size].chunks_exact_mut(self.head_size) {
            match self.order {
                Order::Neighbours => {
                    for (pair, (cos, sin)) in head.chunks_exact_mut(2).zip(table) {
                        let sin = if way == Turn::Forward { *sin } else { -sin };
                        let (a, b) = (pair[0], pair[1]);
                        pair[0] = a * cos - b * sin;
                        pair[1] = a * sin + b * cos;
                    }
                }
                Order::Halves => {
                    let (first, second) = head.split_at_mut(pairs);
                    for ((a, b), (cos, sin)) in first.iter_mut().zip(second).zip(table) {
                        let sin = if way == Turn::Forward { *sin } else { -sin };
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

    fn speeds(pairs: usize) -> Vec<f32> {
        (0..pairs).map(|i| 1.0 / 10_000_f32.powf(i as f32 / pairs as f32)).collect()
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let positions = [0, 3, 19];
        // The last one turns a part of each head only.
        for (order, pairs) in [(Order::Neighbours, 3), (Order::Halves, 3), (Order::Halves, 2)] {
            let rotary = Rotary::new(&speeds(pairs), 1.2, 6, 20, order);
            assert_gradient(
                &random(&[3, 15], 1),
                |x| rotary.turn(x, 2, &positions, Turn::Forward),
                |_, dy| rotary.turn(dy, 2, &positions, Turn::Back),
            );
        }
    }

    #[test]
    fn forward_agrees_with_candle() {
        let (head_size, length) = (8, 5);
        for order in [Order::Neighbours, Order::Halves] {
            let rotary = Rotary::new(&speeds(4), 1.0, head_size, length, order);
            let x = random(&[length, 2 * head_size], 2);
            let ours = rotary.turn(&x, 2, &[0, 1, 2, 3, 4], Turn::Forward).unwrap();
            let tables = |f: fn(&(f32, f32)) -> f32| {
                let values = rotary.table.iter().map(f).collect::<Vec<_>>();
                Tensor::from_vec(values, (length, head_size / 2), x.device()).unwrap()
            };
            let heads =
                x.reshape((1, length, 2, head_size)).unwrap().transpose(1, 2).unwrap().contiguous().unwrap();
            let (cos, sin) = (tables(|t| t.0), tables(|t| t.1));
            let theirs = match order {
                Order::Neighbours => candle_nn::rotary_emb::rope_i_slow(&heads, &cos, &sin),
                Order::Halves => candle_nn::rotary_emb::rope_slow(&heads, &cos, &sin),
            };
            let theirs = theirs.unwrap().transpose(1, 2).unwrap().reshape((length, 2 * head_size)).unwrap();
            let error = (ours - theirs).unwrap().abs().unwrap().max_all().unwrap();
            assert!(error.to_scalar::<f32>().unwrap() < 1e-6, "{order:?}");
        }
    }
}
