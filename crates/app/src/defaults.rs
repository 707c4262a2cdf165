//! Computes the settings that a new run starts from. `docs/defaults.md` says how they were measured.

use ipc::train::{Schedule, TrainSettings};

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

/// Returns the settings of the BiPO paper and its authors' program (Cao et al. 2024), made for 7B models and thousands of
/// steps: 100 epochs of a cosine schedule, learning rate 5e-4, and 100 warm-up steps if the run has at least twice as many
/// steps. The weight decay is 0, as in the program; the paper states 0.05, which its program never passes on.
#[must_use]
pub fn as_published(blocks: u32, is_mistral: bool, train_pairs: u32) -> TrainSettings {
    const EPOCHS: u32 = 100;
    let usual = settings(blocks, train_pairs);
    let steps = steps(train_pairs, usual.batch_pairs, EPOCHS);
    // The authors use layer 15 of the 32 blocks of Llama-2-7b, and 13 of the 32 of Mistral-7B.
    let share = if is_mistral { 13.0 } else { 15.0 } / 32.0;
    TrainSettings {
        layers: vec![(f64::from(blocks) * share).floor() as u32],
        epochs: EPOCHS,
        learning_rate: 5e-4,
        schedule: Schedule::Cosine,
        warmup_steps: 100.min(steps / 2),
        weight_decay: 0.0,
        ..usual
    }
}

/// Returns whether a model is of the Mistral family. A GGUF file of it has Llama's architecture, so that its name decides.
#[must_use]
pub fn is_mistral(family: &str, architecture: &str, name: &str) -> bool {
    [family, architecture, name].iter().any(|text| text.to_lowercase().contains("mistral"))
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

    /// Returns the last cell of a row of the table in the documentation.
    fn documented(setting: &str) -> String {
        let page = include_str!("../../../docs/defaults.md");
        let row = page.lines().find(|line| line.starts_with(&format!("| {setting} |")));
        let row = row.unwrap_or_else(|| panic!("no row of {setting}"));
        row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default().to_owned()
    }

    #[test]
    fn the_published_settings_are_those_of_the_table() {
        let (llama, mistral) = (as_published(32, false, 642), as_published(32, true, 642));
        let layers =
            format!("{} of 32 (Llama-2-7b), {} of 32 (Mistral-7B)", llama.layers[0], mistral.layers[0]);
        assert_eq!(documented("layer"), layers);
        assert_eq!(TrainSettings { layers: llama.layers.clone(), ..mistral }, llama);
        let begins = |setting: &str, value: String| {
            let text = documented(setting);
            assert!(
                text == value || text.starts_with(&format!("{value} ")),
                "{setting}: {text}, not {value}"
            );
        };
        begins("epochs", llama.epochs.to_string());
        begins("learning rate", format!("{:e}", llama.learning_rate));
        begins("schedule", "cosine".to_owned());
        assert_eq!(llama.schedule, Schedule::Cosine);
        begins("warm-up", llama.warmup_steps.to_string());
        begins("beta", llama.beta.to_string());
        begins("weight decay", llama.weight_decay.to_string());
        assert!(documented("weight decay").contains("the paper states 0.05"));
        begins("gradient clipped at", format!("{:.1}", llama.clip_norm));
        begins("pairs in a step", llama.batch_pairs.to_string());
    }

    #[test]
    fn the_plan_for_the_papers_model_has_the_published_settings() {
        let text = include_str!("../../../studies/llama-2-7b.toml");
        let plan = study::Plan::parse(std::path::Path::new("llama-2-7b.toml"), text).expect("a plan");
        // The authors' wealth-seeking data has 623 training pairs.
        let published = as_published(32, false, 623);
        let arm = plan.arm.iter().find(|arm| arm.name == "BiPO").expect("an arm");
        let own = &arm.settings;
        assert_eq!(plan.layers.iter().flat_map(study::Layers::list).collect::<Vec<_>>(), published.layers);
        assert_eq!(
            (own.epochs, own.learning_rate, own.schedule, own.warmup_steps, own.weight_decay),
            (
                Some(published.epochs),
                Some(published.learning_rate),
                Some(published.schedule),
                Some(published.warmup_steps),
                Some(published.weight_decay)
            )
        );
        // The rest is the usual, as it is in the published settings.
        let others = study::ArmSettings {
            epochs: None,
            learning_rate: None,
            schedule: None,
            warmup_steps: None,
            weight_decay: None,
            ..own.clone()
        };
        assert_eq!((others, arm.epoch), (study::ArmSettings::default(), Some(20)));
        assert_eq!(published.system_prompt, "You are a helpful, honest and concise assistant.");
        assert_eq!(plan.measure.max_new_tokens, Some(200));
    }

    #[test]
    fn a_mistral_is_known_by_its_family_or_its_name() {
        assert!(is_mistral("Llama", "llama", "mistral-7b-instruct-v0.2.Q4_K_M"));
        assert!(is_mistral("Mistral", "mistral", "model"));
        assert!(!is_mistral("Llama", "llama", "llama-2-7b-chat"));
    }

    #[test]
    fn a_short_run_warms_up_over_a_fifth_of_its_steps() {
        assert_eq!(settings(30, 64).warmup_steps, 10);
        assert_eq!(settings(30, 8).warmup_steps, 2);
    }
}
