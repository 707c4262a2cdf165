//! A model's tokenizer: text to ids and back.

use std::path::Path;

use tokenizers::Tokenizer as Inner;

use super::{TokenError, damaged, gguf, json};
use crate::model::{Described, ModelError};

/// A model's tokenizer, with the tokens that begin a text and end a turn.
pub struct Tokenizer {
    inner: Inner,
    begin: Option<u32>,
    adds_begin: bool,
    ends: Vec<u32>,
    begin_text: String,
    end_text: String,
    vocabulary: usize,
}

/// What a tokenizer is made of.
pub(super) struct Parts {
    pub(super) inner: Inner,
    pub(super) begin: Option<u32>,
    pub(super) adds_begin: bool,
    /// What ends a text or a turn; the first one stands for it in templates.
    pub(super) ends: Vec<u32>,
}

impl Tokenizer {
    /// The tokenizer that comes with a model at `path`.
    ///
    /// # Errors
    /// Where there is none, its tables contradict themselves, or it is of a kind that was not checked.
    pub(crate) fn of(described: &Described, path: &Path) -> Result<Self, ModelError> {
        match described {
            Described::Folder(folder) => json::of_folder(folder),
            Described::Gguf(header) => match gguf::read(header) {
                // Beside the file may be what its metadata cannot be trusted for.
                Err(error @ TokenError::UnknownTokenizer { .. }) => match json::beside(path, header)? {
                    Some(tokenizer) => Ok(tokenizer),
                    None => Err(error.into()),
                },
                read => Ok(read?),
            },
        }
    }

    pub(super) fn new(parts: Parts) -> Result<Self, TokenError> {
        let Parts { mut inner, begin, adds_begin, ends } = parts;
        // A file may ask for every text to be cut or filled to a length.
        inner.with_truncation(None).map_err(damaged)?;
        inner.with_padding(None);
        let end = *ends.first().ok_or(TokenError::NoTokenizer { key: "eos_token" })?;
        let text = |id: Option<u32>| id.and_then(|id| inner.id_to_token(id)).unwrap_or_default();
        let (begin_text, end_text) = (text(begin), text(Some(end)));
        let vocabulary = inner.get_vocab_size(true);
        Ok(Self { begin, adds_begin, ends, begin_text, end_text, vocabulary, inner })
    }

    /// Takes the first special token of what a template writes after an answer for what ends a turn.
    pub(crate) fn end_turns_with(&mut self, after_answer: &str) {
        let Ok(ids) = self.encode(after_answer) else { return };
        let added = self.inner.get_added_vocabulary();
        let is_special = |id: &u32| {
            self.inner.id_to_token(*id).is_some_and(|token| added.is_special_token(&token))
                && Some(*id) != self.begin
        };
        if let Some(end) = ids.into_iter().find(is_special) {
            self.ends.retain(|id| *id != end);
            self.ends.insert(0, end);
        }
    }

    /// The text's tokens. Special tokens written out in the text are taken as such, nothing is added.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        let encoding =
            self.inner.encode_fast(text, false).map_err(|e| TokenError::Text { detail: e.to_string() })?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The tokens of a whole rendered conversation: as [`Tokenizer::encode`], with the begin-of-text token in front
    /// where the model wants one and the template has not already written it.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode_conversation(&self, rendered: &str) -> Result<Vec<u32>, TokenError> {
        let mut ids = self.encode(rendered)?;
        if let Some(begin) = self.begin.filter(|begin| self.adds_begin && ids.first() != Some(begin)) {
            ids.insert(0, begin);
        }
        Ok(ids)
    }

    /// The tokens as text, special tokens left out. A character whose bytes are not all there shows as U+FFFD.
    #[must_use]
    pub fn decode(&self, ids: &[u32]) -> String {
        // An id out of range is skipped by the library.
        self.inner.decode(ids, true).unwrap_or_default()
    }

    /// The token that closes an answer.
    #[must_use]
    pub fn end_of_turn(&self) -> u32 {
        self.ends[0]
    }

    /// Whether the token ends an answer.
    #[must_use]
    pub fn is_end(&self, id: u32) -> bool {
        self.ends.contains(&id)
    }

    /// The begin-of-text token as text; empty where the model has none.
    #[must_use]
    pub fn begin_text(&self) -> &str {
        &self.begin_text
    }

    /// The end-of-text token as text.
    #[must_use]
    pub fn end_text(&self) -> &str {
        &self.end_text
    }

    /// How many tokens there are.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }
}
