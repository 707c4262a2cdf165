//! One decoding step: reads one new token of each sequence through the whole decoder. On the host it is the extension of
//! each sequence by one row, and may be made in two parts, between which the steering changes.

use candle_core::{Result, Tensor};

use super::decoder::{Backend, Decoder};
use super::extension::{NewRows, Visit};
use super::kv_cache::KvCache;
use crate::device::{DeviceDecoder, KvPool};
use crate::ops::linear::Scratch;
use crate::ops::rows;
use crate::ops::small_batch_gemm::OutputColumns;
use crate::ops::softcap::softcap;
use crate::packing::Segment;
use crate::steering::{RowPart, SteeringPlan};

/// The next token of a sequence.
pub(crate) struct NextToken<'a> {
    pub(crate) token: u32,
    /// The token's position in the sequence.
    pub(crate) position: u32,
    pub(crate) cache: &'a mut KvCache,
    pub(crate) plan: &'a SteeringPlan,
    /// The openings of the plan's gates that were decided at the prompt.
    pub(crate) decided: &'a [f32],
}

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
        let x = embed(decoder, &next)?;
        match &decoder.backend {
            Backend::Host(_) => self.finish(decoder, x, 0, next, visit),
            Backend::Device(device) => self.decode_on_device(decoder, device, new_rows(x, next), visit),
        }
    }

    /// Reads what is left of a step after [`begin`], which has read the first `from` blocks, and returns as
    /// [`DecodeBuffers::decode`] does. The edits behind the last of these blocks come first. Only blocks in main memory do it.
    pub(crate) fn finish(
        &mut self,
        decoder: &Decoder,
        x: Tensor,
        from: usize,
        next: Vec<NextToken<'_>>,
        visit: &mut Visit<'_>,
    ) -> Result<OutputColumns<'_>> {
        let x = decoder.extend(from..decoder.block_count(), new_rows(x, next), visit)?;
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
        NewRows { x, positions, parts, caches, .. }: NewRows<'_>,
        visit: &mut Visit<'_>,
    ) -> Result<OutputColumns<'_>> {
        let mut caches = caches.into_iter().map(KvCache::device_mut).collect::<Result<Vec<_>>>()?;
        let x = device.step(x, &mut self.kv_pool, &mut caches, &positions, &parts, visit)?;
        let columns = decoder.logits(&x)?.t()?.contiguous()?;
        self.columns = columns.flatten_all()?.to_vec1()?;
        Ok(OutputColumns::new(&mut self.columns, positions.len()))
    }
}

/// Reads one token of each sequence through the first blocks, which no sequence's plan may change or read, and appends it to the
/// KV caches of these blocks. Returns the output of the last of them, `[sequences, hidden]`, for [`DecodeBuffers::finish`]: until then,
/// a sequence may be given another plan that leaves these blocks alone. Only blocks in main memory do it.
pub(crate) fn begin(
    decoder: &Decoder,
    blocks: usize,
    next: Vec<NextToken<'_>>,
    visit: &mut Visit<'_>,
) -> Result<Tensor> {
    let (x, unsteered) = (embed(decoder, &next)?, SteeringPlan::default());
    let unsteered = next.into_iter().map(|next| NextToken { plan: &unsteered, decided: &[], ..next });
    decoder.extend(0..blocks, new_rows(x, unsteered.collect()), visit)
}

fn embed(decoder: &Decoder, next: &[NextToken<'_>]) -> Result<Tensor> {
    let tokens: Vec<u32> = next.iter().map(|next| next.token).collect();
    decoder.embed(&tokens)
}

/// Returns one row of each sequence.
fn new_rows(x: Tensor, next: Vec<NextToken<'_>>) -> NewRows<'_> {
    let mut new = NewRows {
        x,
        positions: Vec::with_capacity(next.len()),
        segments: vec![Segment::Answer; next.len()],
        parts: Vec::with_capacity(next.len()),
        caches: Vec::with_capacity(next.len()),
    };
    for next in next {
        new.positions.push(next.position);
        new.caches.push(next.cache);
        new.parts.push(RowPart { rows: 1, plan: next.plan, decided: Some(next.decided) });
    }
    new
}
