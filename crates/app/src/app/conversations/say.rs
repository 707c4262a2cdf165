//! Says something to the columns of a conversation, and has their answers generated.

use ipc::answer::AnswerEnd;
use ipc::command::{ContinueTurns, Regenerate, Say};
use ipc::conversation::{Column, Desk, ModelTurn, SamplingSettings};
use store::turns::Line;

use super::batch::{Place, Wanted};
use super::{App, last_shown};
use crate::Error;

impl App {
    /// Says something to every column, and starts their answers in one batch.
    ///
    /// # Errors
    /// Returns an error if the message is empty or the conversation too long, a column is not there or is being answered, no
    /// model is loaded, what steers cannot be used, or the store cannot be written.
    pub async fn say(&self, request: Say) -> Result<(), Error> {
        let text = request.text.trim();
        if text.is_empty() {
            return Err(Error::invalid("There is no message.", "Type one."));
        }
        let (change, batch) = self.batch(request.conversation).await?;
        let mut wanted = Vec::new();
        for column in columns(&batch.conversation.desk, &request.columns)? {
            let after = last_shown(&batch.nodes, column.id);
            let mut lines = self.lines(after).await?;
            lines.push(Line { is_model: false, text: text.to_owned() });
            let place = Place::Message { after, text: text.to_owned() };
            let seed = column.sampling.seed;
            wanted.push(Wanted { column, lines, place, given: request.prefill.clone(), seed });
        }
        self.answer(change, batch, wanted).await
    }

    /// Answers again: each of these turns gets a further variant, with the beginning that a person gave it.
    ///
    /// # Errors
    /// Returns an error if a turn is not there or is no answer, and as [`App::say`] does.
    pub async fn regenerate(&self, request: Regenerate) -> Result<(), Error> {
        let (change, batch) = self.batch(request.conversation).await?;
        let answers = self.answers(&batch, &request.turns).await?;
        let fresh = if request.new_seed { Some(self.unused_seed(&batch, &answers).await?) } else { None };
        let mut wanted = Vec::new();
        for (turn, answer) in answers {
            let column = Self::column_of(&batch, &turn)?;
            let parent = turn.parent.ok_or(Error::Gone("message"))?;
            let lines = self.lines(Some(parent)).await?;
            let seed = fresh.unwrap_or(column.sampling.seed);
            let given = beginning(&answer).to_owned();
            wanted.push(Wanted { column, lines, place: Place::Answer(parent), given, seed });
        }
        self.answer(change, batch, wanted).await
    }

    /// Goes on with answers that ended at the limit, or were stopped or edited. What was generated goes on with the sampling and the
    /// system prompt that it has, at the next draw, as far as its column says now; a text of a person's with those of its column.
    ///
    /// # Errors
    /// Returns an error if an answer came to its own end, and as [`App::regenerate`] does.
    pub async fn continue_turns(&self, request: ContinueTurns) -> Result<(), Error> {
        let (change, batch) = self.batch(request.conversation).await?;
        let mut wanted = Vec::new();
        for (turn, answer) in self.answers(&batch, &request.turns).await? {
            let is_edited = answer.given as usize == answer.text.len();
            if answer.end == AnswerEnd::EndOfTurn && !is_edited {
                let message = "The model has ended this answer by itself.";
                return Err(Error::invalid(message, "Edit it first, or answer again."));
            }
            let mut column = Self::column_of(&batch, &turn)?;
            // The record of an answer names one way of sampling: what was drawn so goes on so. How far is said now. A text of a
            // person's has none.
            if answer.tokens > 0 {
                let SamplingSettings { max_new_tokens, stop, .. } = column.sampling;
                column.sampling = SamplingSettings { max_new_tokens, stop, ..answer.sampling.clone() };
                column.system_prompt.clone_from(&answer.system_prompt);
            }
            let lines = self.lines(turn.parent).await?;
            let (given, seed) = (answer.text.clone(), column.sampling.seed);
            wanted.push(Wanted { column, lines, place: Place::Turn(turn.id, Box::new(answer)), given, seed });
        }
        self.answer(change, batch, wanted).await
    }
}

/// Returns the beginning of an answer that a person gave. A text that is theirs as a whole is no beginning.
fn beginning(answer: &ModelTurn) -> &str {
    let given = answer.text.get(..answer.given as usize).unwrap_or_default();
    if given.len() < answer.text.len() { given } else { "" }
}

/// Returns the columns that something is said to: these, or all of them.
fn columns(desk: &Desk, ids: &[u32]) -> Result<Vec<Column>, Error> {
    if ids.is_empty() {
        return Ok(desk.columns.clone());
    }
    let mut columns: Vec<Column> = Vec::with_capacity(ids.len());
    for id in ids {
        if columns.iter().any(|column| column.id == *id) {
            return Err(Error::invalid("A column is named twice.", "Name it once."));
        }
        columns.push(desk.column(*id).cloned().ok_or(Error::Gone("column"))?);
    }
    Ok(columns)
}
