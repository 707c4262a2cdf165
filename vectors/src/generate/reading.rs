//! Reads the prompts of a session, as far as nothing that was read before can stand for them.
//!
//! A sequence has two parts. The *trunk*, its first blocks, is changed by no steering, so that it depends on the tokens alone:
//! sequences of all keys share it. The blocks behind it are used again for the rows that were read under the same plan.

use std::sync::Arc;

use candle_core::{Result as CandleResult, Tensor};

use super::kept::{Kept, LaneKey};
use super::lane::Lane;
use super::observed::Direction;
use super::prompt_record::PromptRecord;
use super::reading_device::read_whole;
use super::reading_plan::{Choice, choose};
use super::{PREFILL_ROWS, RowsRead};
use crate::model::{Device, KvCache, Model, ModelError, NewRows, Stage};
use crate::ops::rows;
use crate::packing::Segment;
use crate::steering::{RowPart, SteeringPlan};

/// A prompt to read under a plan.
pub(super) struct Wanted<'a> {
    pub(super) key: LaneKey,
    pub(super) prompt: &'a [u32],
    /// The number of its last tokens that are the answer's own.
    pub(super) begun: usize,
    pub(super) plan: Arc<SteeringPlan>,
    /// The first blocks that the terms leave unchanged at any multiplier.
    pub(super) floor: usize,
    pub(super) along: Option<&'a Direction>,
}

/// A prompt that has been read.
pub(super) struct Read {
    pub(super) lane: Lane,
    /// The logits of the next token.
    pub(super) logits: Vec<f32>,
    pub(super) projection: Option<f32>,
}

/// Reads prompts, and takes what stands for their rows out of what is kept.
pub(super) fn read_prompts(
    model: &Model,
    kept: &mut Kept,
    wanted: &[Wanted<'_>],
) -> Result<(Vec<Read>, RowsRead), ModelError> {
    if model.device() != Device::Cpu {
        return read_whole(model, wanted);
    }
    let choices = choose(model, kept, wanted);
    let lanes = take_lanes(model, kept, wanted, &choices)?;
    let mut reading = Reading {
        model,
        wanted,
        choices: &choices,
        lanes,
        ends: wanted.iter().map(|of| PromptRecord::new(model, of.begun)).collect(),
        logits: vec![Vec::new(); wanted.len()],
        rows: RowsRead::default(),
    };
    let leaders: Vec<usize> = (0..wanted.len())
        .filter(|index| choices[*index].leader == *index && choices[*index].depth > 0)
        .collect();
    for some in in_parts(&leaders, |index| wanted[index].prompt.len() - choices[index].trunk_rows) {
        for of_depth in by_depth(some, &choices) {
            reading.read_trunks(&of_depth)?;
        }
    }
    reading.share_trunks()?;
    let all: Vec<usize> = (0..wanted.len()).collect();
    for some in in_parts(&all, |index| wanted[index].prompt.len() - choices[index].reused) {
        for of_depth in by_depth(some, &choices) {
            reading.read_behind_trunks(&of_depth)?;
        }
    }
    Ok(reading.finish())
}

/// Splits sequences into runs of at most [`PREFILL_ROWS`] new rows; a longer one is a run of its own.
fn in_parts(all: &[usize], rows: impl Fn(usize) -> usize) -> Vec<&[usize]> {
    let (mut parts, mut start, mut size) = (Vec::new(), 0, 0);
    for (place, index) in all.iter().enumerate() {
        if place > start && size + rows(*index) > PREFILL_ROWS {
            parts.push(&all[start..place]);
            (start, size) = (place, 0);
        }
        size += rows(*index);
    }
    if start < all.len() {
        parts.push(&all[start..]);
    }
    parts
}

/// Groups sequences by the depth of their trunk.
fn by_depth(all: &[usize], choices: &[Choice]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for index in all {
        match groups.iter_mut().find(|group| choices[group[0]].depth == choices[*index].depth) {
            Some(group) => group.push(*index),
            None => groups.push(vec![*index]),
        }
    }
    groups
}

/// Makes the sequence of every prompt from what is kept: the trunk's rows of those that lead, and the rows behind it.
fn take_lanes(
    model: &Model,
    kept: &mut Kept,
    wanted: &[Wanted<'_>],
    choices: &[Choice],
) -> Result<Vec<Lane>, ModelError> {
    let (decoder, width) = (&model.decoder, model.facts().hidden_size);
    let (blocks, heads) = (decoder.block_count(), decoder.heads());
    let mut lanes = Vec::with_capacity(wanted.len());
    // Copies come first: a sequence that is taken may stand for rows of several.
    for (index, choice) in choices.iter().enumerate() {
        let mut lane = Lane::new(decoder.empty_kv_cache(), width);
        if let Some(place) = choice.base.filter(|_| !choice.takes_base) {
            let (_, base) = &kept.all()[place];
            lane.cache.copy(&base.cache, choice.depth..blocks, choice.reused, heads)?;
            lane.read_as(base);
        }
        // A trunk that another prompt reads comes from there.
        if let Some(place) = choice.donor.filter(|_| choice.leader == index) {
            let (_, donor) = &kept.all()[place];
            if !(choice.takes_base && choice.base == choice.donor) {
                lane.cache.copy(&donor.cache, 0..choice.depth, choice.trunk_rows, heads)?;
                lane.trunk = donor.trunk[..choice.trunk_rows * width].to_vec();
            }
        }
        lanes.push(lane);
    }
    for ((lane, choice), wanted) in lanes.iter_mut().zip(choices).zip(wanted) {
        if choice.takes_base {
            if let Some(mut own) = kept.take(wanted.key) {
                if choice.base == choice.donor {
                    own.cache.truncate(0..choice.depth, choice.trunk_rows, heads)?;
                    own.trunk.truncate(choice.trunk_rows * width);
                } else {
                    own.cache.take_blocks(&mut lane.cache, 0..choice.depth)?;
                    own.trunk = std::mem::take(&mut lane.trunk);
                }
                own.cache.truncate(choice.depth..blocks, choice.reused, heads)?;
                *lane = own;
            }
        } else {
            kept.take(wanted.key);
        }
        lane.depth = choice.depth;
    }
    Ok(lanes)
}

/// Prompts that are being read.
struct Reading<'a> {
    model: &'a Model,
    wanted: &'a [Wanted<'a>],
    choices: &'a [Choice],
    lanes: Vec<Lane>,
    ends: Vec<PromptRecord>,
    logits: Vec<Vec<f32>>,
    rows: RowsRead,
}

impl Reading<'_> {
    /// Reads the trunks' missing rows of sequences with trunks of one depth.
    fn read_trunks(&mut self, indices: &[usize]) -> Result<(), ModelError> {
        let (decoder, depth) = (&self.model.decoder, self.choices[indices[0]].depth);
        let nothing = SteeringPlan::default();
        let from = |index: usize| self.choices[index].trunk_rows;
        let tokens: Vec<u32> =
            indices.iter().flat_map(|index| &self.wanted[*index].prompt[from(*index)..]).copied().collect();
        let new =
            new_rows(self.wanted, &mut self.lanes, indices, decoder.embed(&tokens)?, from, |_| &nothing);
        let (ends, last) = (&mut self.ends, last_rows(&new.parts));
        let mut visit = |block: usize, stage: Stage, x: &Tensor| {
            if stage == Stage::Output {
                see(ends, self.wanted, indices, &last, block, stage, x)
            } else {
                Ok(())
            }
        };
        let x = decoder.extend(0..depth, new, &mut visit)?;
        let x = rows::read(&x)?;
        let (mut all, mut start) = (x.all(), 0);
        for index in indices {
            let count = self.wanted[*index].prompt.len() - self.choices[*index].trunk_rows;
            let (own, rest) = all.split_at(count * x.width);
            self.lanes[*index].trunk.extend_from_slice(own);
            (all, start) = (rest, start + count);
        }
        self.rows.trunk += start;
        Ok(())
    }

    /// Gives the trunk that one sequence has read to all with the same prompt.
    fn share_trunks(&mut self) -> Result<(), ModelError> {
        let heads = self.model.decoder.heads();
        for (index, choice) in self.choices.iter().enumerate().filter(|(_, choice)| choice.depth > 0) {
            let along = self.wanted[index].along;
            if choice.leader == index {
                self.ends[index].project_in_trunk(choice.depth, along);
                continue;
            }
            let Ok([lane, leader]) = self.lanes.get_disjoint_mut([index, choice.leader]) else { continue };
            lane.cache.copy(&leader.cache, 0..choice.depth, self.wanted[index].prompt.len(), heads)?;
            lane.trunk.clone_from(&leader.trunk);
            if let Ok([end, of_leader]) = self.ends.get_disjoint_mut([index, choice.leader]) {
                end.see_trunk(of_leader, choice.depth, along);
            }
        }
        Ok(())
    }

    /// Reads the missing rows of the blocks behind trunks of one depth.
    fn read_behind_trunks(&mut self, indices: &[usize]) -> Result<(), ModelError> {
        let (decoder, depth) = (&self.model.decoder, self.choices[indices[0]].depth);
        let width = self.model.facts().hidden_size;
        let from = |index: usize| self.choices[index].reused;
        let x = if depth == 0 {
            let tokens = indices.iter().flat_map(|index| &self.wanted[*index].prompt[from(*index)..]);
            decoder.embed(&tokens.copied().collect::<Vec<_>>())?
        } else {
            let rows = indices.iter().map(|index| &self.lanes[*index].trunk[from(*index) * width..]);
            rows::tensor(rows.collect::<Vec<_>>().concat(), width)?
        };
        let new = new_rows(self.wanted, &mut self.lanes, indices, x, from, |index| &*self.wanted[index].plan);
        let count = new.positions.len();
        let (ends, last) = (&mut self.ends, last_rows(&new.parts));
        let mut visit =
            |block: usize, stage: Stage, x: &Tensor| see(ends, self.wanted, indices, &last, block, stage, x);
        let x = decoder.extend(depth..decoder.block_count(), new, &mut visit)?;
        let logits = decoder.logits(&rows::gather(&x, last.iter().copied())?)?;
        let logits = rows::read(&logits)?;
        for (place, index) in indices.iter().enumerate() {
            self.logits[*index] = logits.row(place).to_vec();
        }
        self.rows.behind_trunk += if depth < decoder.block_count() { count } else { 0 };
        Ok(())
    }

    fn finish(self) -> (Vec<Read>, RowsRead) {
        let mut read = Vec::with_capacity(self.lanes.len());
        let lanes = self.lanes.into_iter().zip(self.ends).zip(self.logits);
        for (((mut lane, end), logits), (wanted, choice)) in lanes.zip(self.wanted.iter().zip(self.choices)) {
            lane.set_prompt(wanted.prompt, wanted.begun, choice.reused, &wanted.plan, end.outputs);
            read.push(Read { lane, logits, projection: end.projection });
        }
        (read, self.rows)
    }
}

/// Returns the new rows of some prompts, each from a row on.
fn new_rows<'r>(
    wanted: &[Wanted<'_>],
    lanes: &'r mut [Lane],
    indices: &[usize],
    x: Tensor,
    from: impl Fn(usize) -> usize,
    plan: impl Fn(usize) -> &'r SteeringPlan,
) -> NewRows<'r> {
    let (mut positions, mut segments, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    for index in indices {
        let Wanted { prompt, begun, .. } = wanted[*index];
        let (first, end) = (from(*index), prompt.len());
        positions.extend((first..end).map(|position| position as u32));
        segments.extend(std::iter::repeat_n(Segment::Prompt, end - begun - first - 1));
        segments.push(Segment::PromptEnd);
        segments.extend(std::iter::repeat_n(Segment::Answer, begun));
        parts.push(RowPart { rows: end - first, plan: plan(*index), decided: None });
    }
    // The indices ascend.
    let of_index = |(index, lane): (usize, &'r mut Lane)| indices.contains(&index).then_some(&mut lane.cache);
    let caches: Vec<&mut KvCache> = lanes.iter_mut().enumerate().filter_map(of_index).collect();
    NewRows { x, positions, segments, parts, caches }
}

/// Returns the last row of every part.
fn last_rows(parts: &[RowPart<'_>]) -> Vec<usize> {
    let ends = parts.iter().scan(0, |end, part| {
        *end += part.rows;
        Some(*end - 1)
    });
    ends.collect()
}

/// Shows the prompts' ends and last rows to their records.
fn see(
    ends: &mut [PromptRecord],
    wanted: &[Wanted<'_>],
    indices: &[usize],
    last: &[usize],
    block: usize,
    stage: Stage,
    x: &Tensor,
) -> CandleResult<()> {
    let x = rows::read(x)?;
    for (index, row) in indices.iter().zip(last) {
        let Wanted { begun, along, .. } = wanted[*index];
        ends[*index].see(block, stage, [x.row(row - begun), x.row(*row)], along);
    }
    Ok(())
}
