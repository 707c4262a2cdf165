//! The random order of the pairs in an epoch, and the signs and factors that each step draws.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Method, TrainSettings};

/// The batches of one epoch. They depend only on the seed and the epoch, so a resumed run draws the same ones.
pub(super) struct Epoch {
    order: Vec<usize>,
    signs: Vec<i8>,
    /// One factor for each entry of `order`.
    factors: Vec<f32>,
    batch_pairs: usize,
}

/// The random choices of one step, besides its pairs.
pub(super) struct Draw {
    /// The sign d of the batch; 0 for methods whose batches have both signs.
    pub(super) sign: i8,
    /// One factor for each pair; 1 but for `RePS`.
    pub(super) factors: Vec<f32>,
}

/// Draws the order of an epoch's items. Returns it with the generator behind it.
pub(crate) fn order(seed: u64, items: usize, epoch: usize) -> (Vec<usize>, ChaCha8Rng) {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(epoch as u64);
    let mut order: Vec<usize> = (0..items).collect();
    order.shuffle(&mut generator);
    (order, generator)
}

impl Epoch {
    /// Draws the batches of an epoch, counted from 0.
    pub(super) fn new(settings: &TrainSettings, pairs: usize, epoch: usize) -> Self {
        let (order, mut generator) = order(settings.seed, pairs, epoch);
        let mut sign = || match settings.method {
            Method::BipoUni | Method::DpoLora => 1,
            Method::BipoBoth | Method::Reps => 0,
            _ if generator.random_bool(0.5) => 1,
            _ => -1,
        };
        let signs = (0..settings.steps_per_epoch(pairs)).map(|_| sign()).collect();
        let factors = match settings.method {
            Method::Reps => {
                let mut factor =
                    || settings.factors[generator.random_range(0..settings.factors.len())] as f32;
                (0..pairs).map(|_| factor()).collect()
            }
            _ => vec![1.0; pairs],
        };
        Self { order, signs, factors, batch_pairs: settings.batch_pairs as usize }
    }

    /// Returns the indices of the pairs of a step, counted from 0 within the epoch, and the step's draw.
    pub(super) fn batch(&self, step: usize) -> (&[usize], Draw) {
        let start = step * self.batch_pairs;
        let end = (start + self.batch_pairs).min(self.order.len());
        let draw = Draw { sign: self.signs[step], factors: self.factors[start..end].to_vec() };
        (&self.order[start..end], draw)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AnswerPosition, Schedule};
    use super::*;
    use crate::steering::Positions;

    fn settings(method: Method, seed: u64) -> TrainSettings {
        TrainSettings {
            method,
            layers: vec![0],
            position: AnswerPosition::Mean,
            epochs: 1,
            learning_rate: 0.1,
            warmup_steps: 0,
            schedule: Schedule::Cosine,
            beta: 0.1,
            weight_decay: 0.0,
            clip_norm: 1.0,
            batch_pairs: 4,
            seed,
            factors: vec![0.5, 2.0],
            positions: Positions::Everywhere,
            ..TrainSettings::default()
        }
    }

    #[test]
    fn every_factor_is_drawn_about_equally_often() {
        let factors = Epoch::new(&settings(Method::Reps, 1), 1000, 0).factors;
        let low = factors.iter().filter(|factor| **factor == 0.5).count();
        assert!((440..560).contains(&low) && factors.iter().all(|factor| [0.5, 2.0].contains(factor)));
        assert_ne!(factors, Epoch::new(&settings(Method::Reps, 1), 1000, 1).factors);
    }

    #[test]
    fn every_pair_comes_once_an_epoch() {
        let epoch = Epoch::new(&settings(Method::Bipo, 5), 11, 2);
        let mut seen: Vec<usize> = (0..3).flat_map(|step| epoch.batch(step).0.to_vec()).collect();
        assert_eq!(epoch.batch(2).0.len(), 3);
        seen.sort_unstable();
        assert_eq!(seen, (0..11).collect::<Vec<_>>());
    }

    #[test]
    fn signs_are_about_even_and_follow_the_seed() {
        let signs = |seed| Epoch::new(&settings(Method::Bipo, seed), 4000, 0).signs;
        let plus = signs(1).iter().filter(|sign| **sign == 1).count();
        assert!((440..560).contains(&plus), "{plus} of 1000");
        assert!(signs(1) == signs(1) && signs(1) != signs(2));
        assert!(Epoch::new(&settings(Method::BipoUni, 1), 400, 0).signs.iter().all(|sign| *sign == 1));
    }
}
