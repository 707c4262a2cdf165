//! The controls of a study: random directions, and pairs with shuffled labels. Both are the same on every machine.

use ipc::data::{PairContent, Split};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The number of uniform draws whose sum stands for a normal one (Irwin and Hall): their variance is 1, and unlike a logarithm
/// and a cosine they are exact everywhere.
const UNIFORMS: usize = 12;

/// Returns a random direction at each layer with the norm that is given for it.
#[must_use]
pub fn random_directions(norms: &[f64], size: usize, seed: u64) -> Vec<Vec<f32>> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = || (0..UNIFORMS).map(|_| generator.random::<f64>()).sum::<f64>() - UNIFORMS as f64 / 2.0;
    let mut direction = |norm: &f64| {
        let values: Vec<f64> = (0..size).map(|_| draw()).collect();
        let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let scale = if length > 0.0 { norm / length } else { 0.0 };
        values.iter().map(|value| (value * scale) as f32).collect()
    };
    norms.iter().map(&mut direction).collect()
}

/// Exchanges the answers of a random half of the training pairs: a method that learns from these pairs learns nothing of the
/// behaviour. Held-out pairs stay as they are.
#[must_use]
pub fn with_shuffled_labels(pairs: &[PairContent], seed: u64) -> Vec<PairContent> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let mut all = pairs.to_vec();
    let mut train: Vec<usize> = (0..all.len()).filter(|place| all[*place].split == Split::Train).collect();
    // Half of them to the pair, by the beginning of a random order.
    for place in (1..train.len()).rev() {
        train.swap(place, generator.random_range(0..=place));
    }
    for place in &train[..train.len() / 2] {
        let pair = &mut all[*place];
        std::mem::swap(&mut pair.wanted, &mut pair.opposite);
    }
    all
}
