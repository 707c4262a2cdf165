//! Will it steer? What the pairs' activations say about a layer before anything is trained.
//!
//! Braun et al. (2025, arXiv 2505.22637) find that steering vectors work where the pairs' activation differences point
//! the same way, and where the two kinds of answers are apart along their mean difference. Both are read off one pass of
//! the pairs through the model.

use super::differences::{Activations, read};
use super::{AnswerPosition, TrainError};
use crate::Progress;
use crate::model::Model;
use crate::pairs::EncodedPair;

/// What the pairs say about a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerOutlook {
    /// The 0-based block.
    pub layer: usize,
    /// The mean cosine of the pairs' differences with their mean, -1 to 1.
    pub agreement: f64,
    /// How far the wanted answers' activations lie from the opposite ones' along the mean difference, in standard
    /// deviations (d').
    pub separation: f64,
    /// The share of pairs whose wanted answer lies further along the mean difference of the *other* pairs.
    pub right_side: f64,
    /// The norm of the mean difference, as a share of the residual stream's mean norm.
    pub share: f64,
}

/// How a pair stands to the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairOutlook {
    /// The pair's place in the list.
    pub pair: usize,
    /// The cosine of its difference with the mean difference of the other pairs, averaged over the layers.
    pub agreement: f64,
}

/// What the pairs say about all layers.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// In ascending order.
    pub layers: Vec<LayerOutlook>,
    /// In the pairs' order.
    pub pairs: Vec<PairOutlook>,
}

/// Reads the outlook from the pairs: every block runs once over each.
///
/// # Errors
/// Where there are fewer than two pairs, one does not fit the model, or `progress` says stop.
pub fn outlook(
    model: &Model,
    pairs: &[EncodedPair],
    position: AnswerPosition,
    progress: Progress<'_>,
) -> Result<Outlook, TrainError> {
    if pairs.len() < 2 {
        return Err(TrainError::NoPairs);
    }
    let layers: Vec<usize> = (0..model.facts().blocks).collect();
    // Of every layer, each pair's two activations, as f32: a model of 32 blocks of 4096 takes 1 MB a pair.
    let mut all: Vec<Vec<[Vec<f32>; 2]>> = vec![Vec::with_capacity(pairs.len()); layers.len()];
    let narrow = |x: &[f64]| x.iter().map(|x| *x as f32).collect::<Vec<f32>>();
    let norms = read(model, pairs, &layers, position, progress, |found: Activations<'_>| {
        all[found.layer].push([narrow(found.wanted), narrow(found.opposite)]);
    })?;
    let mut of_pairs = vec![0.0; pairs.len()];
    let mut of_layers = Vec::with_capacity(layers.len());
    for ((layer, both), norm) in layers.iter().zip(&all).zip(norms) {
        let found = of_layer(both);
        of_pairs
            .iter_mut()
            .zip(&found.left_out)
            .for_each(|(sum, cosine)| *sum += cosine / layers.len() as f64);
        of_layers.push(LayerOutlook {
            layer: *layer,
            agreement: found.agreement,
            separation: found.separation,
            right_side: found.right_side,
            share: found.length / norm,
        });
    }
    let pairs =
        of_pairs.into_iter().enumerate().map(|(pair, agreement)| PairOutlook { pair, agreement }).collect();
    Ok(Outlook { layers: of_layers, pairs })
}

struct Found {
    agreement: f64,
    separation: f64,
    right_side: f64,
    /// The norm of the mean difference.
    length: f64,
    /// Of each pair, the cosine with the mean of the others.
    left_out: Vec<f64>,
}

fn of_layer(pairs: &[[Vec<f32>; 2]]) -> Found {
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
    let agreement = differences.iter().map(|difference| cosine(difference, &sum)).sum::<f64>() / count;
    let left_out: Vec<f64> = differences
        .iter()
        .map(|difference| {
            let others: Vec<f64> = sum.iter().zip(difference).map(|(sum, x)| sum - x).collect();
            cosine(difference, &others)
        })
        .collect();
    let along = |x: &[f32]| x.iter().zip(&sum).map(|(x, s)| f64::from(*x) * s).sum::<f64>();
    let [(wanted, of_wanted), (opposite, of_opposite)] =
        [0, 1].map(|which| spread(&pairs.iter().map(|pair| along(&pair[which])).collect::<Vec<_>>()));
    let deviation = (f64::midpoint(of_wanted, of_opposite)).sqrt();
    Found {
        agreement,
        separation: if deviation > 0.0 { (wanted - opposite) / deviation } else { 0.0 },
        right_side: left_out.iter().filter(|cosine| **cosine > 0.0).count() as f64 / count,
        length: dot(&sum, &sum).sqrt() / count,
        left_out,
    }
}

/// Mean and variance.
fn spread(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0))
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
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
        let found = of_layer(&same);
        assert!((found.agreement - 1.0).abs() < 1e-12 && (found.separation - 4.0).abs() < 1e-12);
        assert!((found.length - 4.0).abs() < 1e-12 && (found.right_side - 1.0).abs() < 1e-12);
        let mut mixed = same;
        mixed.push([vec![0.0, 1.0], vec![1.0, 1.0]]);
        let found = of_layer(&mixed);
        assert!(
            found.left_out[3] < -0.99 && found.left_out[0] > 0.99 && (found.agreement - 0.5).abs() < 1e-12
        );
    }

    #[test]
    fn pairs_without_a_difference_say_nothing() {
        let found = of_layer(&[[vec![1.0], vec![1.0]], [vec![2.0], vec![2.0]]]);
        assert_eq!((found.agreement, found.separation, found.length), (0.0, 0.0, 0.0));
    }
}
