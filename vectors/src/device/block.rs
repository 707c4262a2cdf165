//! One decoder block by candle's operations, forward and back; see [`crate::model`]'s block for the formula.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};

use super::attention;
use super::glu;
use super::matrix::Layer;
use super::norm::Norm;
use super::placed::Chunk;
use super::rope::RopeTables;
use crate::adapter::OnRows;
use crate::model::{Block as Loaded, LoraTargets};
use crate::ops::attention::{Attention, Heads};
use crate::ops::glu::Activation;
use crate::ops::lora::LoraGradients;
use crate::ops::qk_norm::QkNorm;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rope::Pass;

/// A decoder block.
pub(super) struct Block {
    attention_norm: Norm,
    query_key_value: Layer,
    /// `[1, heads.width()]`.
    query_key_value_bias: Option<Tensor>,
    qk_norm: Option<Norm>,
    rope_table: Arc<RopeTables>,
    pub(super) attention: Attention,
    attention_output: Layer,
    attention_output_norm: Option<Norm>,
    feed_forward_norm: Norm,
    gate_up: Layer,
    activation: Activation,
    down: Layer,
    down_norm: Option<Norm>,
}

/// What the way back needs of the way forward.
pub(crate) struct SavedActivations {
    input: Tensor,
    unnormed: Option<Tensor>,
    /// Queries, keys and values, rotated: what a key-value cache keeps.
    pub(crate) qkv: Tensor,
    after: AfterAttention,
}

/// The second half of a block, on its way forward.
struct AfterAttention {
    attention_added: Option<Tensor>,
    middle: Tensor,
    gate_up: Tensor,
    feed_forward_added: Option<Tensor>,
}

impl Block {
    /// Puts a block's weights on a device; `rope_table` is the device's copy of its rotary table.
    pub(super) fn of(loaded: &Loaded, rope_table: Arc<RopeTables>, device: &Device) -> Result<Self> {
        let heads = loaded.attention.heads;
        let norm = |norm: Option<&RmsNorm>| norm.map(|norm| Norm::of(norm, device)).transpose();
        let bias = |bias: &[f32]| Tensor::from_slice(bias, (1, bias.len()), device);
        let qk_norm = |norm: &QkNorm| Norm::from_qk_norm(norm, heads, device);
        Ok(Self {
            attention_norm: Norm::of(&loaded.attention_norm, device)?,
            query_key_value: Layer::of(&loaded.query_key_value, device)?,
            query_key_value_bias: loaded.query_key_value_bias.as_deref().map(bias).transpose()?,
            qk_norm: loaded.qk_norm.as_ref().map(qk_norm).transpose()?,
            rope_table,
            attention: loaded.attention,
            attention_output: Layer::of(&loaded.attention_output, device)?,
            attention_output_norm: norm(loaded.attention_output_norm.as_ref())?,
            feed_forward_norm: Norm::of(&loaded.feed_forward_norm, device)?,
            gate_up: Layer::of(&loaded.gate_up, device)?,
            activation: loaded.activation,
            down: Layer::of(&loaded.down, device)?,
            down_norm: norm(loaded.down_norm.as_ref())?,
        })
    }

    /// Bytes of weights on the device.
    pub(super) fn size(&self) -> usize {
        [&self.query_key_value, &self.attention_output, &self.gate_up, &self.down]
            .iter()
            .map(|layer| layer.size())
            .sum()
    }

    /// What adapters know of it.
    fn lora_targets(&self) -> LoraTargets {
        let (inputs, heads) = (self.query_key_value.inputs(), self.attention.heads);
        LoraTargets { inputs, heads, layout: self.rope_table.layout() }
    }

    /// Numbers in a row of a [`SavedActivations`].
    pub(super) fn saved_numbers_per_row(&self) -> usize {
        let heads = self.attention.heads;
        let norms = [&self.attention_output_norm, &self.down_norm].into_iter().flatten().count();
        let unnormed = if self.qk_norm.is_some() { heads.width() } else { 0 };
        (2 + norms) * self.query_key_value.inputs() + heads.width() + unnormed + self.gate_up.outputs()
    }

    /// Queries, keys and values side by side, rotated, and what they were before their heads were normed.
    fn rotated_qkv(
        &self,
        x: &Tensor,
        positions: &Tensor,
        adapters: &[OnRows<'_>],
    ) -> Result<(Option<Tensor>, Tensor)> {
        let heads = self.attention.heads;
        let normed = self.attention_norm.forward(x)?;
        let qkv = self.query_key_value.forward(&normed)?;
        let mut qkv = self.lora_targets().forward(&normed, qkv, adapters)?.to_device(x.device())?;
        if let Some(bias) = &self.query_key_value_bias {
            qkv = qkv.broadcast_add(bias)?;
        }
        let mut unnormed = None;
        if let Some(norm) = &self.qk_norm {
            let normed = norm.heads_forward(&qkv, heads)?;
            unnormed = Some(std::mem::replace(&mut qkv, normed));
        }
        Ok((unnormed, self.rope_table.rotate(&qkv, heads, positions, Pass::Forward)?))
    }

    /// x `[rows, hidden]` to y of the same shape, with what the way back needs.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        positions: &Tensor,
        chunks: &[Chunk],
        adapters: &[OnRows<'_>],
    ) -> Result<(Tensor, SavedActivations)> {
        let (unnormed, qkv) = self.rotated_qkv(x, positions, adapters)?;
        let heads = self.attention.heads;
        let attended = by_chunk(chunks, |chunk| {
            let qkv = rows(&qkv, chunk)?;
            let (q, k, v) = of_rows(&qkv, heads)?;
            attention::gather(&q, &k, &v, &chunk.mask, self.attention)
        })?;
        let (after, y) = self.after_attention(x, &attended)?;
        Ok((y, SavedActivations { input: x.clone(), unnormed, qkv, after }))
    }

    /// Rows whose keys and values join those that were read before; `past` takes them and gives what the rows see.
    pub(super) fn step(
        &self,
        x: &Tensor,
        positions: &Tensor,
        mask: &Tensor,
        adapters: &[OnRows<'_>],
        append: impl FnOnce(&Tensor, &Tensor) -> Result<(Tensor, Tensor)>,
    ) -> Result<Tensor> {
        let (_, qkv) = self.rotated_qkv(x, positions, adapters)?;
        let (q, k, v) = of_rows(&qkv, self.attention.heads)?;
        let (k, v) = append(&k, &v)?;
        Ok(self.after_attention(x, &attention::gather(&q, &k, &v, mask, self.attention)?)?.1)
    }

    /// The rest of the block, and its output.
    fn after_attention(&self, x: &Tensor, attended: &Tensor) -> Result<(AfterAttention, Tensor)> {
        let added = self.attention_output.forward(attended)?;
        let (attention_added, added) = normed(added, self.attention_output_norm.as_ref())?;
        let middle = (x + added)?;
        let gate_up = self.gate_up.forward(&self.feed_forward_norm.forward(&middle)?)?;
        let added = self.down.forward(&glu::forward(&gate_up, self.activation)?)?;
        let (feed_forward_added, added) = normed(added, self.down_norm.as_ref())?;
        let y = (&middle + added)?;
        Ok((AfterAttention { attention_added, middle, gate_up, feed_forward_added }, y))
    }

    /// The gradient of x from that of y. An adapter that acted on all rows has its gradients added to its slopes.
    pub(super) fn backward(
        &self,
        saved: &SavedActivations,
        dy: &Tensor,
        positions: &Tensor,
        chunks: &[Chunk],
        adapter: Option<(&OnRows<'_>, [LoraGradients<'_>; 2])>,
    ) -> Result<Tensor> {
        let after = &saved.after;
        let d_added = normed_back(dy, after.feed_forward_added.as_ref(), self.down_norm.as_ref())?;
        let d_gate_up = glu::backward(&after.gate_up, &self.down.backward(&d_added)?, self.activation)?;
        let d_norm = self.gate_up.backward(&d_gate_up)?;
        let d_middle = (self.feed_forward_norm.backward(&after.middle, &d_norm)? + dy)?;

        let d_added =
            normed_back(&d_middle, after.attention_added.as_ref(), self.attention_output_norm.as_ref())?;
        let d_attended = self.attention_output.backward(&d_added)?;
        let d_rotated = by_chunk(chunks, |chunk| {
            let (qkv, dy) = (rows(&saved.qkv, chunk)?, rows(&d_attended, chunk)?);
            attention::backward(&qkv, &dy, &chunk.mask, self.attention)
        })?;
        let heads = self.attention.heads;
        let mut d_qkv = self.rope_table.rotate(&d_rotated, heads, positions, Pass::Backward)?;
        if let (Some(norm), Some(unnormed)) = (&self.qk_norm, &saved.unnormed) {
            d_qkv = norm.heads_backward(unnormed, &d_qkv, heads)?;
        }
        let mut d_norm = self.query_key_value.backward(&d_qkv)?;
        if let Some((adapter, gradients)) = adapter {
            let normed = self.attention_norm.forward(&saved.input)?;
            let d_with_lora = self.lora_targets().backward(&normed, &d_qkv, &d_norm, adapter, gradients)?;
            d_norm = d_with_lora.to_device(dy.device())?;
        }
        self.attention_norm.backward(&saved.input, &d_norm)? + d_middle
    }
}

fn of_rows(qkv: &Tensor, heads: Heads) -> Result<(Tensor, Tensor, Tensor)> {
    Ok((attention::queries(qkv, heads)?, attention::keys(qkv, heads)?, attention::values(qkv, heads)?))
}

fn rows(of: &Tensor, chunk: &Chunk) -> Result<Tensor> {
    of.narrow(0, chunk.rows.start, chunk.rows.len())
}

/// What `work` makes of every chunk's rows, one after the other.
fn by_chunk(chunks: &[Chunk], work: impl Fn(&Chunk) -> Result<Tensor>) -> Result<Tensor> {
    let mut parts: Vec<Tensor> = chunks.iter().map(work).collect::<Result<_>>()?;
    if parts.len() == 1 { Ok(parts.swap_remove(0)) } else { Tensor::cat(&parts, 0) }
}

/// Rows through a norm, where there is one; then also what they were before.
fn normed(rows: Tensor, norm: Option<&Norm>) -> Result<(Option<Tensor>, Tensor)> {
    match norm {
        None => Ok((None, rows)),
        Some(norm) => norm.forward(&rows).map(|normed| (Some(rows), normed)),
    }
}

/// The gradient before the norm from that after it.
fn normed_back(gradient: &Tensor, before: Option<&Tensor>, norm: Option<&Norm>) -> Result<Tensor> {
    match (before, norm) {
        (Some(before), Some(norm)) => norm.backward(before, gradient),
        _ => Ok(gradient.clone()),
    }
}
