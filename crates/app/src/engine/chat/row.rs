//! An answer of a conversation while it is being generated.

use std::time::{Duration, Instant};

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::conversation::{ModelTurn, ObservedToken, Said, SteeringChange, StripRecord, Turn};
use vectors::generate::{End, Observed};
use vectors::model::Model;

use super::PendingRow;
use super::text::GrowingText;
use crate::engine::pace::REPORT_INTERVAL;

/// The shortest interval between two events about an answer whose tokens are observed: each of them brings all tokens.
const OBSERVED_INTERVAL: Duration = Duration::from_millis(250);
/// The interval between two events about an answer is at least so long for each answer of its batch. The window draws
/// all columns for each event, and with eight of them that would take as long as a token.
const INTERVAL_OF_ROW: Duration = Duration::from_millis(25);

/// An answer that grows.
pub(super) struct Row {
    pub(super) id: Id,
    pub(super) column: u32,
    turn: Turn,
    answer: ModelTurn,
    text: GrowingText,
    /// The tokens of the turn before this generation.
    tokens_before: u32,
    tokens: u32,
    /// When an event last told of it.
    told: Option<Instant>,
    /// Whether no event has told yet how it goes on under what steers now.
    is_steered_anew: bool,
    /// The version of the desk that steers it.
    pub(super) version: u64,
    /// Whether a stop word has ended it.
    pub(super) is_complete: bool,
    pub(super) is_kept: bool,
}

impl Row {
    /// Begins with a turn as the store has it.
    pub(super) fn new(turn: Turn, pending: &PendingRow) -> Option<Self> {
        let Said::Model(answer) = &turn.said else { return None };
        let answer = ModelTurn::clone(answer);
        let text = GrowingText::new(&answer.text, pending.given.clone(), &answer.sampling.stop);
        Some(Self {
            id: turn.id,
            column: turn.column,
            tokens_before: answer.tokens,
            turn,
            answer,
            text,
            tokens: 0,
            told: None,
            is_steered_anew: false,
            version: 0,
            is_complete: false,
            is_kept: true,
        })
    }

    /// Notes what steers from the next token on. Returns whether it is something else than before.
    pub(super) fn steer(&mut self, records: Vec<StripRecord>) -> bool {
        let steering = &mut self.answer.steering;
        if steering.last().is_some_and(|last| last.terms == records) {
            return false;
        }
        let from_byte = if steering.is_empty() { 0 } else { self.text.text().len() as u32 };
        // What was steered so for no token is no part of the record.
        steering.retain(|change| change.from_byte < from_byte);
        steering.push(SteeringChange { from_byte, terms: records });
        self.is_steered_anew = true;
        true
    }

    /// Returns the largest multiplier that steers, with its sign.
    pub(super) fn multiplier(&self) -> f64 {
        let terms = self.answer.steering.last().map_or(&[][..], |last| &last.terms);
        let multipliers = terms.iter().map(|term| term.multiplier);
        multipliers.max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(0.0)
    }

    /// Takes a token.
    pub(super) fn token(&mut self, model: &Model, id: u32, observed: Option<&Observed>) {
        self.tokens += 1;
        self.is_kept = false;
        self.is_complete = self.text.push(model, id);
        if let (Some(observed), false) = (observed, self.is_complete) {
            let until_byte = self.text.text().len() as u32;
            self.answer.observed.push(token(model, until_byte, observed));
        }
    }

    /// Returns whether an event about its last token is due; `rows` is the number of answers of its batch. The first token
    /// under another steering waits for no interval, because a person has moved a slider and looks for it.
    pub(super) fn is_due(&mut self, now: Instant, rows: usize) -> bool {
        let of_rows = INTERVAL_OF_ROW * u32::try_from(rows).unwrap_or(u32::MAX);
        let least = if self.answer.observed.is_empty() { REPORT_INTERVAL } else { OBSERVED_INTERVAL };
        let is_late = self.told.is_none_or(|told| now.duration_since(told) >= least.max(of_rows));
        let is_due = std::mem::take(&mut self.is_steered_anew) || is_late;
        if is_due {
            self.told = Some(now);
        }
        is_due
    }

    /// Takes the end of the generation.
    pub(super) fn end(&mut self, model: &Model, end: End) {
        self.end_as(
            model,
            match end {
                End::EndOfTurn => AnswerEnd::EndOfTurn,
                End::Length => AnswerEnd::Length,
                End::Stopped => AnswerEnd::Stopped,
            },
        );
    }

    /// Ends it in this way, unless a stop word has.
    pub(super) fn end_as(&mut self, model: &Model, end: AnswerEnd) {
        self.is_complete |= self.text.finish(model);
        self.answer.end = if self.is_complete { AnswerEnd::EndOfTurn } else { end };
        self.is_kept = false;
    }

    pub(super) fn is_open(&self) -> bool {
        self.answer.end == AnswerEnd::Open
    }

    /// Returns the answer as it is now.
    pub(super) fn answer(&self) -> ModelTurn {
        let text = if self.is_open() { self.text.settled() } else { self.text.text() };
        let length = text.len() as u32;
        let observed = self.answer.observed.iter().take_while(|token| token.until_byte <= length);
        ModelTurn {
            text: text.to_owned(),
            given: self.answer.given,
            tokens: self.tokens_before + self.tokens,
            left_out: self.answer.left_out,
            end: self.answer.end.clone(),
            sampling: self.answer.sampling.clone(),
            system_prompt: self.answer.system_prompt.clone(),
            steering: self.answer.steering.clone(),
            observed: observed.cloned().collect(),
        }
    }

    /// Returns the turn as it is now.
    pub(super) fn turn(&self, shown: bool) -> Turn {
        let Turn { id, column, parent, created, .. } = self.turn;
        Turn { id, column, parent, shown, said: Said::Model(Box::new(self.answer())), created }
    }
}

fn token(model: &Model, until_byte: u32, observed: &Observed) -> ObservedToken {
    let named = |likeliest: &[(u32, f32)]| {
        likeliest.iter().map(|(id, log_prob)| (model.tokenizer().token_text(*id), *log_prob)).collect()
    };
    ObservedToken {
        until_byte,
        steered: observed.steered,
        plain: observed.plain,
        projection: observed.projection,
        likeliest_steered: named(&observed.likeliest_steered),
        likeliest_plain: named(&observed.likeliest_plain),
    }
}

#[cfg(test)]
mod tests {
    use ipc::conversation::SamplingSettings;

    use super::*;

    fn row(observed: Vec<ObservedToken>) -> Row {
        let answer = ModelTurn {
            text: String::new(),
            given: 0,
            tokens: 0,
            left_out: 0,
            end: AnswerEnd::Open,
            sampling: SamplingSettings::exact(),
            system_prompt: String::new(),
            steering: vec![],
            observed,
        };
        let said = Said::Model(Box::new(answer));
        let turn = Turn { id: 1, column: 1, parent: None, shown: true, said, created: 0 };
        let sampling = SamplingSettings::exact();
        let pending = PendingRow { turn: 1, prompt: vec![], given: vec![], drawn: 0, sampling };
        Row::new(turn, &pending).expect("an answer")
    }

    fn records(multiplier: f64) -> Vec<StripRecord> {
        let (name, hash) = ("V".to_owned(), String::new());
        vec![StripRecord { vector: 1, name, hash, multiplier, gate: None, caps: None }]
    }

    #[test]
    fn the_first_token_under_another_steering_is_told_at_once() {
        let observed = ObservedToken {
            until_byte: 0,
            steered: 0.0,
            plain: 0.0,
            projection: None,
            likeliest_steered: vec![],
            likeliest_plain: vec![],
        };
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        for (observed, rows, interval) in [(vec![], 1, 50), (vec![], 8, 200), (vec![observed], 8, 250)] {
            let mut row = row(observed);
            let is_due = |row: &mut Row, ms| row.is_due(at(ms), rows);
            row.steer(records(1.0));
            assert!(is_due(&mut row, 0), "the first token of all");
            assert!(!is_due(&mut row, interval - 1) && is_due(&mut row, interval));
            assert!(!row.steer(records(1.0)), "nothing has changed");
            assert!(!is_due(&mut row, interval + 20));
            assert!(row.steer(records(1.1)));
            assert!(is_due(&mut row, interval + 30), "a person looks for it");
            assert!(!is_due(&mut row, interval + 40));
        }
    }
}
