//! The settings that a new run starts from. How they were measured: `docs/defaults.md`.

use ipc::train::{Method, SYSTEM_PROMPT, TrainSettings};

const EPOCHS: u32 = 5;
const LEARNING_RATE: f64 = 0.05;
const BATCH_PAIRS: u32 = 4;
const SEED: u64 = 11;
/// The most steps over which the rate rises; short runs take a fifth of theirs.
const MOST_WARMUP_STEPS: u32 = 10;

/// For a model of so many blocks and so many pairs to train on.
#[must_use]
pub fn settings(blocks: u32, train_pairs: u32) -> TrainSettings {
    TrainSettings {
        method: Method::Bipo,
        layer: layer(blocks),
        epochs: EPOCHS,
        learning_rate: LEARNING_RATE,
        warmup_steps: warmup_steps(train_pairs, BATCH_PAIRS, EPOCHS),
        beta: 0.1,
        weight_decay: 0.0,
        clip_norm: 1.0,
        batch_pairs: BATCH_PAIRS,
        seed: SEED,
        system_prompt: SYSTEM_PROMPT.to_owned(),
    }
}

/// A third of the way up: late enough for meaning, early enough that most of the model still answers to it.
fn layer(blocks: u32) -> u32 {
    (f64::from(blocks) / 3.0).round() as u32
}

/// Steps over which the learning rate rises: a short run takes a fifth of its own.
#[must_use]
pub fn warmup_steps(train_pairs: u32, batch_pairs: u32, epochs: u32) -> u32 {
    MOST_WARMUP_STEPS.min(steps(train_pairs, batch_pairs, epochs) / 5)
}

/// Optimizer steps of a run: the last batch of an epoch may be short.
#[must_use]
pub fn steps(train_pairs: u32, batch_pairs: u32, epochs: u32) -> u32 {
    train_pairs.div_ceil(batch_pairs.max(1)).saturating_mul(epochs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_model_is_steered_after_block_10() {
        assert_eq!(settings(30, 64).layer, 10);
    }

    #[test]
    fn a_short_run_warms_up_over_a_fifth_of_its_steps() {
        assert_eq!(settings(30, 64).warmup_steps, 10);
        assert_eq!(settings(30, 8).warmup_steps, 2);
    }
}
