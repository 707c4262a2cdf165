//! What is trained, on its way through a pass.

use candle_core::{Result, Tensor};

use super::Acting;
use crate::adapter::{Adapter, OnRows};
use crate::packing::Packing;

/// What is trained.
pub(crate) enum Trained<'a> {
    /// Vectors, after their blocks.
    Vectors(Acting<'a>),
    /// An adapter, in every block and at multiplier 1.
    Adapter(&'a Adapter),
}

impl Trained<'_> {
    /// What acts in a block.
    pub(super) fn inside(&self, block: usize, packing: &Packing) -> Option<OnRows<'_>> {
        match self {
            Self::Vectors(_) => None,
            Self::Adapter(adapter) => Some(adapter.on_rows(block, 0..packing.rows(), 1.0)),
        }
    }

    /// Acts on a block's output.
    pub(super) fn after(&self, x: Tensor, block: usize, packing: &Packing) -> Result<Tensor> {
        match self {
            Self::Vectors(acting) => acting.forward(x, block, packing),
            Self::Adapter(_) => Ok(x),
        }
    }
}
