//! Reading prompts: below the lowest layer that is steered, a prompt is the same at every multiplier, so it is read
//! there once for all requests that have it (an adapter leaves nothing below). So is what different prompts begin with, where they are steered alike.

use std::ops::Range;

use candle_core::Tensor;

use super::{Request, Row};
use crate::adapter::OnRows;
use crate::model::{Cache, Model, ModelError};
use crate::ops::rows;
use crate::packing::Packing;
use crate::steering::{Shifts, apply_to_rows};

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
        let untouched = requests.iter().filter_map(|request| Shifts::of(&request.steering).untouched()).min();
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
        let shared = untouched.unwrap_or(model.decoder.block_count());
        Self { model, requests, prompt_of, shared, below }
    }

    /// Reads the prompts of some requests: a row for each, and the logits of their first tokens.
    pub(super) fn read(&mut self, joining: Range<usize>) -> Result<(Vec<Row>, Tensor), ModelError> {
        self.read_below(joining.clone())?;
        let (mut rows, mut hidden) = (Vec::new(), Vec::new());
        // Requests that are steered in the same way, and what is added to them: what their prompts begin with is read once.
        let mut alike: Vec<(Shifts, Vec<usize>)> = Vec::new();
        for index in joining {
            let request = &self.requests[index];
            let below = &mut self.below[self.prompt_of[index]];
            below.left -= 1;
            let read = if below.left == 0 { below.read.take() } else { below.read.clone() };
            let read = read.ok_or(ModelError::EmptyPrompt)?;
            hidden.push(read.hidden);
            let shifts = Shifts::of(&request.steering);
            match alike.iter_mut().find(|(known, _)| *known == shifts) {
                Some((_, members)) => members.push(rows.len()),
                None => alike.push((shifts.clone(), vec![rows.len()])),
            }
            rows.push(Row {
                request: index,
                shifts,
                cache: read.cache,
                sampler: request.sampling.sampler(&request.prompt),
                last: 0,
                position: request.prompt.len() as u32,
            });
        }
        let mut packing = Packing::default();
        let mut parts = vec![[0..0, 0..0]; rows.len()];
        let mut pieces = Vec::new();
        for (_, members) in &alike {
            let prompts = members.iter().map(|row| self.requests[rows[*row].request].prompt.as_slice());
            let placed = packing.push_sharing(&prompts.collect::<Vec<_>>(), 0);
            for (place, (row, part)) in members.iter().zip(placed).enumerate() {
                let shared = part[0].len();
                let from = if place == 0 { 0 } else { shared };
                pieces.push(hidden[*row].narrow(0, from, shared + part[1].len() - from)?);
                parts[*row] = part;
            }
        }
        let mut x = Tensor::cat(&pieces, 0)?;
        let groups = || packing.groups.iter().zip(alike.iter().map(|(shifts, _)| shifts));
        let steer = |x: Tensor, block: usize| {
            let parts = groups().map(|(group, shifts)| (group.rows.len(), shifts));
            apply_to_rows(x, block, &packing.places, parts)
        };
        if let Some(layer) = self.shared.checked_sub(1) {
            x = steer(x, layer)?;
        }
        for block in self.shared..self.model.decoder.block_count() {
            let caches = rows.iter_mut().map(|row| &mut row.cache);
            let adapters: Vec<OnRows<'_>> =
                groups().flat_map(|(group, shifts)| shifts.adapters(block, group.rows.clone())).collect();
            x = run(self.model, (block, &adapters), &x, &packing, &parts, caches)?;
            x = steer(x, block)?;
        }
        let last = rows::gather(&x, parts.iter().map(|[_, own]| own.end - 1))?;
        Ok((rows, self.model.decoder.logits(&last)?))
    }

    /// Runs the shared blocks over those prompts of some requests that were not read yet.
    fn read_below(&mut self, joining: Range<usize>) -> Result<(), ModelError> {
        let (mut prompts, mut places): (Vec<&[u32]>, Vec<usize>) = (Vec::new(), Vec::new());
        for index in joining {
            let place = self.prompt_of[index];
            if self.below[place].read.is_none() && !places.contains(&place) {
                prompts.push(&self.requests[index].prompt);
                places.push(place);
            }
        }
        if places.is_empty() {
            return Ok(());
        }
        let mut packing = Packing::default();
        let parts = packing.push_sharing(&prompts, 0);
        let decoder = &self.model.decoder;
        let mut caches = vec![decoder.cache(); places.len()];
        let mut x = decoder.embed(&packing.tokens)?;
        for block in 0..self.shared {
            x = run(self.model, (block, &[]), &x, &packing, &parts, caches.iter_mut())?;
        }
        for ((place, cache), part) in places.into_iter().zip(caches).zip(parts) {
            let hidden = rows::gather(&x, part.into_iter().flatten())?;
            self.below[place].read = Some(Read { hidden, cache });
        }
        Ok(())
    }
}

/// Runs a block, with adapters in it, over packed sequences and keeps their keys and values.
fn run<'c>(
    model: &Model,
    (block, adapters): (usize, &[OnRows<'_>]),
    x: &Tensor,
    packing: &Packing,
    sequences: &[[Range<usize>; 2]],
    caches: impl Iterator<Item = &'c mut Cache>,
) -> Result<Tensor, ModelError> {
    let heads = model.decoder.heads();
    let (y, trace) = model.decoder.forward(block, x, packing, adapters)?;
    for (parts, cache) in sequences.iter().zip(caches) {
        let rows: Vec<usize> = parts.iter().cloned().flatten().collect();
        cache.extend(block, trace.qkv(), &rows, heads)?;
    }
    Ok(y)
}
