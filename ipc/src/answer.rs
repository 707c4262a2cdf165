//! Questions to the steered model, and its answers side by side.

use serde::{Deserialize, Serialize};

use crate::{Failure, Id, Millis};

/// A question, and the answers to it at several multipliers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its id.
    pub id: Id,
    /// What was asked.
    pub text: String,
    /// The vectors that steered, as they were then; none for the plain model.
    pub steering: Vec<Steered>,
    /// The answers, by multiplier.
    pub answers: Vec<Answer>,
    /// When it was asked.
    pub created: Millis,
}

/// A vector's part in what steered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Steered {
    /// The vector; it may be gone since.
    pub vector: Id,
    /// What it was called.
    pub name: String,
    /// It was added this many times the multiplier, or this many times where it was fixed.
    pub weight: f64,
    /// Whether the multiplier left it alone.
    #[serde(default)]
    pub fixed: bool,
    /// The SHA-256 of its numbers, layers and way of acting; `None` for questions of earlier versions.
    #[serde(default)]
    pub hash: Option<String>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The multiplier.
    pub multiplier: f64,
    /// What was said so far.
    pub text: String,
    /// How many tokens that took.
    pub tokens: u32,
    /// Whether more is coming, or why not.
    pub end: AnswerEnd,
}

/// Whether more of an answer is coming, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "end")]
pub enum AnswerEnd {
    /// More is coming.
    Open,
    /// The model ended its turn.
    EndOfTurn,
    /// The limit on new tokens was reached.
    Length,
    /// A person stopped it, or the application ended while it was made.
    Stopped,
    /// It could not be made.
    Failed {
        /// Why, and what to do.
        failure: Failure,
    },
}
