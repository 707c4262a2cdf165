//! Generates answers of the steered model: batched decoding where each sequence has its own steering and sampling.

mod kept;
mod lane;
mod observed;
mod open_rows;
mod prompt_record;
mod prompts;
mod reading;
mod reading_device;
mod reading_plan;
mod sampling;
mod session;
mod stop_words;
mod text;

use std::ops::ControlFlow;

use crate::memory;
use crate::model::{DecodeBuffers, Device, KvCache, Model, ModelError, NextToken};
use crate::ops::{on_pool, rows};
use crate::steering::{SteeringPlan, Term};
pub use observed::{Observe, Observed};
use prompts::Prompts;
use sampling::Sampler;
pub use sampling::{Sampling, SamplingError, SamplingSettings};
pub use session::{Ask, Change, Control, RowsRead, Session};
pub use stop_words::{Shown, StopWords};
pub use text::generate_text;

/// The most prompt rows in one prefill: enough for efficient matrix products, few enough that activations stay small.
const PREFILL_ROWS: usize = 2048;

/// A prompt with the steering and the sampling of its answer.
#[derive(Debug, Clone)]
pub struct Request {
    /// The token ids of the prompt ([`Model::encode_question`]).
    pub prompt: Vec<u32>,
    /// The vectors, each acting after its layer, and adapters, which act in every block.
    pub steering: Vec<Term>,
    /// The sampling parameters; the default is greedy decoding.
    pub sampling: Sampling,
}

/// The limits of a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most new tokens of an answer.
    pub new_tokens: usize,
    /// The batch size. Where there are more requests, one joins as soon as another has ended (continuous batching).
    pub rows: usize,
}

/// The reason why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The model generated an end-of-turn token.
    EndOfTurn,
    /// The limit on new tokens was reached.
    Length,
    /// The caller stopped it.
    Stopped,
}

/// An event of a generation: a new token, or the end of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A new token of an answer.
    Token {
        /// The index of the request.
        row: usize,
        /// The token.
        id: u32,
    },
    /// The end of an answer.
    End {
        /// The index of the request.
        row: usize,
        /// The reason why it ended.
        end: End,
    },
}

/// What follows a step of a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It goes on.
    GoOn,
    /// The answer ends here ([`End::Stopped`]), and the others go on.
    EndAnswer,
    /// All answers end.
    EndAll,
}

impl Next {
    /// Whether the other answers go on.
    fn flow(self) -> ControlFlow<()> {
        if self == Self::EndAll { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl From<ControlFlow<()>> for Next {
    fn from(flow: ControlFlow<()>) -> Self {
        if flow.is_break() { Self::EndAll } else { Self::GoOn }
    }
}

/// A generated answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The token ids, without the end-of-turn token.
    pub ids: Vec<u32>,
    /// The reason why the answer ended.
    pub end: End,
}

/// A sequence that is being decoded.
struct Sequence {
    request: usize,
    plan: SteeringPlan,
    /// The openings of the plan's gates that were decided at the prompt.
    decided: Vec<f32>,
    cache: KvCache,
    sampler: Sampler,
    /// The next input token, and its position id.
    last: u32,
    position: u32,
}

impl Sequence {
    /// Samples the next token from the logits, which it overwrites. An error names the request.
    fn sample(&mut self, logits: &mut Vec<f32>) -> Result<u32, ModelError> {
        self.sampler.sample(logits).map_err(|error| of_request(error, self.request))
    }
}

/// Generates an answer to each request; requests join the batch in their order. `on_step` receives every new token; `Break`
/// stops all answers. An answer does not depend on the other requests of the batch.
///
/// # Errors
/// Where a prompt is empty or does not fit the model's context, a vector or an adapter does not fit the model, a sampling
/// parameter is out of its range, the system refuses the memory of the KV caches, or logits are not finite ([`ModelError::NotFinite`] names the request).
pub fn generate(
    model: &Model,
    requests: &[Request],
    limits: Limits,
    on_step: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> Result<Vec<Answer>, ModelError> {
    generate_each(model, requests, limits, &mut |step| on_step(step).into())
}

/// As [`generate`], where single answers can be ended, too.
///
/// # Errors
/// As [`generate`].
pub fn generate_each(
    model: &Model,
    requests: &[Request],
    limits: Limits,
    on_step: &mut dyn FnMut(Step) -> Next,
) -> Result<Vec<Answer>, ModelError> {
    for request in requests {
        model.check_tokens(&request.prompt)?;
        model.check_length(request.prompt.len() + limits.new_tokens)?;
        model.check_steering(&request.steering)?;
        request.sampling.check()?;
    }
    if matches!(model.device(), Device::Cpu | Device::Candle) {
        memory::probe(kv_bytes(model, requests, limits))?;
    }
    let mut answers = vec![Answer { ids: Vec::new(), end: End::Length }; requests.len()];
    if limits.new_tokens == 0 {
        return Ok(answers);
    }
    let mut generation = Generation { model, limits, answers: &mut answers, on_step };
    generation.run(requests)?;
    Ok(answers)
}

/// The bytes that the KV caches of one batch take: of the longest requests, as many as a batch has.
#[must_use]
pub fn kv_bytes(model: &Model, requests: &[Request], limits: Limits) -> u64 {
    let facts = model.facts();
    let mut lengths: Vec<usize> = requests.iter().map(|request| request.prompt.len()).collect();
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    let tokens: usize =
        lengths.iter().take(limits.rows.max(1)).map(|prompt| prompt + limits.new_tokens).sum();
    (size_of::<f32>() * 2 * facts.kv_heads * facts.head_size * facts.blocks * tokens) as u64
}

/// Returns the next requests to join the batch: at most `room`, and at most [`PREFILL_ROWS`] prompt rows but for a
/// single longer prompt.
fn next_requests(
    requests: &[Request],
    waiting: std::ops::Range<usize>,
    room: usize,
) -> std::ops::Range<usize> {
    let (mut end, mut size) = (waiting.start, 0);
    while end < waiting.end && end - waiting.start < room {
        size += requests[end].prompt.len();
        if size > PREFILL_ROWS && end > waiting.start {
            break;
        }
        end += 1;
    }
    waiting.start..end
}

/// The state of a generation.
struct Generation<'a> {
    model: &'a Model,
    limits: Limits,
    answers: &'a mut [Answer],
    on_step: &'a mut dyn FnMut(Step) -> Next,
}

impl Generation<'_> {
    /// Prefills and decodes until every request has its answer.
    fn run(&mut self, requests: &[Request]) -> Result<(), ModelError> {
        let (model, most) = (self.model, self.limits.rows.max(1));
        let mut prompts = Prompts::new(model, requests);
        let mut waiting = 0..requests.len();
        let (mut rows, mut steps) = (Vec::new(), DecodeBuffers::default());
        let mut flow = ControlFlow::Continue(());
        while flow.is_continue() && (!rows.is_empty() || !waiting.is_empty()) {
            if !rows.is_empty() {
                let picked = on_pool(|| decode(model, &mut rows, &mut steps))?;
                flow = self.append(&mut rows, &picked);
            }
            while flow.is_continue() && rows.len() < most && !waiting.is_empty() {
                let joining = next_requests(requests, waiting.clone(), most - rows.len());
                waiting.start = joining.end;
                let (mut fresh, logits) = on_pool(|| prompts.prefill(joining))?;
                let logits = rows::read(&logits)?;
                let sample =
                    |(place, row): (usize, &mut Sequence)| row.sample(&mut logits.row(place).to_vec());
                let picked = fresh.iter_mut().enumerate().map(sample).collect::<Result<Vec<u32>, _>>()?;
                flow = self.append(&mut fresh, &picked);
                rows.append(&mut fresh);
            }
        }
        // After a stop, all unfinished answers end.
        for request in rows.iter().map(|row| row.request).chain(waiting) {
            let _ = self.end(request, End::Stopped);
        }
        Ok(())
    }

    /// Appends the sampled token to each sequence, and removes the sequences that have ended.
    fn append(&mut self, rows: &mut Vec<Sequence>, picked: &[u32]) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        let mut picked = picked.iter();
        rows.retain_mut(|row| {
            if flow.is_break() {
                return true;
            }
            let Some(id) = picked.next() else { return true };
            let (stays, goes_on) = self.append_to(row, *id);
            flow = goes_on;
            stays
        });
        flow
    }

    /// Appends a token to a sequence. Returns whether the sequence continues, and the answer of `on_step`.
    fn append_to(&mut self, row: &mut Sequence, id: u32) -> (bool, ControlFlow<()>) {
        if self.model.tokenizer().is_end_of_turn(id) {
            return (false, self.end(row.request, End::EndOfTurn));
        }
        row.last = id;
        let ids = &mut self.answers[row.request].ids;
        ids.push(id);
        let is_full = ids.len() == self.limits.new_tokens;
        let next = (self.on_step)(Step::Token { row: row.request, id });
        let flow = next.flow();
        let end = match next {
            Next::EndAnswer => End::Stopped,
            _ if is_full => End::Length,
            _ => return (true, flow),
        };
        let ended = self.end(row.request, end);
        (false, if flow.is_break() { flow } else { ended })
    }

    fn end(&mut self, request: usize, end: End) -> ControlFlow<()> {
        self.answers[request].end = end;
        (self.on_step)(Step::End { row: request, end }).flow()
    }
}

/// Runs one decoding step: reads the last token of each sequence and samples the next one.
fn decode(model: &Model, rows: &mut [Sequence], steps: &mut DecodeBuffers) -> Result<Vec<u32>, ModelError> {
    let next = rows.iter_mut().map(|row| {
        row.position += 1;
        NextToken {
            token: row.last,
            position: row.position - 1,
            cache: &mut row.cache,
            plan: &row.plan,
            decided: &row.decided,
        }
    });
    let logits = steps.decode(&model.decoder, next.collect(), &mut |_, _, _| Ok(()))?;
    let mut own = Vec::new();
    let pick = |(place, (largest, row)): (usize, (Option<u32>, &mut Sequence))| {
        if row.sampler.is_greedy() {
            return largest.ok_or(sampling::NOT_FINITE).map_err(|error| of_request(error, row.request));
        }
        logits.copy_row(place, &mut own);
        row.sample(&mut own)
    };
    logits.argmax().into_iter().zip(rows).enumerate().map(pick).collect()
}

/// Names the request that an error is about.
fn of_request(error: ModelError, request: usize) -> ModelError {
    match error {
        ModelError::NotFinite { part, .. } => ModelError::NotFinite { part, index: request },
        other => other,
    }
}
