//! The decoder: embedding, blocks, final norm and head, each to be called by itself.

use std::ops::Range;
use std::sync::Arc;

use candle_core::{Result as CandleResult, Tensor};

use super::block::{Block, Trace};
use crate::ops::attention::Heads;
use crate::ops::cap::soft_cap;
use crate::ops::linear::Linear;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rows;
use crate::ops::weight::Weight;
use crate::packing::Packing;
use crate::steering::Shifts;

/// A decoder: one for every family, whose blocks have what the family's have.
pub(crate) struct Decoder {
    pub(super) embedding: Arc<Weight>,
    /// What the embedding's rows are multiplied with.
    pub(super) embedding_scale: f32,
    pub(super) blocks: Vec<Block>,
    pub(super) final_norm: RmsNorm,
    pub(super) head: Linear,
    pub(super) head_weight: Arc<Weight>,
    pub(super) logit_cap: Option<f32>,
    pub(super) longest: usize,
}

impl Decoder {
    pub(crate) fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// The longest sequence, in tokens.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// The head's weights, `[vocabulary, hidden]`.
    pub(crate) fn head(&self) -> &Weight {
        &self.head_weight
    }

    /// Bytes of weights in memory.
    pub(crate) fn size(&self) -> usize {
        let head = if Arc::ptr_eq(&self.head_weight, &self.embedding) { 0 } else { self.head_weight.size() };
        self.embedding.size() + head + self.blocks.iter().map(Block::size).sum::<usize>()
    }

    /// How the residual stream divides into heads.
    pub(crate) fn heads(&self) -> Heads {
        self.blocks[0].attention.heads
    }

    /// Numbers that the way back keeps of a row in one block.
    pub(crate) fn trace_size(&self) -> usize {
        self.blocks[0].trace_size()
    }

    /// The residual stream before the first block, `[tokens, hidden]`.
    pub(crate) fn embed(&self, tokens: &[u32]) -> CandleResult<Tensor> {
        let width = self.embedding.inputs();
        let mut x = vec![0.0; tokens.len() * width];
        for (token, row) in tokens.iter().zip(x.chunks_exact_mut(width)) {
            self.embed_row(*token, row);
        }
        rows::tensor(x, width)
    }

    /// As [`Decoder::embed`], one row.
    pub(super) fn embed_row(&self, token: u32, row: &mut [f32]) {
        self.embedding.read_row(token as usize, row);
        if (self.embedding_scale - 1.0).abs() > 0.0 {
            for x in row.iter_mut() {
                *x *= self.embedding_scale;
            }
        }
    }

    /// Packed rows through one block, with what the way back needs.
    pub(crate) fn forward(
        &self,
        block: usize,
        x: &Tensor,
        packing: &Packing,
    ) -> CandleResult<(Tensor, Trace)> {
        self.blocks[block].forward(x, packing)
    }

    /// The gradient of a block's input from that of its output.
    pub(crate) fn backward(
        &self,
        block: usize,
        trace: &Trace,
        dy: &Tensor,
        packing: &Packing,
    ) -> CandleResult<Tensor> {
        self.blocks[block].backward(trace, dy, packing)
    }

    /// Packed rows through some blocks, each followed by its shift.
    pub(crate) fn run(
        &self,
        blocks: Range<usize>,
        mut x: Tensor,
        packing: &Packing,
        shifts: &Shifts,
    ) -> CandleResult<Tensor> {
        for block in blocks {
            x = shifts.apply(self.forward(block, &x, packing)?.0, block, packing)?;
        }
        Ok(x)
    }

    /// The final norm.
    pub(crate) fn final_norm(&self) -> &RmsNorm {
        &self.final_norm
    }

    /// What softly caps logits.
    pub(crate) fn logit_cap(&self) -> Option<f32> {
        self.logit_cap
    }

    /// Rows of the embedding: ids below are tokens.
    pub(crate) fn vocabulary(&self) -> usize {
        self.embedding.outputs()
    }

    /// Final norm and head of every row, `[rows, vocabulary]`, without the cap on logits.
    pub(crate) fn unembed(&self, x: &Tensor) -> CandleResult<Tensor> {
        self.head.forward(&self.final_norm.forward(x)?)
    }

    /// Logits of every row `[rows, vocabulary]`.
    pub(crate) fn logits(&self, x: &Tensor) -> CandleResult<Tensor> {
        let logits = self.unembed(x)?;
        let Some(cap) = self.logit_cap else { return Ok(logits) };
        let mut capped = rows::read(&logits)?.all().to_vec();
        soft_cap(&mut capped, cap);
        rows::tensor(capped, self.vocabulary())
    }
}
