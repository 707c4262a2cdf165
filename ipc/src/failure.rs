//! Failures, as the application tells them to a person.

use serde::{Deserialize, Serialize};

/// A refusal or a failure, in words a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind of failure it is, where the window acts differently on it.
    pub code: Code,
    /// The failure, in one sentence.
    pub message: String,
    /// Where, or why: a file, a line, the error underneath. Paths come last.
    pub detail: Option<String>,
    /// The next step for the person.
    pub next: Option<String>,
}

/// The kinds of failure that the window treats differently; everything else is [`Code::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The model's file is not where it was: the window offers to choose another.
    ModelMissing,
    /// The model's file is there and cannot be used: cut off, changed or not understood.
    ModelUnusable,
    /// No model is loaded yet.
    ModelNotLoaded,
    /// A job uses another model, and there is no room beside it: the window offers to pause the job.
    ModelInUse,
    /// The hub wants an access token, or another one: the window offers to type it.
    TokenWanted,
    /// The requested thing does not exist, or no longer.
    NotFound,
    /// The person's input cannot be used as it is.
    Invalid,
    /// The disk is full or cannot be written.
    Storage,
    /// Anything else.
    Other,
}

impl Failure {
    /// A failure with its kind and its one sentence.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), detail: None, next: None }
    }

    /// Adds where or why.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds what to do next.
    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}
