//! The intervention of a vector: its operation on the residual stream, and the tokens at which it acts.

use serde::{Deserialize, Serialize};

/// The tokens at which a vector acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Positions {
    /// Every token: `BiPO`, llama.cpp.
    ///
    /// Prompt and answer alike.
    #[default]
    Everywhere,
    /// From the prompt's last token on: CAA.
    ///
    /// The answer's first token is steered too.
    PromptEnd,
    /// The answer's tokens.
    ///
    /// The answer's first token is predicted without steering.
    Answer,
}

impl Positions {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Everywhere, Self::PromptEnd, Self::Answer];
}

/// The operation of a vector v on a row x of the residual stream, at multiplier m and with the unit vector u = v / |v|.
/// A vector of norm 0 has no direction and changes nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum InterventionOp {
    /// x + m v.
    #[default]
    Add,
    /// x - m (x·u) u: at multiplier 1 the direction is gone (Arditi et al. 2024, arXiv 2406.11717).
    ProjectOut,
    /// x - m max(0, x·u - at) u: at multiplier 1 the projection is at most `at`. With `at` = 0 it is the suppression of
    /// `RePS` (Wu et al. 2025, arXiv 2505.20809).
    Cap {
        /// The largest projection that is left, in units of the residual stream. The engine rounds it to 32 bits.
        at: f64,
    },
}

/// An operation on the residual stream, and the tokens at which it is applied. The default adds the vector everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Intervention {
    /// The tokens.
    #[serde(rename = "on")]
    pub positions: Positions,
    /// The operation.
    #[serde(flatten)]
    pub op: InterventionOp,
}
