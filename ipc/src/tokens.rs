//! A pair as the loaded model reads it, token by token.

use serde::{Deserialize, Serialize};

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its number in the vocabulary.
    pub id: u32,
    /// What it says; where it is a part of a letter, its bytes in hexadecimal.
    pub text: String,
    /// Whether it is one of the model's own marks, not text.
    pub special: bool,
}

/// The two sequences of a pair, which begin alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSequence {
    /// The system prompt, earlier turns and the prompt with the chat template around them.
    pub prompt: Vec<Token>,
    /// The wanted answer: every one of its tokens is scored, the closing one included.
    pub wanted: Vec<Token>,
    /// The opposite answer, the same.
    pub opposite: Vec<Token>,
    /// The most tokens that the model reads.
    pub limit: u32,
}

/// How far the counting of a data set's tokens is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The data set.
    pub data_set: crate::Id,
    /// Pairs whose tokens are counted.
    pub counted: u32,
    /// All pairs.
    pub all: u32,
    /// Pairs that the model cannot read whole.
    pub too_long: u32,
}
