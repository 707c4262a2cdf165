//! The settings that a new run starts from. How they were measured: `docs/defaults.md`.

use ipc::train::TrainSettings;

/// The most steps over which the rate rises; short runs take a fifth of theirs.
const MOST_WARMUP_STEPS: u32 = 10;

/// For a model of so many blocks and so many pairs to train on.
#[must_use]
pub fn settings(blocks: u32, train_pairs: u32) -> TrainSettings {
    let usual = TrainSettings::default();
    TrainSettings {
        layers: vec![layer(blocks)],
        warmup_steps: warmup_steps(train_pairs, usual.batch_pairs, usual.epochs),
        ..usual
    }
}

/// As the paper and its authors' program have it (Cao et al. 2024), for 7B models and thousands of steps: 20 epochs of a
/// schedule that is planned over as many, rate 5e-4, 100 warm-up steps where the run has at least twice as many.
#[must_use]
pub fn as_published(blocks: u32, train_pairs: u32) -> TrainSettings {
    const EPOCHS: u32 = 20;
    let usual = settings(blocks, train_pairs);
    let steps = steps(train_pairs, usual.batch_pairs, EPOCHS);
    TrainSettings {
        // 15 of 32 blocks for Llama-2-7b.
        layers: vec![(f64::from(blocks) * 15.0 / 32.0).floor() as u32],
        epochs: EPOCHS,
        learning_rate: 5e-4,
        warmup_steps: 100.min(steps / 2),
        weight_decay: 0.05,
        ..usual
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
        assert_eq!(settings(30, 64).layers, [10]);
    }

    #[test]
    fn a_short_run_warms_up_over_a_fifth_of_its_steps() {
        assert_eq!(settings(30, 64).warmup_steps, 10);
        assert_eq!(settings(30, 8).warmup_steps, 2);
    }
}
