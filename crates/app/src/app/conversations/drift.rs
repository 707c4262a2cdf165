//! Measures where the answers of a conversation lie along a vector, turn by turn.

use std::sync::Arc;

use ipc::Id;
use ipc::command::MeasureDrift;
use ipc::conversation::{Said, Turn};
use ipc::projection::{ColumnDrift, Drift, TurnDrift};
use store::{conversations, turns, vectors as vector_rows};
use vectors::model::Model;
use vectors::score::{Dialogue, turn_projections};
use vectors::tokens::{Message, Role};

use super::{App, shown_path};
use crate::Error;
use crate::app::derive::check_vector;
use crate::app::models::blocking;
use crate::app::percentiles::stopped;

/// The most tokens of a column that are read: the latest ones.
const MOST_TOKENS: usize = 8192;

/// A column with what it says.
struct Told {
    column: u32,
    system_prompt: String,
    turns: Vec<Turn>,
}

impl App {
    /// Measures where the shown answers of a conversation lie along a vector, as the unsteered model reads them.
    ///
    /// # Errors
    /// Returns an error if the conversation or the vector does not exist, the vector's model is not in memory, nothing was answered, a
    /// person has stopped the measurement, or the store cannot be read.
    pub async fn measure_drift(&self, request: MeasureDrift) -> Result<Drift, Error> {
        let read = self.state.store.read();
        let vector = vector_rows::find(read, request.vector).await?;
        check_vector(&vector, "nothing lies along it")?;
        let (loaded, model) = self.loaded_model()?;
        self.check_model(&vector, loaded).await?;
        let layer = request.layer.unwrap_or(vector.layer);
        let parts = vector_rows::steering(read, vector.id).await?.parts;
        let along = parts.into_iter().find(|part| part.layer == layer as usize).ok_or_else(|| {
            Error::invalid(format!("The vector has no part at layer {layer}."), "Choose one of its layers.")
        })?;
        let told = self.told(request.conversation).await?;
        let (state, measurement) = (Arc::clone(&self.state), self.state.measuring.begin());
        let columns = blocking(move || {
            let (mut dialogues, mut owners) = (Vec::new(), Vec::new());
            for told in &told {
                for (dialogue, ids) in encode(&model, told)? {
                    dialogues.push(dialogue);
                    owners.push((told.column, ids));
                }
            }
            let mut make_way = |_, _| state.make_way(measurement);
            let found = turn_projections(&model, &dialogues, &along, Some(&mut make_way)).map_err(stopped)?;
            let mut columns: Vec<ColumnDrift> = Vec::new();
            for ((column, ids), found) in owners.into_iter().zip(found) {
                let turns = ids.into_iter().zip(found).map(|((number, turn), found)| TurnDrift {
                    turn,
                    number,
                    prompt: found.prompt,
                    answer: found.answer,
                });
                match columns.last_mut().filter(|last| last.column == column) {
                    Some(last) => last.turns.extend(turns),
                    None => columns.push(ColumnDrift { column, turns: turns.collect() }),
                }
            }
            for column in &mut columns {
                column.turns.sort_by_key(|turn| turn.number);
            }
            Ok::<_, Error>(columns)
        });
        let columns = columns.await??;
        if columns.is_empty() {
            return Err(Error::invalid("Nothing has been answered yet.", "Say something first."));
        }
        Ok(Drift { vector: vector.id, layer, columns })
    }

    /// Reads what is shown in each column of a conversation.
    async fn told(&self, conversation: Id) -> Result<Vec<Told>, Error> {
        let mut db = self.state.store.read().begin().await?;
        let conversation = conversations::find(&mut db, conversation).await?;
        let nodes = turns::nodes(&mut db, conversation.id).await?;
        let mut all = Vec::with_capacity(conversation.desk.columns.len());
        for column in &conversation.desk.columns {
            let path = shown_path(&nodes, column.id);
            let turns = turns::find_all(&mut db, conversation.id, &path).await?;
            all.push(Told { column: column.id, system_prompt: column.system_prompt.clone(), turns });
        }
        Ok(all)
    }
}

/// A dialogue, with the number and the id of each of its answers.
type Numbered = (Dialogue, Vec<(u32, Id)>);

/// Encodes a column: one sequence for all answers, as long as each turn goes on from the one before. A template that writes earlier
/// turns otherwise than the last one gets a sequence for each. The oldest turns are left out of what is too long.
fn encode(model: &Model, told: &Told) -> Result<Vec<Numbered>, Error> {
    let Some(last) = told.turns.iter().rposition(is_answer) else { return Ok(vec![]) };
    let first = first_read(model, told, last)?;
    let mut number = told.turns[..first].iter().filter(|turn| is_answer(turn)).count() as u32;
    let mut all: Vec<Numbered> = Vec::new();
    for (place, turn) in told.turns.iter().enumerate().take(last + 1).skip(first) {
        if !is_answer(turn) {
            continue;
        }
        number += 1;
        let (tokens, start) = sequence(model, told, first, place)?;
        let span = start..tokens.len();
        match all.last_mut().filter(|(last, _)| tokens.starts_with(&last.tokens)) {
            Some((last, ids)) => {
                last.tokens = tokens;
                last.answers.push(span);
                ids.push((number, turn.id));
            }
            None => all.push((Dialogue { tokens, answers: vec![span] }, vec![(number, turn.id)])),
        }
    }
    Ok(all)
}

fn is_answer(turn: &Turn) -> bool {
    matches!(turn.said, Said::Model(_))
}

/// Returns the first turn that is read: as few of the oldest turns as possible are left out, so that the last answer has room.
fn first_read(model: &Model, told: &Told, last: usize) -> Result<usize, Error> {
    let most = model.facts().context_length.min(MOST_TOKENS);
    // A prompt begins with a person's message.
    let starts: Vec<usize> = (0..last).filter(|place| !is_answer(&told.turns[*place])).collect();
    let (mut low, mut high) = (0, starts.len());
    // The conversation is whole as long as it fits, which is looked at first.
    let mut middle = 0;
    while low < high {
        if sequence(model, told, starts[middle], last)?.0.len() <= most {
            high = middle;
        } else {
            low = middle + 1;
        }
        middle = usize::midpoint(low, high);
    }
    starts.get(low).copied().ok_or_else(|| {
        let message =
            format!("The last answer and its message have more than the {most} tokens that are read.");
        Error::invalid(message, "Measure an earlier turn, or a shorter conversation.")
    })
}

/// Returns the tokens of the turns from the first to an answer, and where that answer begins.
fn sequence(model: &Model, told: &Told, first: usize, answer: usize) -> Result<(Vec<u32>, usize), Error> {
    let refuse = |source| Error::Tokens { pair: None, source };
    let system =
        (!told.system_prompt.is_empty()).then(|| Message::new(Role::System, told.system_prompt.as_str()));
    let said = told.turns[first..answer].iter().map(|turn| match &turn.said {
        Said::Person { text } => Message::new(Role::User, text.as_str()),
        Said::Model(answer) => Message::new(Role::Assistant, answer.text.as_str()),
    });
    let mut tokens =
        model.encode_messages(&system.into_iter().chain(said).collect::<Vec<_>>()).map_err(refuse)?;
    let start = tokens.len();
    if let Said::Model(answer) = &told.turns[answer].said {
        tokens.extend(model.encode_raw(&answer.text).map_err(refuse)?);
    }
    Ok((tokens, start))
}
