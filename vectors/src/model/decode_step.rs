//! One decoding step: reads one new token of each sequence through the whole decoder. Generation calls it for every
//! token, so the rows are in reusable buffers and a [`SpinPool`](crate::ops::spin_pool::SpinPool) shares the work.

use candle_core::Result;

use super::decoder::{Backend, Decoder};
use super::kv_cache::{KvCache, decode_attention};
use crate::device::{DeviceDecoder, KvPool};
use crate::ops::gemm::Threads;
use crate::ops::glu;
use crate::ops::linear::{Linear, Scratch, grown};
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rope::Pass;
use crate::ops::small_batch_gemm::OutputColumns;
use crate::ops::softcap::softcap;
use crate::ops::spin_pool::{ParallelFor, for_each_chunk};
use crate::packing::Segment;
use crate::steering::{SteeringPlan, row_adapters};

/// The next token of a sequence.
pub(crate) struct NextToken<'a> {
    pub(crate) token: u32,
    /// The token's position in the sequence.
    pub(crate) position: u32,
    pub(crate) cache: &'a mut KvCache,
    pub(crate) plan: &'a SteeringPlan,
}

/// Reusable buffers of the rows on their way through the decoder.
#[derive(Default)]
pub(crate) struct DecodeBuffers {
    residual: Vec<f32>,
    normed: Vec<f32>,
    /// Queries, keys and values, or gate and up.
    qkv_or_gate_up: Vec<f32>,
    /// The attention output, or the output of the gated linear unit.
    attended_or_gated: Vec<f32>,
    /// The output of attention or the MLP, which is added to the residual stream.
    added: Vec<f32>,
    scratch: Scratch,
    /// A row before the q/k norm, which works in place.
    unnormed_row: Vec<f32>,
    /// The KV cache of sequences on a device.
    kv_pool: KvPool,
}

impl DecodeBuffers {
    /// Reads one token of each sequence and appends it to the sequence's KV cache. Returns the logits of each
    /// sequence's next token, transposed: `[vocabulary, sequences]`.
    pub(crate) fn decode(
        &mut self,
        decoder: &Decoder,
        next: Vec<NextToken<'_>>,
        pool: &dyn ParallelFor,
    ) -> Result<OutputColumns<'_>> {
        let blocks = match &decoder.backend {
            Backend::Host(blocks) => blocks,
            Backend::Device(device) => return self.decode_on_device(decoder, device, next),
        };
        let (rows, width) = (next.len(), decoder.embedding.inputs());
        let (mut caches, mut plans, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        let residual = grown(&mut self.residual, rows * width);
        for (next, row) in next.into_iter().zip(residual.chunks_exact_mut(width)) {
            decoder.embed_row(next.token, row);
            caches.push(next.cache.host_mut()?);
            plans.push(next.plan);
            positions.push(next.position);
        }
        let added = grown(&mut self.added, rows * width);
        for (index, block) in blocks.iter().enumerate() {
            let heads = block.attention.heads;
            let qkv = grown(&mut self.qkv_or_gate_up, rows * heads.width());
            let normed = grown(&mut self.normed, rows * width);
            norm_and_linear(
                &block.attention_norm,
                &block.qkv_proj,
                residual,
                normed,
                qkv,
                &mut self.scratch,
                pool,
            )?;
            let adapters = row_adapters(index, &plans);
            block.lora_targets().add_to_rows(normed, qkv, &adapters, Threads::One);
            for (qkv, position) in qkv.chunks_exact_mut(heads.width()).zip(&positions) {
                if let Some(bias) = &block.qkv_bias {
                    add(qkv, bias);
                }
                if let Some(norm) = &block.qk_norm {
                    norm.forward_in_place(qkv, &mut self.unnormed_row, heads);
                }
                block.rope.rotate_row(qkv, heads.query_heads + heads.kv_heads, *position, Pass::Forward);
            }
            let attended = grown(&mut self.attended_or_gated, rows * heads.query_heads * heads.head_size);
            decode_attention(qkv, index, &mut caches, block.attention, attended, pool);
            block.o_proj.forward_rows(attended, added, &mut self.scratch, pool);
            add_normed(residual, added, block.post_attention_norm.as_ref(), normed)?;

            let outputs = block.gate_up_proj.outputs();
            let gate_up = grown(&mut self.qkv_or_gate_up, rows * outputs);
            norm_and_linear(
                &block.mlp_norm,
                &block.gate_up_proj,
                residual,
                normed,
                gate_up,
                &mut self.scratch,
                pool,
            )?;
            let gated = grown(&mut self.attended_or_gated, rows * outputs / 2);
            for_each_chunk(pool, gated, 4 * outputs / 2, |part, gated| {
                let gate_up = gate_up[part * 4 * outputs..].chunks_exact(outputs);
                for (y, gate_up) in gated.chunks_exact_mut(outputs / 2).zip(gate_up) {
                    glu::forward_row(y, gate_up, block.activation);
                }
            });
            block.down_proj.forward_rows(gated, added, &mut self.scratch, pool);
            add_normed(residual, added, block.post_mlp_norm.as_ref(), normed)?;
            for (row, plan) in residual.chunks_exact_mut(width).zip(&plans) {
                plan.apply_to_row(index, Segment::Answer, row);
            }
        }
        let normed = grown(&mut self.normed, rows * width);
        for (x, normed) in residual.chunks_exact(width).zip(normed.chunks_exact_mut(width)) {
            decoder.final_norm.forward_row(x, normed)?;
        }
        let mut logits = decoder.head.forward_columns(normed, &mut self.scratch, pool);
        if let Some(cap) = decoder.final_logit_softcap() {
            softcap(logits.as_mut_slice(), cap);
        }
        Ok(logits)
    }

    /// Does the same where the blocks are on a device.
    fn decode_on_device(
        &mut self,
        decoder: &Decoder,
        device: &DeviceDecoder,
        next: Vec<NextToken<'_>>,
    ) -> Result<OutputColumns<'_>> {
        let (tokens, positions): (Vec<u32>, Vec<u32>) =
            next.iter().map(|next| (next.token, next.position)).unzip();
        let (mut caches, mut plans) = (Vec::new(), Vec::new());
        for next in next {
            caches.push(next.cache.device_mut()?);
            plans.push(next.plan);
        }
        let x = device.step(decoder.embed(&tokens)?, &mut self.kv_pool, &mut caches, &positions, &plans)?;
        let columns = decoder.logits(&x)?.t()?.contiguous()?;
        self.qkv_or_gate_up = columns.flatten_all()?.to_vec1()?;
        Ok(OutputColumns::new(&mut self.qkv_or_gate_up, tokens.len()))
    }
}

/// Normalizes rows and multiplies them with a linear layer.
fn norm_and_linear(
    norm: &RmsNorm,
    linear: &Linear,
    x: &[f32],
    normed: &mut [f32],
    y: &mut [f32],
    scratch: &mut Scratch,
    pool: &dyn ParallelFor,
) -> Result<()> {
    let width = linear.inputs();
    for (x, normed) in x.chunks_exact(width).zip(normed.chunks_exact_mut(width)) {
        norm.forward_row(x, normed)?;
    }
    linear.forward_rows(normed, y, scratch, pool);
    Ok(())
}

/// Adds rows to the residual stream, after the norm that the block has for them; overwrites `normed`.
fn add_normed(residual: &mut [f32], added: &[f32], norm: Option<&RmsNorm>, normed: &mut [f32]) -> Result<()> {
    let Some(norm) = norm else {
        add(residual, added);
        return Ok(());
    };
    let width = norm.width();
    for (x, normed) in added.chunks_exact(width).zip(normed.chunks_exact_mut(width)) {
        norm.forward_row(x, normed)?;
    }
    add(residual, normed);
    Ok(())
}

fn add(to: &mut [f32], values: &[f32]) {
    to.iter_mut().zip(values).for_each(|(x, added)| *x += added);
}
