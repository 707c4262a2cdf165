//! A decoder's blocks and head on a device.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{D, Device as CandleDevice, Result, Tensor};

use super::attention_mask::{MaskedRows, PackingMasks};
use super::block::{Block, SavedActivations};
use super::kv_cache::{DeviceKvCache, KvPool};
use super::matrix::Matrix;
use super::rope::RopeTables;
use crate::adapter::AdapterOnRows;
use crate::model::{Block as HostBlock, Stage, TrainedPairs, Visit};
use crate::ops::attention::Heads;
use crate::ops::rope::RotaryEmbedding;
use crate::ops::rows;
use crate::ops::weight::Weight;
use crate::packing::{Packing, Segment};
use crate::steering::{Openings, Roles, RowPart, apply_to_rows, part_adapters};

/// The most logits in memory at a time: a quarter of a gigabyte.
const MAX_LOGITS: usize = 1 << 26;

/// The blocks and the head of a decoder, on a device.
pub(crate) struct DeviceDecoder {
    device: CandleDevice,
    blocks: Vec<Block>,
    head: Option<Matrix>,
    /// The device's rotary tables, each with the host's table that it is a copy of.
    rope_tables: Vec<(Arc<RotaryEmbedding>, Arc<RopeTables>)>,
    /// The last packing that was asked for: all blocks of a pass use the same one.
    packing_masks: Mutex<Option<PackingMasks>>,
}

impl DeviceDecoder {
    pub(crate) fn new(device: CandleDevice) -> Self {
        Self {
            device,
            blocks: Vec::new(),
            head: None,
            rope_tables: Vec::new(),
            packing_masks: Mutex::new(None),
        }
    }

    /// Copies the next block to the device.
    pub(crate) fn push(&mut self, host: &HostBlock) -> Result<()> {
        let known = self.rope_tables.iter().find(|(of, _)| Arc::ptr_eq(of, &host.rope));
        let rope_table = if let Some((_, known)) = known {
            Arc::clone(known)
        } else {
            let rope_table = Arc::new(RopeTables::from_host(&host.rope, &self.device)?);
            self.rope_tables.push((Arc::clone(&host.rope), Arc::clone(&rope_table)));
            rope_table
        };
        self.blocks.push(Block::from_host(host, rope_table, &self.device)?);
        Ok(())
    }

    /// Copies the head to the device.
    pub(crate) fn set_head(&mut self, head: &Weight) -> Result<()> {
        self.head = Some(Matrix::from_weight(head, &self.device)?);
        Ok(())
    }

    pub(crate) fn count(&self) -> usize {
        self.blocks.len()
    }

    /// Returns the numbers in a row between the gate and the down projection.
    pub(crate) fn feed_forward(&self) -> usize {
        self.blocks[0].feed_forward()
    }

    pub(crate) fn heads(&self) -> Heads {
        self.blocks[0].attention.heads
    }

    /// Returns the bytes that the weights take on the device.
    pub(crate) fn size(&self) -> usize {
        self.blocks.iter().map(Block::size).sum::<usize>() + self.head.as_ref().map_or(0, Matrix::size)
    }

    /// Returns the numbers that one block saves of a row for the backward pass.
    pub(crate) fn saved_numbers_per_row(&self) -> usize {
        self.blocks[0].saved_numbers_per_row()
    }

    /// Runs packed rows through one block with its adapters. `x` may be on any device; the output is on this one.
    pub(crate) fn forward(
        &self,
        block: usize,
        x: &Tensor,
        packing: &Packing,
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<(Tensor, SavedActivations)> {
        let block = &self.blocks[block];
        let (positions, chunks) = self.positions_and_masks(packing, block)?;
        block.forward(&x.to_device(&self.device)?, &positions, &chunks, adapters)
    }

    /// Returns the gradient of a block's input from that of its output. The gradients of an adapter that acted on all
    /// rows are added to its buffers.
    pub(crate) fn backward(
        &self,
        block: usize,
        saved: &SavedActivations,
        dy: &Tensor,
        packing: &Packing,
        trained: Option<TrainedPairs<'_>>,
    ) -> Result<Tensor> {
        let block = &self.blocks[block];
        let (positions, chunks) = self.positions_and_masks(packing, block)?;
        block.backward(saved, &dy.to_device(&self.device)?, &positions, &chunks, trained)
    }

    /// Returns a packing's positions, and its attention masks in a block.
    fn positions_and_masks(
        &self,
        packing: &Packing,
        block: &Block,
    ) -> Result<(Tensor, Arc<Vec<MaskedRows>>)> {
        let mut last = self.packing_masks.lock().unwrap_or_else(PoisonError::into_inner);
        let masks = match &mut *last {
            Some(masks) if masks.is_for(packing) => masks,
            other => other.insert(PackingMasks::new(packing, &self.device)?),
        };
        Ok((masks.positions.clone(), masks.chunks(block.attention.sliding_window)?))
    }

    fn head(&self) -> Result<Tensor> {
        let head =
            self.head.as_ref().ok_or_else(|| candle_core::Error::Msg("the head is not loaded".into()))?;
        head.values()
    }

    /// Multiplies the head with normalized rows: `[rows, vocabulary]`, on the device.
    pub(crate) fn unembed(&self, normed: &Tensor) -> Result<Tensor> {
        normed.to_device(&self.device)?.matmul(&self.head()?.t()?)
    }

    /// Returns the gradient of normalized rows from that of [`Self::unembed`].
    pub(crate) fn unembed_backward(&self, d_logits: &Tensor) -> Result<Tensor> {
        d_logits.to_device(&self.device)?.matmul(&self.head()?)
    }

    /// Computes the same as [`crate::ops::log_probs::target_log_probs`].
    pub(crate) fn log_probs(
        &self,
        normed: &Tensor,
        targets: &[u32],
        cap: Option<f32>,
        with_gradient: bool,
    ) -> Result<(Vec<f32>, Option<Tensor>)> {
        let head = self.head()?;
        let (vocabulary, width) = head.dims2()?;
        let rows_at_once = (MAX_LOGITS / vocabulary).max(1);
        let (mut values, mut gradients) = (Vec::with_capacity(targets.len()), Vec::new());
        for (part, targets) in targets.chunks(rows_at_once).enumerate() {
            let h = normed.narrow(0, part * rows_at_once, targets.len())?.to_device(&self.device)?;
            let targets = Tensor::new(targets, &self.device)?;
            let (found, gradient) = target_log_probs(&h, &head, &targets, cap.map(f64::from), with_gradient)?;
            values.extend(found.to_vec1::<f32>()?);
            if let Some(gradient) = gradient {
                gradients.extend(gradient.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        let gradients = with_gradient.then(|| rows::tensor(gradients, width)).transpose()?;
        Ok((values, gradients))
    }

    /// Decodes one new row of each sequence through all blocks. Returns the residual stream after the last one. `visit`
    /// sees the rows behind every block.
    pub(crate) fn step(
        &self,
        mut x: Tensor,
        pool: &mut KvPool,
        caches: &mut [&mut DeviceKvCache],
        positions: &[u32],
        parts: &[RowPart<'_>],
        visit: &mut Visit<'_>,
    ) -> Result<Tensor> {
        let sequences = pool.admit(caches, self.blocks.len(), &self.device)?;
        pool.add_rows(&sequences, positions);
        let position_ids = Tensor::new(positions, &self.device)?;
        let segments = vec![Segment::Answer; positions.len()];
        let mut masks: Vec<(Option<usize>, Tensor)> = Vec::new();
        let mut openings = Openings::default();
        for (index, block) in self.blocks.iter().enumerate() {
            let window = block.attention.sliding_window;
            let mask = if let Some((_, known)) = masks.iter().find(|(of, _)| *of == window) {
                known.clone()
            } else {
                let mask = pool.mask(&sequences, positions, window, &self.device)?;
                masks.push((window, mask.clone()));
                mask
            };
            let adapters = part_adapters(index, parts);
            let append = |k: &Tensor, v: &Tensor| pool.append(index, k, v);
            x = block.step(&x.to_device(&self.device)?, &position_ids, &mask, &adapters, append)?;
            visit(index, Stage::Output, &x)?;
            let roles = Roles { segments: &segments, prompt_ends: &[] };
            x = apply_to_rows(x, index, roles, parts.iter().copied(), &mut openings)?;
            visit(index, Stage::Edited, &x)?;
        }
        Ok(x)
    }
}

/// Returns the log-probability of each row's target, and its gradient `W_t` - `Σ_v` p(v) `W_v`.
fn target_log_probs(
    h: &Tensor,
    head: &Tensor,
    targets: &Tensor,
    cap: Option<f64>,
    with_gradient: bool,
) -> Result<(Tensor, Option<Tensor>)> {
    let mut logits = h.matmul(&head.t()?)?;
    if let Some(cap) = cap {
        logits = ((logits / cap)?.tanh()? * cap)?;
    }
    let max = logits.max_keepdim(D::Minus1)?;
    let weights = logits.broadcast_sub(&max)?.exp()?;
    let sum = weights.sum_keepdim(D::Minus1)?;
    let target = logits.gather(&targets.unsqueeze(1)?, 1)?;
    let values = ((&target - max)? - sum.log()?)?.squeeze(1)?;
    if !with_gradient {
        return Ok((values, None));
    }
    let mut probabilities = weights.broadcast_div(&sum)?;
    let mut target_weights = head.index_select(targets, 0)?;
    if let Some(cap) = cap {
        let softcap_derivative = |capped: &Tensor| (capped / cap)?.sqr()?.affine(-1.0, 1.0);
        probabilities = (probabilities * softcap_derivative(&logits)?)?;
        target_weights = target_weights.broadcast_mul(&softcap_derivative(&target)?)?;
    }
    Ok((values, Some((target_weights - probabilities.matmul(head)?)?)))
}
