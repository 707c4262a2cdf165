//! The pairs' activations at every layer: what methods without a gradient, and the outlook before any training, are made
//! of.

use super::{Position, TrainError};
use crate::Progress;
use crate::kept::chunks;
use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::packing::{Packing, PairRows};
use crate::pairs::EncodedPair;
use crate::steering::Shifts;

/// A pair's activations after one layer: of the wanted answer and of the opposite one.
pub(super) struct Activations<'a> {
    /// The layer's place in the list asked for.
    pub(super) layer: usize,
    pub(super) wanted: &'a [f64],
    pub(super) opposite: &'a [f64],
}

/// Reads the activations of every pair, in the pairs' order within a layer, after each of `layers` (in ascending order). An answer's activation is taken where
/// `position` says; its closing token is never read, so it counts nowhere. Returns the mean L2 norm of all rows after
/// each layer.
pub(super) fn read(
    model: &Model,
    pairs: &[EncodedPair],
    layers: &[usize],
    position: Position,
    progress: Progress<'_>,
    mut take: impl FnMut(Activations<'_>),
) -> Result<Vec<f64>, TrainError> {
    pairs.iter().try_for_each(|pair| model.check_pair(pair))?;
    let width = model.facts().hidden_size;
    let mut norms = vec![0.0; layers.len()];
    let (mut done, mut count) = (0, 0);
    for chunk in chunks(pairs) {
        if progress(done, pairs.len()).is_break() {
            return Err(ModelError::Interrupted.into());
        }
        let mut packing = Packing::default();
        let parts: Vec<PairRows> = chunk.iter().map(|pair| packing.push_pair(pair)).collect();
        let mut x = model.decoder.embed(&packing.tokens).map_err(ModelError::from)?;
        let mut next = 0;
        for (place, layer) in layers.iter().enumerate() {
            x = on_pool(|| model.decoder.run(next..layer + 1, x, &packing, &Shifts::default()))
                .map_err(ModelError::from)?;
            next = layer + 1;
            let rows = rows::read(&x).map_err(ModelError::from)?;
            norms[place] += (0..rows.count()).map(|row| l2(rows.row(row))).sum::<f64>();
            for part in &parts {
                let [wanted, opposite] = [&part.wanted, &part.opposite].map(|answer| {
                    // An answer of a closing token alone has no row of its own.
                    let taken = match position {
                        Position::Mean => answer.clone(),
                        Position::Last => answer.end.saturating_sub(1).max(answer.start)..answer.end,
                    };
                    let mut mean = vec![0.0; width];
                    let weight = 1.0 / taken.len() as f64;
                    for row in taken {
                        mean.iter_mut()
                            .zip(rows.row(row))
                            .for_each(|(mean, x)| *mean += weight * f64::from(*x));
                    }
                    mean
                });
                take(Activations { layer: place, wanted: &wanted, opposite: &opposite });
            }
        }
        done += chunk.len();
        count += packing.rows();
    }
    let _ = progress(pairs.len(), pairs.len());
    Ok(norms.into_iter().map(|norm| norm / count.max(1) as f64).collect())
}

fn l2(row: &[f32]) -> f64 {
    row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}

/// What the activations of some pairs come to.
pub(super) struct Extracted {
    /// The vectors, one after the other, in the layers' order.
    pub(super) values: Vec<f32>,
    /// The mean L2 norm of all rows after each layer.
    pub(super) norms: Vec<f64>,
}

/// The mean over pairs of the difference between the wanted answer's and the opposite answer's activations:
/// Freeform, and, on [`super::choices`], CAA.
pub(super) fn means(
    model: &Model,
    pairs: &[EncodedPair],
    layers: &[usize],
    position: Position,
    progress: Progress<'_>,
) -> Result<Extracted, TrainError> {
    let width = model.facts().hidden_size;
    let mut sums = vec![0.0_f64; width * layers.len()];
    let share = 1.0 / pairs.len() as f64;
    let norms = read(model, pairs, layers, position, progress, |found| {
        let sum = sums[found.layer * width..].iter_mut();
        sum.zip(found.wanted.iter().zip(found.opposite)).for_each(|(sum, (a, b))| *sum += share * (a - b));
    })?;
    Ok(Extracted { values: sums.into_iter().map(|x| x as f32).collect(), norms })
}

/// The first principal component of the differences at the answers' last tokens, of norm 1, turned so that more wanted
/// answers than opposite ones lie on its side: repeng's `pca_diff` (vgel/repeng, after Zou et al. 2023, arXiv
/// 2310.01405), which fits scikit-learn's PCA, so the differences' mean is taken off first.
pub(super) fn components(
    model: &Model,
    pairs: &[EncodedPair],
    layers: &[usize],
    progress: Progress<'_>,
) -> Result<Extracted, TrainError> {
    let width = model.facts().hidden_size;
    let mut all = vec![Vec::with_capacity(width * pairs.len()); layers.len()];
    let norms = read(model, pairs, layers, Position::Last, progress, |found| {
        all[found.layer].extend(found.wanted.iter().zip(found.opposite).map(|(a, b)| a - b));
    })?;
    let mut values = Vec::with_capacity(width * layers.len());
    for differences in all {
        let mut direction = super::pca::first_component(&differences, width);
        let along = |difference: &[f64]| difference.iter().zip(&direction).map(|(x, u)| x * u).sum::<f64>();
        let all: Vec<f64> = differences.chunks_exact(width).map(along).collect();
        let sides: f64 = all.iter().map(|x| if *x == 0.0 { 0.0 } else { x.signum() }).sum();
        // Where as many lie on either side, which repeng leaves to chance, the mean decides.
        let side = if sides == 0.0 { all.iter().sum() } else { sides };
        if side < 0.0 {
            for x in &mut *direction {
                *x = -*x;
            }
        }
        values.extend(direction.into_iter().map(|x| x as f32));
    }
    Ok(Extracted { values, norms })
}
