//! Answers of the steered model: several rows at once, each with its own steering.

use std::ops::ControlFlow;

use crate::model::{Model, ModelError};
use crate::steering::Term;

/// A prompt and what steers the answer to it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The prompt's tokens ([`Model::encode_question`]).
    pub prompt: Vec<u32>,
    /// Every term is added at its own layer.
    pub steering: Vec<Term>,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The model closed its turn.
    EndOfTurn,
    /// The limit on new tokens was reached.
    Length,
    /// The caller stopped it.
    Stopped,
}

/// An answer's new token, or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The row has this token more.
    Token {
        /// The request's place in the list.
        row: usize,
        /// The token.
        id: u32,
    },
    /// The row has ended.
    End {
        /// The request's place in the list.
        row: usize,
        /// Why.
        end: End,
    },
}

/// Greedy answers to all requests, decoded together. `on_step` sees every token as it is made; `Break` stops all rows.
/// Returns each row's token ids, without the end-of-turn token.
///
/// # Errors
/// Where a prompt does not fit the model's context, or a vector does not fit the model.
pub fn greedy(
    model: &Model,
    requests: &[Request],
    max_new_tokens: usize,
    on_step: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> Result<Vec<(Vec<u32>, End)>, ModelError> {
    todo!()
}
