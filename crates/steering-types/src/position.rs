//! The tokens of an answer whose activations are read.

use serde::{Deserialize, Serialize};

/// The tokens of an answer whose activations are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum AnswerPosition {
    /// The mean over all of them.
    #[default]
    Mean,
    /// The last one, before the closing token.
    Last,
}
