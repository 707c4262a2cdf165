//! Errors as the window shows them to a person.

use serde::{Deserialize, Serialize};

/// An error in words that a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The kind of error, for those that the window treats differently.
    pub code: Code,
    /// The error in one sentence.
    pub message: String,
    /// The place or the cause: a file, a line, the underlying error. Paths come last.
    pub detail: Option<String>,
    /// The next step for the person.
    pub next: Option<String>,
}

/// The kinds of error that the window treats differently. All others are [`Code::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The model's file is not at its path. The window offers to choose another.
    ModelMissing,
    /// The model's file is truncated, changed or not understood.
    ModelUnusable,
    /// Tiller ended while it loaded the model. The window offers to try again or to remove the model.
    ModelEndedTiller,
    /// No model is loaded.
    ModelNotLoaded,
    /// A job uses another model, and memory has no place for both. The window offers to pause the job.
    ModelInUse,
    /// The hub requires an access token, or another one. The window offers to type it.
    TokenWanted,
    /// The requested object does not exist.
    NotFound,
    /// The person's input is invalid.
    Invalid,
    /// A conversation is longer than the model's context.
    ContextFull,
    /// The disk is full or cannot be written.
    Storage,
    /// The store cannot be opened as it is. The window offers to mend it.
    StoreDamaged,
    /// Any other error.
    Other,
}

impl Failure {
    /// Makes an error from its kind and its sentence.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None, next: None }
    }

    /// Adds the place or the cause.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds the next step.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}
