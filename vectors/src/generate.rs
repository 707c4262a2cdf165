//! Answers of the steered model: several rows at once, each with its own steering.

use std::ops::ControlFlow;

use candle_core::Tensor;

use crate::model::{Cache, Model, ModelError};
use crate::ops::rows;
use crate::packing::Packing;
use crate::steering::Term;

/// A prompt and what steers the answer to it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The prompt's tokens ([`Model::encode_question`]).
    pub prompt: Vec<u32>,
    /// Every term is added at its own layer.
    pub steering: Vec<Term>,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The model closed its turn.
    EndOfTurn,
    /// The limit on new tokens was reached.
    Length,
    /// The caller stopped it.
    Stopped,
}

/// An answer's new token, or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The row has this token more.
    Token {
        /// The request's place in the list.
        row: usize,
        /// The token.
        id: u32,
    },
    /// The row has ended.
    End {
        /// The request's place in the list.
        row: usize,
        /// Why.
        end: End,
    },
}

/// An answer that is being made.
struct Row {
    request: usize,
    /// The place of the token that is read next.
    position: u32,
    last: u32,
}

/// Greedy answers to all requests, decoded together. `on_step` sees every token as it is made; `Break` stops all rows.
/// Returns each row's token ids, without the end-of-turn token, and why it ended.
///
/// # Errors
/// Where a prompt is empty or does not fit the model's context, or a vector does not fit the model.
pub fn greedy(
    model: &Model,
    requests: &[Request],
    max_new_tokens: usize,
    on_step: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> Result<Vec<(Vec<u32>, End)>, ModelError> {
    for request in requests {
        model.check_length(request.prompt.len().max(1) + max_new_tokens)?;
        request.steering.iter().try_for_each(|term| model.check_vector(&term.vector))?;
    }
    let mut answers = vec![(Vec::new(), End::Length); requests.len()];
    if requests.is_empty() || max_new_tokens == 0 {
        return Ok(answers);
    }
    let (mut caches, hidden) = prefill(model, requests)?;
    let mut rows: Vec<Row> = requests
        .iter()
        .enumerate()
        .map(|(request, r)| Row { request, position: r.prompt.len() as u32, last: 0 })
        .collect();
    let mut next = best_tokens(model, &hidden)?;
    loop {
        let mut stopped = false;
        let mut ended = vec![false; rows.len()];
        for (index, row) in rows.iter_mut().enumerate() {
            let (ids, end) = &mut answers[row.request];
            let id = next[index];
            let why = if model.tokenizer().is_end(id) {
                Some(End::EndOfTurn)
            } else {
                ids.push(id);
                row.last = id;
                stopped |= on_step(Step::Token { row: row.request, id }).is_break();
                (ids.len() == max_new_tokens).then_some(End::Length)
            };
            if let Some(why) = why {
                *end = why;
                ended[index] = true;
                stopped |= on_step(Step::End { row: row.request, end: why }).is_break();
            }
        }
        // Rows that have ended leave the batch.
        let mut gone = ended.iter();
        rows.retain(|_| !gone.next().copied().unwrap_or(true));
        let mut gone = ended.iter();
        caches.retain(|_| !gone.next().copied().unwrap_or(true));
        if stopped {
            for row in &rows {
                answers[row.request].1 = End::Stopped;
                let _ = on_step(Step::End { row: row.request, end: End::Stopped });
            }
        }
        if stopped || rows.is_empty() {
            return Ok(answers);
        }
        next = decode(model, requests, &mut rows, &mut caches)?;
    }
}

/// Reads one token a row and gives each row's next.
fn decode(
    model: &Model,
    requests: &[Request],
    rows: &mut [Row],
    caches: &mut [Cache],
) -> Result<Vec<u32>, ModelError> {
    let tokens: Vec<u32> = rows.iter().map(|row| row.last).collect();
    let positions: Vec<u32> = rows.iter().map(|row| row.position).collect();
    let mut x = model.decoder.embed(&tokens)?;
    for block in 0..model.decoder.block_count() {
        x = model.decoder.step(block, &x, &positions, caches)?;
        x = steer(x, block, rows.iter().map(|row| (1, requests[row.request].steering.as_slice())))?;
    }
    rows.iter_mut().for_each(|row| row.position += 1);
    best_tokens(model, &x)
}

/// Reads all prompts. Up to the lowest layer that is steered, rows with the same prompt are the same: they are read
/// once. Returns the caches and every request's last row.
fn prefill(model: &Model, requests: &[Request]) -> Result<(Vec<Cache>, Tensor), ModelError> {
    let blocks = model.decoder.block_count();
    let active = requests.iter().flat_map(|r| &r.steering).filter(|term| term.multiplier != 0.0);
    let shared = active.map(|term| term.vector.layer + 1).min().unwrap_or(blocks);

    let mut prompts: Vec<&[u32]> = Vec::new();
    let mut prompt_of = Vec::new();
    for request in requests {
        let known = prompts.iter().position(|prompt| *prompt == request.prompt);
        prompt_of.push(known.unwrap_or(prompts.len()));
        if known.is_none() {
            prompts.push(&request.prompt);
        }
    }
    let mut below = Packing::default();
    prompts.iter().for_each(|prompt| below.push_sequence(prompt));
    let mut prompt_caches = vec![Cache::new(blocks, model.decoder.heads()); prompts.len()];
    let x = model.decoder.embed(&below.tokens)?;
    let x = run(model, 0..shared, x, &below, &mut prompt_caches)?;

    let mut above = Packing::default();
    requests.iter().for_each(|request| above.push_sequence(&request.prompt));
    let mut caches: Vec<Cache> = prompt_of.iter().map(|prompt| prompt_caches[*prompt].clone()).collect();
    let mut x = rows::gather(&x, prompt_of.iter().flat_map(|prompt| below.groups[*prompt].rows.clone()))?;
    let lengths = || requests.iter().map(|request| (request.prompt.len(), request.steering.as_slice()));
    x = steer(x, shared - 1, lengths())?;
    for block in shared..blocks {
        x = run(model, block..block + 1, x, &above, &mut caches)?;
        x = steer(x, block, lengths())?;
    }
    let last = rows::gather(&x, above.groups.iter().map(|group| group.rows.end - 1))?;
    Ok((caches, last))
}

/// Runs blocks over whole sequences and keeps their keys and values.
fn run(
    model: &Model,
    blocks: std::ops::Range<usize>,
    x: Tensor,
    packing: &Packing,
    caches: &mut [Cache],
) -> Result<Tensor, ModelError> {
    let heads = model.decoder.heads();
    let mut failed = None;
    let y = model.decoder.run_with(blocks, x, packing, |block, trace| match rows::read(trace.qkv()) {
        Ok(qkv) => {
            for (group, cache) in packing.groups.iter().zip(caches.iter_mut()) {
                group.rows.clone().for_each(|row| cache.push(block, qkv.row(row), heads));
            }
        }
        Err(error) => failed = Some(error),
    })?;
    failed.map_or(Ok(y), |error| Err(error.into()))
}

/// Adds what is due after a block. `sequences` gives each sequence's number of rows and its terms.
fn steer<'a>(
    x: Tensor,
    block: usize,
    sequences: impl Iterator<Item = (usize, &'a [Term])> + Clone,
) -> Result<Tensor, ModelError> {
    let due = |term: &&Term| term.vector.layer == block && term.multiplier != 0.0;
    if !sequences.clone().any(|(_, terms)| terms.iter().any(|term| due(&term))) {
        return Ok(x);
    }
    let from = rows::read(&x)?;
    let (mut values, mut start) = (from.all().to_vec(), 0);
    for (rows, terms) in sequences {
        let end = start + rows * from.width;
        for term in terms.iter().filter(due) {
            for row in values[start..end].chunks_exact_mut(from.width) {
                row.iter_mut().zip(term.vector.values.iter()).for_each(|(x, v)| *x += term.multiplier * v);
            }
        }
        start = end;
    }
    Ok(rows::tensor(values, from.width)?)
}

/// The likeliest token after each row; of equals the one with the lowest id.
fn best_tokens(model: &Model, x: &Tensor) -> Result<Vec<u32>, ModelError> {
    let logits = model.decoder.logits(x)?;
    let logits = rows::read(&logits)?;
    let best = |row: &[f32]| {
        let mut best = 0;
        for (id, logit) in row.iter().enumerate() {
            if *logit > row[best] {
                best = id;
            }
        }
        best as u32
    };
    Ok((0..logits.count()).map(|row| best(logits.row(row))).collect())
}
