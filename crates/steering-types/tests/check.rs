//! Tests which settings the check of a run refuses, and in which words.

use steering_types::{LoraConfig, Method, Setting, TrainSettings};

fn settings() -> TrainSettings {
    TrainSettings { layers: vec![10], ..TrainSettings::default() }
}

/// Returns the setting that is refused, and the sentence.
fn refused(settings: &TrainSettings) -> (Setting, String) {
    let error = settings.check().expect_err("refused");
    (error.setting, error.to_string())
}

#[test]
fn every_rule_names_its_setting_and_its_value() {
    settings().check().expect("the defaults with a layer can be used");
    let lora = |rank, alpha| TrainSettings {
        method: Method::DpoLora,
        lora: LoraConfig { rank, alpha },
        ..settings()
    };
    let cases = [
        (
            TrainSettings::default(),
            Setting::Layers,
            "the layers is []: it must be at least one block, in ascending order, none twice",
        ),
        (TrainSettings { epochs: 0, ..settings() }, Setting::Epochs, "epochs is 0: it must be at least 1"),
        (
            TrainSettings { batch_pairs: 0, ..settings() },
            Setting::BatchPairs,
            "pairs in a step is 0: it must be at least 1",
        ),
        (
            TrainSettings { learning_rate: f64::NAN, ..settings() },
            Setting::LearningRate,
            "the learning rate is NaN: it must be a number over 0",
        ),
        (TrainSettings { beta: -1.0, ..settings() }, Setting::Beta, "beta is -1: it must be a number over 0"),
        (
            TrainSettings { clip_norm: 0.0, ..settings() },
            Setting::ClipNorm,
            "the clipping norm is 0: it must be a number over 0",
        ),
        (lora(0, 1.0), Setting::Rank, "the rank is 0: it must be 1 to 1024"),
        (lora(1025, 1.0), Setting::Rank, "the rank is 1025: it must be 1 to 1024"),
        (lora(1, 0.0), Setting::Alpha, "alpha is 0: it must be a number over 0"),
        (
            TrainSettings { method: Method::Reps, factors: vec![1.0, 0.0], ..settings() },
            Setting::Factors,
            "the factors is [1.0, 0.0]: it must be at least one number over 0, and no other",
        ),
        (
            TrainSettings { weight_decay: -0.1, ..settings() },
            Setting::WeightDecay,
            "the weight decay is -0.1: it must be 0 or more",
        ),
    ];
    for (settings, setting, sentence) in cases {
        assert_eq!(refused(&settings), (setting, sentence.to_owned()));
    }
}

#[test]
fn layers_are_ascending_and_an_adapter_needs_none() {
    for layers in [vec![3, 2], vec![2, 2]] {
        assert_eq!(refused(&TrainSettings { layers, ..settings() }).0, Setting::Layers);
    }
    let adapter = TrainSettings { method: Method::DpoLora, ..TrainSettings::default() };
    adapter.check().expect("an adapter acts in every block");
    assert_eq!((adapter.blocks_below(), settings().blocks_below()), (0, 11));
}

#[test]
fn settings_of_other_methods_are_not_checked() {
    let other =
        TrainSettings { lora: LoraConfig { rank: 0, alpha: f64::NAN }, factors: vec![], ..settings() };
    other.check().expect("BiPO has neither rank nor factors");
}
