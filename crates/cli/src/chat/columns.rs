//! The columns of a conversation: what was said in each, and how it goes on.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

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
        let asks: Vec<Ask> =
            self.columns.iter().enumerate().map(|(key, _)| self.ask(key, text)).collect::<Result<_, _>>()?;
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
        };
        let mut turn = Turn::new(&self.model, question, screen)?;
        self.session.generate(&asks, &mut turn).map_err(|error| match error {
            ModelError::NotFinite { index, .. } => Halt::score(error, multipliers[index], 0),
            error => error.into(),
        })?;
        let records = Self::records(&desk);
        for ((column, answer), terms) in self.columns.iter_mut().zip(turn.finish()?).zip(records) {
            let answer = ModelTurn {
                text: answer.text,
                given: 0,
                tokens: answer.tokens,
                left_out: 0,
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
        }
        said
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
        self.steering.desk(&self.vectors, &self.multipliers(), &column)
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

    /// Makes the request of a column's answer. The answer is as long as the settings say, or as the context leaves room.
    fn ask(&self, key: usize, text: &str) -> Result<Ask, Halt> {
        let column = &self.columns[key];
        let system = (!self.system.is_empty()).then(|| Message::new(Role::System, &*self.system));
        let said = column.messages().chain([Message::user(text)]);
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
        Ok(Ask { key: key as u64, request, begun: 0, drawn: 0, new_tokens, observe: None })
    }
}
