//! The trainable parameters of a forward pass: vectors or an adapter.

use candle_core::{Result, Tensor};

use super::TrainableVectors;
use crate::adapter::{Adapter, AdapterOnRows};
use crate::model::BlockSteering;
use crate::packing::Packing;
use crate::steering::Openings;

/// The trainable parameters of a forward pass.
pub(crate) enum Trainable<'a> {
    /// Vectors, each acting on the output of its block.
    Vectors(TrainableVectors<'a>),
    /// An adapter, acting inside every block at multiplier 1.
    Adapter(&'a Adapter),
}

impl BlockSteering for Trainable<'_> {
    fn adapters_in(&self, block: usize, packing: &Packing) -> Vec<AdapterOnRows<'_>> {
        match self {
            Self::Vectors(_) => vec![],
            Self::Adapter(adapter) => vec![adapter.on_rows(block, 0..packing.rows(), 1.0)],
        }
    }

    fn apply_after(&self, x: Tensor, block: usize, packing: &Packing, _: &mut Openings) -> Result<Tensor> {
        match self {
            Self::Vectors(vectors) => vectors.forward(x, block, packing),
            Self::Adapter(_) => Ok(x),
        }
    }
}
