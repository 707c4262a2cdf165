//! Gives turns another text, as further variants.

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::command::EditTurn;
use ipc::conversation::{ModelTurn, Said, Turn};
use store::turns::Line;
use store::{conversations, turns};

use super::batch::{Place, Wanted, check_one_a_column};
use super::{App, check_quiet};
use crate::{Error, clock};

impl App {
    /// Gives turns another text as further variants. Messages are then answered again, all in one batch.
    ///
    /// # Errors
    /// Returns an error if a turn is not there, an answer is among several turns, or the text is empty, and as [`App::say`] does.
    pub async fn edit_turn(&self, request: EditTurn) -> Result<(), Error> {
        let EditTurn { conversation: id, turns: ids, text } = request;
        let mut db = self.state.store.read().acquire().await?;
        conversations::find(&mut db, id).await?;
        let mut edited = Vec::with_capacity(ids.len());
        for turn in ids {
            edited.push(turns::find(&mut db, id, turn).await?);
        }
        drop(db);
        if text.trim().is_empty() {
            return Err(Error::invalid("The text is empty.", "Type it, or delete the turn."));
        }
        check_one_a_column(&edited)?;
        if let [turn] = edited.as_slice()
            && let Said::Model(answer) = &turn.said
        {
            return self.edit_answer(id, turn, answer, text).await;
        }
        if edited.is_empty() || edited.iter().any(|turn| matches!(turn.said, Said::Model(_))) {
            return Err(Error::invalid("These turns are no messages.", "Edit messages, or one answer."));
        }
        self.edit_messages(id, edited, text.trim()).await
    }

    /// Says messages otherwise, and answers them.
    async fn edit_messages(&self, id: Id, messages: Vec<Turn>, text: &str) -> Result<(), Error> {
        let (change, batch) = self.batch(id).await?;
        let mut wanted = Vec::with_capacity(messages.len());
        for turn in messages {
            let column = Self::column_of(&batch, &turn)?;
            let mut lines = self.lines(turn.parent).await?;
            lines.push(Line { is_model: false, text: text.to_owned() });
            let place = Place::Message { after: turn.parent, text: text.to_owned() };
            let seed = column.sampling.seed;
            wanted.push(Wanted { column, lines, place, given: String::new(), seed });
        }
        self.answer(change, batch, wanted).await
    }

    /// Puts a person's text beside an answer.
    async fn edit_answer(&self, id: Id, turn: &Turn, answer: &ModelTurn, text: String) -> Result<(), Error> {
        let edited = ModelTurn {
            given: text.len() as u32,
            text,
            tokens: 0,
            end: AnswerEnd::EndOfTurn,
            steering: vec![],
            observed: vec![],
            ..answer.clone()
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
