//! The decoder: embedding, blocks, final norm and head, each to be called by itself.

use std::ops::Range;
use std::sync::Arc;

use candle_core::{Error, Result as CandleResult, Tensor};

use super::block::{Block, Trace as RowTrace};
use super::cache::Cache;
use crate::adapter::{OnRows, Shape};
use crate::device::{Layers, Past, Trace as DeviceTrace};
use crate::ops::attention::Heads;
use crate::ops::bf16::Products;
use crate::ops::cap::soft_cap;
use crate::ops::linear::Linear;
use crate::ops::low_rank::Slopes;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::weight::Weight;
use crate::ops::{rows, vocabulary};
use crate::packing::Packing;
use crate::steering::SteeringPlan;

const ELSEWHERE: &str = "the way back is on another device than the way forward";

/// A decoder: one for every family, whose blocks have what the family's have.
pub(crate) struct Decoder {
    pub(super) embedding: Arc<Weight>,
    /// What the embedding's rows are multiplied with.
    pub(super) embedding_scale: f32,
    /// None where they lie on a device.
    pub(super) blocks: Vec<Block>,
    /// The blocks and the head, where they lie on a device.
    pub(super) layers: Option<Layers>,
    pub(super) final_norm: RmsNorm,
    pub(super) head: Linear,
    pub(super) head_weight: Arc<Weight>,
    pub(super) logit_cap: Option<f32>,
    pub(super) longest: usize,
}

/// What the way back through a block needs of the way forward.
pub(crate) enum Trace {
    /// In main memory.
    Rows(RowTrace),
    /// On a device.
    Device(DeviceTrace),
}

impl Trace {
    /// Queries, keys and values of every row, rotated: what a key-value cache keeps.
    pub(crate) fn qkv(&self) -> &Tensor {
        match self {
            Self::Rows(trace) => trace.qkv(),
            Self::Device(trace) => &trace.qkv,
        }
    }
}

impl Decoder {
    pub(crate) fn block_count(&self) -> usize {
        self.layers.as_ref().map_or(self.blocks.len(), Layers::count)
    }

    /// The same weights, whose products of many rows are computed in another way; `None` where they lie on a device,
    /// which has its own.
    pub(crate) fn with_products(&self, products: Products) -> Option<Self> {
        if self.layers.is_some() {
            return None;
        }
        Some(Self {
            embedding: Arc::clone(&self.embedding),
            embedding_scale: self.embedding_scale,
            blocks: self.blocks.iter().map(|block| block.with_products(products)).collect(),
            layers: None,
            final_norm: self.final_norm.clone(),
            head: self.head.with_products(products),
            head_weight: Arc::clone(&self.head_weight),
            logit_cap: self.logit_cap,
            longest: self.longest,
        })
    }

    /// What a sequence that has read nothing keeps.
    pub(crate) fn cache(&self) -> Cache {
        match self.layers {
            Some(_) => Cache::Device(Past::default()),
            None => Cache::in_rows(self.block_count(), self.heads()),
        }
    }

    /// The longest sequence, in tokens.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Bytes of weights in memory.
    pub(crate) fn size(&self) -> usize {
        let head = if Arc::ptr_eq(&self.head_weight, &self.embedding) { 0 } else { self.head_weight.size() };
        let blocks = self.blocks.iter().map(Block::size).sum::<usize>();
        self.embedding.size() + head + blocks + self.layers.as_ref().map_or(0, Layers::size)
    }

    /// How the residual stream divides into heads.
    pub(crate) fn heads(&self) -> Heads {
        self.layers.as_ref().map_or_else(|| self.blocks[0].attention.heads, Layers::heads)
    }

    /// The sizes of an adapter of this rank.
    pub(crate) fn adapter_shape(&self, rank: usize) -> Shape {
        let heads = self.heads();
        Shape {
            blocks: self.block_count(),
            rank,
            inputs: self.embedding.inputs(),
            queries: heads.queries * heads.size,
            values: heads.keys * heads.size,
        }
    }

    /// Numbers that the way back keeps of a row in one block.
    pub(crate) fn trace_size(&self) -> usize {
        self.layers.as_ref().map_or_else(|| self.blocks[0].trace_size(), Layers::trace_size)
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

    /// Packed rows through one block, with adapters in it, and what the way back needs.
    pub(crate) fn forward(
        &self,
        block: usize,
        x: &Tensor,
        packing: &Packing,
        adapters: &[OnRows<'_>],
    ) -> CandleResult<(Tensor, Trace)> {
        match &self.layers {
            Some(layers) => {
                layers.forward(block, x, packing, adapters).map(|(y, trace)| (y, Trace::Device(trace)))
            }
            None => {
                self.blocks[block].forward(x, packing, adapters).map(|(y, trace)| (y, Trace::Rows(trace)))
            }
        }
    }

    /// The gradient of a block's input from that of its output.
    pub(crate) fn backward(
        &self,
        block: usize,
        trace: &Trace,
        dy: &Tensor,
        packing: &Packing,
    ) -> CandleResult<Tensor> {
        match (trace, &self.layers) {
            (Trace::Rows(trace), None) => self.blocks[block].backward(trace, dy, packing),
            (Trace::Device(trace), Some(layers)) => layers.backward(block, trace, dy, packing, None),
            _ => Err(Error::Msg(ELSEWHERE.into())),
        }
    }

    /// The same with an adapter that acted on all rows, whose gradients are added to `slopes`.
    pub(crate) fn backward_adapted(
        &self,
        block: usize,
        trace: &Trace,
        dy: &Tensor,
        packing: &Packing,
        adapter: &OnRows<'_>,
        slopes: [Slopes<'_>; 2],
    ) -> CandleResult<Tensor> {
        match (trace, &self.layers) {
            (Trace::Rows(trace), None) => {
                self.blocks[block].backward_adapted(trace, dy, packing, adapter, slopes)
            }
            (Trace::Device(trace), Some(layers)) => {
                layers.backward(block, trace, dy, packing, Some((adapter, slopes)))
            }
            _ => Err(Error::Msg(ELSEWHERE.into())),
        }
    }

    /// Packed rows through some blocks, each with what a steering set does in it and after it.
    pub(crate) fn run(
        &self,
        blocks: Range<usize>,
        mut x: Tensor,
        packing: &Packing,
        shifts: &SteeringPlan,
    ) -> CandleResult<Tensor> {
        for block in blocks {
            let adapters = shifts.adapters(block, 0..packing.rows());
            let y = self.forward(block, &x, packing, &adapters)?.0;
            x = shifts.apply(y, block, packing)?;
        }
        Ok(x)
    }

    /// The final norm.
    pub(crate) fn final_norm(&self) -> &RmsNorm {
        &self.final_norm
    }

    /// As [`vocabulary::log_probs`] with the decoder's head, of normed rows.
    pub(crate) fn log_probs(
        &self,
        normed: &Tensor,
        targets: &[u32],
        with_gradient: bool,
    ) -> CandleResult<(Vec<f32>, Option<Tensor>)> {
        if let Some(layers) = &self.layers {
            return layers.log_probs(normed, targets, self.logit_cap, with_gradient);
        }
        let (head, products) = (&self.head_weight, self.head.products_of_many());
        vocabulary::log_probs(normed, head, targets, self.logit_cap, products, with_gradient)
    }

    /// What softly caps logits.
    pub(super) fn logit_cap(&self) -> Option<f32> {
        self.logit_cap
    }

    /// Rows of the embedding: ids below are tokens.
    pub(crate) fn vocabulary(&self) -> usize {
        self.embedding.outputs()
    }

    /// Final norm and head of every row, `[rows, vocabulary]`, without the cap on logits.
    pub(crate) fn unembed(&self, x: &Tensor) -> CandleResult<Tensor> {
        let normed = self.final_norm.forward(x)?;
        match &self.layers {
            Some(layers) => layers.unembed(&normed),
            None => self.head.forward(&normed),
        }
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
