//! Pairs as multiple-choice questions with the letters (A) and (B), the format of contrastive activation addition (CAA).

use serde::{Deserialize, Serialize};
pub use steering_types::{ListedChoice, at_line_start};

/// A pair as a multiple-choice question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The question, followed by both answers.
    pub question: String,
    /// The letter of the wanted answer.
    pub wanted: char,
    /// The letter of the opposite answer.
    pub opposite: char,
}

/// The direction of the conversion between pairs and choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceForm {
    /// Turns pairs into choices.
    Choices,
    /// Turns choices into pairs.
    Pairs,
}
