//! The decoder: embedding, blocks, final norm and head, each of which can be called by itself. `forward_pass` runs
//! packed rows through all of them.

use std::sync::Arc;

use candle_core::{Error, Result as CandleResult, Tensor};

use super::block::{Block, SavedActivations as HostActivations};
use super::kv_cache::KvCache;
use super::lora_targets::TrainedPairs;
use crate::adapter::{AdapterOnRows, Projections, Shape};
use crate::device::{DeviceDecoder, DeviceKvCache, SavedActivations as DeviceActivations};
use crate::ops::attention::Heads;
use crate::ops::linear::Linear;
use crate::ops::matmul_precision::MatmulPrecision;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::softcap::{softcap, softcap_derivative};
use crate::ops::weight::Weight;
use crate::ops::{log_probs, rows};
use crate::packing::Packing;

const OTHER_DEVICE: &str = "the backward pass is on another device than the forward pass";

/// A decoder of any supported family.
pub(crate) struct Decoder {
    pub(super) embedding: Arc<Weight>,
    /// The factor of the embedding's rows (Gemma: sqrt(hidden size)).
    pub(super) embedding_scale: f32,
    pub(super) backend: Backend,
    pub(super) final_norm: RmsNorm,
    pub(super) head: Linear,
    pub(super) head_weight: Arc<Weight>,
    pub(super) final_logit_softcap: Option<f32>,
    pub(super) longest: usize,
}

/// The place of the blocks, which decides what computes them.
#[expect(clippy::large_enum_variant, reason = "a decoder has one of them, which never moves")]
pub(super) enum Backend {
    /// The blocks in main memory, by the operations of `ops`.
    Host(Vec<Block>),
    /// The blocks and the head on a device, by candle's operations.
    Device(DeviceDecoder),
}

/// The activations that a block's forward pass saves for its backward pass.
pub(crate) enum SavedActivations {
    /// In main memory.
    Host(HostActivations),
    /// On a device.
    Device(DeviceActivations),
}

impl SavedActivations {
    /// Returns the queries, keys and values of every row after the rotary embedding, as the KV cache stores them.
    pub(crate) fn qkv(&self) -> &Tensor {
        match self {
            Self::Host(saved) => saved.qkv(),
            Self::Device(saved) => &saved.qkv,
        }
    }
}

impl Decoder {
    pub(crate) fn block_count(&self) -> usize {
        match &self.backend {
            Backend::Host(blocks) => blocks.len(),
            Backend::Device(device) => device.count(),
        }
    }

    /// Returns a decoder with the same weights and another precision of large products; `None` on a device, which has
    /// its own precision.
    pub(crate) fn with_matmul_precision(&self, precision: MatmulPrecision) -> Option<Self> {
        let Backend::Host(blocks) = &self.backend else { return None };
        let blocks = blocks.iter().map(|block| block.with_matmul_precision(precision)).collect();
        Some(Self {
            embedding: Arc::clone(&self.embedding),
            embedding_scale: self.embedding_scale,
            backend: Backend::Host(blocks),
            final_norm: self.final_norm.clone(),
            head: self.head.with_matmul_precision(precision),
            head_weight: Arc::clone(&self.head_weight),
            final_logit_softcap: self.final_logit_softcap,
            longest: self.longest,
        })
    }

    /// Returns the KV cache of a sequence that has read nothing.
    pub(crate) fn empty_kv_cache(&self) -> KvCache {
        match &self.backend {
            Backend::Host(blocks) => KvCache::on_host(blocks.len(), self.heads()),
            Backend::Device(_) => KvCache::Device(DeviceKvCache::default()),
        }
    }

    /// Returns the longest sequence, in tokens.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Returns the bytes that the weights take in memory.
    pub(crate) fn size(&self) -> usize {
        let head = if Arc::ptr_eq(&self.head_weight, &self.embedding) { 0 } else { self.head_weight.size() };
        let backend = match &self.backend {
            Backend::Host(blocks) => blocks.iter().map(Block::size).sum::<usize>(),
            Backend::Device(device) => device.size(),
        };
        self.embedding.size() + head + backend
    }

    /// Returns the numbers of heads and their size.
    pub(crate) fn heads(&self) -> Heads {
        match &self.backend {
            Backend::Host(blocks) => blocks[0].attention.heads,
            Backend::Device(device) => device.heads(),
        }
    }

    /// Returns the shape of an adapter of this rank on some projections.
    pub(crate) fn adapter_shape(&self, rank: usize, on: Projections) -> Shape {
        let heads = self.heads();
        let feed_forward = match &self.backend {
            Backend::Host(blocks) => blocks[0].feed_forward(),
            Backend::Device(device) => device.feed_forward(),
        };
        let all = Shape {
            blocks: self.block_count(),
            rank,
            inputs: self.embedding.inputs(),
            queries: heads.query_heads * heads.head_size,
            values: heads.kv_heads * heads.head_size,
            feed_forward,
            on: Projections::all(),
        };
        all.acting_on(on)
    }

    /// Returns the numbers that one block saves of a row for the backward pass.
    pub(crate) fn saved_numbers_per_row(&self) -> usize {
        match &self.backend {
            Backend::Host(blocks) => blocks[0].saved_numbers_per_row(),
            Backend::Device(device) => device.saved_numbers_per_row(),
        }
    }

    /// Returns the residual stream before the first block, `[tokens, hidden]`.
    pub(crate) fn embed(&self, tokens: &[u32]) -> CandleResult<Tensor> {
        let width = self.embedding.inputs();
        let mut x = vec![0.0; tokens.len() * width];
        for (token, row) in tokens.iter().zip(x.chunks_exact_mut(width)) {
            self.embedding.read_row(*token as usize, row);
        }
        if (self.embedding_scale - 1.0).abs() > 0.0 {
            for x in &mut x {
                *x *= self.embedding_scale;
            }
        }
        rows::tensor(x, width)
    }

    /// Runs packed rows `[rows, hidden]` through one block with its adapters, and saves what the backward pass needs.
    pub(super) fn forward_block(
        &self,
        block: usize,
        x: &Tensor,
        packing: &Packing,
        adapters: &[AdapterOnRows<'_>],
    ) -> CandleResult<(Tensor, SavedActivations)> {
        match &self.backend {
            Backend::Host(blocks) => blocks[block]
                .forward(x, packing, adapters)
                .map(|(y, saved)| (y, SavedActivations::Host(saved))),
            Backend::Device(device) => device
                .forward(block, x, packing, adapters)
                .map(|(y, saved)| (y, SavedActivations::Device(saved))),
        }
    }

    /// Returns the gradient of a block's input from that of its output, both `[rows, hidden]`. An adapter that is trained acted
    /// on all rows; its gradients are added to its buffers.
    pub(crate) fn backward(
        &self,
        block: usize,
        saved: &SavedActivations,
        dy: &Tensor,
        packing: &Packing,
        trained: Option<TrainedPairs<'_>>,
    ) -> CandleResult<Tensor> {
        match (saved, &self.backend) {
            (SavedActivations::Host(saved), Backend::Host(blocks)) => {
                blocks[block].backward(saved, dy, packing, trained)
            }
            (SavedActivations::Device(saved), Backend::Device(device)) => {
                device.backward(block, saved, dy, packing, trained)
            }
            _ => Err(Error::Msg(OTHER_DEVICE.into())),
        }
    }

    /// Returns the norm before the head.
    pub(crate) fn final_norm(&self) -> &RmsNorm {
        &self.final_norm
    }

    /// Computes [`log_probs::target_log_probs`] of rows after the final norm.
    pub(crate) fn log_probs(
        &self,
        normed: &Tensor,
        targets: &[u32],
        with_gradient: bool,
    ) -> CandleResult<(Vec<f32>, Option<Tensor>)> {
        if let Backend::Device(device) = &self.backend {
            return device.log_probs(normed, targets, self.final_logit_softcap, with_gradient);
        }
        let (head, precision) = (&self.head_weight, self.head.matmul_precision());
        log_probs::target_log_probs(normed, head, targets, self.final_logit_softcap, precision, with_gradient)
    }

    /// Returns the limit of the soft cap on logits (transformers: `final_logit_softcapping`).
    pub(super) fn final_logit_softcap(&self) -> Option<f32> {
        self.final_logit_softcap
    }

    /// Returns the rows of the embedding. Token ids are below this number.
    pub(crate) fn vocabulary(&self) -> usize {
        self.embedding.outputs()
    }

    /// Applies final norm and head to every row: `[rows, vocabulary]`, before the soft cap.
    pub(crate) fn unembed(&self, x: &Tensor) -> CandleResult<Tensor> {
        let normed = self.final_norm.forward(x)?;
        match &self.backend {
            Backend::Host(_) => self.head.forward(&normed),
            Backend::Device(device) => device.unembed(&normed),
        }
    }

    /// Returns the gradient of rows after the final norm, `[rows, hidden]`, from that of [`Decoder::logits`]. `logits` are
    /// those of the rows, with the soft cap.
    pub(crate) fn logits_backward(&self, logits: &Tensor, d_logits: Tensor) -> CandleResult<Tensor> {
        let d_logits = match self.final_logit_softcap {
            None => d_logits,
            Some(cap) => {
                let (logits, gradient) = (rows::read(logits)?, rows::read(&d_logits)?);
                let slope = |(g, y): (&f32, &f32)| g * softcap_derivative(*y, 1.0 / cap);
                rows::tensor(gradient.all().iter().zip(logits.all()).map(slope).collect(), logits.width)?
            }
        };
        match &self.backend {
            Backend::Host(_) => self.head.backward(&d_logits),
            Backend::Device(device) => device.unembed_backward(&d_logits),
        }
    }

    /// Returns the logits of every row, `[rows, vocabulary]`.
    pub(crate) fn logits(&self, x: &Tensor) -> CandleResult<Tensor> {
        let logits = self.unembed(x)?;
        let Some(cap) = self.final_logit_softcap else { return Ok(logits) };
        let mut capped = rows::read(&logits)?.all().to_vec();
        softcap(&mut capped, cap);
        rows::tensor(capped, self.vocabulary())
    }
}
