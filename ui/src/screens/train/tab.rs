//! The tabs beside the settings of the Train screen.

use crate::text::message;

/// One of the views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    /// The run under way or chosen.
    Run,
    /// Its epochs over multipliers.
    Epochs,
    /// Two runs beside each other.
    Compare,
    /// The prediction from the pairs before any training.
    Steerability,
    /// Layers compared and searched.
    Layers,
    /// The operation of a vector, its tokens and its strength.
    Intervention,
}

impl Tab {
    /// The tabs in their order.
    pub(super) const ALL: [Self; 6] =
        [Self::Run, Self::Epochs, Self::Compare, Self::Steerability, Self::Layers, Self::Intervention];

    /// Returns the message of its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Run => "train-tab-run",
            Self::Epochs => "train-tab-epochs",
            Self::Compare => "train-tab-compare",
            Self::Steerability => "train-will-it-steer",
            Self::Layers => "layers",
            Self::Intervention => "train-where-it-acts",
        }
    }

    /// Returns its name.
    pub(super) fn label(self) -> String {
        message(self.name(), &[])
    }

    /// Returns the id in tests.
    pub(super) fn testid(self) -> &'static str {
        match self {
            Self::Run => "tab-run",
            Self::Epochs => "tab-epochs",
            Self::Compare => "tab-compare",
            Self::Steerability => "tab-steerability",
            Self::Layers => "tab-layers",
            Self::Intervention => "tab-intervention",
        }
    }
}
