//! Shows answers while they grow: as JSON lines, or as text with the columns one below the other.

use std::io::{self, IsTerminal as _};

use serde::Serialize;
use vectors::generate::SamplingSettings;
use vectors::steering::Caps;

use super::turn::Question;
use crate::halt::Halt;
use crate::output;
use crate::steering::GateRecord;

/// The form in which answers are shown.
pub(super) struct Screen {
    json: bool,
    is_terminal: bool,
}

/// A token of an answer.
pub(super) struct Token<'a> {
    pub(super) id: u32,
    /// The text that can be shown since the token before. Empty while it may be the beginning of a stop word.
    pub(super) text: &'a str,
}

/// An answer that has ended.
pub(super) struct EndOfAnswer<'a> {
    pub(super) ids: &'a [u32],
    pub(super) text: &'a str,
    /// The end of the text, which no token has shown.
    pub(super) rest: &'a str,
    pub(super) end: &'static str,
}

/// An event, as a line of JSON.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Token {
        turn: usize,
        column: usize,
        multiplier: f64,
        id: u32,
        text: &'a str,
    },
    End {
        turn: usize,
        column: usize,
        multiplier: f64,
        message: &'a str,
        ids: &'a [u32],
        text: &'a str,
        end: &'static str,
        system: &'a str,
        sampling: &'a SamplingSettings,
        #[serde(skip_serializing_if = "Option::is_none")]
        gate: Option<&'a GateRecord>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        caps: &'a [Caps],
        #[serde(skip_serializing_if = "Option::is_none")]
        left_out: Option<u32>,
    },
}

/// The answers of one message on the screen. Of several, the first that has not ended grows, and the others wait below it.
pub(super) struct Shelf<'a> {
    json: bool,
    has_heads: bool,
    said: Question<'a>,
    /// The column that grows on the screen.
    current: usize,
    /// The text of each column that waits, and whether it has ended.
    waiting: Vec<(String, bool)>,
}

impl Screen {
    pub(super) fn new(json: bool) -> Self {
        Self { json, is_terminal: io::stdout().is_terminal() }
    }

    /// Whether a person types, so that a sign says where.
    pub(super) fn asks(&self) -> bool {
        !self.json && self.is_terminal && io::stdin().is_terminal()
    }

    /// Begins the answers to a message.
    pub(super) fn shelf<'a>(&self, said: Question<'a>) -> Result<Shelf<'a>, Halt> {
        let waiting = vec![(String::new(), false); said.multipliers.len()];
        let has_heads = !self.is_terminal || waiting.len() > 1;
        let most = said.left_out.iter().copied().max().unwrap_or(0);
        if most > 0 && !self.json {
            let turns = if most == 1 { "turn is" } else { "turns are" };
            output::print_message(&format!("{most} earlier {turns} not read."));
        }
        let shelf = Shelf { json: self.json, has_heads, said, current: 0, waiting };
        shelf.head()?;
        Ok(shelf)
    }
}

impl Shelf<'_> {
    /// Shows a token of a column.
    pub(super) fn token(&mut self, column: usize, token: &Token<'_>) -> Result<(), Halt> {
        let Token { id, text } = *token;
        let (turn, multiplier) = (self.said.number, self.said.multipliers[column]);
        if self.json {
            return json(&Event::Token { turn, column, multiplier, id, text });
        }
        self.show(column, text)
    }

    /// Shows the end of a column, and what waited for it.
    pub(super) fn end(
        &mut self,
        column: usize,
        answer: &EndOfAnswer<'_>,
        said: Question<'_>,
    ) -> Result<(), Halt> {
        let EndOfAnswer { ids, text, rest, end } = *answer;
        if self.json {
            return json(&Event::End {
                turn: said.number,
                column,
                multiplier: said.multipliers[column],
                message: said.text,
                ids,
                text,
                end,
                system: said.system,
                sampling: said.sampling,
                gate: said.gate,
                caps: said.caps,
                left_out: said.left_out.get(column).copied().filter(|count| *count > 0),
            });
        }
        self.show(column, rest)?;
        self.waiting[column].1 = true;
        while self.waiting.get(self.current).is_some_and(|(_, has_ended)| *has_ended) {
            output::piece(if self.has_heads { "\n\n" } else { "\n" })?;
            self.current += 1;
            self.head()?;
            if let Some((text, _)) = self.waiting.get_mut(self.current) {
                output::piece(&std::mem::take(text))?;
            }
        }
        Ok(())
    }

    fn show(&mut self, column: usize, text: &str) -> Result<(), Halt> {
        if column == self.current {
            return if text.is_empty() { Ok(()) } else { output::piece(text) };
        }
        self.waiting[column].0 += text;
        Ok(())
    }

    /// Writes the head of the column that grows.
    fn head(&self) -> Result<(), Halt> {
        match self.said.multipliers.get(self.current) {
            Some(multiplier) if self.has_heads && !self.json => output::piece(&format!("[{multiplier}]\n")),
            _ => Ok(()),
        }
    }
}

fn json(event: &Event<'_>) -> Result<(), Halt> {
    output::line(true, event, String::new)
}
