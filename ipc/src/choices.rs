//! Pairs as choices between (A) and (B), as contrastive activation addition reads them.

use serde::{Deserialize, Serialize};

/// A pair as a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The question with both answers under it.
    pub question: String,
    /// The letter of the wanted answer.
    pub wanted: char,
    /// The letter of the opposite answer.
    pub opposite: char,
}

/// Which way pairs are turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceForm {
    /// Pairs become choices.
    Choices,
    /// Choices become pairs.
    Pairs,
}
