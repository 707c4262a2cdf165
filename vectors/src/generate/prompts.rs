//! Prefills prompts. The blocks that no request steers run once for all requests with the same prompt; behind them, requests
//! with the same steering share the common prefix of their prompts.

use std::ops::Range;

use candle_core::{Result as CandleResult, Tensor};

use super::{Request, Sequence};
use crate::adapter::AdapterOnRows;
use crate::layer::PrefixBlocks;
use crate::model::{BlockSteering, KvCache, Model, ModelError};
use crate::ops::attention::Heads;
use crate::ops::rows;
use crate::packing::Packing;
use crate::steering::{Openings, RowPart, SteeringPlan, apply_to_packed};

/// The distinct prompts of all requests, with the output of the shared blocks.
pub(super) struct Prompts<'a> {
    model: &'a Model,
    requests: &'a [Request],
    /// The index in `prefilled` of the prompt of each request.
    prompt_of: Vec<usize>,
    /// The blocks that no request steers.
    shared: PrefixBlocks,
    prefilled: Vec<SharedPrompt>,
}

/// A distinct prompt, and its state after the shared blocks.
struct SharedPrompt {
    /// The number of requests with this prompt that are still to be prefilled; the last one takes the state.
    left: usize,
    state: Option<PromptState>,
}

/// The residual stream of a prompt after the shared blocks, and the key-value cache of these blocks.
#[derive(Clone)]
struct PromptState {
    hidden: Tensor,
    cache: KvCache,
}

impl<'a> Prompts<'a> {
    pub(super) fn new(model: &'a Model, requests: &'a [Request]) -> Self {
        let untouched =
            requests.iter().filter_map(|request| SteeringPlan::new(&request.steering).untouched()).min();
        let mut places: std::collections::HashMap<&[u32], usize> = std::collections::HashMap::new();
        let (mut prompt_of, mut prefilled) = (Vec::with_capacity(requests.len()), Vec::new());
        for request in requests {
            let place = *places.entry(&request.prompt).or_insert_with(|| {
                prefilled.push(SharedPrompt { left: 0, state: None });
                prefilled.len() - 1
            });
            prefilled[place].left += 1;
            prompt_of.push(place);
        }
        let shared = PrefixBlocks(untouched.unwrap_or(model.decoder.block_count()));
        Self { model, requests, prompt_of, shared, prefilled }
    }

    /// Prefills the prompts of some requests. Returns a sequence for each, and the logits of their first new tokens.
    pub(super) fn prefill(&mut self, joining: Range<usize>) -> Result<(Vec<Sequence>, Tensor), ModelError> {
        self.prefill_shared(joining.clone())?;
        let (mut rows, mut hidden) = (Vec::new(), Vec::new());
        // Requests grouped by their steering: each group shares the common prefix of its prompts.
        let mut groups_by_steering: Vec<(SteeringPlan, Vec<usize>)> = Vec::new();
        for index in joining {
            let request = &self.requests[index];
            let prompt = &mut self.prefilled[self.prompt_of[index]];
            prompt.left -= 1;
            let state = if prompt.left == 0 { prompt.state.take() } else { prompt.state.clone() };
            let state = state.ok_or(ModelError::EmptyPrompt)?;
            hidden.push(state.hidden);
            let plan = SteeringPlan::new(&request.steering);
            // Prompts on which a gate decides differently share no rows.
            let shares = !plan.decides_at_prompt();
            match groups_by_steering.iter_mut().find(|(known, _)| shares && *known == plan) {
                Some((_, members)) => members.push(rows.len()),
                None => groups_by_steering.push((plan.clone(), vec![rows.len()])),
            }
            rows.push(Sequence {
                request: index,
                plan,
                decided: Vec::new(),
                cache: state.cache,
                sampler: request.sampling.sampler(&request.prompt),
                last: 0,
                position: request.prompt.len() as u32,
            });
        }
        let mut packing = Packing::default();
        let mut parts = vec![[0..0, 0..0]; rows.len()];
        let mut pieces = Vec::new();
        for (_, members) in &groups_by_steering {
            let prompts = members.iter().map(|row| self.requests[rows[*row].request].prompt.as_slice());
            let placed = packing.push_with_shared_prefix(&prompts.collect::<Vec<_>>(), 0);
            for (place, (row, part)) in members.iter().zip(placed).enumerate() {
                let shared = part[0].len();
                let from = if place == 0 { 0 } else { shared };
                pieces.push(hidden[*row].narrow(0, from, shared + part[1].len() - from)?);
                parts[*row] = part;
            }
        }
        let (decoder, x) = (&self.model.decoder, Tensor::cat(&pieces, 0)?);
        let ends: Vec<usize> = parts.iter().map(|[_, own]| own.end - 1).collect();
        if let Some(before) = self.shared.last_layer() {
            decide(&mut rows, before.0, &x, &ends)?;
        }
        let steering = GroupSteering(groups_by_steering.iter().map(|(plan, _)| plan).collect());
        let x =
            decoder.forward_after_prefix_with(self.shared, x, &packing, &steering, |block, y, saved| {
                decide(&mut rows, block, y, &ends)?;
                let caches = rows.iter_mut().map(|row| &mut row.cache);
                append(caches, block, saved.qkv(), &parts, decoder.heads())
            })?;
        let last = rows::gather(&x, ends.iter().copied())?;
        Ok((rows, decoder.logits(&last)?))
    }

    /// Runs the shared blocks over the prompts of these requests that have no state yet.
    fn prefill_shared(&mut self, joining: Range<usize>) -> Result<(), ModelError> {
        let (mut prompts, mut places): (Vec<&[u32]>, Vec<usize>) = (Vec::new(), Vec::new());
        for index in joining {
            let place = self.prompt_of[index];
            if self.prefilled[place].state.is_none() && !places.contains(&place) {
                prompts.push(&self.requests[index].prompt);
                places.push(place);
            }
        }
        if places.is_empty() {
            return Ok(());
        }
        let mut packing = Packing::default();
        let parts = packing.push_with_shared_prefix(&prompts, 0);
        let decoder = &self.model.decoder;
        let mut caches = vec![decoder.empty_kv_cache(); places.len()];
        let x = decoder.forward_prefix_with(self.shared, &packing, |block, _, saved| {
            append(caches.iter_mut(), block, saved.qkv(), &parts, decoder.heads())
        })?;
        for ((place, cache), part) in places.into_iter().zip(caches).zip(parts) {
            let hidden = rows::gather(&x, part.into_iter().flatten())?;
            self.prefilled[place].state = Some(PromptState { hidden, cache });
        }
        Ok(())
    }
}

/// Decides the gates that are read after a block, of every sequence by the last row of its prompt.
fn decide(sequences: &mut [Sequence], block: usize, x: &Tensor, ends: &[usize]) -> CandleResult<()> {
    if !sequences.iter().any(|sequence| sequence.plan.decides_at_prompt()) {
        return Ok(());
    }
    let x = rows::read(x)?;
    for (sequence, end) in sequences.iter_mut().zip(ends) {
        sequence.plan.decide(block, x.row(*end), &mut sequence.decided);
    }
    Ok(())
}

/// The plan of each group of a packing.
pub(super) struct GroupSteering<'a>(pub(super) Vec<&'a SteeringPlan>);

impl BlockSteering for GroupSteering<'_> {
    fn adapters_in(&self, block: usize, packing: &Packing) -> Vec<AdapterOnRows<'_>> {
        let groups = packing.groups.iter().zip(&self.0);
        groups.flat_map(|(group, plan)| plan.adapters(block, group.rows.clone())).collect()
    }

    fn apply_after(
        &self,
        x: Tensor,
        block: usize,
        packing: &Packing,
        openings: &mut Openings,
    ) -> CandleResult<Tensor> {
        let parts = packing.groups.iter().zip(&self.0);
        let parts = parts.map(|(group, plan)| RowPart { rows: group.rows.len(), plan, decided: None });
        apply_to_packed(x, block, packing, parts, openings)
    }
}

/// Appends a block's keys and values of packed sequences to their caches.
fn append<'c>(
    caches: impl Iterator<Item = &'c mut KvCache>,
    block: usize,
    qkv: &Tensor,
    sequences: &[[Range<usize>; 2]],
    heads: Heads,
) -> CandleResult<()> {
    for (parts, cache) in sequences.iter().zip(caches) {
        let rows: Vec<usize> = parts.iter().cloned().flatten().collect();
        cache.append(block, qkv, &rows, heads)?;
    }
    Ok(())
}
