//! The columns of a conversation: what was said in each, and how it goes on.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use vectors::files::atomic_write;
use vectors::generate::{Ask, Request, Sampling, SamplingSettings, Session};
use vectors::model::{Model, ModelError};
use vectors::tokens::{Message, Role};

use super::screen::Screen;
use super::turn::{Said, Turn};
use crate::halt::Halt;
use crate::steering::{GateRecord, Steering};

/// A conversation with all its columns.
pub(super) struct Conversation {
    model: Arc<Model>,
    session: Session,
    steering: Steering,
    /// The names of the vectors' files.
    vectors: Vec<String>,
    columns: Vec<Column>,
    /// The system message. Empty for none.
    pub(super) system: String,
    /// How the next answers are sampled.
    pub(super) sampling: SamplingSettings,
}

/// A column: its strength, and what was said so far, messages and answers in turn.
#[derive(Clone)]
struct Column {
    multiplier: f64,
    messages: Vec<Message>,
}

/// A line of an exported conversation. It has the form of the window's: every reader of chat messages takes it.
#[derive(Serialize)]
struct Line<'a> {
    messages: Vec<LineMessage<'a>>,
    multiplier: f64,
    vectors: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<GateRecord>,
    sampling: &'a SamplingSettings,
}

#[derive(Serialize)]
struct LineMessage<'a> {
    role: Role,
    content: &'a str,
}

impl Conversation {
    pub(super) fn new(
        model: Arc<Model>,
        steering: Steering,
        vectors: Vec<String>,
        at: &[f64],
        system: String,
        sampling: SamplingSettings,
    ) -> Self {
        let columns = at.iter().map(|at| Column { multiplier: *at, messages: vec![] }).collect();
        Self {
            session: Session::new(Arc::clone(&model)),
            model,
            steering,
            vectors,
            columns,
            system,
            sampling,
        }
    }

    /// Gives the columns other strengths. A column that is new takes over what was said in the first one.
    pub(super) fn steer(&mut self, at: &[f64]) -> Result<(), Halt> {
        if self.steering.is_empty() {
            return Err(Halt::Usage("there is no vector: start with --vector FILE.".into()));
        }
        for key in at.len()..self.columns.len() {
            self.session.forget(key as u64);
        }
        let said = |column: usize| self.columns.get(column).unwrap_or(&self.columns[0]).messages.clone();
        let columns = at.iter().enumerate().map(|(i, at)| Column { multiplier: *at, messages: said(i) });
        self.columns = columns.collect();
        Ok(())
    }

    /// Says something to every column, and shows the answers as they grow. A message that cannot be answered is not kept.
    pub(super) fn say(&mut self, text: &str, screen: &Screen) -> Result<(), Halt> {
        let asks: Vec<Ask> =
            self.columns.iter().enumerate().map(|(key, _)| self.ask(key, text)).collect::<Result<_, _>>()?;
        let multipliers: Vec<f64> = self.columns.iter().map(|column| column.multiplier).collect();
        let gate = self.steering.gate();
        let said = Said {
            number: self.columns[0].messages.len() / 2 + 1,
            text,
            system: &self.system,
            sampling: &self.sampling,
            multipliers: &multipliers,
            gate: gate.as_ref(),
        };
        let mut turn = Turn::new(&self.model, said, screen)?;
        self.session.generate(&asks, &mut turn).map_err(|error| match error {
            ModelError::NotFinite { index, .. } => Halt::score(error, multipliers[index], 0),
            error => error.into(),
        })?;
        for (column, answer) in self.columns.iter_mut().zip(turn.finish()?) {
            column.messages.extend([Message::user(text), Message::new(Role::Assistant, answer)]);
        }
        Ok(())
    }

    /// Answers the last message again, with the next seed. The answers before are gone.
    pub(super) fn answer_again(&mut self, screen: &Screen) -> Result<(), Halt> {
        let before = self.columns.clone();
        let mut text = String::new();
        for column in &mut self.columns {
            let _ = column.messages.pop();
            match column.messages.pop() {
                Some(message) => text = message.content,
                None => return Err(Halt::Usage("nothing was said yet.".into())),
            }
        }
        let seed = self.sampling.seed;
        self.sampling.seed = seed.wrapping_add(1);
        let said = self.say(&text, screen);
        if said.is_err() {
            (self.columns, self.sampling.seed) = (before, seed);
        }
        said
    }

    /// Writes the columns as JSON lines, and returns their number. A file that is there is replaced.
    pub(super) fn save(&self, path: &Path) -> Result<usize, Halt> {
        let mut text = String::new();
        for column in &self.columns {
            if column.messages.is_empty() {
                return Err(Halt::Usage("nothing was said yet.".into()));
            }
            let system = (!self.system.is_empty()).then_some((Role::System, self.system.as_str()));
            let said = column.messages.iter().map(|message| (message.role, message.content.as_str()));
            let line = Line {
                messages: system
                    .into_iter()
                    .chain(said)
                    .map(|(role, content)| LineMessage { role, content })
                    .collect(),
                multiplier: column.multiplier,
                vectors: &self.vectors,
                gate: self.steering.gate(),
                sampling: &self.sampling,
            };
            let line = serde_json::to_string(&line);
            text += &line.map_err(|error| Halt::Failed(format!("the conversation is no JSON: {error}.")))?;
            text.push('\n');
        }
        atomic_write(path, text.as_bytes(), true)
            .map_err(|error| Halt::Failed(format!("{} cannot be written: {error}.", path.display())))?;
        Ok(self.columns.len())
    }

    /// Makes the request of a column's answer. The answer is as long as the settings say, or as the context leaves room.
    fn ask(&self, key: usize, text: &str) -> Result<Ask, Halt> {
        let column = &self.columns[key];
        let system = (!self.system.is_empty()).then(|| Message::new(Role::System, &*self.system));
        let said = column.messages.iter().cloned().chain([Message::user(text)]);
        let messages: Vec<Message> = system.into_iter().chain(said).collect();
        let prompt = self.model.encode_messages(&messages).map_err(|error| Halt::text(None, &error))?;
        let room = self.model.facts().context_length.saturating_sub(prompt.len());
        if room == 0 {
            return Err(Halt::Refused(format!(
                "the conversation has {} tokens, and the model reads {}: begin a new one.",
                prompt.len(),
                self.model.facts().context_length
            )));
        }
        let request = Request {
            prompt,
            steering: self.steering.terms(column.multiplier),
            sampling: Sampling::from(&self.sampling),
        };
        let new_tokens = room.min(self.sampling.max_new_tokens as usize);
        Ok(Ask { key: key as u64, request, begun: 0, new_tokens, observe: None })
    }
}
