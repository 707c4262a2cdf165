//! The condition under which a vector acts: a projection of the residual stream at an earlier layer.

use serde::{Deserialize, Serialize};

/// The token at which a gate is decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum GateAt {
    /// At every token by its own residual stream.
    #[default]
    Token,
    /// Once, at the prompt's last token, for the prompt and the whole answer.
    Prompt,
}

/// The condition under which a vector acts, after CAST (Lee et al. 2025, arXiv 2409.05907): with the unit vector c of the
/// condition and a row x of the residual stream after block `layer`, the gate is open where x·c > `above`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// The 0-based block after which the projection is computed. It is not after the layer of the vector that is gated.
    pub layer: u32,
    /// The threshold, in units of the residual stream.
    pub above: f64,
    /// The width of a soft gate: the multiplier is scaled by sigmoid((x·c - above) / width). `None` for a hard gate, which
    /// is 0 or 1.
    #[serde(default)]
    pub soft: Option<f64>,
    /// The token at which it is decided.
    #[serde(default)]
    pub at: GateAt,
}
