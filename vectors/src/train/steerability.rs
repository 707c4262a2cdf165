//! Estimates from the pairs' activations how well each layer can be steered, before any training.
//!
//! Braun et al. (2025, arXiv 2505.22637) find that steering vectors work where the pairs' activation differences agree in
//! direction, and where the two kinds of answers are separated along their mean difference. One pass of the pairs through
//! the model gives both.

use super::activations::{PairActivations, read_activations};
use super::{AnswerPosition, TrainError};
use crate::memory;
use crate::model::Model;
use crate::pairs::EncodedPair;
use crate::progress::Progress;

/// An estimate of how well the pairs can be steered at one layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerSteerability {
    /// The 0-based block.
    pub layer: usize,
    /// The directional agreement: the mean cosine similarity of the pairs' differences with the mean difference, -1 to 1.
    pub agreement: f64,
    /// The discriminability index d': the distance between the mean projections of wanted and opposite answers on the mean
    /// difference, in standard deviations.
    pub separation: f64,
    /// The share of pairs whose difference has a positive projection on the mean difference of the *other* pairs.
    pub leave_one_out_accuracy: f64,
    /// The L2 norm of the mean difference, divided by the mean norm of the residual stream.
    pub relative_norm: f64,
}

/// The agreement of a pair with the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairAgreement {
    /// The index of the pair.
    pub pair: usize,
    /// The cosine similarity of its difference with the mean difference of the other pairs, averaged over the layers.
    pub agreement: f64,
}

/// Estimates of how well the pairs can be steered, layer by layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Steerability {
    /// All layers, in ascending order.
    pub layers: Vec<LayerSteerability>,
    /// All pairs, in their order.
    pub pairs: Vec<PairAgreement>,
}

/// Estimates the steerability of the pairs at every layer. Every block runs once over each pair; `progress` counts pairs.
///
/// # Errors
/// Where there are fewer than two pairs, a pair does not fit the model, or `progress` returns `Break`.
pub fn steerability(
    model: &Model,
    pairs: &[EncodedPair],
    position: AnswerPosition,
    progress: Progress<'_>,
) -> Result<Steerability, TrainError> {
    if pairs.len() < 2 {
        return Err(TrainError::NoPairs);
    }
    let layers: Vec<usize> = (0..model.facts().blocks).collect();
    // Both activations of every pair for every layer, as f32: 1 MB a pair for a model of 32 blocks and hidden size 4096.
    let numbers = pairs.len() * layers.len() * 2 * model.facts().hidden_size;
    memory::probe((numbers * size_of::<f32>()) as u64)?;
    let mut all: Vec<Vec<[Vec<f32>; 2]>> = vec![Vec::with_capacity(pairs.len()); layers.len()];
    let narrow = |x: &[f64]| x.iter().map(|x| *x as f32).collect::<Vec<f32>>();
    let norms = read_activations(model, pairs, &layers, position, progress, |found: PairActivations<'_>| {
        all[found.layer_index].push([narrow(found.wanted), narrow(found.opposite)]);
    })?;
    let mut pair_agreements = vec![0.0; pairs.len()];
    let mut by_layer = Vec::with_capacity(layers.len());
    for ((layer, both), norm) in layers.iter().zip(&all).zip(norms) {
        let found = layer_statistics(both);
        pair_agreements
            .iter_mut()
            .zip(&found.leave_one_out)
            .for_each(|(sum, cosine)| *sum += cosine / layers.len() as f64);
        by_layer.push(LayerSteerability {
            layer: *layer,
            agreement: found.agreement,
            separation: found.separation,
            leave_one_out_accuracy: found.leave_one_out_accuracy,
            relative_norm: found.mean_norm / norm,
        });
    }
    let pairs = pair_agreements
        .into_iter()
        .enumerate()
        .map(|(pair, agreement)| PairAgreement { pair, agreement })
        .collect();
    Ok(Steerability { layers: by_layer, pairs })
}

/// The statistics of one layer.
struct LayerStatistics {
    agreement: f64,
    separation: f64,
    leave_one_out_accuracy: f64,
    /// The norm of the mean difference.
    mean_norm: f64,
    /// The cosine similarity of each pair's difference with the mean difference of the others.
    leave_one_out: Vec<f64>,
}

fn layer_statistics(pairs: &[[Vec<f32>; 2]]) -> LayerStatistics {
    let (count, width) = (pairs.len() as f64, pairs[0][0].len());
    let differences: Vec<Vec<f64>> = pairs
        .iter()
        .map(|[wanted, opposite]| {
            wanted.iter().zip(opposite).map(|(a, b)| f64::from(*a) - f64::from(*b)).collect()
        })
        .collect();
    let mut sum = vec![0.0; width];
    for difference in &differences {
        sum.iter_mut().zip(difference).for_each(|(sum, x)| *sum += x);
    }
    let agreement =
        differences.iter().map(|difference| cosine_similarity(difference, &sum)).sum::<f64>() / count;
    let leave_one_out: Vec<f64> = differences
        .iter()
        .map(|difference| {
            let others: Vec<f64> = sum.iter().zip(difference).map(|(sum, x)| sum - x).collect();
            cosine_similarity(difference, &others)
        })
        .collect();
    let project = |x: &[f32]| x.iter().zip(&sum).map(|(x, s)| f64::from(*x) * s).sum::<f64>();
    let [(wanted, wanted_variance), (opposite, opposite_variance)] = [0, 1]
        .map(|which| mean_and_variance(&pairs.iter().map(|pair| project(&pair[which])).collect::<Vec<_>>()));
    let deviation = (f64::midpoint(wanted_variance, opposite_variance)).sqrt();
    LayerStatistics {
        agreement,
        separation: if deviation > 0.0 { (wanted - opposite) / deviation } else { 0.0 },
        leave_one_out_accuracy: leave_one_out.iter().filter(|cosine| **cosine > 0.0).count() as f64 / count,
        mean_norm: dot(&sum, &sum).sqrt() / count,
        leave_one_out,
    }
}

/// Returns the mean and the sample variance.
fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0))
}

fn cosine_similarity(a: &[f64], b: &[f64]) -> f64 {
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreeing_pairs_have_agreement_1_and_a_contrary_one_is_found() {
        let same: Vec<[Vec<f32>; 2]> =
            [0.0_f32, 1.0, 2.0].map(|x| [vec![x + 4.0, 1.0], vec![x, 1.0]]).to_vec();
        let found = layer_statistics(&same);
        assert!((found.agreement - 1.0).abs() < 1e-12 && (found.separation - 4.0).abs() < 1e-12);
        assert!((found.mean_norm - 4.0).abs() < 1e-12 && (found.leave_one_out_accuracy - 1.0).abs() < 1e-12);
        let mut mixed = same;
        mixed.push([vec![0.0, 1.0], vec![1.0, 1.0]]);
        let found = layer_statistics(&mixed);
        assert!(
            found.leave_one_out[3] < -0.99
                && found.leave_one_out[0] > 0.99
                && (found.agreement - 0.5).abs() < 1e-12
        );
    }

    #[test]
    fn pairs_without_a_difference_have_no_agreement() {
        let found = layer_statistics(&[[vec![1.0], vec![1.0]], [vec![2.0], vec![2.0]]]);
        assert_eq!((found.agreement, found.separation, found.mean_norm), (0.0, 0.0, 0.0));
    }
}
