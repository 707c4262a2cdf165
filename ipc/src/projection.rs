//! Measurements of the residual stream along a vector: the percentiles from which caps are made, and the drift of conversations.

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::steering::{CapSide, Caps};

/// The texts on which the thresholds of caps are measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "over")]
pub enum QuietSet {
    /// The neutral text on board.
    Neutral,
    /// The different prompts of a data set, from the first on.
    Prompts {
        /// The data set.
        data_set: Id,
        /// The system prompt before the prompts that have none.
        system_prompt: String,
    },
}

/// The percentiles of a vector's projections over a quiet set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// The name of the quiet set, for people.
    pub over: String,
    /// The tokens that count.
    pub tokens: u32,
    /// The percentiles 0 to 100 after each of the vector's layers, ascending, in units of the residual stream.
    pub layers: Vec<LayerPercentiles>,
}

/// The percentiles of the projections at one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerPercentiles {
    /// The 0-based block.
    pub layer: u32,
    /// The percentiles 0 to 100.
    pub values: Vec<f64>,
}

impl Percentiles {
    /// Returns the caps at a percentile. `None` for one that is over 100.
    #[must_use]
    pub fn caps(&self, percentile: u8, side: CapSide) -> Option<Caps> {
        let at = |layer: &LayerPercentiles| layer.values.get(usize::from(percentile)).copied();
        let thresholds = self.layers.iter().map(at).collect::<Option<_>>()?;
        Some(Caps { percentile, side, over: self.over.clone(), thresholds })
    }
}

/// The drift of a conversation along a vector, as the unsteered model reads what was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The vector.
    pub vector: Id,
    /// The 0-based block after which the residual stream is projected.
    pub layer: u32,
    /// The columns with answers, in the order of the desk.
    pub columns: Vec<ColumnDrift>,
}

/// The drift of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnDrift {
    /// The column.
    pub column: u32,
    /// The answers that are shown, in their order.
    pub turns: Vec<TurnDrift>,
}

/// Where a turn lies along the vector, in units of the residual stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnDrift {
    /// The answer.
    pub turn: Id,
    /// Its number among the column's answers, from 1.
    pub number: u32,
    /// The projection at the last token of its prompt.
    pub prompt: f64,
    /// The mean over its tokens; `None` where it has none.
    pub answer: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_are_a_percentile_of_each_layer() {
        let values = |step: f64| (0..=100).map(|p| f64::from(p) * step).collect();
        let layers =
            [(3, 1.0), (7, -0.5)].map(|(layer, step)| LayerPercentiles { layer, values: values(step) });
        let all = Percentiles { over: "the neutral text".into(), tokens: 600, layers: layers.into() };
        let caps = all.caps(25, CapSide::AtLeast).expect("a percentile");
        assert_eq!((caps.percentile, caps.thresholds.as_slice()), (25, [25.0, -12.5].as_slice()));
        assert_eq!((caps.side, caps.over.as_str()), (CapSide::AtLeast, "the neutral text"));
        assert_eq!(all.caps(101, CapSide::AtMost), None);
    }
}
