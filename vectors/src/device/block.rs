//! One decoder block with candle's operations, forward and backward. [`crate::model`]'s block has the formula.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};

use super::attention;
use super::attention_mask::MaskedRows;
use super::glu;
use super::matrix::Linear;
use super::norm::Norm;
use super::rope::RopeTables;
use crate::adapter::AdapterOnRows;
use crate::model::{Block as HostBlock, LoraTargets, Product, TrainedPairs};
use crate::ops::attention::{Attention, Heads};
use crate::ops::glu::Activation;
use crate::ops::qk_norm::QkNorm;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rope::Pass;
use crate::ops::rows;

/// A decoder block.
pub(super) struct Block {
    attention_norm: Norm,
    qkv_proj: Linear,
    /// `[1, heads.width()]`.
    qkv_bias: Option<Tensor>,
    qk_norm: Option<Norm>,
    rope_table: Arc<RopeTables>,
    pub(super) attention: Attention,
    o_proj: Linear,
    post_attention_norm: Option<Norm>,
    mlp_norm: Norm,
    gate_up_proj: Linear,
    /// `[1, 2 * feed_forward]`.
    gate_up_bias: Option<Tensor>,
    activation: Activation,
    down_proj: Linear,
    /// `[1, hidden]`.
    down_bias: Option<Tensor>,
    post_mlp_norm: Option<Norm>,
    residual_scale: f32,
}

/// The activations that the forward pass saves for the backward pass.
pub(crate) struct SavedActivations {
    input: Tensor,
    qkv_before_norm: Option<Tensor>,
    /// Queries, keys and values after the rotary embedding, as the KV cache stores them.
    pub(crate) qkv: Tensor,
    mlp: MlpActivations,
}

/// The activations that the second half of a block saves in the forward pass.
struct MlpActivations {
    attention_output: Option<Tensor>,
    residual: Tensor,
    gate_up: Tensor,
    mlp_output: Option<Tensor>,
}

impl Block {
    /// Copies a block's weights to a device. `rope_table` is the device's copy of its rotary table.
    pub(super) fn from_host(host: &HostBlock, rope_table: Arc<RopeTables>, device: &Device) -> Result<Self> {
        let heads = host.attention.heads;
        let norm = |norm: Option<&RmsNorm>| norm.map(|norm| Norm::from_rms_norm(norm, device)).transpose();
        let bias = |bias: &[f32]| Tensor::from_slice(bias, (1, bias.len()), device);
        let qk_norm = |norm: &QkNorm| Norm::from_qk_norm(norm, heads, device);
        Ok(Self {
            attention_norm: Norm::from_rms_norm(&host.attention_norm, device)?,
            qkv_proj: Linear::from_host(&host.qkv_proj, device)?,
            qkv_bias: host.qkv_bias.as_deref().map(bias).transpose()?,
            qk_norm: host.qk_norm.as_ref().map(qk_norm).transpose()?,
            rope_table,
            attention: host.attention,
            o_proj: Linear::from_host(&host.o_proj, device)?,
            post_attention_norm: norm(host.post_attention_norm.as_ref())?,
            mlp_norm: Norm::from_rms_norm(&host.mlp_norm, device)?,
            gate_up_proj: Linear::from_host(&host.gate_up_proj, device)?,
            gate_up_bias: host.gate_up_bias.as_deref().map(bias).transpose()?,
            activation: host.activation,
            down_proj: Linear::from_host(&host.down_proj, device)?,
            down_bias: host.down_bias.as_deref().map(bias).transpose()?,
            post_mlp_norm: norm(host.post_mlp_norm.as_ref())?,
            residual_scale: host.residual_scale,
        })
    }

    /// Returns the bytes that the weights take on the device.
    pub(super) fn size(&self) -> usize {
        [&self.qkv_proj, &self.o_proj, &self.gate_up_proj, &self.down_proj]
            .iter()
            .map(|layer| layer.size())
            .sum()
    }

    /// Returns where an adapter adds to the block's products.
    fn lora_targets(&self) -> LoraTargets {
        LoraTargets {
            hidden: self.qkv_proj.inputs(),
            feed_forward: self.feed_forward(),
            heads: self.attention.heads,
            layout: self.rope_table.layout(),
        }
    }

    /// Returns the numbers in a row between the gate and the down projection.
    pub(super) fn feed_forward(&self) -> usize {
        self.down_proj.inputs()
    }

    /// Returns the numbers in one row of [`SavedActivations`].
    pub(super) fn saved_numbers_per_row(&self) -> usize {
        let heads = self.attention.heads;
        let norms = [&self.post_attention_norm, &self.post_mlp_norm].into_iter().flatten().count();
        let qkv_before_norm = if self.qk_norm.is_some() { heads.width() } else { 0 };
        (2 + norms) * self.qkv_proj.inputs() + heads.width() + qkv_before_norm + self.gate_up_proj.outputs()
    }

    /// Computes queries, keys and values side by side, with the rotary embedding; also returns them before the q/k
    /// norm where the block has one.
    fn qkv_with_rope(
        &self,
        x: &Tensor,
        positions: &Tensor,
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<(Option<Tensor>, Tensor)> {
        let heads = self.attention.heads;
        let normed = self.attention_norm.forward(x)?;
        let qkv = self.qkv_proj.forward(&normed)?;
        let lora = self.lora_targets();
        let mut qkv = lora.forward(Product::Qkv, &normed, qkv, adapters)?.to_device(x.device())?;
        if let Some(bias) = &self.qkv_bias {
            qkv = qkv.broadcast_add(bias)?;
        }
        let mut qkv_before_norm = None;
        if let Some(norm) = &self.qk_norm {
            let normed = norm.heads_forward(&qkv, heads)?;
            qkv_before_norm = Some(std::mem::replace(&mut qkv, normed));
        }
        Ok((qkv_before_norm, self.rope_table.rotate(&qkv, heads, positions, Pass::Forward)?))
    }

    /// Computes y from x, both `[rows, hidden]`, and saves what the backward pass needs.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        positions: &Tensor,
        chunks: &[MaskedRows],
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<(Tensor, SavedActivations)> {
        let (qkv_before_norm, qkv) = self.qkv_with_rope(x, positions, adapters)?;
        let attended = self.attend(&qkv, chunks)?;
        let (mlp, y) = self.output_proj_and_mlp(x, &attended, adapters)?;
        Ok((y, SavedActivations { input: x.clone(), qkv_before_norm, qkv, mlp }))
    }

    /// Computes the output of attention of all chunks.
    fn attend(&self, qkv: &Tensor, chunks: &[MaskedRows]) -> Result<Tensor> {
        map_chunks(chunks, |chunk| {
            let qkv = chunk_rows(qkv, chunk)?;
            let (q, k, v) = split_qkv(&qkv, self.attention.heads)?;
            attention::attend(&q, &k, &v, &chunk.mask, self.attention)
        })
    }

    /// Decodes one row of each sequence. `append` adds their keys and values to the KV pool and returns all keys and
    /// values.
    pub(super) fn step(
        &self,
        x: &Tensor,
        positions: &Tensor,
        mask: &Tensor,
        adapters: &[AdapterOnRows<'_>],
        append: impl FnOnce(&Tensor, &Tensor) -> Result<(Tensor, Tensor)>,
    ) -> Result<Tensor> {
        let (_, qkv) = self.qkv_with_rope(x, positions, adapters)?;
        let (q, k, v) = split_qkv(&qkv, self.attention.heads)?;
        let (k, v) = append(&k, &v)?;
        let attended = attention::attend(&q, &k, &v, mask, self.attention)?;
        Ok(self.output_proj_and_mlp(x, &attended, adapters)?.1)
    }

    /// Computes the output projection and the MLP, both with their residual connections.
    fn output_proj_and_mlp(
        &self,
        x: &Tensor,
        attended: &Tensor,
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<(MlpActivations, Tensor)> {
        let lora = |product, from: &Tensor, y| {
            self.lora_targets().forward(product, from, y, adapters)?.to_device(x.device())
        };
        let added = lora(Product::Output, attended, self.o_proj.forward(attended)?)?;
        let (attention_output, added) = normed(added, self.post_attention_norm.as_ref())?;
        let residual = (x + rows::scale(&added, self.residual_scale)?)?;
        let from = self.mlp_norm.forward(&residual)?;
        let mut gate_up = lora(Product::GateUp, &from, self.gate_up_proj.forward(&from)?)?;
        if let Some(bias) = &self.gate_up_bias {
            gate_up = gate_up.broadcast_add(bias)?;
        }
        let from = glu::forward(&gate_up, self.activation)?;
        let added = lora(Product::Down, &from, self.down_proj.forward(&from)?)?;
        let (mlp_output, added) = normed(added, self.post_mlp_norm.as_ref())?;
        let mut y = (&residual + rows::scale(&added, self.residual_scale)?)?;
        if let Some(bias) = &self.down_bias {
            y = y.broadcast_add(bias)?;
        }
        Ok((MlpActivations { attention_output, residual, gate_up, mlp_output }, y))
    }

    /// Returns the gradient of x from that of y. The gradients of an adapter that is trained, which acted on all rows, are
    /// added to its buffers.
    pub(super) fn backward(
        &self,
        saved: &SavedActivations,
        dy: &Tensor,
        positions: &Tensor,
        chunks: &[MaskedRows],
        mut trained: Option<TrainedPairs<'_>>,
    ) -> Result<Tensor> {
        let mlp = &saved.mlp;
        let d_scaled = rows::scale(dy, self.residual_scale)?;
        let d_added = norm_backward(&d_scaled, mlp.mlp_output.as_ref(), self.post_mlp_norm.as_ref())?;
        let lora = self.lora_targets();
        let d_glu = self.down_proj.backward(&d_added)?;
        let from = || glu::forward(&mlp.gate_up, self.activation);
        let d_glu = lora.backward(Product::Down, from, &d_added, d_glu, &mut trained)?;
        let d_gate_up = glu::backward(&mlp.gate_up, &d_glu.to_device(dy.device())?, self.activation)?;
        let d_norm = self.gate_up_proj.backward(&d_gate_up)?;
        let from = || self.mlp_norm.forward(&mlp.residual);
        let d_norm = lora.backward(Product::GateUp, from, &d_gate_up, d_norm, &mut trained)?;
        let d_norm = d_norm.to_device(dy.device())?;
        let d_residual = (self.mlp_norm.backward(&mlp.residual, &d_norm)? + dy)?;

        let d_scaled = rows::scale(&d_residual, self.residual_scale)?;
        let d_added =
            norm_backward(&d_scaled, mlp.attention_output.as_ref(), self.post_attention_norm.as_ref())?;
        let d_attended = self.o_proj.backward(&d_added)?;
        let from = || self.attend(&saved.qkv, chunks);
        let d_attended = lora.backward(Product::Output, from, &d_added, d_attended, &mut trained)?;
        let d_attended = d_attended.to_device(dy.device())?;
        let d_rotated = map_chunks(chunks, |chunk| {
            let (qkv, dy) = (chunk_rows(&saved.qkv, chunk)?, chunk_rows(&d_attended, chunk)?);
            attention::backward(&qkv, &dy, &chunk.mask, self.attention)
        })?;
        let heads = self.attention.heads;
        let mut d_qkv = self.rope_table.rotate(&d_rotated, heads, positions, Pass::Backward)?;
        if let (Some(norm), Some(qkv_before_norm)) = (&self.qk_norm, &saved.qkv_before_norm) {
            d_qkv = norm.heads_backward(qkv_before_norm, &d_qkv, heads)?;
        }
        let d_norm = self.qkv_proj.backward(&d_qkv)?;
        let from = || self.attention_norm.forward(&saved.input);
        let d_norm = lora.backward(Product::Qkv, from, &d_qkv, d_norm, &mut trained)?;
        self.attention_norm.backward(&saved.input, &d_norm.to_device(dy.device())?)? + d_residual
    }
}

fn split_qkv(qkv: &Tensor, heads: Heads) -> Result<(Tensor, Tensor, Tensor)> {
    Ok((attention::queries(qkv, heads)?, attention::keys(qkv, heads)?, attention::values(qkv, heads)?))
}

fn chunk_rows(of: &Tensor, chunk: &MaskedRows) -> Result<Tensor> {
    of.narrow(0, chunk.rows.start, chunk.rows.len())
}

/// Computes `work` on the rows of every chunk and concatenates the results.
fn map_chunks(chunks: &[MaskedRows], work: impl Fn(&MaskedRows) -> Result<Tensor>) -> Result<Tensor> {
    let mut parts: Vec<Tensor> = chunks.iter().map(work).collect::<Result<_>>()?;
    if parts.len() == 1 { Ok(parts.swap_remove(0)) } else { Tensor::cat(&parts, 0) }
}

/// Normalizes rows where there is a norm, and then also returns them as they were.
fn normed(rows: Tensor, norm: Option<&Norm>) -> Result<(Option<Tensor>, Tensor)> {
    match norm {
        None => Ok((None, rows)),
        Some(norm) => norm.forward(&rows).map(|normed| (Some(rows), normed)),
    }
}

/// Returns the gradient before an optional norm from the gradient after it.
fn norm_backward(gradient: &Tensor, before: Option<&Tensor>, norm: Option<&Norm>) -> Result<Tensor> {
    match (before, norm) {
        (Some(before), Some(norm)) => norm.backward(before, gradient),
        _ => Ok(gradient.clone()),
    }
}
