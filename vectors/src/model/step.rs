//! One new row for each of some sequences, through the whole decoder: what generation does for every token. Rows lie in
//! buffers that are used again for the next token, and the work is shared by a [`Team`](crate::ops::team::Team).

use candle_core::Result;

use super::cache::{Cache, attend};
use super::decoder::Decoder;
use crate::device::{Layers, Pool};
use crate::ops::cap::soft_cap;
use crate::ops::few_rows::Columns;
use crate::ops::gate;
use crate::ops::gemm::Threads;
use crate::ops::linear::{Linear, Scratch, sized};
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rotary::Turn;
use crate::ops::team::{Share, each_part};
use crate::packing::Place;
use crate::steering::{SteeringPlan, row_adapters};

/// A sequence that is to read one token more.
pub(crate) struct Next<'a> {
    pub(crate) token: u32,
    /// The token's place in the sequence.
    pub(crate) position: u32,
    pub(crate) cache: &'a mut Cache,
    pub(crate) shifts: &'a SteeringPlan,
}

/// Buffers for the rows on their way.
#[derive(Default)]
pub(crate) struct Steps {
    residual: Vec<f32>,
    normed: Vec<f32>,
    /// Queries, keys and values, or gate and up.
    wide: Vec<f32>,
    /// What attention gathered, or what passed the gate.
    inner: Vec<f32>,
    /// What is added to the residual stream.
    added: Vec<f32>,
    scratch: Scratch,
    /// A row whose heads are normed in place.
    row: Vec<f32>,
    /// What was read, where the decoder's blocks lie on a device.
    pool: Pool,
}

impl Steps {
    /// Reads one token a sequence, into its cache. Returns the logits of each sequence's next token, a
    /// column for each.
    pub(crate) fn read(
        &mut self,
        decoder: &Decoder,
        next: Vec<Next<'_>>,
        share: &dyn Share,
    ) -> Result<Columns<'_>> {
        if let Some(layers) = &decoder.layers {
            return self.read_on_device(decoder, layers, next);
        }
        let (rows, width) = (next.len(), decoder.embedding.inputs());
        let (mut caches, mut shifts, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        let residual = sized(&mut self.residual, rows * width);
        for (next, row) in next.into_iter().zip(residual.chunks_exact_mut(width)) {
            decoder.embed_row(next.token, row);
            caches.push(next.cache.rows_mut()?);
            shifts.push(next.shifts);
            positions.push(next.position);
        }
        let added = sized(&mut self.added, rows * width);
        for (index, block) in decoder.blocks.iter().enumerate() {
            let heads = block.attention.heads;
            let qkv = sized(&mut self.wide, rows * heads.width());
            let normed = sized(&mut self.normed, rows * width);
            layer(
                &block.attention_norm,
                &block.query_key_value,
                residual,
                normed,
                qkv,
                &mut self.scratch,
                share,
            )?;
            let adapters = row_adapters(index, &shifts);
            block.adapting().adapt(normed, qkv, &adapters, Threads::One);
            for (qkv, position) in qkv.chunks_exact_mut(heads.width()).zip(&positions) {
                if let Some(bias) = &block.query_key_value_bias {
                    add(qkv, bias);
                }
                if let Some(norm) = &block.head_norm {
                    norm.row_in_place(qkv, &mut self.row, heads);
                }
                block.rotary.turn_row(qkv, heads.queries + heads.keys, *position, Turn::Forward);
            }
            let attended = sized(&mut self.inner, rows * heads.queries * heads.size);
            attend(qkv, index, &mut caches, block.attention, attended, share);
            block.attention_output.apply(attended, added, &mut self.scratch, share);
            add_normed(residual, added, block.attention_output_norm.as_ref(), normed)?;

            let outputs = block.gate_up.outputs();
            let gate_up = sized(&mut self.wide, rows * outputs);
            layer(
                &block.feed_forward_norm,
                &block.gate_up,
                residual,
                normed,
                gate_up,
                &mut self.scratch,
                share,
            )?;
            let gated = sized(&mut self.inner, rows * outputs / 2);
            each_part(share, gated, 4 * outputs / 2, |part, gated| {
                let gate_up = gate_up[part * 4 * outputs..].chunks_exact(outputs);
                for (y, gate_up) in gated.chunks_exact_mut(outputs / 2).zip(gate_up) {
                    gate::forward_row(y, gate_up, block.activation);
                }
            });
            block.down.apply(gated, added, &mut self.scratch, share);
            add_normed(residual, added, block.down_norm.as_ref(), normed)?;
            for (row, shifts) in residual.chunks_exact_mut(width).zip(&shifts) {
                shifts.apply_to_row(index, Place::Answer, row);
            }
        }
        let normed = sized(&mut self.normed, rows * width);
        for (x, normed) in residual.chunks_exact(width).zip(normed.chunks_exact_mut(width)) {
            decoder.final_norm.row(x, normed)?;
        }
        let mut logits = decoder.head.columns(normed, &mut self.scratch, share);
        if let Some(cap) = decoder.logit_cap() {
            soft_cap(logits.all_mut(), cap);
        }
        Ok(logits)
    }

    /// The same where the blocks lie on a device.
    fn read_on_device(
        &mut self,
        decoder: &Decoder,
        layers: &Layers,
        next: Vec<Next<'_>>,
    ) -> Result<Columns<'_>> {
        let (tokens, positions): (Vec<u32>, Vec<u32>) =
            next.iter().map(|next| (next.token, next.position)).unzip();
        let (mut pasts, mut shifts) = (Vec::new(), Vec::new());
        for next in next {
            pasts.push(next.cache.past_mut()?);
            shifts.push(next.shifts);
        }
        let x = layers.step(decoder.embed(&tokens)?, &mut self.pool, &mut pasts, &positions, &shifts)?;
        let columns = decoder.logits(&x)?.t()?.contiguous()?;
        self.wide = columns.flatten_all()?.to_vec1()?;
        Ok(Columns::new(&mut self.wide, tokens.len()))
    }
}

/// A norm and the layer that reads it.
fn layer(
    norm: &RmsNorm,
    linear: &Linear,
    x: &[f32],
    normed: &mut [f32],
    y: &mut [f32],
    scratch: &mut Scratch,
    share: &dyn Share,
) -> Result<()> {
    let width = linear.inputs();
    for (x, normed) in x.chunks_exact(width).zip(normed.chunks_exact_mut(width)) {
        norm.row(x, normed)?;
    }
    linear.apply(normed, y, scratch, share);
    Ok(())
}

/// Adds rows to the residual stream, normed first where the block has a norm for them; `normed` is overwritten.
fn add_normed(residual: &mut [f32], added: &[f32], norm: Option<&RmsNorm>, normed: &mut [f32]) -> Result<()> {
    let Some(norm) = norm else {
        add(residual, added);
        return Ok(());
    };
    let width = norm.width();
    for (x, normed) in added.chunks_exact(width).zip(normed.chunks_exact_mut(width)) {
        norm.row(x, normed)?;
    }
    add(residual, normed);
    Ok(())
}

fn add(to: &mut [f32], values: &[f32]) {
    to.iter_mut().zip(values).for_each(|(x, added)| *x += added);
}
