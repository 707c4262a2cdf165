//! Where and how a vector acts.

use serde::{Deserialize, Serialize};

/// The tokens on which a vector acts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Where {
    /// Every token, prompt and answer: BiPO and llama.cpp.
    #[default]
    Everywhere,
    /// From the prompt's last token on: CAA.
    PromptEnd,
    /// The answer's tokens only: the first one is predicted without steering.
    Answer,
}

impl Where {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Everywhere, Self::PromptEnd, Self::Answer];
}

/// What a vector does to the residual stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum How {
    /// The multiplier times the vector is added.
    #[default]
    Add,
    /// What points along the vector is taken out, at multiplier 1 all of it.
    ProjectOut,
    /// What points further along the vector than this is taken out, at multiplier 1 all of it.
    Cap {
        /// The largest projection that is left, in units of the residual stream.
        at: f64,
    },
}

/// On which tokens a vector acts, and what it does there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Acts {
    /// The tokens.
    pub on: Where,
    /// What it does.
    #[serde(flatten)]
    pub how: How,
}

/// A token of a conversation, with what happens to it.
#[expect(clippy::struct_excessive_bools, reason = "four independent facts about a token")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPreview {
    /// Its text; a special token by its name.
    pub text: String,
    /// Whether it is one of the model's special tokens.
    pub is_special: bool,
    /// Whether it belongs to the answer.
    pub is_answer: bool,
    /// Whether the vector acts on it.
    pub is_steered: bool,
    /// Whether its probability counts.
    pub is_scored: bool,
}
