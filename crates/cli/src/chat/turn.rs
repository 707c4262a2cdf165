//! The answers to one message while they grow.

use ipc::answer::AnswerEnd;
use vectors::generate::{Change, Control, End, Observed, SamplingSettings, Shown, StopWords};
use vectors::model::Model;
use vectors::steering::Caps;

use super::screen::{EndOfAnswer, Screen, Shelf, Token};
use crate::halt::Halt;
use crate::steering::GateRecord;
use crate::stop;

/// A message, and what its answers are made with.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// Its number in the conversation, from 1.
    pub(super) number: usize,
    pub(super) text: &'a str,
    pub(super) system: &'a str,
    pub(super) sampling: &'a SamplingSettings,
    /// The strength of each column.
    pub(super) multipliers: &'a [f64],
    pub(super) gate: Option<&'a GateRecord>,
    pub(super) caps: &'a [Caps],
    /// The number of the oldest turns that each column does not read.
    pub(super) left_out: &'a [u32],
}

/// Follows the answers of all columns, and shows them.
pub(super) struct Turn<'a> {
    model: &'a Model,
    said: Question<'a>,
    stop: StopWords,
    answers: Vec<Answer>,
    shelf: Shelf<'a>,
    failed: Result<(), Halt>,
}

/// An answer as it grows.
#[derive(Clone, Default)]
struct Answer {
    ids: Vec<u32>,
    text: String,
    /// The bytes of the text that were shown.
    shown: usize,
    meets_stop_word: bool,
    /// The reason for the end. `None` before it.
    end: Option<End>,
}

/// An answer that has ended.
pub(super) struct Answered {
    pub(super) text: String,
    pub(super) tokens: u32,
    pub(super) end: AnswerEnd,
}

impl<'a> Turn<'a> {
    pub(super) fn new(model: &'a Model, said: Question<'a>, screen: &'a Screen) -> Result<Self, Halt> {
        let answers = vec![Answer::default(); said.multipliers.len()];
        let (stop, shelf) = (StopWords::new(&said.sampling.stop), screen.shelf(said)?);
        Ok(Self { model, said, stop, answers, shelf, failed: Ok(()) })
    }

    /// Returns the answers.
    pub(super) fn finish(self) -> Result<Vec<Answered>, Halt> {
        self.failed?;
        let answered = |answer: Answer| Answered {
            tokens: answer.ids.len() as u32,
            // A stop word ends a turn, as in the window.
            end: match answer.end {
                _ if answer.meets_stop_word => AnswerEnd::EndOfTurn,
                Some(End::EndOfTurn) => AnswerEnd::EndOfTurn,
                Some(End::Length) => AnswerEnd::Length,
                Some(End::Stopped) | None => AnswerEnd::Stopped,
            },
            text: answer.text,
        };
        Ok(self.answers.into_iter().map(answered).collect())
    }

    /// Keeps the first failure. After it, all answers end.
    fn note(&mut self, done: Result<(), Halt>) {
        if self.failed.is_ok() {
            self.failed = done;
        }
    }
}

impl Control for Turn<'_> {
    fn change(&mut self, row: usize) -> Change {
        let ends = self.failed.is_err() || stop::is_asked() || self.answers[row].meets_stop_word;
        if ends { Change::Stop } else { Change::None }
    }

    fn token(&mut self, row: usize, id: u32, _: Option<&Observed>) {
        let answer = &mut self.answers[row];
        answer.ids.push(id);
        answer.text = self.model.decode(&answer.ids);
        let shown = self.stop.shown(&answer.text);
        answer.meets_stop_word |= matches!(shown, Shown::Ended(_));
        let text = answer.text.get(answer.shown..shown.bytes()).unwrap_or_default();
        let done = self.shelf.token(row, &Token { id, text });
        answer.shown = answer.shown.max(shown.bytes());
        self.note(done);
    }

    fn end(&mut self, row: usize, end: End) {
        let answer = &mut self.answers[row];
        answer.end = Some(end);
        answer.text.truncate(self.stop.cut(&answer.text).len());
        let end = match end {
            _ if answer.meets_stop_word => "stop_word",
            End::EndOfTurn => "end_of_turn",
            End::Length => "length",
            End::Stopped => "stopped",
        };
        let rest = answer.text.get(answer.shown..).unwrap_or_default();
        let whole = EndOfAnswer { ids: &answer.ids, text: &answer.text, rest, end };
        let done = self.shelf.end(row, &whole, self.said);
        self.note(done);
    }
}
