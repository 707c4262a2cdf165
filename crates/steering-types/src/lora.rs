//! The hyperparameters of a low-rank adapter.

use serde::{Deserialize, Serialize};

/// The largest rank that a run may have.
pub const MAX_LORA_RANK: u32 = 1024;

/// The hyperparameters of a low-rank adapter (`LoRA`; Hu et al. 2021, arXiv 2106.09685).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LoraConfig {
    /// The rank of what is added to a weight.
    pub rank: u32,
    /// The product of the adapter's matrices is multiplied by alpha / rank.
    pub alpha: f64,
}

impl Default for LoraConfig {
    /// Rank 8 and alpha 16, from TRL's DPO example for Llama 2, whose other options are those of the `BiPO` authors' program.
    /// The paper does not publish its own.
    fn default() -> Self {
        Self { rank: 8, alpha: 16.0 }
    }
}
