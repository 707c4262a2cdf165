//! Questions to the steered model, with the answers at several multipliers.

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
    pub steering: Vec<SteeringRecord>,
    /// The answers, by multiplier.
    pub answers: Vec<Answer>,
    /// The time of the request.
    pub created: Millis,
}

/// A vector that steered, as it was when the question was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SteeringRecord {
    /// The vector; it may be gone since.
    pub vector: Id,
    /// What it was called.
    pub name: String,
    /// The factor on the multiplier, or the whole coefficient where it was fixed.
    pub weight: f64,
    /// Whether the multiplier left the coefficient alone.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steered_is_stored_as_earlier_versions_stored_it() {
        let record =
            SteeringRecord { vector: 3, name: "W".into(), weight: 1.0, fixed: false, hash: Some("h".into()) };
        let text = serde_json::to_string(&record).expect("serialized");
        assert_eq!(text, r#"{"vector":3,"name":"W","weight":1.0,"fixed":false,"hash":"h"}"#);
    }
}
