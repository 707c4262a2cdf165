//! The refusal of a training setting.

/// A training setting that breaks its rule. The sentence is the command line's; the window has sentences of its own, one
/// for each [`Setting`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is {value}: it must be {}", .setting.name(), .setting.rule())]
pub struct SettingsError {
    /// The setting.
    pub setting: Setting,
    /// Its value, as text.
    pub value: String,
}

/// A training setting that has a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// [`TrainSettings::layers`](crate::TrainSettings::layers).
    Layers,
    /// [`TrainSettings::epochs`](crate::TrainSettings::epochs).
    Epochs,
    /// [`TrainSettings::batch_pairs`](crate::TrainSettings::batch_pairs).
    BatchPairs,
    /// [`TrainSettings::learning_rate`](crate::TrainSettings::learning_rate).
    LearningRate,
    /// [`TrainSettings::beta`](crate::TrainSettings::beta).
    Beta,
    /// [`TrainSettings::clip_norm`](crate::TrainSettings::clip_norm).
    ClipNorm,
    /// [`LoraConfig::rank`](crate::LoraConfig::rank).
    Rank,
    /// [`LoraConfig::alpha`](crate::LoraConfig::alpha).
    Alpha,
    /// [`TrainSettings::factors`](crate::TrainSettings::factors).
    Factors,
    /// [`TrainSettings::weight_decay`](crate::TrainSettings::weight_decay).
    WeightDecay,
}

impl Setting {
    /// Returns the setting's name within a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Layers => "the layers",
            Self::Epochs => "epochs",
            Self::BatchPairs => "pairs in a step",
            Self::LearningRate => "the learning rate",
            Self::Beta => "beta",
            Self::ClipNorm => "the clipping norm",
            Self::Rank => "the rank",
            Self::Alpha => "alpha",
            Self::Factors => "the factors",
            Self::WeightDecay => "the weight decay",
        }
    }

    /// Returns what the setting must be, as the end of "it must be".
    #[must_use]
    pub fn rule(self) -> &'static str {
        match self {
            Self::Layers => "at least one block, in ascending order, none twice",
            Self::Epochs | Self::BatchPairs => "at least 1",
            Self::LearningRate | Self::Beta | Self::ClipNorm | Self::Alpha => "a number over 0",
            Self::Rank => "1 to 1024",
            Self::Factors => "at least one number over 0, and no other",
            Self::WeightDecay => "0 or more",
        }
    }
}
