//! Text to tokens and back: a model's own tokenizer and chat template.

mod bytes;
mod template;
mod tokenizer;

pub use template::{ChatTemplate, Message, Role};
pub use tokenizer::Tokenizer;

/// A text that cannot be turned into tokens, or a tokenizer that cannot be trusted, and why.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file holds no tokenizer.
    #[error("the model file holds no tokenizer: the key {key} is missing or not of the expected kind")]
    NoTokenizer {
        /// The GGUF key.
        key: &'static str,
    },
    /// A kind of tokenizer that is not checked against its original.
    #[error(
        "the tokenizer kind {found:?} is not one that was checked against its original ({known}), so its tokens could not be trusted"
    )]
    UnknownTokenizer {
        /// What the file says.
        found: String,
        /// What is known.
        known: &'static str,
    },
    /// The tokenizer's tables contradict themselves.
    #[error("the model file's tokenizer is damaged: {detail}")]
    Damaged {
        /// What contradicts what.
        detail: String,
    },
    /// The file holds no chat template.
    #[error("the model file holds no chat template, so prompts cannot be put the way it was trained on")]
    NoTemplate,
    /// The chat template refuses the messages.
    #[error("the model's chat template refuses these messages: {detail}")]
    Template {
        /// The template's own words.
        detail: String,
    },
    /// A text that the tokenizer refuses.
    #[error("the text cannot be turned into tokens: {detail}")]
    Text {
        /// The tokenizer's own words.
        detail: String,
    },
    /// An answer without a single token.
    #[error("the {which} answer is empty")]
    EmptyAnswer {
        /// `wanted` or `opposite`.
        which: &'static str,
    },
}
