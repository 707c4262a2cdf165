//! Learning rate schedules.

use serde::{Deserialize, Serialize};

/// The course of the learning rate after its warm-up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Schedule {
    /// Along half a cosine to zero.
    ///
    /// The authors' program has it so.
    #[default]
    Cosine,
    /// Along a line to zero.
    Linear,
    /// Not at all.
    Constant,
}
