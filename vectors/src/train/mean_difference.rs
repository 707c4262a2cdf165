//! The mean difference of activations: the steering vectors of Freeform and, on two-way choices, of contrastive activation
//! addition.

use super::activations::read_activations;
use super::{AnswerPosition, TrainError};
use crate::model::Model;
use crate::pairs::EncodedPair;
use crate::progress::Progress;

/// Vectors that were computed from activations, without training.
pub(super) struct ExtractedVectors {
    /// The vectors, concatenated in the layers' order: `[layers, hidden_size]`.
    pub(super) values: Vec<f32>,
    /// The mean L2 norm of the residual stream after each layer.
    pub(super) norms: Vec<f64>,
}

/// Returns the mean over pairs of the activation of the wanted answer minus that of the opposite one: Freeform and, on
/// pairs from [`super::encode_choices`], CAA (Rimsky et al. 2024, arXiv 2312.06681).
pub(super) fn mean_differences(
    model: &Model,
    pairs: &[EncodedPair],
    layers: &[usize],
    position: AnswerPosition,
    progress: Progress<'_>,
) -> Result<ExtractedVectors, TrainError> {
    let width = model.facts().hidden_size;
    let mut sums = vec![0.0_f64; width * layers.len()];
    let share = 1.0 / pairs.len() as f64;
    let norms = read_activations(model, pairs, layers, position, progress, |found| {
        let sum = sums[found.layer_index * width..].iter_mut();
        sum.zip(found.wanted.iter().zip(found.opposite)).for_each(|(sum, (a, b))| *sum += share * (a - b));
    })?;
    Ok(ExtractedVectors { values: sums.into_iter().map(|x| x as f32).collect(), norms })
}
