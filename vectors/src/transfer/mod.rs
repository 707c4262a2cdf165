//! A steering vector carried to a model of another size by a learned linear map. Experimental: nothing promises that two
//! models' residual streams are linear images of each other; how much of one is told by the other is measured beside it.
//!
//! Both models read the same texts. Where a token of one ends at the same character as a token of the other ([`Plan`]), the rows
//! of their residual streams after the two layers are a pair. Each side less its mean, a ridge regression W takes the rows of
//! one to those of the other (`ridge`); a direction v becomes v W, without the means. v W is then brought to the length that
//! v had beside its own model's rows: |v'| / r' = |v| / r, with r the mean L2 norm of the paired rows on each side.

mod cholesky;
mod pairing;
mod ridge;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

pub use pairing::{Part, Passage, Plan, Reader, Reading, passages};
use ridge::{Ridge, Rows};

use crate::Progress;
use crate::algebra::dot;
use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::steering::Shifts;
use crate::tokens::TokenError;

/// Rows that a map is fitted and measured on, at most: two models of 4,096 numbers then take 130 MB of f32.
pub const MOST_ROWS: usize = 4_000;
/// Fewer say nothing.
pub const LEAST_ROWS: usize = 50;

/// λ, as shares of the mean eigenvalue of `XᵀX`: the most even first, so that of equally good ones the more cautious is taken.
const SHARES: [f64; 7] = [10.0, 1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5];
/// Rows that are as many times as long as the median one are left out, as the first ones are: massive activations stand at
/// other tokens, too (Sun et al. 2024).
const MASSIVE: f64 = 5.0;

/// Why a vector cannot be carried.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A model cannot read the texts, or somebody stopped it.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A text cannot be turned into tokens.
    #[error(transparent)]
    Tokens(#[from] TokenError),
    /// The texts are too few or too short.
    #[error(
        "the texts give {found} paired rows in {passages} passages: a map takes {LEAST_ROWS} rows at least, and five \
         passages, of which one is measured on"
    )]
    TooFewRows {
        /// Paired rows.
        found: usize,
        /// Passages with any.
        passages: usize,
    },
    /// Rows that are all the same, or not finite.
    #[error(
        "the rows of the residual stream do not vary after this layer, or are not finite: there is nothing to fit a map on"
    )]
    NoVariation,
    /// The vector points where the map sees nothing.
    #[error("the map leaves nothing of the vector")]
    NothingLeft,
}

/// The paired rows of two models.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedRows {
    /// The source's, `[rows, source size]`.
    pub source: Vec<f32>,
    /// The target's, `[rows, target size]`.
    pub target: Vec<f32>,
    /// What each is for.
    pub parts: Vec<Part>,
}

/// What is known of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapFacts {
    /// Paired rows that it is fitted and measured on.
    pub rows: usize,
    /// Rows that were left out because one side is many times as long as its others.
    pub left_out: usize,
    /// The λ of the ridge regression.
    pub lambda: f64,
    /// The variance explained on rows that it was not fitted on: 1 − Σ|y − ŷ|² / Σ|y − ȳ|², all numbers of a row together, ȳ
    /// the mean of the rows that it is fitted on.
    pub r_squared: f64,
    /// The same after a fit on rows that are paired by chance: what there is without any relation.
    pub shuffled_r_squared: f64,
    /// The norm of v W before it was scaled.
    pub mapped_norm: f64,
    /// The mean L2 norm of the source's paired rows.
    pub source_norm: f64,
    /// The mean L2 norm of the target's paired rows.
    pub target_norm: f64,
}

/// A vector in another model's residual stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// Its numbers: as many as the target's hidden size.
    pub values: Vec<f32>,
    /// What is known of the map.
    pub facts: MapFacts,
}

impl Model {
    /// The rows of the residual stream after a block that readings count, one after the other, `[rows, hidden size]`. Nothing is
    /// steered.
    ///
    /// # Errors
    /// Where the layer is not the model's, a reading does not fit the model, or `progress` (rows) says stop.
    pub fn residual_rows(
        &self,
        layer: usize,
        readings: &[Reading],
        progress: Progress<'_>,
    ) -> Result<Vec<f32>, ModelError> {
        self.check_layer(layer)?;
        let total: usize = readings.iter().map(|reading| reading.rows.len()).sum();
        let mut found = Vec::with_capacity(total * self.facts().hidden_size);
        let mut done = 0;
        for reading in readings {
            if progress(done, total).is_break() {
                return Err(ModelError::Interrupted);
            }
            self.check_tokens(&reading.tokens)?;
            let mut packing = Packing::default();
            packing.push_text(&reading.tokens);
            on_pool(|| {
                let x = self.decoder.embed(&reading.tokens)?;
                let x = self.decoder.run(0..layer + 1, x, &packing, &Shifts::default())?;
                let read = rows::read(&x)?;
                reading.rows.iter().for_each(|row| found.extend_from_slice(read.row(*row)));
                Ok::<_, ModelError>(())
            })?;
            done += reading.rows.len();
        }
        let _ = progress(total, total);
        Ok(found)
    }
}

/// Fits a map on paired rows and takes a vector through it. The same rows give the same bits, whatever the number of threads.
///
/// λ is chosen by what a map that is fitted on [`Part::Fit`] explains of [`Part::Choose`]; the map that counts is fitted on
/// both and measured on [`Part::Test`].
///
/// # Errors
/// Where the vector has not the source's size, the rows do not vary, nothing is left of the vector, or `progress` says stop.
pub fn carry(pairs: &PairedRows, vector: &[f32], progress: Progress<'_>) -> Result<Carried, TransferError> {
    let count = pairs.parts.len();
    let sizes = [&pairs.source, &pairs.target].map(|side| side.len() / count.max(1));
    if vector.len() != sizes[0] {
        return Err(ModelError::VectorSize { expected: sizes[0], found: vector.len() }.into());
    }
    let steps = SHARES.len() + 2;
    let mut at = 0;
    let mut step = || {
        at += 1;
        if progress(at - 1, steps).is_break() { Err(ModelError::Interrupted) } else { Ok(()) }
    };
    let norms =
        [(&pairs.source, sizes[0]), (&pairs.target, sizes[1])].map(|(side, size)| lengths(side, size));
    let kept = ordinary(&norms);
    let of = |parts: &[Part]| -> Vec<usize> {
        kept.iter().copied().filter(|row| parts.contains(&pairs.parts[*row])).collect()
    };
    let share = {
        let fit = of(&[Part::Fit]);
        let means = Means::of(pairs, sizes, &fit);
        let (ridge, y) = regression(means.less(pairs, &fit))?;
        let answers = ridge.answers(&y);
        let [x, y] = means.less(pairs, &of(&[Part::Choose]));
        let mut best = (f64::NEG_INFINITY, SHARES[0]);
        for share in SHARES {
            step()?;
            let factor = ridge.factor(share * ridge.mean_eigenvalue()).ok_or(TransferError::NoVariation)?;
            let explained = r_squared(&ridge.map(&factor, &answers, &x), &y);
            if explained > best.0 {
                best = (explained, share);
            }
        }
        best.1
    };
    step()?;
    let fit = of(&[Part::Fit, Part::Choose]);
    let means = Means::of(pairs, sizes, &fit);
    let (ridge, y) = regression(means.less(pairs, &fit))?;
    let lambda = share * ridge.mean_eigenvalue();
    let factor = ridge.factor(lambda).ok_or(TransferError::NoVariation)?;
    let answers = ridge.answers(&y);
    let [x, measured] = means.less(pairs, &of(&[Part::Test]));
    let explained = r_squared(&ridge.map(&factor, &answers, &x), &measured);
    let v = Rows { values: vector.iter().map(|x| f64::from(*x)).collect(), width: sizes[0] };
    let mapped = ridge.map(&factor, &answers, &v);
    step()?;
    let shuffled = ridge.map(&factor, &ridge.answers(&shuffled(&y)), &x);
    let mean = |norms: &[f64]| kept.iter().map(|row| norms[*row]).sum::<f64>() / kept.len() as f64;
    let (source_norm, target_norm, mapped_norm) = (mean(&norms[0]), mean(&norms[1]), mapped.square().sqrt());
    let factor = v.square().sqrt() / source_norm * target_norm / mapped_norm;
    if !factor.is_finite() || mapped_norm <= 0.0 || !explained.is_finite() {
        return Err(TransferError::NothingLeft);
    }
    let facts = MapFacts {
        rows: kept.len(),
        left_out: count - kept.len(),
        lambda,
        r_squared: explained,
        shuffled_r_squared: r_squared(&shuffled, &measured),
        mapped_norm,
        source_norm,
        target_norm,
    };
    let _ = progress(steps, steps);
    Ok(Carried { values: mapped.values.iter().map(|x| (x * factor) as f32).collect(), facts })
}

/// The L2 norm of every row.
fn lengths(side: &[f32], size: usize) -> Vec<f64> {
    side.chunks_exact(size.max(1)).map(|row| dot(row, row).sqrt()).collect()
}

/// The rows that are not many times as long as the median one on either side.
fn ordinary(norms: &[Vec<f64>; 2]) -> Vec<usize> {
    let bounds = norms.each_ref().map(|norms| {
        let mut sorted = norms.clone();
        sorted.sort_by(f64::total_cmp);
        MASSIVE * sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
    });
    (0..norms[0].len())
        .filter(|row| norms.iter().zip(bounds).all(|(norms, most)| norms[*row] <= most))
        .collect()
}

/// The mean of each side over the rows that a map is fitted on.
struct Means([Vec<f64>; 2]);

impl Means {
    fn of(pairs: &PairedRows, sizes: [usize; 2], which: &[usize]) -> Self {
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

    /// Some rows of both sides less these means.
    fn less(&self, pairs: &PairedRows, which: &[usize]) -> [Rows; 2] {
        let side = |side: &[f32], mean: &[f64]| {
            let width = mean.len();
            let row = |row: &usize| side[row * width..(row + 1) * width].iter().zip(mean);
            let values = which.iter().flat_map(row).map(|(x, mean)| f64::from(*x) - mean).collect();
            Rows { values, width }
        };
        [side(&pairs.source, &self.0[0]), side(&pairs.target, &self.0[1])]
    }
}

/// The regression of one side on the other, and the side that it is to explain.
fn regression([x, y]: [Rows; 2]) -> Result<(Ridge, Rows), TransferError> {
    let varies = |side: &Rows| side.square().is_finite() && side.square() > 0.0;
    if varies(&x) && varies(&y) { Ok((Ridge::new(x), y)) } else { Err(TransferError::NoVariation) }
}

/// 1 − Σ|y − ŷ|² / Σ|y|², for rows less the mean.
fn r_squared(predicted: &Rows, y: &Rows) -> f64 {
    let error: f64 = predicted.values.iter().zip(&y.values).map(|(a, b)| (a - b).powi(2)).sum();
    1.0 - error / y.square()
}

/// The same rows in another order, by a fixed seed.
fn shuffled(rows: &Rows) -> Rows {
    let mut order: Vec<usize> = (0..rows.count()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
    let row = |row: usize| rows.values[row * rows.width..(row + 1) * rows.width].iter().copied();
    Rows { values: order.into_iter().flat_map(row).collect(), width: rows.width }
}
