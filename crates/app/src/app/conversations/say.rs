//! Says something to the columns of a conversation, and has their answers generated.

use std::sync::Arc;

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::command::{ContinueTurns, EditTurn, Regenerate, Say};
use ipc::conversation::{Column, Conversation, Desk, ModelTurn, Said, SamplingSettings, Turn};
use ipc::event::Event;
use store::turns::{Line, Node};
use store::{conversations, turns};
use vectors::model::Model;

use super::prompt::{encode, encode_latest};
use super::{App, changed, check_quiet, last_shown};
use crate::engine::answers::Pending;
use crate::engine::chat::desk::LoadedDesk;
use crate::engine::chat::{PendingAnswers, PendingRow};
use crate::event_bus::Change;
use crate::{Error, clock};

/// What the answers of one batch need.
struct Batch {
    conversation: Conversation,
    model_id: Id,
    model: Arc<Model>,
    desk: LoadedDesk,
    nodes: Vec<Node>,
}

/// An answer that is to be made.
struct Wanted {
    column: Column,
    /// What the answer follows.
    lines: Vec<Line>,
    place: Place,
    /// The beginning of the answer.
    given: String,
    seed: u64,
}

/// Where an answer goes.
enum Place {
    /// Behind a new message, which follows this turn.
    Message {
        /// The turn.
        after: Option<Id>,
        /// The message.
        text: String,
    },
    /// Behind a message of the conversation.
    Answer(Id),
    /// The turn itself grows.
    Turn(Id),
}

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

    /// Answers again: each of these turns gets a further variant.
    ///
    /// # Errors
    /// Returns an error if a turn is not there or is no answer, and as [`App::say`] does.
    pub async fn regenerate(&self, request: Regenerate) -> Result<(), Error> {
        let (change, batch) = self.batch(request.conversation).await?;
        let answers = self.answers(&batch, &request.turns).await?;
        let fresh = if request.new_seed { Some(self.unused_seed(&batch, &answers).await?) } else { None };
        let mut wanted = Vec::new();
        for (turn, _) in answers {
            let column = Self::column_of(&batch, &turn)?;
            let parent = turn.parent.ok_or(Error::Gone("message"))?;
            let lines = self.lines(Some(parent)).await?;
            let seed = fresh.unwrap_or(column.sampling.seed);
            wanted.push(Wanted { column, lines, place: Place::Answer(parent), given: String::new(), seed });
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

    /// Begins a change, and reads what a batch of answers needs.
    async fn batch(&self, conversation: Id) -> Result<(Change<'_>, Batch), Error> {
        let mut db = self.state.store.read().acquire().await?;
        conversations::find(&mut db, conversation).await?;
        drop(db);
        // A model whose file has changed is given up in a change of its own.
        let (model_id, model) = self.usable_model().await?;
        let change = self.state.events.change().await;
        let mut db = self.state.store.read().acquire().await?;
        let conversation = conversations::find(&mut db, conversation).await?;
        let nodes = turns::nodes(&mut db, conversation.id).await?;
        drop(db);
        let desk = self.load_desk(&conversation.desk, model_id, None).await?;
        Ok((change, Batch { conversation, model_id, model, desk, nodes }))
    }

    async fn lines(&self, turn: Option<Id>) -> Result<Vec<Line>, Error> {
        let Some(turn) = turn else { return Ok(vec![]) };
        let mut db = self.state.store.read().acquire().await?;
        Ok(turns::lines_to(&mut db, turn).await?)
    }

    /// Reads turns that must be answers.
    async fn answers(&self, batch: &Batch, ids: &[Id]) -> Result<Vec<(Turn, ModelTurn)>, Error> {
        let mut db = self.state.store.read().acquire().await?;
        let mut answers: Vec<(Turn, ModelTurn)> = Vec::new();
        for id in ids {
            let turn = turns::find(&mut db, batch.conversation.id, *id).await?;
            if answers.iter().any(|(other, _)| other.column == turn.column) {
                let message = "Two of these turns are in the same column.";
                return Err(Error::invalid(message, "Answer one of them at a time."));
            }
            let Said::Model(answer) = turn.said.clone() else {
                return Err(Error::invalid("This turn is no answer.", "Choose an answer."));
            };
            answers.push((turn, *answer));
        }
        if answers.is_empty() {
            return Err(Error::invalid("No answer is chosen.", "Choose one."));
        }
        Ok(answers)
    }

    fn column_of(batch: &Batch, turn: &Turn) -> Result<Column, Error> {
        let column = batch.conversation.desk.column(turn.column).cloned();
        column.ok_or_else(|| Error::invalid("The column of this turn was closed.", "Choose another column."))
    }

    /// Returns a seed that none of the variants of these answers had.
    async fn unused_seed(&self, batch: &Batch, answers: &[(Turn, ModelTurn)]) -> Result<u64, Error> {
        let is_variant = |node: &Node| {
            answers.iter().any(|(turn, _)| (turn.column, turn.parent) == (node.column, node.parent))
        };
        let variants: Vec<Id> =
            batch.nodes.iter().filter(|node| is_variant(node)).map(|node| node.id).collect();
        let mut db = self.state.store.read().acquire().await?;
        let variants = turns::find_all(&mut db, batch.conversation.id, &variants).await?;
        let mut used: Vec<u64> = variants
            .iter()
            .filter_map(|turn| match &turn.said {
                Said::Model(answer) => Some(answer.sampling.seed),
                Said::Person { .. } => None,
            })
            .collect();
        used.sort_unstable();
        let mut seed = used.first().copied().unwrap_or_default();
        while used.contains(&seed) {
            seed = seed.wrapping_add(1);
        }
        Ok(seed)
    }

    /// Stores answers as open turns and queues them.
    async fn answer(&self, change: Change<'_>, batch: Batch, wanted: Vec<Wanted>) -> Result<(), Error> {
        let Batch { conversation, model_id, model, desk, nodes } = batch;
        let mut reader = self.state.store.read().acquire().await?;
        let open = turns::open(&mut reader, conversation.id).await?;
        drop(reader);
        check_quiet(&open, |column| wanted.iter().any(|wanted| wanted.column.id == column))?;
        let mut prompts = Vec::with_capacity(wanted.len());
        for wanted in &wanted {
            let Wanted { column: Column { system_prompt, sampling, .. }, lines, given, .. } = wanted;
            prompts.push(if conversation.desk.leaves_out_oldest {
                encode_latest(&model, system_prompt, lines, given, sampling.max_new_tokens as usize)?
            } else {
                encode(&model, system_prompt, lines, given)?
            });
        }
        let now = clock::now();
        let mut db = self.state.store.begin().await?;
        let mut rows = Vec::with_capacity(wanted.len());
        let mut reopened = Vec::new();
        for (wanted, prompt) in wanted.into_iter().zip(prompts) {
            let sampling = SamplingSettings { seed: wanted.seed, ..wanted.column.sampling.clone() };
            let id = conversation.id;
            let parent = match wanted.place {
                Place::Message { after, text } => {
                    let said = Said::Person { text };
                    turns::insert(&mut db, id, (wanted.column.id, after), &said, now).await?
                }
                Place::Answer(parent) => parent,
                Place::Turn(turn) => {
                    turns::reopen(&mut db, turn).await?;
                    reopened.push(turn);
                    rows.push(PendingRow { turn, prompt: prompt.tokens, given: prompt.given, sampling });
                    continue;
                }
            };
            let answer = ModelTurn {
                given: wanted.given.len() as u32,
                text: wanted.given,
                tokens: 0,
                left_out: prompt.left_out,
                end: AnswerEnd::Open,
                sampling: sampling.clone(),
                system_prompt: wanted.column.system_prompt,
                steering: vec![],
                observed: vec![],
            };
            let said = Said::Model(Box::new(answer));
            let turn = turns::insert(&mut db, id, (wanted.column.id, Some(parent)), &said, now).await?;
            rows.push(PendingRow { turn, prompt: prompt.tokens, given: prompt.given, sampling });
        }
        conversations::touch(&mut db, conversation.id, now).await?;
        let mut turns = changed(&mut db, conversation.id, &nodes).await?;
        turns.extend(turns::find_all(&mut db, conversation.id, &reopened).await?);
        let now = conversations::find(&mut db, conversation.id).await?;
        db.commit().await?;
        change.send(&Event::Turns { conversation: conversation.id, turns });
        change.send(&Event::Conversation(now));
        self.state.live.enqueue(conversation.id, desk);
        self.enqueue(Pending::Answers(PendingAnswers {
            conversation: conversation.id,
            model_id,
            model,
            rows,
        }))
    }
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
