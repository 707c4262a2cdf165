//! The precision of weights and products during a training run.

use serde::{Deserialize, Serialize};

/// How the model's weights are held in memory during a run, and how products are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainPrecision {
    /// As the file stores them.
    #[default]
    Stored,
    /// Unpacked to 32 bits: the same numbers, a little faster, and more memory.
    Full,
    /// As the file stores them, and both sides of a product rounded to bf16: half as fast again, on processors that
    /// have instructions for it.
    Bf16,
}
