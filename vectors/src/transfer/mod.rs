//! Transfers a steering vector to another model by a learned linear map. Experimental: the residual streams of two models need
//! not be linear images of each other, so [`MapFacts`] reports how much variance the map explains.
//!
//! Both models read the same texts. Where tokens of both end at the same byte ([`Alignment`]), the rows of the two residual
//! streams after the two layers form a pair. Both sides are centred, and a ridge regression W maps the source's rows to the
//! target's (`ridge`); a direction v becomes v W. The result is scaled so that its norm relative to the target's rows is that
//! of v relative to the source's: |v'| / r' = |v| / r, where r is the mean L2 norm of the paired rows of each side.

mod alignment;
mod cholesky;
mod ridge;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

pub use alignment::{Alignment, Passage, Reader, Reading, Split, passages};
use ridge::{Ridge, Rows};

use crate::algebra::dot;
use crate::layer::Layer;
use crate::memory;
use crate::model::{Model, ModelError, Part};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::progress::{Progress, continue_unless_halting, tell};
use crate::tokens::TokenError;

/// The most paired rows: two models of hidden size 4,096 then take 130 MB of f32.
pub const MAX_ROWS: usize = 4_000;
/// The fewest paired rows on which a map is fitted.
pub const MIN_ROWS: usize = 50;

/// The candidates for λ, relative to the mean eigenvalue of `XᵀX`, strongest regularisation first: it wins ties.
const RELATIVE_LAMBDAS: [f64; 7] = [10.0, 1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5];
/// Rows with more than this many times the median norm are left out: massive activations occur at other tokens than the
/// first one, too (Sun et al. 2024).
const MASSIVE_NORM_RATIO: f64 = 5.0;

/// The reason why a vector cannot be transferred.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A model cannot read the texts, or `progress` asked to stop.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A tokenizer refused a text.
    #[error(transparent)]
    Tokens(#[from] TokenError),
    /// The texts are too few or too short.
    #[error(
        "the texts give {found} paired rows in {passages} passages: a map takes {MIN_ROWS} rows at least, and five \
         passages, of which one is measured on"
    )]
    TooFewRows {
        /// The number of paired rows.
        found: usize,
        /// The number of passages with a paired row.
        passages: usize,
    },
    /// The numbers of a side are not whole rows, or the sides have not one row for each split.
    #[error("the numbers are not whole rows, one for each of {splits} splits")]
    Rows {
        /// The number of splits.
        splits: usize,
    },
    /// All rows are equal, or one is not finite.
    #[error(
        "the rows of the residual stream do not vary after this layer, or are not finite: there is nothing to fit a map on"
    )]
    NoVariation,
    /// The map takes the vector to zero.
    #[error("the map leaves nothing of the vector")]
    NothingLeft,
}

/// The paired rows of two models.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedRows {
    /// The source's rows, `[rows, source hidden size]`.
    pub source: Vec<f32>,
    /// The target's rows, `[rows, target hidden size]`.
    pub target: Vec<f32>,
    /// The split of each row.
    pub splits: Vec<Split>,
}

/// Facts about a fitted map, and about how well it fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapFacts {
    /// The number of paired rows that were used.
    pub rows: usize,
    /// The number of rows that were left out because of a massive activation on one side.
    pub left_out: usize,
    /// The λ of the ridge regression.
    pub lambda: f64,
    /// R² on the test rows: 1 − Σ|y − ŷ|² / Σ|y − ȳ|² over all numbers of a row together, where ȳ is the mean of the rows on
    /// which the map was fitted.
    pub r_squared: f64,
    /// R² of a map that is fitted on randomly paired rows: the value without any relation.
    pub shuffled_r_squared: f64,
    /// The L2 norm of v W before it is scaled.
    pub mapped_norm: f64,
    /// The mean L2 norm of the source's paired rows.
    pub source_norm: f64,
    /// The mean L2 norm of the target's paired rows.
    pub target_norm: f64,
}

/// A vector for the residual stream of the target model.
#[derive(Debug, Clone, PartialEq)]
pub struct TransferredVector {
    /// Its numbers, `[target hidden size]`.
    pub values: Vec<f32>,
    /// The map that it was transferred with.
    pub facts: MapFacts,
}

impl Model {
    /// Returns the paired rows of the unsteered residual stream after a layer, concatenated over the readings: `[rows,
    /// hidden_size]`.
    ///
    /// # Errors
    /// Where the layer is not the model's, a reading does not fit the model, a number is not finite, or `progress` (rows) says
    /// stop.
    pub fn residual_rows(
        &self,
        layer: usize,
        readings: &[Reading],
        mut progress: Progress<'_>,
    ) -> Result<Vec<f32>, ModelError> {
        self.check_layer(layer)?;
        let total: usize = readings.iter().map(|reading| reading.rows.len()).sum();
        let mut found = memory::with_room(total * self.facts().hidden_size)?;
        let mut done = 0;
        for (index, reading) in readings.iter().enumerate() {
            continue_unless_halting(&mut progress, done, total)?;
            self.check_tokens(&reading.tokens)?;
            let mut packing = Packing::default();
            packing.push_text(&reading.tokens);
            on_pool(|| {
                let x = self.decoder.forward_prefix(Layer(layer).prefix(), &packing)?;
                let read = rows::read(&x)?;
                for row in &reading.rows {
                    Part::Text.check(index, read.row(*row).iter().map(|x| f64::from(*x)))?;
                    found.extend_from_slice(read.row(*row));
                }
                Ok::<_, ModelError>(())
            })?;
            done += reading.rows.len();
        }
        let _ = tell(&mut progress, total, total);
        Ok(found)
    }
}

/// Fits a map on paired rows and applies it to a vector. The same rows give the same bits, whatever the number of threads.
///
/// λ maximises R² on [`Split::Validation`] of a map fitted on [`Split::Train`]. The final map is fitted on both and measured on
/// [`Split::Test`].
///
/// # Errors
/// Where the two sides and their splits have not as many rows, the vector has not the source's hidden size, the rows do not vary,
/// the map takes the vector to zero, or `progress` says stop.
pub fn transfer_vector(
    pairs: &PairedRows,
    vector: &[f32],
    mut progress: Progress<'_>,
) -> Result<TransferredVector, TransferError> {
    let count = pairs.splits.len();
    let sides = [&pairs.source, &pairs.target];
    let sizes = sides.map(|side| side.len() / count.max(1));
    if sides.iter().zip(sizes).any(|(side, size)| side.len() != count * size) {
        return Err(TransferError::Rows { splits: count });
    }
    if vector.len() != sizes[0] {
        return Err(ModelError::VectorSize { expected: sizes[0], found: vector.len() }.into());
    }
    let steps = RELATIVE_LAMBDAS.len() + 2;
    let mut at = 0;
    let mut step = || {
        at += 1;
        continue_unless_halting(&mut progress, at - 1, steps)
    };
    let norms =
        [(&pairs.source, sizes[0]), (&pairs.target, sizes[1])].map(|(side, size)| row_norms(side, size));
    let used = rows_without_massive_activations(&norms);
    let rows_of = |splits: &[Split]| -> Vec<usize> {
        used.iter().copied().filter(|row| splits.contains(&pairs.splits[*row])).collect()
    };
    let relative_lambda = {
        let fit = rows_of(&[Split::Train]);
        let means = Means::new(pairs, sizes, &fit);
        let (ridge, y) = regression(means.centre(pairs, &fit))?;
        let right_side = ridge.right_side(&y);
        let [x, y] = means.centre(pairs, &rows_of(&[Split::Validation]));
        let mut best = (f64::NEG_INFINITY, RELATIVE_LAMBDAS[0]);
        for candidate in RELATIVE_LAMBDAS {
            step()?;
            let factor =
                ridge.factor(candidate * ridge.mean_eigenvalue()).ok_or(TransferError::NoVariation)?;
            let explained = r_squared(&ridge.map(&factor, &right_side, &x), &y);
            if explained > best.0 {
                best = (explained, candidate);
            }
        }
        best.1
    };
    step()?;
    let fit = rows_of(&[Split::Train, Split::Validation]);
    let means = Means::new(pairs, sizes, &fit);
    let (ridge, y) = regression(means.centre(pairs, &fit))?;
    let lambda = relative_lambda * ridge.mean_eigenvalue();
    let factor = ridge.factor(lambda).ok_or(TransferError::NoVariation)?;
    let right_side = ridge.right_side(&y);
    let [x, test] = means.centre(pairs, &rows_of(&[Split::Test]));
    let explained = r_squared(&ridge.map(&factor, &right_side, &x), &test);
    let v = Rows { values: vector.iter().map(|x| f64::from(*x)).collect(), width: sizes[0] };
    let mapped = ridge.map(&factor, &right_side, &v);
    step()?;
    let shuffled = ridge.map(&factor, &ridge.right_side(&shuffled(&y)), &x);
    let mean = |norms: &[f64]| used.iter().map(|row| norms[*row]).sum::<f64>() / used.len() as f64;
    let (source_norm, target_norm, mapped_norm) =
        (mean(&norms[0]), mean(&norms[1]), mapped.square_norm().sqrt());
    let factor = v.square_norm().sqrt() / source_norm * target_norm / mapped_norm;
    if !factor.is_finite() || mapped_norm <= 0.0 || !explained.is_finite() {
        return Err(TransferError::NothingLeft);
    }
    let facts = MapFacts {
        rows: used.len(),
        left_out: count - used.len(),
        lambda,
        r_squared: explained,
        shuffled_r_squared: r_squared(&shuffled, &test),
        mapped_norm,
        source_norm,
        target_norm,
    };
    let _ = tell(&mut progress, steps, steps);
    Ok(TransferredVector { values: mapped.values.iter().map(|x| (x * factor) as f32).collect(), facts })
}

/// Returns the L2 norm of every row.
fn row_norms(side: &[f32], size: usize) -> Vec<f64> {
    side.chunks_exact(size.max(1)).map(|row| dot(row, row).sqrt()).collect()
}

/// The indices of the rows whose norm is at most [`MASSIVE_NORM_RATIO`] times the median on both sides.
fn rows_without_massive_activations(norms: &[Vec<f64>; 2]) -> Vec<usize> {
    let bounds = norms.each_ref().map(|norms| {
        let mut sorted = norms.clone();
        sorted.sort_by(f64::total_cmp);
        MASSIVE_NORM_RATIO * sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
    });
    (0..norms[0].len())
        .filter(|row| norms.iter().zip(bounds).all(|(norms, most)| norms[*row] <= most))
        .collect()
}

/// The mean row of each side, over the rows on which a map is fitted.
struct Means([Vec<f64>; 2]);

impl Means {
    fn new(pairs: &PairedRows, sizes: [usize; 2], which: &[usize]) -> Self {
        let mean = |side: &[f32], size: usize| {
            let mut mean = vec![0.0; size];
            for row in which {
                let row = &side[row * size..(row + 1) * size];
                mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += f64::from(*x));
            }
            mean.into_iter().map(|sum| sum / which.len().max(1) as f64).collect::<Vec<f64>>()
        };
        Self([mean(&pairs.source, sizes[0]), mean(&pairs.target, sizes[1])])
    }

    /// Some rows of both sides, minus these means.
    fn centre(&self, pairs: &PairedRows, which: &[usize]) -> [Rows; 2] {
        let side = |side: &[f32], mean: &[f64]| {
            let width = mean.len();
            let row = |row: &usize| side[row * width..(row + 1) * width].iter().zip(mean);
            let values = which.iter().flat_map(row).map(|(x, mean)| f64::from(*x) - mean).collect();
            Rows { values, width }
        };
        [side(&pairs.source, &self.0[0]), side(&pairs.target, &self.0[1])]
    }
}

/// The regression of y on x, and y; refused where one of them does not vary.
fn regression([x, y]: [Rows; 2]) -> Result<(Ridge, Rows), TransferError> {
    let varies = |side: &Rows| side.square_norm().is_finite() && side.square_norm() > 0.0;
    if varies(&x) && varies(&y) { Ok((Ridge::new(x), y)) } else { Err(TransferError::NoVariation) }
}

/// R² of centred rows: 1 − Σ|y − ŷ|² / Σ|y|².
fn r_squared(predicted: &Rows, y: &Rows) -> f64 {
    let error: f64 = predicted.values.iter().zip(&y.values).map(|(a, b)| (a - b).powi(2)).sum();
    1.0 - error / y.square_norm()
}

/// Returns the rows in a random order with a fixed seed.
fn shuffled(rows: &Rows) -> Rows {
    let mut order: Vec<usize> = (0..rows.count()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
    let row = |row: usize| rows.values[row * rows.width..(row + 1) * rows.width].iter().copied();
    Rows { values: order.into_iter().flat_map(row).collect(), width: rows.width }
}
