//! The kinds of a vocabulary's tokens.

use serde::{Deserialize, Serialize};

/// What a token of a vocabulary is for. Control tokens and tokens that the model's maker added are matched literally in a
/// text; the others are made by the tokenizer's own rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// A piece of text.
    Normal,
    /// The token in place of what the vocabulary does not know.
    Unknown,
    /// A mark such as the end of a turn. `tokenizer.json` calls it special.
    Control,
    /// A text that the model's maker added. `tokenizer.json` has it among its added tokens, and not as special.
    UserDefined,
    /// A token that the file keeps free.
    Unused,
    /// One byte of a character.
    Byte,
}

impl TokenKind {
    /// Returns the kind of a number in `tokenizer.ggml.token_type`.
    #[must_use]
    pub fn from_ggml(number: u64) -> Option<Self> {
        Some(match number {
            1 => Self::Normal,
            2 => Self::Unknown,
            3 => Self::Control,
            4 => Self::UserDefined,
            5 => Self::Unused,
            6 => Self::Byte,
            _ => return None,
        })
    }

    /// Returns the kind's name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Unknown => "unknown",
            Self::Control => "control",
            Self::UserDefined => "user-defined",
            Self::Unused => "unused",
            Self::Byte => "byte",
        }
    }
}
