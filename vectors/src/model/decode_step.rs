//! One decoding step: reads one new token of each sequence through the whole decoder. It has a loop over the blocks of its
//! own, because its rows attend to KV caches in place of packed rows; the rest of a block is [`Block`]'s.

use candle_core::{Result, Tensor};

use super::block::Block;
use super::decoder::{Backend, Decoder};
use super::kv_cache::{KvCache, decode_attention};
use crate::device::{DeviceDecoder, KvPool};
use crate::ops::linear::Scratch;
use crate::ops::rows;
use crate::ops::small_batch_gemm::OutputColumns;
use crate::ops::softcap::softcap;
use crate::packing::Segment;
use crate::steering::{SteeringPlan, apply_to_rows, row_adapters};

/// The next token of a sequence.
pub(crate) struct NextToken<'a> {
    pub(crate) token: u32,
    /// The token's position in the sequence.
    pub(crate) position: u32,
    pub(crate) cache: &'a mut KvCache,
    pub(crate) plan: &'a SteeringPlan,
}

/// The moment at which a pass shows the rows `[rows, hidden]` behind a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The block's output, before any edit.
    Output,
    /// The residual stream after the edits, as the next block reads it.
    Edited,
}

/// Sees the rows behind every block of a pass.
pub(crate) type Visit<'v> = dyn FnMut(usize, Stage, &Tensor) -> Result<()> + Send + 'v;

/// Reusable buffers of decoding steps.
#[derive(Default)]
pub(crate) struct DecodeBuffers {
    /// The head's input and output.
    scratch: Scratch,
    /// The logits from a device.
    columns: Vec<f32>,
    /// The KV cache of sequences on a device.
    kv_pool: KvPool,
}

/// The new rows of all sequences, and their KV caches.
struct NewRows<'a> {
    /// The embedding, `[sequences, hidden]`.
    x: Tensor,
    positions: Vec<u32>,
    caches: Vec<&'a mut KvCache>,
    plans: Vec<&'a SteeringPlan>,
}

impl DecodeBuffers {
    /// Reads one token of each sequence and appends it to the sequence's KV cache. Returns the logits of each
    /// sequence's next token, transposed: `[vocabulary, sequences]`. On the host it runs many small parallel loops, so
    /// it is called on a thread of rayon's pool. `visit` sees one row of each sequence behind every block.
    pub(crate) fn decode(
        &mut self,
        decoder: &Decoder,
        next: Vec<NextToken<'_>>,
        visit: &mut Visit<'_>,
    ) -> Result<OutputColumns<'_>> {
        let tokens: Vec<u32> = next.iter().map(|next| next.token).collect();
        let mut new =
            NewRows { x: decoder.embed(&tokens)?, positions: vec![], caches: vec![], plans: vec![] };
        for next in next {
            new.positions.push(next.position);
            new.caches.push(next.cache);
            new.plans.push(next.plan);
        }
        match &decoder.backend {
            Backend::Host(blocks) => self.decode_on_host(decoder, blocks, new, visit),
            Backend::Device(device) => self.decode_on_device(decoder, device, new, visit),
        }
    }

    fn decode_on_host(
        &mut self,
        decoder: &Decoder,
        blocks: &[Block],
        NewRows { mut x, positions, caches, plans }: NewRows<'_>,
        visit: &mut Visit<'_>,
    ) -> Result<OutputColumns<'_>> {
        let mut caches = caches.into_iter().map(KvCache::host_mut).collect::<Result<Vec<_>>>()?;
        let segments = vec![Segment::Answer; positions.len()];
        for (index, block) in blocks.iter().enumerate() {
            let adapters = row_adapters(index, &plans);
            let attend = |qkv: &Tensor| decode_attention(qkv, index, &mut caches, block.attention);
            x = block.step(&x, &positions, &adapters, attend)?;
            visit(index, Stage::Output, &x)?;
            x = apply_to_rows(x, index, &segments, plans.iter().map(|plan| (1, *plan)))?;
            visit(index, Stage::Edited, &x)?;
        }
        let normed = decoder.final_norm.forward(&x)?;
        let mut logits = decoder.head.forward_columns(rows::read(&normed)?.all(), &mut self.scratch);
        if let Some(cap) = decoder.final_logit_softcap() {
            softcap(logits.as_mut_slice(), cap);
        }
        Ok(logits)
    }

    fn decode_on_device(
        &mut self,
        decoder: &Decoder,
        device: &DeviceDecoder,
        NewRows { x, positions, caches, plans }: NewRows<'_>,
        visit: &mut Visit<'_>,
    ) -> Result<OutputColumns<'_>> {
        let mut caches = caches.into_iter().map(KvCache::device_mut).collect::<Result<Vec<_>>>()?;
        let x = device.step(x, &mut self.kv_pool, &mut caches, &positions, &plans, visit)?;
        let columns = decoder.logits(&x)?.t()?.contiguous()?;
        self.columns = columns.flatten_all()?.to_vec1()?;
        Ok(OutputColumns::new(&mut self.columns, positions.len()))
    }
}
