//! Reading prompts: below the lowest layer that is steered, a prompt is the same at every multiplier, so it is read
//! there once for all requests that have it.

use std::ops::Range;

use candle_core::Tensor;

use super::{Request, Row};
use crate::model::{Cache, Model, ModelError};
use crate::ops::rows;
use crate::packing::Packing;
use crate::steering::{Shifts, add_to_rows};

/// All prompts, each with what was read of it.
pub(super) struct Prompts<'a> {
    model: &'a Model,
    requests: &'a [Request],
    /// Each request's prompt, as a place in `below`.
    prompt_of: Vec<usize>,
    /// Blocks that every request may share.
    shared: usize,
    below: Vec<Below>,
}

/// A prompt below the steered layers.
struct Below {
    /// Requests with this prompt that were not read yet: with the last one, what was read is dropped.
    left: usize,
    read: Option<Read>,
}

#[derive(Clone)]
/// A prompt's residual stream after the shared blocks, and their keys and values.
struct Read {
    hidden: Tensor,
    cache: Cache,
}

impl<'a> Prompts<'a> {
    pub(super) fn of(model: &'a Model, requests: &'a [Request]) -> Self {
        let lowest = requests.iter().filter_map(|request| Shifts::of(&request.steering).lowest()).min();
        let mut places: std::collections::HashMap<&[u32], usize> = std::collections::HashMap::new();
        let (mut prompt_of, mut below) = (Vec::with_capacity(requests.len()), Vec::new());
        for request in requests {
            let place = *places.entry(&request.prompt).or_insert_with(|| {
                below.push(Below { left: 0, read: None });
                below.len() - 1
            });
            below[place].left += 1;
            prompt_of.push(place);
        }
        let shared = lowest.map_or(model.decoder.block_count(), |layer| layer + 1);
        Self { model, requests, prompt_of, shared, below }
    }

    /// Reads the prompts of some requests: a row for each, and the logits of their first tokens.
    pub(super) fn read(&mut self, joining: Range<usize>) -> Result<(Vec<Row>, Tensor), ModelError> {
        self.read_below(joining.clone())?;
        let mut packing = Packing::default();
        let (mut rows, mut parts) = (Vec::new(), Vec::new());
        for index in joining {
            let request = &self.requests[index];
            packing.push_sequence(&request.prompt);
            let below = &mut self.below[self.prompt_of[index]];
            below.left -= 1;
            let read = if below.left == 0 { below.read.take() } else { below.read.clone() };
            let read = read.ok_or(ModelError::EmptyPrompt)?;
            parts.push(read.hidden);
            rows.push(Row {
                request: index,
                shifts: Shifts::of(&request.steering),
                cache: read.cache,
                sampler: request.sampling.sampler(),
                last: 0,
                position: request.prompt.len() as u32,
            });
        }
        let lengths: Vec<usize> = packing.groups.iter().map(|group| group.rows.len()).collect();
        let mut x = Tensor::cat(&parts, 0)?;
        let steer = |x: Tensor, block: usize, rows: &[Row]| {
            let shifts = rows.iter().map(|row| row.shifts.after(block));
            add_to_rows(x, lengths.iter().copied().zip(shifts))
        };
        x = steer(x, self.shared - 1, &rows)?;
        for block in self.shared..self.model.decoder.block_count() {
            let mut caches: Vec<&mut Cache> = rows.iter_mut().map(|row| &mut row.cache).collect();
            x = run(self.model, block, &x, &packing, &mut caches)?;
            x = steer(x, block, &rows)?;
        }
        let last = rows::gather(&x, packing.groups.iter().map(|group| group.rows.end - 1))?;
        Ok((rows, self.model.decoder.logits(&last)?))
    }

    /// Runs the shared blocks over those prompts of some requests that were not read yet.
    fn read_below(&mut self, joining: Range<usize>) -> Result<(), ModelError> {
        let (mut packing, mut places) = (Packing::default(), Vec::new());
        for index in joining {
            let place = self.prompt_of[index];
            if self.below[place].read.is_none() && !places.contains(&place) {
                packing.push_sequence(&self.requests[index].prompt);
                places.push(place);
            }
        }
        if places.is_empty() {
            return Ok(());
        }
        let decoder = &self.model.decoder;
        let mut caches = vec![Cache::new(decoder.block_count(), decoder.heads()); places.len()];
        let mut x = decoder.embed(&packing.tokens)?;
        for block in 0..self.shared {
            x = run(self.model, block, &x, &packing, &mut caches.iter_mut().collect::<Vec<_>>())?;
        }
        for ((place, cache), group) in places.into_iter().zip(caches).zip(&packing.groups) {
            let hidden = rows::gather(&x, group.rows.clone())?;
            self.below[place].read = Some(Read { hidden, cache });
        }
        Ok(())
    }
}

/// Runs a block over whole sequences and keeps their keys and values.
fn run(
    model: &Model,
    block: usize,
    x: &Tensor,
    packing: &Packing,
    caches: &mut [&mut Cache],
) -> Result<Tensor, ModelError> {
    let heads = model.decoder.heads();
    let (y, trace) = model.decoder.forward(block, x, packing)?;
    let qkv = rows::read(trace.qkv())?;
    for (group, cache) in packing.groups.iter().zip(caches) {
        group.rows.clone().for_each(|row| cache.push(block, qkv.row(row), heads));
    }
    Ok(y)
}
