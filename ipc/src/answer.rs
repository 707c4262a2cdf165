//! Questions to the model and its answers at several multipliers.

use serde::{Deserialize, Serialize};

use crate::{Failure, Id, Millis};

/// A question with its answers at several multipliers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its id.
    pub id: Id,
    /// The text of the question.
    pub text: String,
    /// The vectors that steered, as they were when the question was asked. Empty for the unsteered model.
    pub steering: Vec<SteeringRecord>,
    /// The answers, sorted by multiplier.
    pub answers: Vec<Answer>,
    /// The time of the request.
    pub created: Millis,
}

impl Question {
    /// Returns whether it is a trial, which no store keeps: its id is below 0.
    #[must_use]
    pub fn is_trial(&self) -> bool {
        self.id < 0
    }
}

/// What steers the answers of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "steered_by")]
pub enum TrialSubject {
    /// A vector of the library.
    Vector {
        /// The vector.
        vector: Id,
    },
    /// The vector of a run as it was after an epoch. The run may still be under way.
    Epoch {
        /// The run.
        run: Id,
        /// The epoch, from 1.
        epoch: u32,
    },
}

/// A vector that steered, as it was when the question was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SteeringRecord {
    /// The vector's id. The vector may have been deleted since.
    pub vector: Id,
    /// The vector's name at that time.
    pub name: String,
    /// The factor on the multiplier, or the whole coefficient if `fixed` is set.
    pub weight: f64,
    /// Whether the multiplier leaves the coefficient unchanged.
    #[serde(default)]
    pub fixed: bool,
    /// The SHA-256 of its numbers, layers and intervention. `None` for questions of earlier versions.
    #[serde(default)]
    pub hash: Option<String>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The multiplier.
    pub multiplier: f64,
    /// The text so far.
    pub text: String,
    /// The number of tokens generated so far.
    pub tokens: u32,
    /// The state of the answer: still growing, or the reason why it ended.
    pub end: AnswerEnd,
}

/// The state of an answer: still growing, or the reason why it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "end")]
pub enum AnswerEnd {
    /// The answer is still growing.
    Open,
    /// The model ended its turn with a closing token.
    EndOfTurn,
    /// The answer reached the limit on new tokens.
    Length,
    /// A person stopped it, or the application ended during generation.
    Stopped,
    /// Generation failed.
    Failed {
        /// The reason and the next step.
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
