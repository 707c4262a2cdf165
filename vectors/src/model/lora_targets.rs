//! Applies `LoRA` adapters to the queries and values of a block. The work is done in main memory, also for blocks on a
//! device, because an adapter's products are small beside the block's.

use candle_core::{Result, Tensor};

use crate::adapter::AdapterOnRows;
use crate::ops::attention::Heads;
use crate::ops::gemm::Threads;
use crate::ops::lora::{LoraColumns, LoraGradients};
use crate::ops::rope::RopeLayout;
use crate::ops::rows;

/// The sizes of a block that its adapters need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoraTargets {
    /// The numbers in a row after the attention norm.
    pub(crate) inputs: usize,
    pub(crate) heads: Heads,
    pub(crate) layout: RopeLayout,
}

impl LoraTargets {
    /// Returns the columns of a row of queries, keys and values that the outputs of the query pair and of the value
    /// pair are added to. GGUF files of the Llama family interleave the halves of each query head; adapters never do.
    fn output_columns(self) -> [LoraColumns; 2] {
        let heads = self.heads;
        let interleaved = (self.layout == RopeLayout::Interleaved).then_some(heads.head_size);
        let width = heads.width();
        [
            LoraColumns { width, start: 0, interleaved },
            LoraColumns { width, start: heads.value(0), interleaved: None },
        ]
    }

    /// Adds the adapters' outputs to queries, keys and values. `normed` has the rows that these were computed from.
    pub(crate) fn forward(
        self,
        normed: &Tensor,
        qkv: Tensor,
        adapters: &[AdapterOnRows<'_>],
    ) -> Result<Tensor> {
        if adapters.is_empty() {
            return Ok(qkv);
        }
        let (from, normed) = (rows::read(&qkv)?, rows::read(normed)?);
        let (inputs, width, mut values) = (self.inputs, from.width, from.all().to_vec());
        for adapter in adapters {
            let (x, y) = (
                &normed.all()[adapter.rows.start * inputs..adapter.rows.end * inputs],
                &mut values[adapter.rows.start * width..adapter.rows.end * width],
            );
            for (pair, target) in adapter.pairs.iter().zip(self.output_columns()) {
                pair.add(x, y, target, adapter.scale, Threads::All);
            }
        }
        rows::tensor(values, width)
    }

    /// The backward pass of [`LoraTargets::forward`] for one adapter on all rows: returns the gradient of the
    /// normalized rows and adds to those of the adapter's pairs.
    pub(crate) fn backward(
        self,
        normed: &Tensor,
        d_qkv: &Tensor,
        d_normed: &Tensor,
        adapter: &AdapterOnRows<'_>,
        gradients: [LoraGradients<'_>; 2],
    ) -> Result<Tensor> {
        let (normed, d_qkv, d_normed) = (rows::read(normed)?, rows::read(d_qkv)?, rows::read(d_normed)?);
        let mut sum = d_normed.all().to_vec();
        for ((pair, target), mut gradients) in adapter.pairs.iter().zip(self.output_columns()).zip(gradients)
        {
            pair.backward(normed.all(), d_qkv.all(), target, adapter.scale, &mut sum, &mut gradients);
        }
        rows::tensor(sum, d_normed.width)
    }
}
