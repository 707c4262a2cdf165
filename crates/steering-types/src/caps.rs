//! Caps of a vector at all of its layers, with thresholds that were measured on a quiet set.

use serde::{Deserialize, Serialize};

/// The side of its thresholds on which a capped projection stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum CapSide {
    /// At most the threshold: what lies beyond it along the vector is taken away.
    #[default]
    AtMost,
    /// At least the threshold: what lacks along the vector is added, as for the assistant axis.
    AtLeast,
}

/// Caps of a vector at each of its layers, after the assistant axis (arXiv 2601.10387). They replace the vector's own operation:
/// with its unit vector u at a layer, that layer's threshold t and the multiplier m, a row x of the residual stream becomes
/// x - m max(0, x·u - t) u, or with [`CapSide::AtLeast`] x + m max(0, t - x·u) u.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Caps {
    /// The percentile of the quiet set's projections that the thresholds are: 0 to 100.
    pub percentile: u8,
    /// The side that is kept.
    #[serde(default)]
    pub side: CapSide,
    /// The name of the quiet set, for people.
    pub over: String,
    /// A threshold for each of the vector's layers, ascending, in units of the residual stream. The engine rounds them to 32 bits.
    pub thresholds: Vec<f64>,
}

impl Caps {
    /// Returns what the caps do in a few words, such as "capped at p25 of the neutral text".
    #[must_use]
    pub fn words(&self) -> String {
        let Self { percentile, side, over, .. } = self;
        let how = match side {
            CapSide::AtMost => "capped at",
            CapSide::AtLeast => "kept at least at",
        };
        format!("{how} p{percentile} of {over}")
    }
}
