//! Sessions: answers of several columns in one batch, whose steering changes while they are generated.

use std::sync::Arc;

use super::kept::Kept;
use super::observed::{Observe, Observed};
use super::open_rows::OpenRows;
use super::{Answer, End, Request};
use crate::memory;
use crate::model::{Device, Model, ModelError};
use crate::steering::Term;

/// Generates answers that go on from one another, such as the turns of a conversation with several columns.
///
/// What an answer has read is kept for the next one: of a prompt, only the tokens are read that were not read in the same
/// place, under the same steering and in a role in which it acts alike. Where only multipliers have changed, the blocks below
/// the lowest steered layer are not run again. On a device, prompts are read from the start.
pub struct Session {
    model: Arc<Model>,
    kept: Kept,
    rows_read: RowsRead,
}

/// The rows that were read to answer prompts: one for each token of a sequence that nothing kept stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowsRead {
    /// Those that passed the blocks that no steering changes, which sequences with the same tokens share.
    pub trunk: usize,
    /// Those that passed the blocks behind them.
    pub behind_trunk: usize,
}

/// One answer to generate.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The sequence that this one goes on from, such as a column of a conversation.
    pub key: u64,
    /// The whole prompt, with the steering and the sampling of the answer.
    pub request: Request,
    /// The number of the prompt's last tokens that are the answer's own beginning. The token before them is the prompt's end.
    pub begun: usize,
    /// The number of the answer's tokens that were drawn before. The random generator goes on behind them.
    pub drawn: usize,
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

    /// Returns by what a row is steered from the token on that is being read, if that has changed since [`Self::change`]. `fits` says of
    /// terms whether they leave alone what has been read of the token; others wait for the next step. It is called in the middle of a
    /// step, where the first steered block begins.
    fn change_within(&mut self, _row: usize, _fits: &dyn Fn(&[Term]) -> bool) -> Option<Vec<Term>> {
        None
    }

    /// Receives a new token of an answer.
    fn token(&mut self, row: usize, id: u32, observed: Option<&Observed>);

    /// Receives the end of an answer.
    fn end(&mut self, row: usize, end: End);
}

impl Session {
    /// Creates a session that has read nothing.
    #[must_use]
    pub fn new(model: Arc<Model>) -> Self {
        Self { model, kept: Kept::default(), rows_read: RowsRead::default() }
    }

    /// Generates an answer to each ask, all in one batch. An answer does not depend on the other asks.
    ///
    /// # Errors
    /// As [`super::generate`]; also where a vector does not fit the model that an ask observes, or that [`Change::Steer`]
    /// brings. What was kept of these keys is dropped then.
    pub fn generate(&mut self, asks: &[Ask], control: &mut dyn Control) -> Result<Vec<Answer>, ModelError> {
        self.check(asks)?;
        let mut answers = vec![Answer { ids: Vec::new(), end: End::Length }; asks.len()];
        for (row, _) in asks.iter().enumerate().filter(|(_, ask)| ask.new_tokens == 0) {
            control.end(row, End::Length);
        }
        // A sequence is taken out while it is read, and kept when its answer has ended: an error leaves none that is half read.
        let (mut rows, rows_read) = OpenRows::read(&self.model, &mut self.kept, asks)?;
        self.rows_read = rows_read;
        rows.generate(&mut answers, control)?;
        Ok(answers)
    }

    /// Drops what was kept of a key.
    pub fn forget(&mut self, key: u64) {
        self.kept.forget(key);
    }

    /// Returns the bytes of the sequences that are kept: two gibibytes at most, above which the least recently used are dropped.
    #[must_use]
    pub fn kept_bytes(&self) -> u64 {
        self.kept.bytes()
    }

    /// Returns the rows that were read for the prompts of the last generation.
    #[must_use]
    pub fn rows_read(&self) -> RowsRead {
        self.rows_read
    }

    /// Refuses asks that do not fit the model or the memory, before anything changes.
    fn check(&self, asks: &[Ask]) -> Result<(), ModelError> {
        let model = &self.model;
        for Ask { request, begun, new_tokens, observe, .. } in asks {
            model.check_tokens(&request.prompt[..request.prompt.len().saturating_sub(*begun)])?;
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
