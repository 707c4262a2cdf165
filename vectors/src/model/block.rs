//! One decoder block, forward and back.
//!
//! ```text
//! mid = x + [norm](Wo attention(rotary([head norm](Wqkv norm(x) [+ bias]))))
//! y   = mid + [norm](Wdown gate(Wgate,up norm(mid)))
//! ```
//!
//! What stands in brackets some families have and others do not. The weights are frozen: the way back needs the inputs
//! of the norms, the rotated queries, keys and values, and the gate, and nothing else.

use std::sync::Arc;

use candle_core::{Result, Tensor};

use super::lora_targets::LoraTargets;
use crate::adapter::OnRows;
use crate::ops::attention::{self, Attended, Attention};
use crate::ops::glu::{self, Activation};
use crate::ops::linear::Linear;
use crate::ops::lora::LoraGradients;
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
    pub(crate) query_key_value: Linear,
    /// Added to queries, keys and values (Qwen2).
    pub(crate) query_key_value_bias: Option<Vec<f32>>,
    /// Over each head of queries and keys (Qwen3, Gemma 3).
    pub(crate) qk_norm: Option<QkNorm>,
    pub(crate) rope: Arc<RotaryEmbedding>,
    pub(crate) attention: Attention,
    pub(crate) attention_output: Linear,
    /// Over what attention adds to the residual stream (Gemma 2 and 3).
    pub(crate) attention_output_norm: Option<RmsNorm>,
    pub(crate) feed_forward_norm: RmsNorm,
    pub(crate) gate_up: Linear,
    pub(crate) activation: Activation,
    pub(crate) down: Linear,
    /// Over what the feed-forward layer adds to the residual stream (Gemma 2 and 3).
    pub(crate) down_norm: Option<RmsNorm>,
}

/// What the way back needs of the way forward.
pub(crate) struct SavedActivations {
    input: Tensor,
    /// Queries, keys and values before their heads were normed, where they are.
    unnormed: Option<Tensor>,
    /// Queries, keys and values, rotated.
    qkv: Tensor,
    attended: Attended,
    after: AfterAttention,
}

/// The second half of a block, on its way forward.
struct AfterAttention {
    /// What attention adds, before its norm, where it has one.
    attention_added: Option<Tensor>,
    /// The residual stream after attention.
    middle: Tensor,
    gate_up: Tensor,
    /// What the feed-forward layer adds, before its norm, where it has one.
    feed_forward_added: Option<Tensor>,
}

impl SavedActivations {
    /// Queries, keys and values of every row, rotated: what a key-value cache keeps.
    pub(crate) fn qkv(&self) -> &Tensor {
        &self.qkv
    }
}

impl Block {
    /// Bytes of weights in memory.
    pub(super) fn size(&self) -> usize {
        [&self.query_key_value, &self.attention_output, &self.gate_up, &self.down]
            .iter()
            .map(|l| l.size())
            .sum()
    }

    /// The same block, whose products of many rows are computed in another way.
    pub(super) fn with_matmul_precision(&self, precision: MatmulPrecision) -> Self {
        let mut block = self.clone();
        for layer in
            [&mut block.query_key_value, &mut block.attention_output, &mut block.gate_up, &mut block.down]
        {
            *layer = layer.with_matmul_precision(precision);
        }
        block
    }

    /// What adapters know of it.
    pub(super) fn lora_targets(&self) -> LoraTargets {
        let (inputs, heads) = (self.query_key_value.inputs(), self.attention.heads);
        LoraTargets { inputs, heads, layout: self.rope.layout() }
    }

    /// Numbers in a row of a [`SavedActivations`].
    pub(super) fn saved_numbers_per_row(&self) -> usize {
        let (hidden, gate_up) = (self.down.outputs(), self.gate_up.outputs());
        let heads = self.attention.heads;
        let norms = [&self.attention_output_norm, &self.down_norm].into_iter().flatten().count();
        let unnormed = if self.qk_norm.is_some() { heads.width() } else { 0 };
        (2 + norms) * hidden + heads.width() + unnormed + heads.queries * (heads.size + 1) + gate_up
    }

    /// x `[rows, hidden]` to y of the same shape, with what the way back needs.
    pub(crate) fn forward(
        &self,
        x: &Tensor,
        packing: &Packing,
        adapters: &[OnRows<'_>],
    ) -> Result<(Tensor, SavedActivations)> {
        let (unnormed, qkv) = self.rotated_qkv(x, &packing.positions, adapters)?;
        let attended = attention::forward(&qkv, &packing.groups, self.attention)?;
        let (after, y) = self.after_attention(x, &attended.output)?;
        Ok((y, SavedActivations { input: x.clone(), unnormed, qkv, attended, after }))
    }

    /// Queries, keys and values side by side, rotated: `[rows, heads.width()]`; where heads are normed, what they were
    /// before as well.
    fn rotated_qkv(
        &self,
        x: &Tensor,
        positions: &[u32],
        adapters: &[OnRows<'_>],
    ) -> Result<(Option<Tensor>, Tensor)> {
        let heads = self.attention.heads;
        let normed = self.attention_norm.forward(x)?;
        let mut qkv =
            self.lora_targets().forward(&normed, self.query_key_value.forward(&normed)?, adapters)?;
        if let Some(bias) = &self.query_key_value_bias {
            qkv = rows::add_row(&qkv, bias)?;
        }
        let mut unnormed = None;
        if let Some(norm) = &self.qk_norm {
            let normed = norm.forward(&qkv, heads)?;
            unnormed = Some(std::mem::replace(&mut qkv, normed));
        }
        Ok((unnormed, self.rope.rotate(&qkv, heads.queries + heads.keys, positions, Pass::Forward)?))
    }

    /// The rest of the block, and its output.
    fn after_attention(&self, x: &Tensor, attended: &Tensor) -> Result<(AfterAttention, Tensor)> {
        let added = self.attention_output.forward(attended)?;
        let (attention_added, added) = normed(added, self.attention_output_norm.as_ref())?;
        let middle = rows::add(x, &added)?;
        let gate_up = self.gate_up.forward(&self.feed_forward_norm.forward(&middle)?)?;
        let added = self.down.forward(&glu::forward(&gate_up, self.activation)?)?;
        let (feed_forward_added, added) = normed(added, self.down_norm.as_ref())?;
        let y = rows::add(&middle, &added)?;
        Ok((AfterAttention { attention_added, middle, gate_up, feed_forward_added }, y))
    }

    /// The gradient of x from that of y.
    pub(crate) fn backward(
        &self,
        saved: &SavedActivations,
        dy: &Tensor,
        packing: &Packing,
    ) -> Result<Tensor> {
        let (d_qkv, d_middle) = self.back_to_qkv(saved, dy, packing)?;
        let d_norm = self.query_key_value.backward(&d_qkv)?;
        self.attention_norm.backward(&saved.input, &d_norm, &d_middle)
    }

    /// The same with an adapter that acted on all rows, whose gradients are added to `gradients`.
    pub(crate) fn backward_with_lora(
        &self,
        saved: &SavedActivations,
        dy: &Tensor,
        packing: &Packing,
        adapter: &OnRows<'_>,
        gradients: [LoraGradients<'_>; 2],
    ) -> Result<Tensor> {
        let (d_qkv, d_middle) = self.back_to_qkv(saved, dy, packing)?;
        let normed = self.attention_norm.forward(&saved.input)?;
        let d_norm = self.query_key_value.backward(&d_qkv)?;
        let d_norm = self.lora_targets().backward(&normed, &d_qkv, &d_norm, adapter, gradients)?;
        self.attention_norm.backward(&saved.input, &d_norm, &d_middle)
    }

    /// The gradients of queries, keys and values as the layer gives them, and of the residual stream after attention.
    fn back_to_qkv(
        &self,
        saved: &SavedActivations,
        dy: &Tensor,
        packing: &Packing,
    ) -> Result<(Tensor, Tensor)> {
        let after = &saved.after;
        let d_added = normed_back(dy, after.feed_forward_added.as_ref(), self.down_norm.as_ref())?;
        let d_gate_up = glu::backward(&after.gate_up, &self.down.backward(&d_added)?, self.activation)?;
        let d_norm = self.gate_up.backward(&d_gate_up)?;
        let d_middle = self.feed_forward_norm.backward(&after.middle, &d_norm, dy)?;

        let d_added =
            normed_back(&d_middle, after.attention_added.as_ref(), self.attention_output_norm.as_ref())?;
        let d_attended = self.attention_output.backward(&d_added)?;
        let d_rotated =
            attention::backward(&saved.qkv, &saved.attended, &d_attended, &packing.groups, self.attention)?;
        let heads = self.attention.heads;
        let mut d_qkv =
            self.rope.rotate(&d_rotated, heads.queries + heads.keys, &packing.positions, Pass::Backward)?;
        if let (Some(norm), Some(unnormed)) = (&self.qk_norm, &saved.unnormed) {
            d_qkv = norm.backward(unnormed, &d_qkv, heads)?;
        }
        Ok((d_qkv, d_middle))
    }
}

/// Rows through a norm, where there is one; then also what they were before.
fn normed(rows: Tensor, norm: Option<&RmsNorm>) -> Result<(Option<Tensor>, Tensor)> {
    match norm {
        None => Ok((None, rows)),
        Some(norm) => norm.forward(&rows).map(|normed| (Some(rows), normed)),
    }
}

/// The gradient before the norm from that after it.
fn normed_back(gradient: &Tensor, before: Option<&Tensor>, norm: Option<&RmsNorm>) -> Result<Tensor> {
    match (before, norm) {
        (Some(before), Some(norm)) => norm.backward(before, gradient, &gradient.zeros_like()?),
        _ => Ok(gradient.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::{Adapter, Shape};
    use crate::ops::attention::Heads;
    use crate::ops::rope::RopeLayout;
    use crate::ops::testing::{assert_gradient, random};
    use crate::ops::weight::Weight;
    use crate::pairs::EncodedPair;

    const HEADS: Heads = Heads { queries: 4, keys: 2, size: 4 };
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
            query_key_value: linear(HEADS.width(), HIDDEN, 2),
            query_key_value_bias: None,
            qk_norm: None,
            rope: Arc::new(RotaryEmbedding::new(&[1.0, 0.1], 1.0, HEADS.size, 16, RopeLayout::Interleaved)),
            attention: Attention { heads: HEADS, scale: 0.5, logit_softcap: None, window: None },
            attention_output: linear(HIDDEN, 16, 3),
            attention_output_norm: None,
            feed_forward_norm: norm(4),
            gate_up: linear(2 * inner, HIDDEN, 5),
            activation: Activation::Silu,
            down: linear(HIDDEN, inner, 6),
            down_norm: None,
        }
    }

    /// Everything that a block may have at once.
    fn everything() -> Block {
        let scale = |seed| random(&[4], seed).to_vec1().unwrap();
        Block {
            query_key_value_bias: Some(random(&[HEADS.width()], 8).to_vec1().unwrap()),
            qk_norm: Some(QkNorm::new(scale(9), scale(10), 1e-5)),
            rope: Arc::new(RotaryEmbedding::new(&[1.0], 1.1, HEADS.size, 16, RopeLayout::HalfSplit)),
            attention: Attention { heads: HEADS, scale: 0.7, logit_softcap: Some(1.5), window: Some(3) },
            attention_output_norm: Some(norm(11)),
            activation: Activation::GeluTanh,
            down_norm: Some(norm(12)),
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
                |x, dy| block.backward(&block.forward(x, &packing, &[])?.1, dy, &packing),
            );
        }
    }

    #[test]
    fn gradients_of_rows_and_of_an_adapter_agree_with_finite_differences() {
        let mut packing = Packing::default();
        packing.push_pair(&EncodedPair { prompt: vec![0; 3], wanted: vec![0; 3], opposite: vec![0; 2] });
        let shape = Shape { blocks: 1, rank: 2, inputs: HIDDEN, queries: 16, values: 8 };
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
                let gradients = Adapter::slopes(shape, &mut gradient);
                let dx = block.backward_with_lora(&saved, dy, &packing, &on, gradients)?;
                Ok((dx, rows::tensor(gradient, shape.numbers())?))
            };
            assert_gradient(&x, |x| Ok(forward(x, &numbers)?.0), |x, dy| Ok(backward(x, &numbers, dy)?.0));
            assert_gradient(&numbers, |n| Ok(forward(&x, n)?.0), |n, dy| Ok(backward(&x, n, dy)?.1));
        }
    }
}
