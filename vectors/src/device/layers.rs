//! A decoder's blocks and head on a device.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{D, Device as CandleDevice, Result, Tensor};

use super::block::{Block, Trace};
use super::matrix::Matrix;
use super::past::{Past, Pool};
use super::placed::{Chunk, Placed};
use super::rotary::Turning;
use crate::adapter::OnRows;
use crate::model::Block as Loaded;
use crate::ops::attention::Heads;
use crate::ops::low_rank::Slopes;
use crate::ops::rotary::Rotary;
use crate::ops::rows;
use crate::ops::weight::Weight;
use crate::packing::{Packing, Place};
use crate::steering::{SteeringPlan, apply_to_rows, row_adapters};

/// Logits that stand in memory together: a quarter of a gigabyte.
const LOGITS: usize = 1 << 26;

/// The blocks and the head of a decoder.
pub(crate) struct Layers {
    device: CandleDevice,
    blocks: Vec<Block>,
    head: Option<Matrix>,
    /// The rotary tables that are there, each with what it is a copy of.
    turnings: Vec<(Arc<Rotary>, Arc<Turning>)>,
    /// The packing that was asked for last: all blocks of a pass have the same.
    placed: Mutex<Option<Placed>>,
}

impl Layers {
    pub(crate) fn new(device: CandleDevice) -> Self {
        Self { device, blocks: Vec::new(), head: None, turnings: Vec::new(), placed: Mutex::new(None) }
    }

    /// Puts the next block on the device.
    pub(crate) fn push(&mut self, loaded: &Loaded) -> Result<()> {
        let known = self.turnings.iter().find(|(of, _)| Arc::ptr_eq(of, &loaded.rotary));
        let turning = if let Some((_, known)) = known {
            Arc::clone(known)
        } else {
            let turning = Arc::new(Turning::of(&loaded.rotary, &self.device)?);
            self.turnings.push((Arc::clone(&loaded.rotary), Arc::clone(&turning)));
            turning
        };
        self.blocks.push(Block::of(loaded, turning, &self.device)?);
        Ok(())
    }

    /// Puts the head on the device.
    pub(crate) fn set_head(&mut self, head: &Weight) -> Result<()> {
        self.head = Some(Matrix::of(head, &self.device)?);
        Ok(())
    }

    pub(crate) fn count(&self) -> usize {
        self.blocks.len()
    }

    pub(crate) fn heads(&self) -> Heads {
        self.blocks[0].attention.heads
    }

    /// Bytes of weights on the device.
    pub(crate) fn size(&self) -> usize {
        self.blocks.iter().map(Block::size).sum::<usize>() + self.head.as_ref().map_or(0, Matrix::size)
    }

    /// Numbers that the way back keeps of a row in one block.
    pub(crate) fn trace_size(&self) -> usize {
        self.blocks[0].trace_size()
    }

    /// Packed rows through one block, with what adapters do in it. `x` may lie anywhere; what comes out lies on the device.
    pub(crate) fn forward(
        &self,
        block: usize,
        x: &Tensor,
        packing: &Packing,
        adapters: &[OnRows<'_>],
    ) -> Result<(Tensor, Trace)> {
        let block = &self.blocks[block];
        let (positions, chunks) = self.placed(packing, block)?;
        block.forward(&x.to_device(&self.device)?, &positions, &chunks, adapters)
    }

    /// The gradient of a block's input from that of its output, and those of an adapter that acted on all rows, which are
    /// added to its slopes.
    pub(crate) fn backward(
        &self,
        block: usize,
        trace: &Trace,
        dy: &Tensor,
        packing: &Packing,
        adapter: Option<(&OnRows<'_>, [Slopes<'_>; 2])>,
    ) -> Result<Tensor> {
        let block = &self.blocks[block];
        let (positions, chunks) = self.placed(packing, block)?;
        block.backward(trace, &dy.to_device(&self.device)?, &positions, &chunks, adapter)
    }

    /// A packing's positions, and who sees whom in a block.
    fn placed(&self, packing: &Packing, block: &Block) -> Result<(Tensor, Arc<Vec<Chunk>>)> {
        let mut last = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        let placed = match &mut *last {
            Some(placed) if placed.is_of(packing) => placed,
            other => other.insert(Placed::of(packing, &self.device)?),
        };
        Ok((placed.positions.clone(), placed.chunks(block.attention.window)?))
    }

    fn head(&self) -> Result<Tensor> {
        let head =
            self.head.as_ref().ok_or_else(|| candle_core::Error::Msg("the head is not loaded".into()))?;
        head.values()
    }

    /// The head's products with normed rows, `[rows, vocabulary]`, on the device.
    pub(crate) fn unembed(&self, normed: &Tensor) -> Result<Tensor> {
        normed.to_device(&self.device)?.matmul(&self.head()?.t()?)
    }

    /// As [`crate::ops::vocabulary::log_probs`].
    pub(crate) fn log_probs(
        &self,
        normed: &Tensor,
        targets: &[u32],
        cap: Option<f32>,
        with_gradient: bool,
    ) -> Result<(Vec<f32>, Option<Tensor>)> {
        let head = self.head()?;
        let (vocabulary, width) = head.dims2()?;
        let at_once = (LOGITS / vocabulary).max(1);
        let (mut values, mut derivatives) = (Vec::with_capacity(targets.len()), Vec::new());
        for (part, targets) in targets.chunks(at_once).enumerate() {
            let h = normed.narrow(0, part * at_once, targets.len())?.to_device(&self.device)?;
            let targets = Tensor::new(targets, &self.device)?;
            let (found, derivative) = log_probs(&h, &head, &targets, cap.map(f64::from), with_gradient)?;
            values.extend(found.to_vec1::<f32>()?);
            if let Some(derivative) = derivative {
                derivatives.extend(derivative.flatten_all()?.to_vec1::<f32>()?);
            }
        }
        let derivatives = with_gradient.then(|| rows::tensor(derivatives, width)).transpose()?;
        Ok((values, derivatives))
    }

    /// One new row for each sequence, through all blocks. Returns the residual stream after the last one.
    pub(crate) fn step(
        &self,
        mut x: Tensor,
        pool: &mut Pool,
        pasts: &mut [&mut Past],
        positions: &[u32],
        shifts: &[&SteeringPlan],
    ) -> Result<Tensor> {
        let sequences = pool.admit(pasts, self.blocks.len(), &self.device)?;
        pool.grow(&sequences, positions);
        let placed = Tensor::new(positions, &self.device)?;
        let places = vec![Place::Answer; positions.len()];
        let mut masks: Vec<(Option<usize>, Tensor)> = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            let window = block.attention.window;
            let mask = if let Some((_, known)) = masks.iter().find(|(of, _)| *of == window) {
                known.clone()
            } else {
                let mask = pool.mask(&sequences, positions, window, &self.device)?;
                masks.push((window, mask.clone()));
                mask
            };
            let adapters = row_adapters(index, shifts);
            let past = |k: &Tensor, v: &Tensor| pool.push(index, k, v);
            x = block.step(&x.to_device(&self.device)?, &placed, &mask, &adapters, past)?;
            x = apply_to_rows(x, index, &places, shifts.iter().map(|shifts| (1, *shifts)))?;
        }
        Ok(x)
    }
}

/// The log-probability of each row's target, and its derivative: `W_t` - `Σ_v` p(v) `W_v`.
fn log_probs(
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
    let mut own = head.index_select(targets, 0)?;
    if let Some(cap) = cap {
        let slope = |capped: &Tensor| (capped / cap)?.sqr()?.affine(-1.0, 1.0);
        probabilities = (probabilities * slope(&logits)?)?;
        own = own.broadcast_mul(&slope(&target)?)?;
    }
    Ok((values, Some((own - probabilities.matmul(head)?)?)))
}
