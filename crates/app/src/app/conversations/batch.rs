//! A batch of answers: what it needs, and how it is stored and queued.

use std::sync::Arc;

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::conversation::{Column, Conversation, ModelTurn, Said, SamplingSettings, Turn};
use ipc::event::Event;
use store::turns::{Line, Node};
use store::{conversations, turns};
use vectors::model::Model;

use super::prompt::{encode, encode_latest};
use super::{App, changed, check_quiet};
use crate::engine::answers::Pending;
use crate::engine::chat::desk::LoadedDesk;
use crate::engine::chat::{PendingAnswers, PendingRow};
use crate::event_bus::Change;
use crate::{Error, clock};

/// What the answers of one batch need.
pub(super) struct Batch {
    pub(super) conversation: Conversation,
    pub(super) model_id: Id,
    pub(super) model: Arc<Model>,
    pub(super) desk: LoadedDesk,
    pub(super) nodes: Vec<Node>,
}

/// An answer that is to be made.
pub(super) struct Wanted {
    pub(super) column: Column,
    /// What the answer follows.
    pub(super) lines: Vec<Line>,
    pub(super) place: Place,
    /// The beginning of the answer.
    pub(super) given: String,
    pub(super) seed: u64,
}

/// Where an answer goes.
pub(super) enum Place {
    /// Behind a new message, which follows this turn.
    Message {
        /// The turn.
        after: Option<Id>,
        /// The message.
        text: String,
    },
    /// Behind a message of the conversation.
    Answer(Id),
    /// The turn itself grows, which says this so far.
    Turn(Id, Box<ModelTurn>),
}

/// Refuses turns of which two are in the same column: a column gives one answer at a time.
pub(super) fn check_one_a_column(turns: &[Turn]) -> Result<(), Error> {
    let is_second = |at: usize| turns[..at].iter().any(|other| other.column == turns[at].column);
    if (0..turns.len()).any(is_second) {
        let message = "Two of these turns are in the same column.";
        return Err(Error::invalid(message, "Answer one of them at a time."));
    }
    Ok(())
}

impl App {
    /// Begins a change, and reads what a batch of answers needs.
    pub(super) async fn batch(&self, conversation: Id) -> Result<(Change<'_>, Batch), Error> {
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

    pub(super) async fn lines(&self, turn: Option<Id>) -> Result<Vec<Line>, Error> {
        let Some(turn) = turn else { return Ok(vec![]) };
        let mut db = self.state.store.read().acquire().await?;
        Ok(turns::lines_to(&mut db, turn).await?)
    }

    /// Reads turns that must be answers.
    pub(super) async fn answers(&self, batch: &Batch, ids: &[Id]) -> Result<Vec<(Turn, ModelTurn)>, Error> {
        let mut db = self.state.store.read().acquire().await?;
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            all.push(turns::find(&mut db, batch.conversation.id, *id).await?);
        }
        check_one_a_column(&all)?;
        let mut answers: Vec<(Turn, ModelTurn)> = Vec::with_capacity(all.len());
        for turn in all {
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

    pub(super) fn column_of(batch: &Batch, turn: &Turn) -> Result<Column, Error> {
        let column = batch.conversation.desk.column(turn.column).cloned();
        column.ok_or_else(|| Error::invalid("The column of this turn was closed.", "Choose another column."))
    }

    /// Returns a seed that none of the variants of these answers had.
    pub(super) async fn unused_seed(
        &self,
        batch: &Batch,
        answers: &[(Turn, ModelTurn)],
    ) -> Result<u64, Error> {
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
    pub(super) async fn answer(
        &self,
        change: Change<'_>,
        batch: Batch,
        wanted: Vec<Wanted>,
    ) -> Result<(), Error> {
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
                Place::Turn(turn, answer) => {
                    let drawn = answer.tokens;
                    let left_out = prompt.left_out.max(answer.left_out);
                    turns::reopen(&mut db, turn).await?;
                    let answer = ModelTurn {
                        left_out,
                        end: AnswerEnd::Open,
                        sampling: sampling.clone(),
                        system_prompt: wanted.column.system_prompt,
                        ..*answer
                    };
                    turns::put(&mut db, turn, &answer).await?;
                    reopened.push(turn);
                    let (prompt, given) = (prompt.tokens, prompt.given);
                    rows.push(PendingRow { turn, prompt, given, drawn, sampling });
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
            rows.push(PendingRow { turn, prompt: prompt.tokens, given: prompt.given, drawn: 0, sampling });
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
