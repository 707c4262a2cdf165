//! The tokens of a pair as the loaded model reads it.

use serde::{Deserialize, Serialize};

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text. If it is a part of a character, its bytes in hexadecimal.
    pub text: String,
    /// Whether it is a special token.
    pub special: bool,
}

/// The two token sequences of a pair, which share the prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSequence {
    /// The tokens of the system prompt, the earlier turns and the prompt with the chat template.
    pub prompt: Vec<Token>,
    /// The tokens of the wanted answer, all of which are scored, including the closing one.
    pub wanted: Vec<Token>,
    /// The tokens of the opposite answer, all of which are scored, including the closing one.
    pub opposite: Vec<Token>,
    /// The maximum number of tokens that the model reads.
    pub limit: u32,
}

/// The progress of counting a data set's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The data set.
    pub data_set: crate::Id,
    /// The number of pairs that are counted.
    pub counted: u32,
    /// The number of all pairs.
    pub all: u32,
    /// The number of pairs that exceed the model's context.
    pub too_long: u32,
}
