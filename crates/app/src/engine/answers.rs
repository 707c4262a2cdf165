//! Answers questions on a thread of its own. It takes one question at a time and generates all its answers in one
//! batch.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use ipc::answer::{Answer, AnswerEnd};
use ipc::event::Event;
use ipc::{Failure, Id};
use store::{answers, questions};
use vectors::generate::{End, Limits, Request, Step, generate};
use vectors::model::{Model, ModelError};

use super::catch;
use super::pace::Throttle;
use super::priority::give_way;
use crate::Error;
use crate::app_state::AppState;
use crate::failure::{error_for_log, for_log};

/// The interval at which growing answers are stored. This much is lost if the process is killed.
const KEEP_EVERY: Duration = Duration::from_millis(500);

/// A question that waits for its answers: one request for each, in the order of the multipliers.
pub(crate) struct PendingQuestion {
    pub(crate) question: Id,
    /// Whether the store has it. It has no trials.
    pub(crate) is_stored: bool,
    pub(crate) model: Arc<Model>,
    pub(crate) requests: Vec<Request>,
    pub(crate) multipliers: Vec<f64>,
    pub(crate) max_new_tokens: usize,
}

/// Answers questions until the application ends.
pub(crate) fn run(state: &AppState, queue: &Receiver<PendingQuestion>) {
    give_way();
    while let Ok(asked) = queue.recv() {
        if state.is_ending() {
            return;
        }
        if let Err(error) = catch(|| answer(state, &asked)) {
            let failure = Failure::from(error);
            tracing::warn!(question = asked.question, "no answer: {}", for_log(&failure));
            let end = AnswerEnd::Failed { failure };
            if !asked.is_stored {
                send_ends(state, &asked, &end);
            } else if let Err(error) = state.block_on(end_open(state, asked.question, &end)) {
                tracing::error!("and that could not be stored: {}", error_for_log(error));
            }
        }
        state.current_question.set(None);
    }
}

/// Tells the window that the answers to a trial ended in this way, without a text.
fn send_ends(state: &AppState, asked: &PendingQuestion, end: &AnswerEnd) {
    for multiplier in &asked.multipliers {
        let answer = Answer { multiplier: *multiplier, text: String::new(), tokens: 0, end: end.clone() };
        state.events.send(&Event::Answer { question: asked.question, answer });
    }
}

/// Begins a question. Returns whether it still wants its answers.
fn begin(state: &AppState, asked: &PendingQuestion) -> Result<bool, Error> {
    if !asked.is_stored {
        let is_stopped = state.current_question.begin_trial(asked.question);
        if is_stopped {
            send_ends(state, asked, &AnswerEnd::Stopped);
        }
        return Ok(!is_stopped);
    }
    state.block_on(async {
        // This happens inside a change, so that a person's stop comes before or after it.
        let _change = state.events.change().await;
        let mut db = state.store.read().acquire().await?;
        let question = questions::find(&mut db, asked.question).await?;
        state.current_question.set(Some(asked.question));
        Ok(question.answers.iter().any(|answer| answer.end == AnswerEnd::Open))
    })
}

/// Ends the open answers to a question in this way, in the store and for the window.
pub(crate) async fn end_open(state: &AppState, question: Id, end: &AnswerEnd) -> Result<(), Error> {
    let change = state.events.change().await;
    let mut db = state.store.begin().await?;
    let open = questions::find(&mut db, question)
        .await?
        .answers
        .into_iter()
        .filter(|answer| answer.end == AnswerEnd::Open);
    let ended: Vec<Answer> = open.map(|answer| Answer { end: end.clone(), ..answer }).collect();
    for answer in &ended {
        answers::put(&mut db, question, answer).await?;
    }
    db.commit().await?;
    for answer in ended {
        change.send(&Event::Answer { question, answer });
    }
    Ok(())
}

fn answer(state: &AppState, asked: &PendingQuestion) -> Result<(), Error> {
    if !begin(state, asked)? {
        return Ok(());
    }
    let mut rows: Vec<Row> = asked.multipliers.iter().map(|multiplier| Row::new(*multiplier)).collect();
    let mut kept = Instant::now();
    let mut refused = None;
    let limits = Limits { new_tokens: asked.max_new_tokens, rows: asked.requests.len() };
    generate(&asked.model, &asked.requests, limits, &mut |step| {
        let grown = apply_step(state, asked, &mut rows, step);
        let due = kept.elapsed() >= KEEP_EVERY;
        if due {
            kept = Instant::now();
        }
        let stored = if due { grown.and_then(|()| save_answers(state, asked, &mut rows)) } else { grown };
        if let Err(error) = stored {
            refused = Some(error);
        }
        if refused.is_some() || state.is_ending() || state.current_question.is_stopped() {
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
    match refused {
        Some(error) => Err(error),
        None => finish(state, asked, &mut rows),
    }
}

/// An answer that grows.
struct Row {
    answer: Answer,
    ids: Vec<u32>,
    throttle: Throttle,
    is_kept: bool,
}

impl Row {
    fn new(multiplier: f64) -> Self {
        let answer = Answer { multiplier, text: String::new(), tokens: 0, end: AnswerEnd::Open };
        Self { answer, ids: vec![], throttle: Throttle::default(), is_kept: true }
    }

    fn read(&mut self, model: &Model) {
        self.answer.text = model.decode(&self.ids);
        self.answer.tokens = self.ids.len() as u32;
        if self.answer.end == AnswerEnd::Open {
            // A character may consist of several tokens. The first of them alone decodes to U+FFFD.
            let whole = self.answer.text.trim_end_matches(char::REPLACEMENT_CHARACTER).len();
            self.answer.text.truncate(whole);
        }
        self.is_kept = false;
    }
}

/// Takes a token or the end of an answer, and sends an event if one is due.
fn apply_step(state: &AppState, asked: &PendingQuestion, rows: &mut [Row], step: Step) -> Result<(), Error> {
    match step {
        Step::Token { row, id } => {
            let row = &mut rows[row];
            row.ids.push(id);
            if row.throttle.is_due(Instant::now()) {
                row.read(&asked.model);
                state.events.send(&Event::Answer { question: asked.question, answer: row.answer.clone() });
            }
            Ok(())
        }
        Step::End { row, end } => {
            let row = &mut rows[row];
            row.answer.end = match end {
                End::EndOfTurn => AnswerEnd::EndOfTurn,
                End::Length => AnswerEnd::Length,
                End::Stopped => AnswerEnd::Stopped,
            };
            row.read(&asked.model);
            save_and_send(state, asked, row)
        }
    }
}

fn save_and_send(state: &AppState, asked: &PendingQuestion, row: &mut Row) -> Result<(), Error> {
    row.is_kept = true;
    let question = asked.question;
    if !asked.is_stored {
        state.events.send(&Event::Answer { question, answer: row.answer.clone() });
        return Ok(());
    }
    state.block_on(async {
        let change = state.events.change().await;
        let mut db = state.store.begin().await?;
        answers::put(&mut db, question, &row.answer).await?;
        db.commit().await?;
        change.send(&Event::Answer { question, answer: row.answer.clone() });
        Ok(())
    })
}

fn save_answers(state: &AppState, asked: &PendingQuestion, rows: &mut [Row]) -> Result<(), Error> {
    if !asked.is_stored {
        return Ok(());
    }
    state.block_on(async {
        let mut db = state.store.begin().await?;
        for row in rows.iter_mut().filter(|row| !row.is_kept) {
            answers::put(&mut db, asked.question, &row.answer).await?;
            row.is_kept = true;
        }
        Ok(db.commit().await?)
    })
}

/// Ends the rows that stayed open because the engine was stopped.
fn finish(state: &AppState, asked: &PendingQuestion, rows: &mut [Row]) -> Result<(), Error> {
    for row in rows.iter_mut().filter(|row| row.answer.end == AnswerEnd::Open) {
        row.answer.end = AnswerEnd::Stopped;
        row.read(&asked.model);
        save_and_send(state, asked, row)?;
    }
    Ok(())
}
