//! Samples a token from its logits.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::model::ModelError;

/// The sampling parameters of an answer. The same prompt, steering, temperature and seed give the same answer, whatever the
/// other requests of the batch are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sampling {
    /// The divisor of the logits before the softmax; 0 is greedy decoding.
    pub temperature: f32,
    /// The seed of the random generator.
    pub seed: u64,
}

/// The sampler of one answer, with its random generator.
pub(super) struct Sampler {
    temperature: f32,
    generator: ChaCha8Rng,
}

impl Sampling {
    pub(super) fn check(&self) -> Result<(), ModelError> {
        if self.temperature.is_finite() && self.temperature >= 0.0 {
            return Ok(());
        }
        Err(ModelError::Temperature { temperature: self.temperature })
    }

    pub(super) fn sampler(&self) -> Sampler {
        Sampler { temperature: self.temperature, generator: ChaCha8Rng::seed_from_u64(self.seed) }
    }
}

impl Sampler {
    /// Whether it decodes greedily.
    pub(super) fn is_greedy(&self) -> bool {
        self.temperature == 0.0
    }

    /// Samples the next token; greedy decoding prefers the lowest id of equal logits.
    pub(super) fn sample(&mut self, logits: &[f32]) -> u32 {
        let best = argmax(logits);
        if self.is_greedy() {
            return best as u32;
        }
        let weight = |logit: &f32| f64::from((logit - logits[best]) / self.temperature).exp();
        let draw = self.generator.random::<f64>() * logits.iter().map(weight).sum::<f64>();
        let mut below = 0.0;
        let drawn = logits.iter().position(|logit| {
            below += weight(logit);
            below > draw
        });
        drawn.unwrap_or(best) as u32
    }
}

fn argmax(logits: &[f32]) -> usize {
    let mut best = 0;
    for (id, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = id;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(temperature: f32, seed: u64) -> Vec<u32> {
        let mut sampler = Sampling { temperature, seed }.sampler();
        (0..10_000).map(|_| sampler.sample(&[0.0, 2.0_f32.ln(), f32::NEG_INFINITY, 5.0_f32.ln()])).collect()
    }

    #[test]
    fn tokens_come_as_often_as_they_are_likely() {
        let counts =
            |temperature| [0, 1, 2, 3].map(|id| draws(temperature, 1).iter().filter(|d| **d == id).count());
        // At temperature 1 the weights are 1 : 2 : 0 : 5; at 0.5 they are 1 : 4 : 0 : 25.
        for (temperature, expected) in [(1.0, [1250, 2500, 0, 6250]), (0.5, [333, 1333, 0, 8333])] {
            for (count, expected) in counts(temperature).into_iter().zip(expected) {
                assert!(count.abs_diff(expected) < 150, "{count} is not about {expected} at {temperature}");
            }
        }
    }

    #[test]
    fn draws_follow_the_seed_and_at_zero_the_likeliest_wins() {
        assert_eq!(draws(1.0, 7), draws(1.0, 7));
        assert_ne!(draws(1.0, 7), draws(1.0, 8));
        assert!(draws(0.0, 7).iter().all(|id| *id == 3));
        assert!(Sampling { temperature: f32::NAN, seed: 0 }.check().is_err());
    }
}
