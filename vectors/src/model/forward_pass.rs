//! The forward pass of packed sequences, from the embedding to the last block: the one loop over blocks that training,
//! scores, prefill and the methods without a gradient share.
//!
//! A pass has two parts. Steering does not change the prefix, so its output is computed once and used again; the edits
//! after the prefix's last block belong to the second part.

use std::ops::Range;

use candle_core::{Result as CandleResult, Tensor};

use super::decoder::{Decoder, SavedActivations};
use crate::adapter::AdapterOnRows;
use crate::layer::PrefixBlocks;
use crate::packing::Packing;
use crate::steering::{Openings, SteeringPlan};

/// What acts on packed rows while they pass through the blocks.
pub(crate) trait BlockSteering {
    /// Returns the adapters that act inside a block, each with its rows.
    fn adapters_in(&self, block: usize, packing: &Packing) -> Vec<AdapterOnRows<'_>>;

    /// Edits the output of a block, `[rows, hidden]`. `openings` carries the gates from block to block of one pass.
    fn apply_after(
        &self,
        x: Tensor,
        block: usize,
        packing: &Packing,
        openings: &mut Openings,
    ) -> CandleResult<Tensor>;
}

/// One plan for all rows.
impl BlockSteering for SteeringPlan {
    fn adapters_in(&self, block: usize, packing: &Packing) -> Vec<AdapterOnRows<'_>> {
        self.adapters(block, 0..packing.rows())
    }

    fn apply_after(
        &self,
        x: Tensor,
        block: usize,
        packing: &Packing,
        openings: &mut Openings,
    ) -> CandleResult<Tensor> {
        self.apply(x, block, packing, openings)
    }
}

impl Decoder {
    /// Embeds packed rows and runs them through the prefix. Returns the output of its last block before any edit,
    /// `[rows, hidden]`.
    pub(crate) fn forward_prefix(&self, prefix: PrefixBlocks, packing: &Packing) -> CandleResult<Tensor> {
        self.forward_prefix_with(prefix, packing, |_, _, _| Ok(()))
    }

    /// As [`Decoder::forward_prefix`]; `visit` gets each block's index, output and saved activations.
    pub(crate) fn forward_prefix_with(
        &self,
        prefix: PrefixBlocks,
        packing: &Packing,
        visit: impl FnMut(usize, &Tensor, SavedActivations) -> CandleResult<()>,
    ) -> CandleResult<Tensor> {
        let x = self.embed(&packing.tokens)?;
        let (nothing, mut openings) = (SteeringPlan::default(), Openings::default());
        self.forward_blocks(prefix.blocks(), x, packing, &nothing, &mut openings, visit)
    }

    /// Runs the prefix's output `[rows, hidden]` through the remaining blocks, steered. Returns the residual stream
    /// before the final norm.
    pub(crate) fn forward_after_prefix(
        &self,
        prefix: PrefixBlocks,
        hidden: Tensor,
        packing: &Packing,
        steering: &impl BlockSteering,
    ) -> CandleResult<Tensor> {
        self.forward_after_prefix_with(prefix, hidden, packing, steering, |_, _, _| Ok(()))
    }

    /// As [`Decoder::forward_after_prefix`]; `visit` gets each block's index, output before the edits, and saved
    /// activations.
    pub(crate) fn forward_after_prefix_with(
        &self,
        prefix: PrefixBlocks,
        mut hidden: Tensor,
        packing: &Packing,
        steering: &impl BlockSteering,
        visit: impl FnMut(usize, &Tensor, SavedActivations) -> CandleResult<()>,
    ) -> CandleResult<Tensor> {
        let mut openings = Openings::default();
        if let Some(layer) = prefix.last_layer() {
            hidden = steering.apply_after(hidden, layer.0, packing, &mut openings)?;
        }
        let blocks = prefix.blocks_after(self.block_count());
        self.forward_blocks(blocks, hidden, packing, steering, &mut openings, visit)
    }

    fn forward_blocks(
        &self,
        blocks: Range<usize>,
        mut x: Tensor,
        packing: &Packing,
        steering: &impl BlockSteering,
        openings: &mut Openings,
        mut visit: impl FnMut(usize, &Tensor, SavedActivations) -> CandleResult<()>,
    ) -> CandleResult<Tensor> {
        for block in blocks {
            let adapters = steering.adapters_in(block, packing);
            let (y, saved) = self.forward_block(block, &x, packing, &adapters)?;
            visit(block, &y, saved)?;
            x = steering.apply_after(y, block, packing, openings)?;
        }
        Ok(x)
    }
}
