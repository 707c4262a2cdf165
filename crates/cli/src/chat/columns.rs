//! The columns of a conversation: what was said in each, and how it goes on.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use app::{LatestPrompt, latest_prompt};
use ipc::conversation::{Desk, ModelTurn, Said, SteeringChange, Strip, StripRecord};
use vectors::files::atomic_write;
use vectors::generate::{Ask, Request, Sampling, SamplingSettings, Session};
use vectors::model::{Model, ModelError};
use vectors::tokens::{Message, Role};

use super::screen::Screen;
use super::turn::{Question, Turn};
use crate::halt::Halt;
use crate::steering::Steering;

/// A conversation with all its columns.
pub(super) struct Conversation {
    model: Arc<Model>,
    session: Session,
    steering: Steering,
    /// The names of the vectors' files.
    vectors: Vec<String>,
    columns: Vec<Column>,
    /// Tells the conversation from others in a file of several.
    begun: String,
    /// The system message. Empty for none.
    pub(super) system: String,
    /// How the next answers are sampled.
    pub(super) sampling: SamplingSettings,
    /// Whether the oldest turns are left out where a column is longer than the context.
    leaves_out_oldest: bool,
    /// What was refused last, because a column is longer than the context.
    refused: Option<Refused>,
}

/// What was refused for its length.
enum Refused {
    /// A message.
    Message(String),
    /// Another answer to the last message.
    Again,
}

/// A column: its strength, and what was said so far, messages and answers in turn.
#[derive(Clone)]
struct Column {
    multiplier: f64,
    said: Vec<Said>,
}

impl Column {
    /// Returns what was said, as the model reads it.
    fn messages(&self) -> impl Iterator<Item = Message> {
        self.said.iter().map(|said| match said {
            Said::Person { text } => Message::user(text.as_str()),
            Said::Model(answer) => Message::new(Role::Assistant, answer.text.as_str()),
        })
    }
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
        let columns = at.iter().map(|at| Column { multiplier: *at, said: vec![] }).collect();
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self {
            begun: format!("{} of {}", std::process::id(), since.as_millis()),
            session: Session::new(Arc::clone(&model)),
            model,
            steering,
            vectors,
            columns,
            system,
            sampling,
            leaves_out_oldest: false,
            refused: None,
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
        let said = |column: usize| self.columns.get(column).unwrap_or(&self.columns[0]).said.clone();
        let columns = at.iter().enumerate().map(|(i, at)| Column { multiplier: *at, said: said(i) });
        self.columns = columns.collect();
        Ok(())
    }

    /// Says something to every column, and shows the answers as they grow. A message that cannot be answered is not kept.
    pub(super) fn say(&mut self, text: &str, screen: &Screen) -> Result<(), Halt> {
        self.refused = None;
        let prompts: Vec<LatestPrompt> =
            self.columns.iter().map(|column| self.prompt(column, text)).collect::<Result<_, _>>()?;
        let context = self.model.facts().context_length;
        if let Some(long) = prompts.iter().find(|prompt| prompt.tokens.len() >= context) {
            self.refused = Some(Refused::Message(text.to_owned()));
            return Err(Halt::Refused(format!(
                "the conversation has {} tokens, and the model reads {context}: begin a new one, or leave out the oldest turns \
                 with /leave-out.",
                long.tokens.len(),
            )));
        }
        let left_out: Vec<u32> = prompts.iter().map(|prompt| prompt.left_out).collect();
        let asks: Vec<Ask> =
            prompts.into_iter().enumerate().map(|(key, prompt)| self.ask(key, prompt.tokens)).collect();
        let (multipliers, desk) = (self.multipliers(), self.desk()?);
        let gate = self.steering.gate();
        let question = Question {
            number: self.columns[0].said.len() / 2 + 1,
            text,
            system: &self.system,
            sampling: &self.sampling,
            multipliers: &multipliers,
            gate: gate.as_ref(),
            caps: self.steering.caps(),
            left_out: &left_out,
        };
        let mut turn = Turn::new(&self.model, question, screen)?;
        self.session.generate(&asks, &mut turn).map_err(|error| match error {
            ModelError::NotFinite { index, .. } => Halt::score(error, multipliers[index], 0),
            error => error.into(),
        })?;
        let records = Self::records(&desk);
        let answers = turn.finish()?.into_iter().zip(records).zip(&left_out);
        for (column, ((answer, terms), left_out)) in self.columns.iter_mut().zip(answers) {
            let answer = ModelTurn {
                text: answer.text,
                given: 0,
                tokens: answer.tokens,
                left_out: *left_out,
                end: answer.end,
                sampling: self.sampling.clone(),
                system_prompt: self.system.clone(),
                steering: vec![SteeringChange { from_byte: 0, terms }],
                observed: vec![],
            };
            column.said.extend([Said::Person { text: text.to_owned() }, Said::Model(Box::new(answer))]);
        }
        Ok(())
    }

    /// Answers the last message again, with the next seed. The answers before are gone.
    pub(super) fn answer_again(&mut self, screen: &Screen) -> Result<(), Halt> {
        let before = self.columns.clone();
        let mut text = String::new();
        for column in &mut self.columns {
            let _ = column.said.pop();
            match column.said.pop() {
                Some(Said::Person { text: said }) => text = said,
                _ => return Err(Halt::Usage("nothing was said yet.".into())),
            }
        }
        let seed = self.sampling.seed;
        self.sampling.seed = seed.wrapping_add(1);
        let said = self.say(&text, screen);
        if said.is_err() {
            (self.columns, self.sampling.seed) = (before, seed);
            self.refused = self.refused.take().map(|_| Refused::Again);
        }
        said
    }

    /// Leaves out the oldest turns from now on, and does what was refused because of them.
    pub(super) fn leave_out_oldest(&mut self, screen: &Screen) -> Result<(), Halt> {
        self.leaves_out_oldest = true;
        match self.refused.take() {
            Some(Refused::Message(text)) => self.say(&text, screen),
            Some(Refused::Again) => self.answer_again(screen),
            None => Ok(()),
        }
    }

    /// Writes the columns as the window exports a conversation, a JSON line for each, and returns their number. A file that is there is
    /// replaced.
    pub(super) fn save(&self, path: &Path) -> Result<usize, Halt> {
        if self.columns.iter().any(|column| column.said.is_empty()) {
            return Err(Halt::Usage("nothing was said yet.".into()));
        }
        let text = app::conversation_lines(&self.begun, "", &self.desk()?, &self.said())
            .map_err(|error| Halt::Failed(format!("{error}.")))?;
        atomic_write(path, text.as_bytes(), true)
            .map_err(|error| Halt::Failed(format!("{} cannot be written: {error}.", path.display())))?;
        Ok(self.columns.len())
    }

    /// Returns the columns as a desk.
    fn desk(&self) -> Result<Desk, Halt> {
        let column = ipc::conversation::Column {
            id: 0,
            name: String::new(),
            factors: vec![],
            system_prompt: self.system.clone(),
            sampling: self.sampling.clone(),
        };
        let desk = self.steering.desk(&self.vectors, &self.multipliers(), &column)?;
        Ok(Desk { leaves_out_oldest: self.leaves_out_oldest, ..desk })
    }

    fn said(&self) -> Vec<Vec<Said>> {
        self.columns.iter().map(|column| column.said.clone()).collect()
    }

    fn multipliers(&self) -> Vec<f64> {
        self.columns.iter().map(|column| column.multiplier).collect()
    }

    /// Returns what steers each column, as the record of an answer.
    fn records(desk: &Desk) -> Vec<Vec<StripRecord>> {
        let record = |(strip, multiplier): (&Strip, f64)| StripRecord {
            vector: strip.vector,
            name: strip.name.clone(),
            hash: strip.hash.clone(),
            multiplier,
            gate: strip.gate.clone(),
            caps: strip.caps.clone(),
        };
        let of_column = |column| desk.steering(column).into_iter().map(record).collect::<Vec<StripRecord>>();
        desk.columns.iter().map(of_column).collect()
    }

    /// Encodes a message and what was said before it in a column.
    fn prompt(&self, column: &Column, text: &str) -> Result<LatestPrompt, Halt> {
        if self.leaves_out_oldest {
            let message = Said::Person { text: text.to_owned() };
            let said: Vec<Said> = column.said.iter().cloned().chain([message]).collect();
            let longest = self.sampling.max_new_tokens as usize;
            return latest_prompt(&self.model, &self.system, &said, longest).map_err(Halt::failure);
        }
        let system = (!self.system.is_empty()).then(|| Message::new(Role::System, &*self.system));
        let said = column.messages().chain([Message::user(text)]);
        let messages: Vec<Message> = system.into_iter().chain(said).collect();
        let tokens = self.model.encode_messages(&messages).map_err(|error| Halt::text(None, &error))?;
        Ok(LatestPrompt { tokens, left_out: 0 })
    }

    /// Makes the request of a column's answer. The answer is as long as the settings say, or as the context leaves room.
    fn ask(&self, key: usize, prompt: Vec<u32>) -> Ask {
        let room = self.model.facts().context_length.saturating_sub(prompt.len());
        let request = Request {
            prompt,
            steering: self.steering.terms(self.columns[key].multiplier),
            sampling: Sampling::from(&self.sampling),
        };
        let new_tokens = room.min(self.sampling.max_new_tokens as usize);
        Ask { key: key as u64, request, begun: 0, drawn: 0, new_tokens, observe: None }
    }
}
