//! The tokens of a pair as the loaded model reads it.

use serde::{Deserialize, Serialize};
pub use steering_types::TokenKind;

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

/// A token of a sample, with what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleToken {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text. If it is a part of a character, its bytes in hexadecimal.
    pub text: String,
    /// What it is for, as it is read.
    pub kind: TokenKind,
}

/// A token that a model's files name for a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundToken {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text.
    pub text: String,
    /// The places that name it: a file and a key, or the chat template.
    pub places: Vec<String>,
}

/// How a model reads a sample pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelTokens {
    /// The prompt with the chat template.
    pub prompt: Vec<SampleToken>,
    /// The answer, with the token that closes it.
    pub answer: Vec<SampleToken>,
    /// The token that begins a text. `None` if the model has none.
    pub begin: Option<FoundToken>,
    /// Whether that token is put before a text that does not begin with it.
    pub adds_begin: bool,
    /// The tokens that end an answer. The first one closes the answers of training and scores.
    pub ends: Vec<FoundToken>,
    /// Where the files disagree and what in them is not known, in sentences.
    pub warnings: Vec<String>,
}
