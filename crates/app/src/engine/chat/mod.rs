//! Answers conversations: all columns that answer in one batch, whose steering follows the desk while the text grows.

pub(crate) mod desk;
pub(crate) mod live;
mod row;
mod text;

use std::sync::Arc;
use std::time::{Duration, Instant};

use ipc::answer::AnswerEnd;
use ipc::conversation::SamplingSettings;
use ipc::event::Event;
use ipc::{Failure, Id};
use store::turns;
use vectors::generate::{Ask, Change, Control, End, Observe, Observed, Request, Sampling};
use vectors::model::{Model, ModelError};
use vectors::steering::Term;

use self::desk::LoadedDesk;
use self::row::Row;
use crate::Error;
use crate::app_state::AppState;

/// The interval at which growing answers are stored. This much is lost if the process is killed.
const KEEP_EVERY: Duration = Duration::from_millis(500);

/// The number of likeliest tokens that are kept of an observed one.
const LIKELIEST: usize = 5;

/// Answers of a conversation that wait to be generated.
pub(crate) struct PendingAnswers {
    pub(crate) conversation: Id,
    pub(crate) model_id: Id,
    pub(crate) model: Arc<Model>,
    pub(crate) rows: Vec<PendingRow>,
}

/// An answer that waits to be generated.
pub(crate) struct PendingRow {
    /// The turn, which the store has as an open one.
    pub(crate) turn: Id,
    /// The prompt, up to where the answer begins.
    pub(crate) prompt: Vec<u32>,
    /// The tokens of the answer that are there already.
    pub(crate) given: Vec<u32>,
    /// The number of its tokens that were drawn before.
    pub(crate) drawn: u32,
    pub(crate) sampling: SamplingSettings,
}

/// Generates answers to their ends.
pub(crate) fn answer(state: &AppState, pending: &PendingAnswers) -> Result<(), Error> {
    let Some((version, desk)) = state.live.desk(pending.conversation) else { return Ok(()) };
    let (mut rows, mut asks) = begin(state, pending, &desk)?;
    if rows.is_empty() {
        return Ok(());
    }
    for row in &mut rows {
        row.version = version;
    }
    let mut answers = Answers { state, pending, rows, due: vec![], kept: Instant::now(), refused: None };
    let mut session = state.models.take_session(pending.conversation, &pending.model);
    fit(&pending.model, &mut asks);
    let ended = session.generate(&asks, &mut answers);
    match ended {
        Ok(_) => {
            state.models.keep_session(pending.conversation, pending.model_id, &pending.model, session);
            answers.finish(&AnswerEnd::Stopped)
        }
        // What a failed generation has read is not kept.
        Err(error) => {
            let error = match error {
                ModelError::NotFinite { index, .. } => Error::ScoreNotFinite {
                    multiplier: answers.rows.get(index).map_or(0.0, Row::multiplier),
                    what: "the next token cannot be chosen".to_owned(),
                },
                error => error.into(),
            };
            let failure = Failure::from(error);
            tracing::warn!(
                conversation = pending.conversation,
                "no answer: {}",
                crate::failure::for_log(&failure)
            );
            answers.finish(&AnswerEnd::Failed { failure })
        }
    }
}

/// Shortens answers to what the model's context has room for.
fn fit(model: &Model, asks: &mut [Ask]) {
    let limit = model.facts().context_length;
    for ask in asks {
        ask.new_tokens = ask.new_tokens.min(limit.saturating_sub(ask.request.prompt.len())).max(1);
    }
}

/// Begins the answers that are still wanted.
fn begin(
    state: &AppState,
    pending: &PendingAnswers,
    desk: &LoadedDesk,
) -> Result<(Vec<Row>, Vec<Ask>), Error> {
    state.block_on(async {
        // This happens inside a change, so that a person's stop comes before or after it.
        let change = state.events.change().await;
        let mut db = state.store.read().acquire().await?;
        let open = turns::open(&mut db, pending.conversation).await?;
        let (mut rows, mut asks, mut shown) = (Vec::new(), Vec::new(), Vec::new());
        for waiting in &pending.rows {
            let Some(turn) = open.iter().find(|turn| turn.id == waiting.turn) else { continue };
            let is_shown = turn.shown;
            let Some(mut row) = Row::new(turn.clone(), waiting) else { continue };
            // A column that was closed meanwhile is not answered.
            let steering = desk.steering(row.column);
            let Some(steering) = steering else {
                row.end_as(&pending.model, AnswerEnd::Stopped);
                let mut db = state.store.begin().await?;
                turns::put(&mut db, row.id, &row.answer()).await?;
                db.commit().await?;
                let (conversation, turns) = (pending.conversation, vec![row.turn(is_shown)]);
                change.send(&Event::Turns { conversation, turns });
                continue;
            };
            row.steer(steering.records);
            asks.push(Ask {
                key: u64::from(row.column),
                request: Request {
                    prompt: waiting.prompt.iter().chain(&waiting.given).copied().collect(),
                    steering: steering.terms,
                    sampling: Sampling::from(&waiting.sampling),
                },
                begun: waiting.given.len(),
                drawn: waiting.drawn as usize,
                new_tokens: waiting.sampling.max_new_tokens as usize,
                observe: desk
                    .desk
                    .observes
                    .then_some(Observe { likeliest: LIKELIEST, along: steering.first }),
            });
            shown.push((row.id, is_shown));
            rows.push(row);
        }
        state.live.begin(pending.conversation, shown.into_iter());
        Ok((rows, asks))
    })
}

/// The answers that are being generated, row by row.
struct Answers<'a> {
    state: &'a AppState,
    pending: &'a PendingAnswers,
    rows: Vec<Row>,
    /// The rows of which an event is due. One event tells of all that have their tokens from the same step: the window
    /// draws them at once.
    due: Vec<usize>,
    kept: Instant,
    refused: Option<Error>,
}

impl Control for Answers<'_> {
    fn change(&mut self, row: usize) -> Change {
        self.tell();
        let (state, conversation) = (self.state, self.pending.conversation);
        let row = &mut self.rows[row];
        let is_over = self.refused.is_some() || row.is_complete || state.is_ending();
        if is_over || state.live.is_stopped(conversation, row.id) {
            return Change::Stop;
        }
        let Some((version, desk)) = state.live.desk(conversation) else { return Change::Stop };
        if version == row.version {
            return Change::None;
        }
        row.version = version;
        match desk.steering(row.column) {
            // The column was closed.
            None => Change::Stop,
            Some(steering) => {
                let is_new = row.steer(steering.records);
                if is_new { Change::Steer(steering.terms) } else { Change::None }
            }
        }
    }

    fn change_within(&mut self, row: usize, fits: &dyn Fn(&[Term]) -> bool) -> Option<Vec<Term>> {
        let (version, desk) = self.state.live.desk(self.pending.conversation)?;
        let row = &mut self.rows[row];
        if version == row.version || row.is_complete {
            return None;
        }
        // A column that was closed ends before the next step.
        let steering = desk.steering(row.column).filter(|steering| fits(&steering.terms))?;
        row.version = version;
        row.steer(steering.records).then_some(steering.terms)
    }

    fn token(&mut self, place: usize, id: u32, observed: Option<&Observed>) {
        let count = self.rows.len();
        let row = &mut self.rows[place];
        if !self.state.live.has_begun(self.pending.conversation, row.id) {
            return;
        }
        row.token(&self.pending.model, id, observed);
        let now = Instant::now();
        if row.is_due(now, count) {
            self.due.push(place);
        }
        if now.duration_since(self.kept) >= KEEP_EVERY {
            self.kept = now;
            let kept = self.keep();
            self.note(kept);
        }
    }

    fn end(&mut self, row: usize, end: End) {
        self.tell();
        self.rows[row].end(&self.pending.model, end);
        let ended = self.save(row);
        self.note(ended);
    }
}

impl Answers<'_> {
    /// Tells the window of the answers of which an event is due.
    fn tell(&mut self) {
        if self.due.is_empty() {
            return;
        }
        let (state, conversation) = (self.state, self.pending.conversation);
        let due = self.due.drain(..).map(|place| &self.rows[place]);
        let turns = due.map(|row| row.turn(state.live.is_shown(conversation, row.id))).collect();
        state.events.send(&Event::Turns { conversation, turns });
    }

    fn note(&mut self, done: Result<(), Error>) {
        if let Err(error) = done {
            self.refused.get_or_insert(error);
        }
    }

    /// Stores the answers that have grown.
    fn keep(&mut self) -> Result<(), Error> {
        self.state.block_on(async {
            let mut db = self.state.store.begin().await?;
            for row in self.rows.iter_mut().filter(|row| !row.is_kept && row.is_open()) {
                turns::put(&mut db, row.id, &row.answer()).await?;
                row.is_kept = true;
            }
            Ok(db.commit().await?)
        })
    }

    /// Stores an answer that has ended, and tells the window.
    fn save(&mut self, row: usize) -> Result<(), Error> {
        let (state, conversation) = (self.state, self.pending.conversation);
        let row = &mut self.rows[row];
        state.block_on(async {
            let change = state.events.change().await;
            let mut db = state.store.begin().await?;
            let is_stored = turns::put(&mut db, row.id, &row.answer()).await?;
            db.commit().await?;
            row.is_kept = true;
            // One that a person stopped before its first token has been told as ended.
            if is_stored {
                let turns = vec![row.turn(state.live.is_shown(conversation, row.id))];
                change.send(&Event::Turns { conversation, turns });
            }
            Ok(())
        })
    }

    /// Ends the answers that are still open in this way.
    fn finish(mut self, end: &AnswerEnd) -> Result<(), Error> {
        self.tell();
        for place in 0..self.rows.len() {
            if self.rows[place].is_open() {
                self.rows[place].end_as(&self.pending.model, end.clone());
                let saved = self.save(place);
                self.note(saved);
            }
        }
        self.refused.map_or(Ok(()), Err)
    }
}

/// Ends the open answers of a conversation that the thread does not end itself: those that wait, and those whose prompt is being
/// read. `column` is one of its columns, or `None` for all of them.
pub(crate) async fn stop(state: &AppState, conversation: Id, column: Option<u32>) -> Result<(), Error> {
    end_open(state, conversation, &AnswerEnd::Stopped, |turn| {
        column.is_none_or(|column| turn.column == column) && !state.live.stop(conversation, turn.id)
    })
    .await
}

/// Ends those open answers of a conversation that `is_wanted` chooses, in the store and for the window.
pub(crate) async fn end_open(
    state: &AppState,
    conversation: Id,
    end: &AnswerEnd,
    is_wanted: impl Fn(&ipc::conversation::Turn) -> bool,
) -> Result<(), Error> {
    let change = state.events.change().await;
    let mut db = state.store.begin().await?;
    let mut ended = turns::open(&mut db, conversation).await?;
    ended.retain(|turn| is_wanted(turn));
    for turn in &mut ended {
        if let ipc::conversation::Said::Model(answer) = &mut turn.said {
            answer.end = end.clone();
            turns::put(&mut db, turn.id, answer).await?;
        }
    }
    db.commit().await?;
    if !ended.is_empty() {
        change.send(&Event::Turns { conversation, turns: ended });
    }
    Ok(())
}
