//! Tokenizers and chat templates: text to tokens and back.

mod built_in_templates;
mod byte_level;
mod chat_template;
mod declared_tokens;
mod expansion_limit;
mod jinja;
mod marks;
mod named_tokens;
mod precompiled;
mod report;
mod sentencepiece;
mod template_bounds;
mod tokenizer;
mod tokenizer_gguf;
mod tokenizer_json;
mod tokenizer_parts;
mod value_bounds;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use built_in_templates::{BuiltInTemplate, built_in_templates};
pub(crate) use chat_template::template_from_config;
pub use chat_template::{ChatTemplate, Message, Origin, Role};
pub use named_tokens::NamedToken;
pub use report::{FoundToken, ReportedToken, TokenReport};
pub use steering_types::TokenKind;
pub use tokenizer::{OffsetEncoding, Piece, Tokenizer};

/// The reason why a text cannot be turned into tokens or a tokenizer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The file holds no tokenizer.
    #[error("the model file holds no tokenizer: the key {key} is missing or not of the expected kind")]
    NoTokenizer {
        /// The GGUF key.
        key: &'static str,
    },
    /// The kind of tokenizer was not checked against its original.
    #[error(
        "the tokenizer kind {found:?} is not one that was checked against its original ({known}), so its tokens could not be trusted. \
         Put the original model's tokenizer.json into the folder of this file: then that one is used"
    )]
    UnknownTokenizer {
        /// The kind that the file names.
        found: String,
        /// The kinds that are supported.
        known: &'static str,
    },
    /// The folder has no tokenizer.json.
    #[error(
        "the folder has no tokenizer.json. Where it has a tokenizer.model only, load and save the tokenizer once with \
         Hugging Face's library, which writes one"
    )]
    NoTokenizerFile,
    /// The tokenizer.json belongs to another model.
    #[error("the tokenizer.json beside the file has other tokens than the file: it belongs to another model")]
    OtherTokenizer,
    /// The tokenizer's tables contradict themselves.
    #[error("the model file's tokenizer is damaged: {detail}")]
    Damaged {
        /// The two properties that contradict each other.
        detail: String,
    },
    /// The file holds no chat template.
    #[error(
        "the model's files hold no chat template, so prompts cannot be put the way it was trained on. \
         Choose one of the built-in templates, or write one"
    )]
    NoTemplate,
    /// The chat template refuses the messages.
    #[error("the model's chat template refuses these messages: {detail}")]
    Template {
        /// The template's own words.
        detail: String,
    },
    /// The tokenizer refuses the text.
    #[error("the text cannot be turned into tokens: {detail}")]
    Text {
        /// The tokenizer's own words.
        detail: String,
    },
    /// The system gives no memory to read or render a chat template.
    #[error("there is not enough memory to read the chat template: {:.1} MB are needed", *bytes as f64 / 1e6)]
    Memory {
        /// The bytes that were asked for.
        bytes: u64,
    },
    /// An answer has no token.
    #[error("the {which} answer is empty")]
    EmptyAnswer {
        /// `wanted` or `opposite`.
        which: &'static str,
    },
}

impl TokenError {
    /// Returns the next step, where the sentence of the error does not say it. Every step stands here and nowhere else.
    #[must_use]
    pub fn next_step(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoTokenizer { .. } => {
                "Put the original model's tokenizer.json into the folder of this file, or choose another model."
            }
            Self::OtherTokenizer => "Put the tokenizer.json of this model there, or take it away.",
            Self::Damaged { .. } => "Fetch the files of the tokenizer again, all of one model.",
            Self::Template { .. } => "Change the messages, or give the model another chat template.",
            Self::Text { .. } => "Change the text, then try again.",
            Self::Memory { .. } => "Close other programs, then try again.",
            Self::EmptyAnswer { .. } => "Write both answers, or leave the pair out.",
            Self::UnknownTokenizer { .. } | Self::NoTokenizerFile | Self::NoTemplate => return None,
        })
    }
}

fn damaged(detail: impl std::fmt::Display) -> TokenError {
    TokenError::Damaged { detail: detail.to_string() }
}

/// Does work of a library that does not expect what others wrote: a panic in it comes back as words.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    // What the work was about is used no further, or is only read.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
        format!("it contradicts itself ({words})")
    })
}
