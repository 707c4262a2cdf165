//! The two halves of the held-out pairs: on one a multiplier is chosen, on the other its effect is reported.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The half on which a multiplier is chosen.
    Choose,
    /// The half that reports.
    Report,
}

impl Half {
    /// Returns the half of each of so many prompts. Of two neighbours one is in each, by a seeded coin, so that the first
    /// prompts alone are halved as all of them are.
    #[must_use]
    pub fn of(count: usize, seed: u64) -> Vec<Self> {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        let mut halves = Vec::with_capacity(count + 1);
        while halves.len() < count {
            let two = [Self::Choose, Self::Report];
            let first = usize::from(generator.random::<bool>());
            halves.extend([two[first], two[1 - first]]);
        }
        halves.truncate(count);
        halves
    }
}
