//! The precision of a model's weights in memory, and that of a training run.

use serde::{Deserialize, Serialize};

/// The form of a model's weights in memory. `F32` and `Quantized` hold the same numbers: a weight has the same bits
/// whether it is unpacked once or at every use, so that results differ by no more than the order of additions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// As the file stores them. They are unpacked at every use. At four bits a weight a model takes a sixth of the
    /// memory, single answers are half as fast again, and training loses a few per cent of its speed.
    #[default]
    Quantized,
    /// As the file stores them, but F32, F16 and BF16 rounded to eight bits a weight (`Q8_0`): a quarter of the memory of
    /// F32, half of that of BF16.
    Q8,
    /// Four bytes a weight.
    F32,
}

impl Precision {
    /// Every precision.
    pub const ALL: [Self; 3] = [Self::Quantized, Self::Q8, Self::F32];
}

/// The form of the model's weights in memory during a run, and the precision of products.
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
