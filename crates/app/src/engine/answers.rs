//! Answers on a thread of its own. It takes one batch at a time: the answers of a conversation's columns, or a trial at several
//! multipliers, which nobody keeps.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use ipc::answer::{Answer, AnswerEnd};
use ipc::conversation::Turn;
use ipc::event::Event;
use ipc::{Failure, Id};
use vectors::generate::{End, Limits, Request, Step, generate};
use vectors::model::{Model, ModelError};

use super::catch;
use super::chat::{self, PendingAnswers};
use super::pace::Throttle;
use super::priority::give_way;
use crate::Error;
use crate::app_state::AppState;
use crate::failure::{error_for_log, for_log};

/// What waits for the thread.
pub(crate) enum Pending {
    /// The answers of a conversation.
    Answers(PendingAnswers),
    /// A trial.
    Trial(PendingTrial),
}

/// A trial that waits for its answers: one request for each, in the order of the multipliers.
pub(crate) struct PendingTrial {
    pub(crate) question: Id,
    pub(crate) model: Arc<Model>,
    pub(crate) requests: Vec<Request>,
    pub(crate) multipliers: Vec<f64>,
    pub(crate) max_new_tokens: usize,
}

/// Answers until the application ends.
pub(crate) fn run(state: &AppState, queue: &Receiver<Pending>) {
    give_way();
    while let Ok(pending) = queue.recv() {
        if state.is_ending() {
            return;
        }
        match pending {
            Pending::Answers(pending) => converse(state, &pending),
            Pending::Trial(asked) => {
                if let Err(error) = catch(|| answer(state, &asked)) {
                    let failure = Failure::from(error);
                    tracing::warn!(question = asked.question, "no answer: {}", for_log(&failure));
                    send_ends(state, &asked, &AnswerEnd::Failed { failure });
                }
                state.current_question.set(None);
            }
        }
    }
}

/// Answers a conversation. Where that fails, its answers say why.
fn converse(state: &AppState, pending: &PendingAnswers) {
    if let Err(error) = catch(|| chat::answer(state, pending)) {
        let failure = Failure::from(error);
        tracing::warn!(conversation = pending.conversation, "no answer: {}", for_log(&failure));
        let is_its = |turn: &Turn| pending.rows.iter().any(|row| row.turn == turn.id);
        let end = AnswerEnd::Failed { failure };
        let ended = chat::end_open(state, pending.conversation, &end, is_its);
        if let Err(error) = state.block_on(ended) {
            tracing::error!("and that could not be stored: {}", error_for_log(error));
        }
    }
    state.live.end(pending.conversation);
}

/// Tells the window that the answers to a trial ended in this way, without a text.
fn send_ends(state: &AppState, asked: &PendingTrial, end: &AnswerEnd) {
    for multiplier in &asked.multipliers {
        let answer = Answer { multiplier: *multiplier, text: String::new(), tokens: 0, end: end.clone() };
        state.events.send(&Event::Answer { question: asked.question, answer });
    }
}

fn answer(state: &AppState, asked: &PendingTrial) -> Result<(), Error> {
    if state.current_question.begin_trial(asked.question) {
        send_ends(state, asked, &AnswerEnd::Stopped);
        return Ok(());
    }
    let mut rows: Vec<Row> = asked.multipliers.iter().map(|multiplier| Row::new(*multiplier)).collect();
    let limits = Limits { new_tokens: asked.max_new_tokens, rows: asked.requests.len() };
    generate(&asked.model, &asked.requests, limits, &mut |step| {
        apply_step(state, asked, &mut rows, step);
        if state.is_ending() || state.current_question.is_stopped() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })
    .map_err(|error| match error {
        ModelError::NotFinite { index, .. } => Error::ScoreNotFinite {
            multiplier: asked.multipliers[index],
            what: "the next token cannot be chosen".to_owned(),
        },
        error => error.into(),
    })?;
    Ok(())
}

/// An answer that grows.
struct Row {
    answer: Answer,
    ids: Vec<u32>,
    throttle: Throttle,
}

impl Row {
    fn new(multiplier: f64) -> Self {
        let answer = Answer { multiplier, text: String::new(), tokens: 0, end: AnswerEnd::Open };
        Self { answer, ids: vec![], throttle: Throttle::default() }
    }

    fn read(&mut self, model: &Model) {
        self.answer.text = model.decode(&self.ids);
        self.answer.tokens = self.ids.len() as u32;
        if self.answer.end == AnswerEnd::Open {
            // A character may consist of several tokens. The first of them alone decodes to U+FFFD.
            let whole = self.answer.text.trim_end_matches(char::REPLACEMENT_CHARACTER).len();
            self.answer.text.truncate(whole);
        }
    }
}

/// Takes a token or the end of an answer, and sends an event if one is due.
fn apply_step(state: &AppState, asked: &PendingTrial, rows: &mut [Row], step: Step) {
    let row = match step {
        Step::Token { row, id } => {
            let row = &mut rows[row];
            row.ids.push(id);
            if !row.throttle.is_due(Instant::now()) {
                return;
            }
            row
        }
        Step::End { row, end } => {
            let row = &mut rows[row];
            row.answer.end = match end {
                End::EndOfTurn => AnswerEnd::EndOfTurn,
                End::Length => AnswerEnd::Length,
                End::Stopped => AnswerEnd::Stopped,
            };
            row
        }
    };
    row.read(&asked.model);
    state.events.send(&Event::Answer { question: asked.question, answer: row.answer.clone() });
}
