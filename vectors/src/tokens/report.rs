//! How a model reads a sample pair: its tokens, the ones that begin and end, and where the files disagree.

use super::{ChatTemplate, Message, NamedToken, TokenError, TokenKind, Tokenizer};
use crate::model::Facts;

/// The sample pair's prompt and answer.
const QUESTION: &str = "What is money for?";
const ANSWER: &str = "It is a tool for trading.";

/// A token of a [`TokenReport`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedToken {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text. A part of a character is written as hexadecimal bytes.
    pub text: String,
    /// What it is for, as it is read.
    pub kind: TokenKind,
}

/// A token that a model's files name for a purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundToken {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text.
    pub text: String,
    /// The places that name it: a file and a key, or the chat template.
    pub places: Vec<String>,
}

/// How a model reads a sample pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenReport {
    /// The prompt with the chat template.
    pub prompt: Vec<ReportedToken>,
    /// The answer, with the token that closes it.
    pub answer: Vec<ReportedToken>,
    /// The token that begins a text; `None` where the model has none.
    pub begin: Option<FoundToken>,
    /// Whether that token is put before a text that does not begin with it.
    pub adds_begin: bool,
    /// The tokens that end an answer. The first one closes the answers that the model is trained and scored on.
    pub ends: Vec<FoundToken>,
    /// Where the files disagree and what in them is not known, in sentences for people.
    pub warnings: Vec<String>,
}

impl TokenReport {
    pub(crate) fn new(
        tokenizer: &Tokenizer,
        template: &ChatTemplate,
        facts: &Facts,
    ) -> Result<Self, TokenError> {
        let rendered = template.render(&[Message::user(QUESTION)])?;
        let mut answer = tokenizer.encode(ANSWER)?;
        answer.push(tokenizer.end_of_turn());
        let reported = |ids: &[u32]| {
            let token = |id: &u32| ReportedToken {
                id: *id,
                text: tokenizer.piece(*id).text,
                kind: tokenizer.kind(*id),
            };
            ids.iter().map(token).collect::<Vec<_>>()
        };
        let found = |token: &NamedToken| FoundToken {
            id: token.id,
            text: tokenizer.piece(token.id).text,
            places: token.places.clone(),
        };
        let mut warnings = [tokenizer.notes(), &facts.notes].concat();
        if let Some(more) = tokenizer.vocabulary().checked_sub(facts.vocabulary).filter(|more| *more > 0) {
            warnings.push(format!(
                "The tokenizer has {more} more tokens than the model has rows for: a text with one of them is refused."
            ));
        }
        let prompt = tokenizer.encode_conversation(&rendered)?;
        if prompt.len() > tokenizer.encode(&rendered)?.len() {
            let begin = tokenizer.begin().map(found).map(|token| token.text).unwrap_or_default();
            warnings.push(format!(
                "The chat template does not write {begin}, which the tokenizer puts before a text: it is put before \
                 conversations as well, as llama.cpp does; transformers leaves it out there."
            ));
        }
        Ok(Self {
            prompt: reported(&prompt),
            answer: reported(&answer),
            begin: tokenizer.begin().map(found),
            adds_begin: tokenizer.adds_begin(),
            ends: tokenizer.ends().iter().map(found).collect(),
            warnings,
        })
    }
}
