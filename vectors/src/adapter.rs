//! Low-rank adapters (`LoRA`; Hu et al. 2021, arXiv 2106.09685) on the query and the value projection of every block:
//!
//! ```text
//! y += multiplier · alpha / rank · B (A x)
//! ```
//!
//! Their rows have the order of Hugging Face's weights, whatever the order of the model's own file: an adapter that was
//! trained on a GGUF file acts alike on the same model from a safetensors folder.

use std::ops::Range;
use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::ops::lora::{LoraGradients, LoraPair};

/// The generator's stream that A is drawn from. An epoch draws from the stream of its number.
const STREAM: u64 = u64::MAX;

/// The sizes of an adapter's matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shape {
    /// Decoder blocks: all of the model's.
    pub blocks: usize,
    /// Rows of A, columns of B.
    pub rank: usize,
    /// The width of the projections' input: the model's hidden size.
    pub inputs: usize,
    /// The width of the query projection: query heads times the head size.
    pub queries: usize,
    /// The width of the value projection: key-value heads times the head size.
    pub values: usize,
}

impl Shape {
    /// Numbers in one block: A and B of the queries, then A and B of the values.
    #[must_use]
    pub fn block_numbers(self) -> usize {
        self.rank * (2 * self.inputs + self.queries + self.values)
    }

    /// Numbers in all.
    #[must_use]
    pub fn numbers(self) -> usize {
        self.blocks * self.block_numbers()
    }

    /// Returns the ends of the four matrices within a block's numbers.
    fn ends(self) -> [usize; 4] {
        let sizes = [self.inputs, self.queries, self.inputs, self.values].map(|size| size * self.rank);
        [sizes[0], sizes[0] + sizes[1], 2 * sizes[0] + sizes[1], self.block_numbers()]
    }
}

/// The reason why numbers do not form an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdapterError {
    /// The rank is 0, so there are no numbers.
    #[error("an adapter of rank 0 has no numbers")]
    NoRank,
    /// The numbers do not fill the matrices.
    #[error("an adapter of rank {rank} has {expected} numbers here, not {found}")]
    Numbers {
        /// The rank.
        rank: usize,
        /// The numbers of the matrices.
        expected: usize,
        /// The numbers that were given.
        found: usize,
    },
}

/// An adapter: one pair of matrices on the queries and one on the values of every block.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    shape: Shape,
    alpha: f32,
    values: Arc<[f32]>,
}

impl Adapter {
    /// Returns an adapter from its numbers: of every block A of the queries `[rank, inputs]`, B of the queries
    /// `[queries, rank]`, A of the values `[rank, inputs]`, B of the values `[values, rank]`, all row by row.
    ///
    /// # Errors
    /// Where their count is another, or the rank is 0.
    pub fn new(shape: Shape, alpha: f32, values: Arc<[f32]>) -> Result<Self, AdapterError> {
        let (expected, found) = (shape.numbers(), values.len());
        match shape.rank {
            0 => Err(AdapterError::NoRank),
            rank if expected != found => Err(AdapterError::Numbers { rank, expected, found }),
            _ => Ok(Self { shape, alpha, values }),
        }
    }

    /// An adapter from numbers that were counted before, such as those of a run.
    pub(crate) fn from_counted(shape: Shape, alpha: f32, values: Arc<[f32]>) -> Self {
        assert_eq!(shape.numbers(), values.len(), "the numbers of the matrices");
        Self { shape, alpha, values }
    }

    /// The sizes.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Alpha: the product of the matrices is multiplied by alpha / rank.
    #[must_use]
    pub fn alpha(&self) -> f32 {
        self.alpha
    }

    /// Returns all numbers, in the order of [`Adapter::new`].
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Returns the Frobenius norm of the weights' change at multiplier 1: alpha / rank · B A of all projections
    /// together. It is 0 before training.
    #[must_use]
    pub fn norm(&self) -> f64 {
        let square = |pair: LoraPair<'_>| {
            // |B A|² = Σ (A Aᵀ) ⊙ (Bᵀ B), which are small.
            let (inputs, rank) = (pair.a.len() / pair.rank, pair.rank);
            let of_a = |i: usize, j: usize| {
                crate::algebra::dot(&pair.a[i * inputs..][..inputs], &pair.a[j * inputs..][..inputs])
            };
            let of_b = |i: usize, j: usize| {
                let rows = pair.b.chunks_exact(rank);
                rows.map(|row| f64::from(row[i]) * f64::from(row[j])).sum::<f64>()
            };
            (0..rank * rank).map(|at| of_a(at / rank, at % rank) * of_b(at / rank, at % rank)).sum::<f64>()
        };
        let sum = (0..self.shape.blocks).flat_map(|block| self.pairs(block)).map(square).sum::<f64>();
        // Rounding must not make a square negative.
        sum.max(0.0).sqrt() * f64::from(self.alpha).abs() / self.shape.rank as f64
    }

    /// Returns the numbers of an adapter before training, as peft has them: A uniform between ±1 / sqrt(inputs)
    /// (Kaiming's with a = sqrt(5)), B zero. So nothing is added at first, and B has a gradient.
    pub(crate) fn start(shape: Shape, seed: u64) -> Vec<f32> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(STREAM);
        let bound = 1.0 / (shape.inputs.max(1) as f32).sqrt();
        let ends = shape.ends();
        let number = |at: usize| {
            let is_a = at < ends[0] || (ends[1]..ends[2]).contains(&at);
            if is_a { generator.random_range(-bound..bound) } else { 0.0 }
        };
        (0..shape.numbers()).map(|at| at % shape.block_numbers()).map(number).collect()
    }

    /// Returns the four matrices of a block: A and B of the queries, A and B of the values.
    pub(crate) fn matrices(&self, block: usize) -> [&[f32]; 4] {
        let [one, two, three, four] = self.shape.ends();
        let of = &self.values[block * self.shape.block_numbers()..][..four];
        [&of[..one], &of[one..two], &of[two..three], &of[three..]]
    }

    /// Returns the pairs of a block: the queries', the values'.
    fn pairs(&self, block: usize) -> [LoraPair<'_>; 2] {
        let ([qa, qb, va, vb], rank) = (self.matrices(block), self.shape.rank);
        [LoraPair { a: qa, b: qb, rank }, LoraPair { a: va, b: vb, rank }]
    }

    /// This adapter in one block, on some rows, at a multiplier.
    pub(crate) fn on_rows(&self, block: usize, rows: Range<usize>, multiplier: f32) -> AdapterOnRows<'_> {
        AdapterOnRows {
            rows,
            pairs: self.pairs(block),
            scale: multiplier * self.alpha / self.shape.rank as f32,
        }
    }

    /// Returns a block's gradient as the gradients of its pairs, in the order of [`AdapterOnRows::pairs`].
    pub(crate) fn pair_gradients(shape: Shape, of_block: &mut [f32]) -> [LoraGradients<'_>; 2] {
        let [one, two, three, _] = shape.ends();
        let (queries, values) = of_block.split_at_mut(two);
        let (qa, qb) = queries.split_at_mut(one);
        let (va, vb) = values.split_at_mut(three - two);
        [LoraGradients { a: qa, b: qb }, LoraGradients { a: va, b: vb }]
    }
}

/// An adapter in one block, on rows that follow one another.
#[derive(Debug, Clone)]
pub(crate) struct AdapterOnRows<'a> {
    pub(crate) rows: Range<usize>,
    /// The queries', the values'.
    pub(crate) pairs: [LoraPair<'a>; 2],
    /// Multiplier · alpha / rank.
    pub(crate) scale: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { blocks: 2, rank: 2, inputs: 3, queries: 4, values: 2 };

    #[test]
    fn the_norm_is_that_of_the_product() {
        let values: Vec<f32> = (0..SHAPE.numbers()).map(|at| (at as f32 * 0.7).sin()).collect();
        let adapter = Adapter::new(SHAPE, 3.0, values.into()).unwrap();
        let mut sum = 0.0;
        for block in 0..2 {
            let [qa, qb, va, vb] = adapter.matrices(block);
            for (a, b) in [(qa, qb), (va, vb)] {
                for row in b.chunks_exact(2) {
                    for column in 0..3 {
                        sum += f64::from(1.5 * (row[0] * a[column] + row[1] * a[3 + column])).powi(2);
                    }
                }
            }
        }
        assert!((adapter.norm() - sum.sqrt()).abs() < 1e-5, "{} and {}", adapter.norm(), sum.sqrt());
    }

    #[test]
    fn before_training_a_is_drawn_and_b_is_zero() {
        let shape = Shape { inputs: 400, ..SHAPE };
        let start = Adapter::start(shape, 7);
        assert_eq!(start, Adapter::start(shape, 7));
        assert_ne!(start, Adapter::start(shape, 8));
        let adapter = Adapter::new(shape, 16.0, start.into()).unwrap();
        let [qa, qb, va, vb] = adapter.matrices(1);
        assert!(qb.iter().chain(vb).all(|x| *x == 0.0) && adapter.norm() == 0.0);
        let widest = qa.iter().chain(va).fold(0.0_f32, |most, x| most.max(x.abs()));
        assert!((0.045..=0.05).contains(&widest), "{widest}");
        assert_ne!(qa, va);
    }

    #[test]
    fn numbers_that_do_not_fill_the_matrices_are_refused() {
        assert_eq!(SHAPE.numbers(), 2 * 2 * (3 + 4 + 3 + 2));
        let (expected, found) = (SHAPE.numbers(), SHAPE.numbers() - 1);
        let refused = Adapter::new(SHAPE, 1.0, vec![0.0; found].into());
        assert_eq!(refused, Err(AdapterError::Numbers { rank: 2, expected, found }));
        let refused = Adapter::new(Shape { rank: 0, ..SHAPE }, 1.0, vec![].into());
        assert_eq!(refused, Err(AdapterError::NoRank));
    }
}
