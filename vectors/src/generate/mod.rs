//! Answers of the steered model: several rows at once, each with its own steering and its own way of picking tokens.

mod prompts;
mod sampling;

use std::ops::ControlFlow;

use crate::model::{Cache, Model, ModelError, Next, Steps};
use crate::ops::team::{Team, with_team};
use crate::ops::{on_pool, rows};
use crate::steering::{Shifts, Term};
use prompts::Prompts;
use sampling::Sampler;
pub use sampling::{Sampling, SamplingError};

/// Prompt rows that are read together: products are efficient, memory stays small.
const ROWS_AT_ONCE: usize = 2048;

/// A prompt, what steers the answer to it, and how its tokens are picked.
#[derive(Debug, Clone)]
pub struct Request {
    /// The prompt's tokens ([`Model::encode_question`]).
    pub prompt: Vec<u32>,
    /// Every vector acts after its own layer, an adapter in every block.
    pub steering: Vec<Term>,
    /// How tokens are picked; the default is the likeliest.
    pub sampling: Sampling,
}

/// What bounds a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Tokens of an answer.
    pub new_tokens: usize,
    /// Answers that grow at the same time; where there are more requests, one joins as soon as one has ended.
    pub rows: usize,
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

/// What a request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The tokens, without the one that closes the turn.
    pub ids: Vec<u32>,
    /// Why there are no more.
    pub end: End,
}

/// An answer that is being made.
struct Row {
    request: usize,
    shifts: Shifts,
    cache: Cache,
    sampler: Sampler,
    /// The token that is read next, and its place.
    last: u32,
    position: u32,
}

/// Answers all requests, in their order as far as the number of rows allows. `on_step` sees every token as it is made;
/// `Break` stops all rows. What a row picks does not depend on what else is in the batch.
///
/// # Errors
/// Where a prompt is empty or does not fit the model's context, a vector or an adapter does not fit the model, a setting of the
/// sampling makes no sense, or logits that are drawn from are not finite.
pub fn generate(
    model: &Model,
    requests: &[Request],
    limits: Limits,
    on_step: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> Result<Vec<Answer>, ModelError> {
    for request in requests {
        model.check_tokens(&request.prompt)?;
        model.check_length(request.prompt.len() + limits.new_tokens)?;
        model.check_steering(&request.steering)?;
        request.sampling.check()?;
    }
    let mut answers = vec![Answer { ids: Vec::new(), end: End::Length }; requests.len()];
    if limits.new_tokens == 0 {
        return Ok(answers);
    }
    let mut growing = Growing { model, limits, answers: &mut answers, on_step };
    with_team(|team| growing.all(requests, team))?;
    Ok(answers)
}

/// The next requests that may join: as many as there is room for, and not more prompt rows than are read together.
fn fitting(requests: &[Request], waiting: std::ops::Range<usize>, room: usize) -> std::ops::Range<usize> {
    let (mut end, mut size) = (waiting.start, 0);
    while end < waiting.end && end - waiting.start < room {
        size += requests[end].prompt.len();
        if size > ROWS_AT_ONCE && end > waiting.start {
            break;
        }
        end += 1;
    }
    waiting.start..end
}

/// The answers as they grow.
struct Growing<'a> {
    model: &'a Model,
    limits: Limits,
    answers: &'a mut [Answer],
    on_step: &'a mut dyn FnMut(Step) -> ControlFlow<()>,
}

impl Growing<'_> {
    /// Answers all requests.
    fn all(&mut self, requests: &[Request], team: &Team<'_>) -> Result<(), ModelError> {
        let (model, most) = (self.model, self.limits.rows.max(1));
        let mut prompts = Prompts::of(model, requests);
        let mut waiting = 0..requests.len();
        let (mut rows, mut steps) = (Vec::new(), Steps::default());
        let mut flow = ControlFlow::Continue(());
        while flow.is_continue() && (!rows.is_empty() || !waiting.is_empty()) {
            if !rows.is_empty() {
                let picked = decode(model, &mut rows, &mut steps, team)?;
                flow = self.take(&mut rows, &picked);
            }
            while flow.is_continue() && rows.len() < most && !waiting.is_empty() {
                let joining = fitting(requests, waiting.clone(), most - rows.len());
                waiting.start = joining.end;
                let (mut fresh, logits) = on_pool(|| prompts.read(joining))?;
                let logits = rows::read(&logits)?;
                let pick =
                    |(place, row): (usize, &mut Row)| row.sampler.pick(&mut logits.row(place).to_vec());
                let picked = fresh.iter_mut().enumerate().map(pick).collect::<Result<Vec<u32>, _>>()?;
                flow = self.take(&mut fresh, &picked);
                rows.append(&mut fresh);
            }
        }
        // After a stop, whoever has not ended yet ends now.
        for request in rows.iter().map(|row| row.request).chain(waiting) {
            let _ = self.end(request, End::Stopped);
        }
        Ok(())
    }

    /// Gives every row the token that was picked for it; rows that have ended leave.
    fn take(&mut self, rows: &mut Vec<Row>, picked: &[u32]) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        let mut picked = picked.iter();
        rows.retain_mut(|row| {
            if flow.is_break() {
                return true;
            }
            let Some(id) = picked.next() else { return true };
            let (stays, goes_on) = self.grow(row, *id);
            flow = goes_on;
            stays
        });
        flow
    }

    fn grow(&mut self, row: &mut Row, id: u32) -> (bool, ControlFlow<()>) {
        if self.model.tokenizer().is_end(id) {
            return (false, self.end(row.request, End::EndOfTurn));
        }
        row.last = id;
        let ids = &mut self.answers[row.request].ids;
        ids.push(id);
        let is_full = ids.len() == self.limits.new_tokens;
        let flow = (self.on_step)(Step::Token { row: row.request, id });
        if is_full {
            let ended = self.end(row.request, End::Length);
            return (false, if flow.is_break() { flow } else { ended });
        }
        (true, flow)
    }

    fn end(&mut self, request: usize, end: End) -> ControlFlow<()> {
        self.answers[request].end = end;
        (self.on_step)(Step::End { row: request, end })
    }
}

/// Reads one token a row and picks each row's next.
fn decode(
    model: &Model,
    rows: &mut [Row],
    steps: &mut Steps,
    team: &Team<'_>,
) -> Result<Vec<u32>, ModelError> {
    let next = rows.iter_mut().map(|row| {
        row.position += 1;
        Next { token: row.last, position: row.position - 1, cache: &mut row.cache, shifts: &row.shifts }
    });
    let logits = steps.read(&model.decoder, next.collect(), team)?;
    let (mut picked, mut own) = (logits.largest(), Vec::new());
    picked.truncate(rows.len());
    for (place, (picked, row)) in picked.iter_mut().zip(rows).enumerate() {
        if !row.sampler.takes_largest() {
            logits.read_row(place, &mut own);
            *picked = row.sampler.pick(&mut own)?;
        }
    }
    Ok(picked)
}
