//! The tokens at which a vector acts, and what it does there.

use serde::{Deserialize, Serialize};
pub use steering_types::{Intervention, InterventionOp, Positions};

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
