//! Says something to the columns of a conversation, and has their answers generated.

use ipc::answer::AnswerEnd;
use ipc::command::{ContinueTurns, EditTurn, Regenerate, Say};
use ipc::conversation::{Column, Desk, ModelTurn, Said};
use store::turns::Line;
use store::{conversations, turns};

use super::batch::{Place, Wanted};
use super::{App, check_quiet, last_shown};
use crate::{Error, clock};

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

    /// Goes on with answers that ended at the limit, or were stopped or edited.
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
            let column = Self::column_of(&batch, &turn)?;
            let lines = self.lines(turn.parent).await?;
            let (place, seed) = (Place::Turn(turn.id), column.sampling.seed);
            wanted.push(Wanted { column, lines, place, given: answer.text, seed });
        }
        self.answer(change, batch, wanted).await
    }

    /// Gives a turn another text as a further variant. A person's message is then answered again.
    ///
    /// # Errors
    /// Returns an error if the turn is not there or the text is empty, and as [`App::say`] does.
    pub async fn edit_turn(&self, request: EditTurn) -> Result<(), Error> {
        let id = request.conversation;
        let mut db = self.state.store.read().acquire().await?;
        conversations::find(&mut db, id).await?;
        let turn = turns::find(&mut db, id, request.turn).await?;
        drop(db);
        let text = request.text;
        if text.trim().is_empty() {
            return Err(Error::invalid("The text is empty.", "Type it, or delete the turn."));
        }
        match &turn.said {
            Said::Person { .. } => {
                let (change, batch) = self.batch(id).await?;
                let column = Self::column_of(&batch, &turn)?;
                let mut lines = self.lines(turn.parent).await?;
                let text = text.trim().to_owned();
                lines.push(Line { is_model: false, text: text.clone() });
                let place = Place::Message { after: turn.parent, text };
                let seed = column.sampling.seed;
                let wanted = vec![Wanted { column, lines, place, given: String::new(), seed }];
                self.answer(change, batch, wanted).await
            }
            Said::Model(answer) => {
                let edited = ModelTurn {
                    given: text.len() as u32,
                    text,
                    tokens: 0,
                    end: AnswerEnd::EndOfTurn,
                    steering: vec![],
                    observed: vec![],
                    ..ModelTurn::clone(answer)
                };
                let change = self.state.events.change().await;
                let mut db = self.state.store.begin().await?;
                check_quiet(&turns::open(&mut db, id).await?, |column| column == turn.column)?;
                let before = turns::nodes(&mut db, id).await?;
                let said = Said::Model(Box::new(edited));
                turns::insert(&mut db, id, (turn.column, turn.parent), &said, clock::now()).await?;
                self.send_changed(change, db, id, &before).await
            }
        }
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
