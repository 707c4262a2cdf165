//! Preference pairs, as text and as tokens.

use crate::tokens::Message;

/// A prompt, an answer that shows the behaviour, and one that shows its opposite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreferencePair {
    /// The user's message.
    pub prompt: String,
    /// The answer that shows the behaviour (the paper's `r_T`).
    pub wanted: String,
    /// The answer that shows its opposite (the paper's `r_O`).
    pub opposite: String,
    /// This pair's own system message; `None` for the one shared by all pairs.
    pub system: Option<String>,
    /// The earlier turns of the conversation, oldest first.
    pub turns: Vec<Message>,
}

impl PreferencePair {
    /// Makes a pair without a system message and earlier turns of its own.
    pub fn new(prompt: impl Into<String>, wanted: impl Into<String>, opposite: impl Into<String>) -> Self {
        Self {
            prompt: prompt.into(),
            wanted: wanted.into(),
            opposite: opposite.into(),
            system: None,
            turns: vec![],
        }
    }
}

/// A tokenized pair. A whole sequence is `prompt` followed by one of the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedPair {
    /// The prompt with the chat template around it, up to where the answer begins.
    pub prompt: Vec<u32>,
    /// The wanted answer, closed by the end-of-turn token.
    pub wanted: Vec<u32>,
    /// The opposite answer, closed by the end-of-turn token.
    pub opposite: Vec<u32>,
}
