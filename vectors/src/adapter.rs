//! Low-rank adapters (`LoRA`; Hu et al. 2021, arXiv 2106.09685) on some projections of every block:
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
pub use steering_types::{Projection, Projections, UnknownProjection};

use crate::ops::lora::{LoraGradients, LoraPair};

/// The generator's stream that A is drawn from. An epoch draws from the stream of its number.
const STREAM: u64 = u64::MAX;

/// The sizes of an adapter's matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Decoder blocks: all of the model's.
    pub blocks: usize,
    /// Rows of A, columns of B.
    pub rank: usize,
    /// The model's hidden size.
    pub inputs: usize,
    /// The width of the query projection: query heads times the head size. 0 where the adapter acts neither on it nor on
    /// attention's output.
    pub queries: usize,
    /// The width of the key and of the value projection: key-value heads times the head size. 0 where the adapter acts on
    /// neither.
    pub values: usize,
    /// The width between the gate and the down projection; 0 where the adapter acts on no part of the feed-forward part.
    pub feed_forward: usize,
    /// The projections that the adapter acts on.
    pub on: Projections,
}

impl Shape {
    /// Returns the inputs and the outputs of a projection.
    #[must_use]
    pub fn sizes(self, projection: Projection) -> [usize; 2] {
        match projection {
            Projection::Query => [self.inputs, self.queries],
            Projection::Key | Projection::Value => [self.inputs, self.values],
            Projection::Output => [self.queries, self.inputs],
            Projection::Gate | Projection::Up => [self.inputs, self.feed_forward],
            Projection::Down => [self.feed_forward, self.inputs],
        }
    }

    /// Returns the same sizes for an adapter on other projections; a width that none of them has becomes 0.
    #[must_use]
    pub fn acting_on(self, on: Projections) -> Self {
        let kept = |size: usize, of: &[Projection]| if on.contains_any(of) { size } else { 0 };
        Self {
            queries: kept(self.queries, &[Projection::Query, Projection::Output]),
            values: kept(self.values, &[Projection::Key, Projection::Value]),
            feed_forward: kept(self.feed_forward, &[Projection::Gate, Projection::Up, Projection::Down]),
            on,
            ..self
        }
    }

    /// Numbers in one block: of each projection A, then B.
    #[must_use]
    pub fn block_numbers(self) -> usize {
        self.places().last().map_or(0, |(_, [_, b])| b.end)
    }

    /// Numbers in all.
    #[must_use]
    pub fn numbers(self) -> usize {
        self.blocks * self.block_numbers()
    }

    /// Iterates over the projections, each with the places of A and B within a block's numbers.
    fn places(self) -> impl Iterator<Item = (Projection, [Range<usize>; 2])> {
        let mut end = 0;
        self.on.iter().map(move |projection| {
            let places = self.sizes(projection).map(|size| {
                let start = end;
                end += size * self.rank;
                start..end
            });
            (projection, places)
        })
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

/// An adapter: a pair of matrices on each of its projections of every block.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    shape: Shape,
    alpha: f32,
    values: Arc<[f32]>,
}

impl Adapter {
    /// Returns an adapter from its numbers: of every block and of each of its projections, in the order of
    /// [`Projection::ALL`], A `[rank, inputs]` and then B `[outputs, rank]`, both row by row.
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

    /// Returns an adapter that does at multiplier 1 what this one does at `multiplier`: alpha takes its size, and B its sign.
    /// `None` where the multiplier is 0 or not finite, or alpha would be.
    #[must_use]
    pub fn at(&self, multiplier: f32) -> Option<Self> {
        let alpha = self.alpha * multiplier.abs();
        if alpha == 0.0 || !alpha.is_finite() {
            return None;
        }
        let mut values = self.values.to_vec();
        if multiplier < 0.0 {
            for of_block in values.chunks_exact_mut(self.shape.block_numbers()) {
                for (_, [_, b]) in self.shape.places() {
                    of_block[b].iter_mut().for_each(|number| *number = -*number);
                }
            }
        }
        Some(Self { shape: self.shape, alpha, values: values.into() })
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
        let sum = (0..self.shape.blocks)
            .flat_map(|block| self.pairs(block))
            .map(|(_, pair)| square(pair))
            .sum::<f64>();
        // Rounding must not make a square negative.
        sum.max(0.0).sqrt() * f64::from(self.alpha).abs() / self.shape.rank as f64
    }

    /// Returns the numbers of an adapter before training, as peft has them: A uniform between ±1 / sqrt(inputs)
    /// (Kaiming's with a = sqrt(5)), B zero. So nothing is added at first, and B has a gradient.
    pub(crate) fn start(shape: Shape, seed: u64) -> Vec<f32> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(STREAM);
        let mut numbers = Vec::with_capacity(shape.numbers());
        for _ in 0..shape.blocks {
            for (projection, [a, b]) in shape.places() {
                let bound = 1.0 / (shape.sizes(projection)[0].max(1) as f32).sqrt();
                numbers.extend(a.map(|_| generator.random_range(-bound..bound)));
                numbers.resize(numbers.len() + b.len(), 0.0);
            }
        }
        numbers
    }

    /// Returns the matrices of a block: of each projection A, then B.
    #[cfg(test)]
    pub(crate) fn matrices(&self, block: usize) -> Vec<&[f32]> {
        self.pairs(block).into_iter().flat_map(|(_, pair)| [pair.a, pair.b]).collect()
    }

    /// Returns the pairs of a block, each with its projection.
    pub(crate) fn pairs(&self, block: usize) -> Vec<(Projection, LoraPair<'_>)> {
        let rank = self.shape.rank;
        let of = &self.values[block * self.shape.block_numbers()..];
        let pair = |(projection, [a, b]): (Projection, [Range<usize>; 2])| {
            (projection, LoraPair { a: &of[a], b: &of[b], rank })
        };
        self.shape.places().map(pair).collect()
    }

    /// This adapter in one block, on some rows, at a multiplier.
    pub(crate) fn on_rows(&self, block: usize, rows: Range<usize>, multiplier: f32) -> AdapterOnRows<'_> {
        let scale = multiplier * self.alpha / self.shape.rank as f32;
        AdapterOnRows { rows, pairs: self.pairs(block), scale }
    }

    /// Returns a block's gradient as the gradients of its pairs, in the order of [`AdapterOnRows::pairs`].
    pub(crate) fn pair_gradients(shape: Shape, of_block: &mut [f32]) -> Vec<(Projection, LoraGradients<'_>)> {
        let mut rest = of_block;
        let mut all = Vec::with_capacity(shape.on.len());
        for (projection, [a, b]) in shape.places() {
            let (of_a, after) = rest.split_at_mut(a.len());
            let (of_b, after) = after.split_at_mut(b.len());
            all.push((projection, LoraGradients { a: of_a, b: of_b }));
            rest = after;
        }
        all
    }
}

/// An adapter in one block, on rows that follow one another.
#[derive(Debug, Clone)]
pub(crate) struct AdapterOnRows<'a> {
    pub(crate) rows: Range<usize>,
    /// Of each projection.
    pub(crate) pairs: Vec<(Projection, LoraPair<'a>)>,
    /// Multiplier · alpha / rank.
    pub(crate) scale: f32,
}

impl<'a> AdapterOnRows<'a> {
    /// Whether it acts on one of these projections.
    pub(crate) fn acts_on(&self, projections: &[Projection]) -> bool {
        self.pairs.iter().any(|(on, _)| projections.contains(on))
    }

    /// Iterates over the pairs on these projections.
    pub(crate) fn pairs_on(
        &self,
        projections: &'static [Projection],
    ) -> impl Iterator<Item = &(Projection, LoraPair<'a>)> {
        self.pairs.iter().filter(move |(on, _)| projections.contains(on))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape() -> Shape {
        Shape {
            blocks: 2,
            rank: 2,
            inputs: 3,
            queries: 4,
            values: 2,
            feed_forward: 0,
            on: Projections::default(),
        }
    }

    #[test]
    fn the_norm_is_that_of_the_product() {
        let values: Vec<f32> = (0..shape().numbers()).map(|at| (at as f32 * 0.7).sin()).collect();
        let adapter = Adapter::new(shape(), 3.0, values.into()).unwrap();
        let mut sum = 0.0;
        for block in 0..2 {
            let [qa, qb, va, vb] = adapter.matrices(block)[..] else { panic!() };
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
        let shape = Shape { inputs: 400, ..shape() };
        let start = Adapter::start(shape, 7);
        assert_eq!(start, Adapter::start(shape, 7));
        assert_ne!(start, Adapter::start(shape, 8));
        let adapter = Adapter::new(shape, 16.0, start.into()).unwrap();
        let [qa, qb, va, vb] = adapter.matrices(1)[..] else { panic!() };
        assert!(qb.iter().chain(vb).all(|x| *x == 0.0) && adapter.norm() == 0.0);
        let widest = qa.iter().chain(va).fold(0.0_f32, |most, x| most.max(x.abs()));
        assert!((0.045..=0.05).contains(&widest), "{widest}");
        assert_ne!(qa, va);
    }

    #[test]
    fn every_projection_has_its_place_and_its_sizes() {
        let all = Shape { feed_forward: 5, on: Projections::all(), ..shape() };
        let adapter = Adapter::new(all, 1.0, (0..all.numbers()).map(|at| at as f32).collect()).unwrap();
        let sizes = [[3, 4], [3, 2], [3, 2], [4, 3], [3, 5], [3, 5], [5, 3]];
        let mut next = all.block_numbers() as f32;
        for ((projection, pair), sizes) in adapter.pairs(1).into_iter().zip(sizes) {
            assert_eq!(all.sizes(projection), sizes, "{projection:?}");
            assert_eq!([pair.a.len(), pair.b.len()], sizes.map(|size| 2 * size));
            assert_eq!((pair.a[0], pair.b[0]), (next, next + pair.a.len() as f32));
            next += (pair.a.len() + pair.b.len()) as f32;
        }
        assert_eq!(all.acting_on(Projections::default()), shape());
        let down = all.acting_on("down_proj".parse().unwrap());
        assert_eq!((down.queries, down.values, down.feed_forward), (0, 0, 5));
        assert_eq!(down.numbers(), 2 * 2 * 8);
    }

    #[test]
    fn numbers_that_do_not_fill_the_matrices_are_refused() {
        assert_eq!(shape().numbers(), 2 * 2 * (3 + 4 + 3 + 2));
        let (expected, found) = (shape().numbers(), shape().numbers() - 1);
        let refused = Adapter::new(shape(), 1.0, vec![0.0; found].into());
        assert_eq!(refused, Err(AdapterError::Numbers { rank: 2, expected, found }));
        let refused = Adapter::new(Shape { rank: 0, ..shape() }, 1.0, vec![].into());
        assert_eq!(refused, Err(AdapterError::NoRank));
    }
}
