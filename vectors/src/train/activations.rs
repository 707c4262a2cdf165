//! Reads the residual stream of pairs after each layer: the input of the methods without a gradient, and of the
//! steerability estimate.

use candle_core::Tensor;

use super::{AnswerPosition, RunPair, TrainError};
use crate::layer::{Layer, PrefixBlocks};
use crate::model::{Model, ModelError, SavedActivations};
use crate::ops::{on_pool, rows};
use crate::packing::{Packing, PairRows};
use crate::pairs::EncodedPair;
use crate::prefix::split_pairs;
use crate::progress::{Progress, continue_unless_halting, tell};

/// The activations of one pair after one layer, `[hidden_size]` each.
pub(super) struct PairActivations<'a> {
    /// The index of the layer in the list that was asked for.
    pub(super) layer_index: usize,
    pub(super) wanted: &'a [f64],
    pub(super) opposite: &'a [f64],
}

/// Runs the pairs through the model and calls `take` with the activations of every pair after each of `layers`, which must
/// ascend. Within a layer, pairs come in their order. An answer's activation is its mean over the answer's tokens or its
/// last one, as `position` says; the closing token has no row and does not count. Returns the mean L2 norm of the residual
/// stream over all rows, for each layer.
pub(super) fn read_activations(
    model: &Model,
    pairs: &[EncodedPair],
    layers: &[usize],
    position: AnswerPosition,
    mut progress: Progress<'_>,
    mut take: impl FnMut(PairActivations<'_>) + Send,
) -> Result<Vec<f64>, TrainError> {
    pairs.iter().try_for_each(|pair| model.check_pair(pair))?;
    let width = model.facts().hidden_size;
    let mut norms = vec![0.0; layers.len()];
    let prefix = layers.last().map_or(PrefixBlocks::NONE, |last| Layer(*last).prefix());
    let (mut done, mut count, mut not_finite) = (0, 0, None);
    for chunk in split_pairs(pairs) {
        continue_unless_halting(&mut progress, done, pairs.len())?;
        let mut packing = Packing::default();
        let pair_rows: Vec<PairRows> = chunk.iter().map(|pair| packing.push_pair(pair)).collect();
        let read = |block: usize, x: &Tensor, _: SavedActivations| -> candle_core::Result<()> {
            let Ok(layer_index) = layers.binary_search(&block) else { return Ok(()) };
            let rows = rows::read(x)?;
            norms[layer_index] += (0..rows.count()).map(|row| l2(rows.row(row))).sum::<f64>();
            for (place, part) in pair_rows.iter().enumerate() {
                let [wanted, opposite] = [&part.wanted, &part.opposite].map(|answer| {
                    // An answer that consists of a closing token alone has no row.
                    let token_rows = match position {
                        AnswerPosition::Mean => answer.clone(),
                        AnswerPosition::Last => answer.end.saturating_sub(1).max(answer.start)..answer.end,
                    };
                    let mut mean = vec![0.0; width];
                    let weight = 1.0 / token_rows.len() as f64;
                    for row in token_rows {
                        mean.iter_mut()
                            .zip(rows.row(row))
                            .for_each(|(mean, x)| *mean += weight * f64::from(*x));
                    }
                    mean
                });
                if wanted.iter().chain(&opposite).any(|x| !x.is_finite()) {
                    not_finite.get_or_insert(RunPair::Train(done + place));
                }
                take(PairActivations { layer_index, wanted: &wanted, opposite: &opposite });
            }
            Ok(())
        };
        on_pool(|| model.decoder.forward_prefix_with(prefix, &packing, read)).map_err(ModelError::from)?;
        if not_finite.is_some() {
            return Err(TrainError::ModelNotFinite { pair: not_finite });
        }
        done += chunk.len();
        count += packing.rows();
    }
    let _ = tell(&mut progress, pairs.len(), pairs.len());
    Ok(norms.into_iter().map(|norm| norm / count.max(1) as f64).collect())
}

fn l2(row: &[f32]) -> f64 {
    row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}
