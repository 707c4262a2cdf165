//! One decoder block: forward and backward pass.
//!
//! ```text
//! residual = x + [r] [norm](Wo attention(rope([q/k norm](Wqkv norm(x) [+ bias]))))
//! y        = residual + [r] [norm](Wdown (act(Wgate norm(residual) [+ bias]) ⊙ (Wup norm(residual) [+ bias]))) [+ bias]
//! ```
//!
//! Parts in square brackets exist in some families only; r is a number. Weights are frozen, so the backward pass needs only the
//! inputs of the norms, the queries, keys and values after the rotary embedding, the attention output, and gate and
//! up.

use std::sync::Arc;

use candle_core::{Result, Tensor};

use super::lora_targets::{LoraTargets, Product, TrainedPairs};
use crate::adapter::AdapterOnRows;
use crate::ops::attention::{self, Attention, AttentionOutput};
use crate::ops::glu::{self, Activation};
use crate::ops::linear::Linear;
use crate::ops::matmul_precision::MatmulPrecision;
use crate::ops::qk_norm::QkNorm;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rope::{Pass, RotaryEmbedding};
use crate::ops::rows;
use crate::packing::Packing;

/// A decoder block.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) attention_norm: RmsNorm,
    pub(crate) qkv_proj: Linear,
    /// The bias of queries, keys and values, `[heads.width()]` (Qwen2).
    pub(crate) qkv_bias: Option<Vec<f32>>,
    /// The norm over each query and key head (Qwen3, Gemma 3).
    pub(crate) qk_norm: Option<QkNorm>,
    pub(crate) rope: Arc<RotaryEmbedding>,
    pub(crate) attention: Attention,
    pub(crate) o_proj: Linear,
    /// The norm of the attention output, before it is added to the residual stream (Gemma 2 and 3).
    pub(crate) post_attention_norm: Option<RmsNorm>,
    pub(crate) mlp_norm: RmsNorm,
    pub(crate) gate_up_proj: Linear,
    /// The bias of gate and up, `[2 * feed_forward]` (Llama's `mlp_bias`).
    pub(crate) gate_up_bias: Option<Vec<f32>>,
    pub(crate) activation: Activation,
    pub(crate) down_proj: Linear,
    /// The bias of the MLP's output times [`Self::residual_scale`], `[hidden]`. It is added to the residual stream behind the
    /// block, where a vector is added, so that a vector that was baked into it leaves the same bits. No family has both it and
    /// a norm behind the MLP.
    pub(crate) down_bias: Option<Vec<f32>>,
    /// The norm of the MLP's output, before it is added to the residual stream (Gemma 2 and 3).
    pub(crate) post_mlp_norm: Option<RmsNorm>,
    /// The factor of what attention and MLP add to the residual stream (Granite: `residual_multiplier`).
    pub(crate) residual_scale: f32,
}

/// The activations that the forward pass saves for the backward pass.
pub(crate) struct SavedActivations {
    input: Tensor,
    /// Queries, keys and values before the q/k norm, where the block has one.
    qkv_before_norm: Option<Tensor>,
    /// Queries, keys and values after the rotary embedding.
    qkv: Tensor,
    attended: AttentionOutput,
    mlp: MlpActivations,
}

/// The activations that the second half of a block saves in the forward pass.
struct MlpActivations {
    /// The output projection's result before its norm, where the block has one.
    attention_output: Option<Tensor>,
    /// The residual stream after attention, `[rows, hidden]`.
    residual: Tensor,
    gate_up: Tensor,
    /// The MLP's output before its norm, where the block has one.
    mlp_output: Option<Tensor>,
}

impl SavedActivations {
    /// Returns the queries, keys and values of every row after the rotary embedding, as the KV cache stores them.
    pub(crate) fn qkv(&self) -> &Tensor {
        &self.qkv
    }
}

impl Block {
    /// Returns the bytes that the weights take in memory.
    pub(super) fn size(&self) -> usize {
        [&self.qkv_proj, &self.o_proj, &self.gate_up_proj, &self.down_proj].iter().map(|l| l.size()).sum()
    }

    /// Returns the same block with another precision of large products.
    pub(super) fn with_matmul_precision(&self, precision: MatmulPrecision) -> Self {
        let mut block = self.clone();
        for layer in [&mut block.qkv_proj, &mut block.o_proj, &mut block.gate_up_proj, &mut block.down_proj] {
            *layer = layer.with_matmul_precision(precision);
        }
        block
    }

    /// Returns where an adapter adds to the block's products.
    pub(super) fn lora_targets(&self) -> LoraTargets {
        LoraTargets {
            hidden: self.qkv_proj.inputs(),
            feed_forward: self.down_proj.inputs(),
            heads: self.attention.heads,
            layout: self.rope.layout(),
        }
    }

    /// Returns the numbers in a row between the gate and the down projection.
    pub(super) fn feed_forward(&self) -> usize {
        self.down_proj.inputs()
    }

    /// Returns the numbers in one row of [`SavedActivations`].
    pub(super) fn saved_numbers_per_row(&self) -> usize {
        let (hidden, gate_up) = (self.down_proj.outputs(), self.gate_up_proj.outputs());
        let heads = self.attention.heads;
        let norms = [&self.post_attention_norm, &self.post_mlp_norm].into_iter().flatten().count();
        let qkv_before_norm = if self.qk_norm.is_some() { heads.width() } else { 0 };
        (2 + norms) * hidden
            + heads.width()
            + qkv_before_norm
            + heads.query_heads * (heads.head_size + 1)
            + gate_up
    }

    /// Computes y from x, both `[rows, hidden]`, and saves what the backward pass needs.
    pub(crate) fn forward(
        &self,
        x: &Tensor,
        packing: &Packing,
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<(Tensor, SavedActivations)> {
        let (qkv_before_norm, qkv) = self.qkv_with_rope(x, &packing.positions, adapters)?;
        let attended = attention::forward(&qkv, &packing.groups, self.attention)?;
        let (mlp, y) = self.output_proj_and_mlp(x, &attended.output, adapters)?;
        Ok((y, SavedActivations { input: x.clone(), qkv_before_norm, qkv, attended, mlp }))
    }

    /// Decodes one row of each sequence, `[sequences, hidden]`. `attend` appends the keys and values of
    /// `[sequences, heads.width()]` to the KV caches and returns the output of attention,
    /// `[sequences, query_heads * head_size]`.
    pub(super) fn step(
        &self,
        x: &Tensor,
        positions: &[u32],
        adapters: &[AdapterOnRows<'_>],
        attend: impl FnOnce(&Tensor) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let (_, qkv) = self.qkv_with_rope(x, positions, adapters)?;
        Ok(self.output_proj_and_mlp(x, &attend(&qkv)?, adapters)?.1)
    }

    /// Computes queries, keys and values side by side, `[rows, heads.width()]`, with the rotary embedding; also
    /// returns them before the q/k norm where the block has one.
    fn qkv_with_rope(
        &self,
        x: &Tensor,
        positions: &[u32],
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<(Option<Tensor>, Tensor)> {
        let heads = self.attention.heads;
        let normed = self.attention_norm.forward(x)?;
        let qkv = self.qkv_proj.forward(&normed)?;
        let mut qkv = self.lora_targets().forward(Product::Qkv, &normed, qkv, adapters)?;
        if let Some(bias) = &self.qkv_bias {
            qkv = rows::add_row(&qkv, bias)?;
        }
        let mut qkv_before_norm = None;
        if let Some(norm) = &self.qk_norm {
            let normed = norm.forward(&qkv, heads)?;
            qkv_before_norm = Some(std::mem::replace(&mut qkv, normed));
        }
        Ok((
            qkv_before_norm,
            self.rope.rotate(&qkv, heads.query_heads + heads.kv_heads, positions, Pass::Forward)?,
        ))
    }

    /// Computes the output projection and the MLP, both with their residual connections.
    fn output_proj_and_mlp(
        &self,
        x: &Tensor,
        attended: &Tensor,
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<(MlpActivations, Tensor)> {
        let lora = self.lora_targets();
        let added = lora.forward(Product::Output, attended, self.o_proj.forward(attended)?, adapters)?;
        let (attention_output, added) = normed(added, self.post_attention_norm.as_ref())?;
        let residual = rows::add_scaled(x, &added, self.residual_scale)?;
        let from = self.mlp_norm.forward(&residual)?;
        let mut gate_up =
            lora.forward(Product::GateUp, &from, self.gate_up_proj.forward(&from)?, adapters)?;
        if let Some(bias) = &self.gate_up_bias {
            gate_up = rows::add_row(&gate_up, bias)?;
        }
        let from = glu::forward(&gate_up, self.activation)?;
        let added = lora.forward(Product::Down, &from, self.down_proj.forward(&from)?, adapters)?;
        let (mlp_output, added) = normed(added, self.post_mlp_norm.as_ref())?;
        let mut y = rows::add_scaled(&residual, &added, self.residual_scale)?;
        if let Some(bias) = &self.down_bias {
            y = rows::add_row(&y, bias)?;
        }
        Ok((MlpActivations { attention_output, residual, gate_up, mlp_output }, y))
    }

    /// Returns the gradient of x from that of y. An adapter that is trained acted on all rows; its gradients are added to its
    /// buffers.
    pub(crate) fn backward(
        &self,
        saved: &SavedActivations,
        dy: &Tensor,
        packing: &Packing,
        mut trained: Option<TrainedPairs<'_>>,
    ) -> Result<Tensor> {
        let (mlp, lora) = (&saved.mlp, self.lora_targets());
        let d_scaled = rows::scale(dy, self.residual_scale)?;
        let d_added = norm_backward(&d_scaled, mlp.mlp_output.as_ref(), self.post_mlp_norm.as_ref())?;
        let d_glu = self.down_proj.backward(&d_added)?;
        let from = || glu::forward(&mlp.gate_up, self.activation);
        let d_glu = lora.backward(Product::Down, from, &d_added, d_glu, &mut trained)?;
        let d_gate_up = glu::backward(&mlp.gate_up, &d_glu, self.activation)?;
        let d_norm = self.gate_up_proj.backward(&d_gate_up)?;
        let from = || self.mlp_norm.forward(&mlp.residual);
        let d_norm = lora.backward(Product::GateUp, from, &d_gate_up, d_norm, &mut trained)?;
        let d_residual = self.mlp_norm.backward(&mlp.residual, &d_norm, dy)?;

        let d_scaled = rows::scale(&d_residual, self.residual_scale)?;
        let d_added =
            norm_backward(&d_scaled, mlp.attention_output.as_ref(), self.post_attention_norm.as_ref())?;
        let d_attended = self.o_proj.backward(&d_added)?;
        let from = || Ok(saved.attended.output.clone());
        let d_attended = lora.backward(Product::Output, from, &d_added, d_attended, &mut trained)?;
        let d_rotated =
            attention::backward(&saved.qkv, &saved.attended, &d_attended, &packing.groups, self.attention)?;
        let heads = self.attention.heads;
        let mut d_qkv = self.rope.rotate(
            &d_rotated,
            heads.query_heads + heads.kv_heads,
            &packing.positions,
            Pass::Backward,
        )?;
        if let (Some(norm), Some(qkv_before_norm)) = (&self.qk_norm, &saved.qkv_before_norm) {
            d_qkv = norm.backward(qkv_before_norm, &d_qkv, heads)?;
        }
        let d_norm = self.qkv_proj.backward(&d_qkv)?;
        let from = || self.attention_norm.forward(&saved.input);
        let d_norm = lora.backward(Product::Qkv, from, &d_qkv, d_norm, &mut trained)?;
        self.attention_norm.backward(&saved.input, &d_norm, &d_residual)
    }
}

/// Normalizes rows where there is a norm, and then also returns them as they were.
fn normed(rows: Tensor, norm: Option<&RmsNorm>) -> Result<(Option<Tensor>, Tensor)> {
    match norm {
        None => Ok((None, rows)),
        Some(norm) => norm.forward(&rows).map(|normed| (Some(rows), normed)),
    }
}

/// Returns the gradient before an optional norm from the gradient after it.
fn norm_backward(gradient: &Tensor, before: Option<&Tensor>, norm: Option<&RmsNorm>) -> Result<Tensor> {
    match (before, norm) {
        (Some(before), Some(norm)) => norm.backward(before, gradient, &gradient.zeros_like()?),
        _ => Ok(gradient.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::{Adapter, Projections, Shape};
    use crate::ops::attention::Heads;
    use crate::ops::rope::RopeLayout;
    use crate::ops::testing::{assert_gradient, random};
    use crate::ops::weight::Weight;
    use crate::pairs::EncodedPair;

    const HEADS: Heads = Heads { query_heads: 4, kv_heads: 2, head_size: 4 };
    const HIDDEN: usize = 10;

    fn linear(outputs: usize, inputs: usize, seed: u64) -> Linear {
        let values = (random(&[outputs, inputs], seed) * 0.5).unwrap().flatten_all().unwrap();
        Linear::new(Weight::dense(values.to_vec1().unwrap(), inputs).into())
    }

    fn norm(seed: u64) -> RmsNorm {
        RmsNorm::new(random(&[HIDDEN], seed), 1e-5)
    }

    fn llama() -> Block {
        let inner = 12;
        Block {
            attention_norm: norm(1),
            qkv_proj: linear(HEADS.width(), HIDDEN, 2),
            qkv_bias: None,
            qk_norm: None,
            rope: Arc::new(RotaryEmbedding::new(
                &[1.0, 0.1],
                1.0,
                HEADS.head_size,
                16,
                RopeLayout::Interleaved,
            )),
            attention: Attention { heads: HEADS, scale: 0.5, logit_softcap: None, sliding_window: None },
            o_proj: linear(HIDDEN, 16, 3),
            post_attention_norm: None,
            mlp_norm: norm(4),
            gate_up_proj: linear(2 * inner, HIDDEN, 5),
            gate_up_bias: None,
            activation: Activation::Silu,
            down_proj: linear(HIDDEN, inner, 6),
            down_bias: None,
            post_mlp_norm: None,
            residual_scale: 1.0,
        }
    }

    /// Returns a block that has every optional part at once.
    fn everything() -> Block {
        let scale = |seed| random(&[4], seed).to_vec1().unwrap();
        Block {
            qkv_bias: Some(random(&[HEADS.width()], 8).to_vec1().unwrap()),
            qk_norm: Some(QkNorm::new(scale(9), scale(10), 1e-5)),
            rope: Arc::new(RotaryEmbedding::new(&[1.0], 1.1, HEADS.head_size, 16, RopeLayout::HalfSplit)),
            attention: Attention {
                heads: HEADS,
                scale: 0.7,
                logit_softcap: Some(1.5),
                sliding_window: Some(3),
            },
            post_attention_norm: Some(norm(11)),
            gate_up_bias: Some(random(&[24], 14).to_vec1().unwrap()),
            activation: Activation::GeluTanh,
            down_bias: Some(random(&[HIDDEN], 15).to_vec1().unwrap()),
            post_mlp_norm: Some(norm(12)),
            residual_scale: 0.6,
            ..llama()
        }
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let mut packing = Packing::default();
        packing.push_pair(&EncodedPair { prompt: vec![0; 3], wanted: vec![0; 3], opposite: vec![0; 2] });
        packing.push_sequence(&[0; 2]);
        for block in [llama(), everything()] {
            assert_gradient(
                &random(&[packing.rows(), HIDDEN], 7),
                |x| Ok(block.forward(x, &packing, &[])?.0),
                |x, dy| block.backward(&block.forward(x, &packing, &[])?.1, dy, &packing, None),
            );
        }
    }

    #[test]
    fn gradients_of_rows_and_of_an_adapter_agree_with_finite_differences() {
        let mut packing = Packing::default();
        packing.push_pair(&EncodedPair { prompt: vec![0; 3], wanted: vec![0; 3], opposite: vec![0; 2] });
        let shape = Shape {
            blocks: 1,
            rank: 2,
            inputs: HIDDEN,
            queries: 16,
            values: 8,
            feed_forward: 12,
            on: Projections::all(),
        };
        let rows = 0..packing.rows();
        let (x, numbers) = (random(&[packing.rows(), HIDDEN], 7), random(&[1, shape.numbers()], 13));
        for block in [llama(), everything()] {
            let forward = |x: &Tensor, numbers: &Tensor| -> Result<(Tensor, SavedActivations)> {
                let adapter = Adapter::new(shape, 3.0, numbers.flatten_all()?.to_vec1()?.into()).unwrap();
                block.forward(x, &packing, &[adapter.on_rows(0, rows.clone(), -0.5)])
            };
            let backward = |x: &Tensor, numbers: &Tensor, dy: &Tensor| -> Result<(Tensor, Tensor)> {
                let adapter = Adapter::new(shape, 3.0, numbers.flatten_all()?.to_vec1()?.into()).unwrap();
                let mut gradient = vec![0.0; shape.numbers()];
                let (saved, on) = (forward(x, numbers)?.1, adapter.on_rows(0, rows.clone(), -0.5));
                let gradients = Adapter::pair_gradients(shape, &mut gradient);
                let trained = Some(TrainedPairs { adapter: on, gradients });
                let dx = block.backward(&saved, dy, &packing, trained)?;
                Ok((dx, rows::tensor(gradient, shape.numbers())?))
            };
            assert_gradient(&x, |x| Ok(forward(x, &numbers)?.0), |x, dy| Ok(backward(x, &numbers, dy)?.0));
            assert_gradient(&numbers, |n| Ok(forward(&x, n)?.0), |n, dy| Ok(backward(&x, n, dy)?.1));
        }
    }
}
