//! One decoder block, forward and back.
//!
//! ```text
//! mid = x + Wo attention(rotary(Wqkv norm(x)))
//! y   = mid + Wdown swiglu(Wgate,up norm(mid))
//! ```
//!
//! The weights are frozen: the way back needs the inputs of the norms, the rotated queries, keys and values, and the
//! gate, and nothing else.

use candle_core::{Result, Tensor};

use crate::ops::attention::{self, Attended, Heads};
use crate::ops::linear::Linear;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rotary::{Rotary, Turn};
use crate::ops::rows;
use crate::ops::swiglu;
use crate::packing::Packing;

/// A decoder block of the Llama family.
pub(crate) struct Block {
    pub(super) attention_norm: RmsNorm,
    pub(super) query_key_value: Linear,
    pub(super) attention_output: Linear,
    pub(super) feed_forward_norm: RmsNorm,
    pub(super) gate_up: Linear,
    pub(super) down: Linear,
    pub(super) heads: Heads,
}

/// What the way back needs of the way forward.
pub(crate) struct Trace {
    input: Tensor,
    /// Queries, keys and values, rotated.
    qkv: Tensor,
    attended: Attended,
    middle: Tensor,
    gate_up: Tensor,
}

impl Trace {
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

    /// Numbers in a row of a [`Trace`].
    pub(super) fn trace_size(&self) -> usize {
        let (hidden, gate_up) = (self.down.outputs(), self.gate_up.outputs());
        2 * hidden + self.heads.width() + self.heads.queries * (self.heads.size + 1) + gate_up
    }

    /// x `[rows, hidden]` to y of the same shape, with what the way back needs.
    pub(crate) fn forward(&self, x: &Tensor, packing: &Packing, rotary: &Rotary) -> Result<(Tensor, Trace)> {
        let qkv = self.rotated_qkv(x, &packing.positions, rotary)?;
        let attended = attention::forward(&qkv, &packing.groups, self.heads)?;
        let (middle, gate_up, y) = self.after_attention(x, &attended.output)?;
        Ok((y, Trace { input: x.clone(), qkv, attended, middle, gate_up }))
    }

    /// Queries, keys and values side by side, rotated: `[rows, heads.width()]`.
    fn rotated_qkv(&self, x: &Tensor, positions: &[u32], rotary: &Rotary) -> Result<Tensor> {
        let qkv = self.query_key_value.forward(&self.attention_norm.forward(x)?)?;
        rotary.turn(&qkv, self.heads.queries + self.heads.keys, positions, Turn::Forward)
    }

    /// The rest of the block: the residual stream after attention, gate and up, and the block's output.
    fn after_attention(&self, x: &Tensor, attended: &Tensor) -> Result<(Tensor, Tensor, Tensor)> {
        let middle = rows::add(x, &self.attention_output.forward(attended)?)?;
        let gate_up = self.gate_up.forward(&self.feed_forward_norm.forward(&middle)?)?;
        let y = rows::add(&middle, &self.down.forward(&swiglu::forward(&gate_up)?)?)?;
        Ok((middle, gate_up, y))
    }

    /// The gradient of x from that of y.
    pub(crate) fn backward(
        &self,
        trace: &Trace,
        dy: &Tensor,
        packing: &Packing,
        rotary: &Rotary,
    ) -> Result<Tensor> {
        let d_gate_up = swiglu::backward(&trace.gate_up, &self.down.backward(dy)?)?;
        let d_norm = self.gate_up.backward(&d_gate_up)?;
        let d_middle = self.feed_forward_norm.backward(&trace.middle, &d_norm, dy)?;

        let d_attended = self.attention_output.backward(&d_middle)?;
        let d_rotated =
            attention::backward(&trace.qkv, &trace.attended, &d_attended, &packing.groups, self.heads)?;
        let rotated_heads = self.heads.queries + self.heads.keys;
        let d_qkv = rotary.turn(&d_rotated, rotated_heads, &packing.positions, Turn::Back)?;
        let d_norm = self.query_key_value.backward(&d_qkv)?;
        self.attention_norm.backward(&trace.input, &d_norm, &d_middle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{assert_gradient, random};
    use crate::ops::weight::Weight;
    use crate::pairs::EncodedPair;

    #[test]
    fn gradient_agrees_with_finite_differences() {
        let heads = Heads { queries: 4, keys: 2, size: 4 };
        let (hidden, inner) = (10, 12);
        let linear = |outputs, inputs, seed| {
            let values = (random(&[outputs, inputs], seed) * 0.5).unwrap().flatten_all().unwrap();
            Linear::new(Weight::dense(values.to_vec1().unwrap(), inputs).into())
        };
        let block = Block {
            attention_norm: RmsNorm::new(random(&[hidden], 1), 1e-5),
            query_key_value: linear(heads.width(), hidden, 2),
            attention_output: linear(hidden, 16, 3),
            feed_forward_norm: RmsNorm::new(random(&[hidden], 4), 1e-5),
            gate_up: linear(2 * inner, hidden, 5),
            down: linear(hidden, inner, 6),
            heads,
        };
        let rotary = Rotary::new(100.0, heads.size, 16);
        let mut packing = Packing::default();
        packing.push_pair(&EncodedPair { prompt: vec![0; 3], wanted: vec![0; 3], opposite: vec![0; 2] });
        packing.push_sequence(&[0; 2]);
        assert_gradient(
            &random(&[packing.rows(), hidden], 7),
            |x| Ok(block.forward(x, &packing, &rotary)?.0),
            |x, dy| block.backward(&block.forward(x, &packing, &rotary)?.1, dy, &packing, &rotary),
        );
    }
}
