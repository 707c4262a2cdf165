//! Sessions: answers of several columns in one batch, whose steering changes while they are generated.

use std::sync::Arc;

use super::observed::{Observe, Observed};
use super::open_rows::OpenRows;
use super::{Answer, End, Request};
use crate::memory;
use crate::model::{Device, Model, ModelError};
use crate::steering::Term;

/// Generates answers that go on from one another, such as the turns of a conversation with several columns.
pub struct Session {
    model: Arc<Model>,
}

/// One answer to generate.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The sequence that this one goes on from, such as a column of a conversation.
    pub key: u64,
    /// The whole prompt, with the steering and the sampling of the answer.
    pub request: Request,
    /// The most new tokens of the answer.
    pub new_tokens: usize,
    /// What is measured of every token; `None` measures nothing.
    pub observe: Option<Observe>,
}

/// What happens to a row before its next token.
#[derive(Debug, Clone)]
pub enum Change {
    /// It goes on as it is.
    None,
    /// It ends here. The other rows go on.
    Stop,
    /// It is steered by these terms from the next token that it reads. What it has read keeps its keys and values.
    Steer(Vec<Term>),
}

/// Follows a generation, and changes its rows. A row is the index of an ask.
pub trait Control {
    /// Returns what happens to a row: it is called before every decoding step, for every row that has not ended.
    fn change(&mut self, row: usize) -> Change;

    /// Receives a new token of an answer.
    fn token(&mut self, row: usize, id: u32, observed: Option<&Observed>);

    /// Receives the end of an answer.
    fn end(&mut self, row: usize, end: End);
}

impl Session {
    /// Creates a session that has read nothing.
    #[must_use]
    pub fn new(model: Arc<Model>) -> Self {
        Self { model }
    }

    /// Generates an answer to each ask, all in one batch. An answer does not depend on the other asks.
    ///
    /// # Errors
    /// As [`super::generate`]; also where a vector does not fit the model that [`Change::Steer`] brings or that an ask
    /// observes.
    pub fn generate(&mut self, asks: &[Ask], control: &mut dyn Control) -> Result<Vec<Answer>, ModelError> {
        self.check(asks)?;
        let mut answers = vec![Answer { ids: Vec::new(), end: End::Length }; asks.len()];
        let mut rows = OpenRows::read(&self.model, asks)?;
        rows.generate(&mut answers, control)?;
        Ok(answers)
    }

    /// Drops what was kept of a key.
    pub fn forget(&mut self, key: u64) {
        let _ = key;
    }

    /// Returns the bytes of the sequences that are kept.
    #[must_use]
    pub fn kept_bytes(&self) -> u64 {
        0
    }

    /// Refuses asks that do not fit the model or the memory, before anything changes.
    fn check(&self, asks: &[Ask]) -> Result<(), ModelError> {
        let model = &self.model;
        for Ask { request, new_tokens, observe, .. } in asks {
            model.check_tokens(&request.prompt)?;
            model.check_length(request.prompt.len() + new_tokens)?;
            model.check_steering(&request.steering)?;
            request.sampling.check()?;
            if let Some(along) = observe.as_ref().and_then(|observe| observe.along.as_ref()) {
                model.check_vector(along)?;
            }
        }
        if matches!(model.device(), Device::Cpu | Device::Candle) {
            memory::probe(kv_bytes(model, asks))?;
        }
        Ok(())
    }
}

/// The bytes that the KV caches of all asks take, those of their plain twins included.
fn kv_bytes(model: &Model, asks: &[Ask]) -> u64 {
    let facts = model.facts();
    let tokens = asks
        .iter()
        .map(|ask| (ask.request.prompt.len() + ask.new_tokens) * if ask.observe.is_some() { 2 } else { 1 });
    (size_of::<f32>() * 2 * facts.kv_heads * facts.head_size * facts.blocks * tokens.sum::<usize>()) as u64
}
