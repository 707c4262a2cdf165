//! Computes the settings that a new run starts from. `docs/defaults.md` says how they were measured.

use ipc::train::TrainSettings;

/// The most warm-up steps. A short run warms up for a fifth of its steps.
const MOST_WARMUP_STEPS: u32 = 10;

/// Returns the settings for a model with this number of blocks and a data set with this number of training pairs.
#[must_use]
pub fn settings(blocks: u32, train_pairs: u32) -> TrainSettings {
    let usual = TrainSettings::default();
    TrainSettings {
        layers: vec![layer(blocks)],
        warmup_steps: warmup_steps(train_pairs, usual.batch_pairs, usual.epochs),
        ..usual
    }
}

/// Returns the settings of the BiPO paper and its authors' program (Cao et al. 2024), made for 7B models and thousands
/// of steps: 20 epochs of a schedule over as many, learning rate 5e-4, and 100 warm-up steps if the run has at least
/// twice as many steps.
#[must_use]
pub fn as_published(blocks: u32, train_pairs: u32) -> TrainSettings {
    const EPOCHS: u32 = 20;
    let usual = settings(blocks, train_pairs);
    let steps = steps(train_pairs, usual.batch_pairs, EPOCHS);
    TrainSettings {
        // The authors use layer 15 of the 32 blocks of Llama-2-7b.
        layers: vec![(f64::from(blocks) * 15.0 / 32.0).floor() as u32],
        epochs: EPOCHS,
        learning_rate: 5e-4,
        warmup_steps: 100.min(steps / 2),
        weight_decay: 0.05,
        ..usual
    }
}

/// Returns the layer at a third of the blocks: late enough for meaning, and early enough that most blocks still react
/// to the vector.
fn layer(blocks: u32) -> u32 {
    (f64::from(blocks) / 3.0).round() as u32
}

/// Returns the number of steps over which the learning rate rises. A short run takes a fifth of its steps.
#[must_use]
pub fn warmup_steps(train_pairs: u32, batch_pairs: u32, epochs: u32) -> u32 {
    MOST_WARMUP_STEPS.min(steps(train_pairs, batch_pairs, epochs) / 5)
}

/// Returns the number of optimizer steps of a run. The last batch of an epoch may be smaller.
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
