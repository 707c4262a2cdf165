//! A model's tokenizer: text to token ids and back.

use std::path::Path;

use tokenizers::{Encoding, PostProcessorWrapper, Tokenizer as Inner};

use super::expansion_limit::Growth;
use super::{TokenError, caught, tokenizer_gguf, tokenizer_json};
use crate::model::{Metadata, ModelError};

/// A tokenizer with the ids that begin a text and end a turn.
pub struct Tokenizer {
    inner: Inner,
    bos: Option<u32>,
    adds_bos: bool,
    eos_ids: Vec<u32>,
    bos_text: String,
    eos_text: String,
    vocabulary: usize,
    /// The most bytes of a text that is encoded at once: the tokenizer's steps make it longer.
    longest_text: usize,
}

/// The parts that a [`Tokenizer`] is made of.
pub(super) struct TokenizerParts {
    pub(super) inner: Inner,
    pub(super) growth: Growth,
    pub(super) bos: Option<u32>,
    pub(super) adds_bos: bool,
    /// The tokens that end a text or a turn. Templates get the first one as `eos_token`.
    pub(super) eos_ids: Vec<u32>,
}

/// The tokens of a text, with the place in the text where each ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetEncoding {
    /// The tokens.
    pub ids: Vec<u32>,
    /// For each token the byte offset at which it ends: the end of the last character that the token has a part of. A
    /// begin-of-text token that was added ends at 0.
    pub end_offsets: Vec<usize>,
}

/// One token for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its text. A token with a part of a character is written as hexadecimal bytes.
    pub text: String,
    /// Whether it is a special token.
    pub is_special: bool,
}

impl Tokenizer {
    /// Builds the tokenizer of the model at `path`.
    ///
    /// # Errors
    /// Where there is none, its tables contradict themselves, or its kind was not checked.
    pub(crate) fn from_metadata(metadata: &Metadata, path: &Path) -> Result<Self, ModelError> {
        match metadata {
            Metadata::Folder(folder) => tokenizer_json::from_folder(folder),
            Metadata::Gguf(header) => match tokenizer_gguf::read(header) {
                // A tokenizer.json beside the file replaces metadata of a kind that was not checked.
                Err(error @ TokenError::UnknownTokenizer { .. }) => {
                    match tokenizer_json::read_beside_gguf(path, header)? {
                        Some(tokenizer) => Ok(tokenizer),
                        None => Err(error.into()),
                    }
                }
                read => Ok(read?),
            },
        }
    }

    /// Reads the tokenizer of a GGUF file or a folder, without the model.
    ///
    /// # Errors
    /// As [`crate::model::ModelBuilder::load`].
    pub fn read(path: &Path) -> Result<Self, ModelError> {
        Self::from_metadata(&Metadata::open(path)?, path)
    }

    pub(super) fn new(parts: TokenizerParts) -> Result<Self, TokenError> {
        let TokenizerParts { mut inner, growth, bos, adds_bos, eos_ids } = parts;
        // The post-processor would add special tokens, which callers do not expect, and cut spaces off the offsets of
        // tokens.
        inner.with_post_processor(None::<PostProcessorWrapper>);
        let end = *eos_ids.first().ok_or(TokenError::NoTokenizer { key: "eos_token" })?;
        let text = |id: Option<u32>| id.and_then(|id| inner.id_to_token(id)).unwrap_or_default();
        let (bos_text, eos_text) = (text(bos), text(Some(end)));
        let vocabulary = inner.get_vocab_size(true);
        let longest_text = growth.longest_text();
        Ok(Self { inner, bos, adds_bos, eos_ids, bos_text, eos_text, vocabulary, longest_text })
    }

    /// Makes the first special token that a template writes after an answer the end-of-turn token.
    pub(crate) fn set_end_of_turn_from(&mut self, after_answer: &str) {
        let Ok(ids) = self.encode(after_answer) else { return };
        let added = self.inner.get_added_vocabulary();
        let is_special = |id: &u32| {
            self.inner.id_to_token(*id).is_some_and(|token| added.is_special_token(&token))
                && Some(*id) != self.bos
        };
        if let Some(end) = ids.into_iter().find(is_special) {
            self.eos_ids.retain(|id| *id != end);
            self.eos_ids.insert(0, end);
        }
    }

    /// Returns the tokens of a text. Special tokens that are written out in the text count as such; nothing is added.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>, TokenError> {
        self.encoded(text, || self.inner.encode_fast(text, false)).map(|encoding| encoding.get_ids().to_vec())
    }

    /// Encodes a text by a call of the library, which panics over some tokenizers.
    fn encoded(
        &self,
        text: &str,
        encode: impl FnOnce() -> tokenizers::Result<Encoding>,
    ) -> Result<Encoding, TokenError> {
        let refused = |detail| Err(TokenError::Text { detail });
        if text.len() > self.longest_text {
            let (bytes, limit) = (text.len(), self.longest_text);
            return refused(format!("it has {bytes} bytes, and this tokenizer takes at most {limit}"));
        }
        match caught(encode) {
            Ok(Ok(encoding)) => Ok(encoding),
            Ok(Err(error)) => refused(error.to_string()),
            Err(words) => refused(format!("the model's tokenizer cannot do it: {words}")),
        }
    }

    /// Decodes tokens. The library skips an id out of range.
    fn decoded(&self, ids: &[u32], skip_special_tokens: bool) -> String {
        caught(|| self.inner.decode(ids, skip_special_tokens).unwrap_or_default()).unwrap_or_default()
    }

    /// Returns the tokens of a rendered conversation: as [`Tokenizer::encode`], with the begin-of-text token first
    /// where the model wants one and the template has not written it.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode_conversation(&self, rendered: &str) -> Result<Vec<u32>, TokenError> {
        let mut ids = self.encode(rendered)?;
        if let Some(bos) = self.bos.filter(|bos| self.adds_bos && ids.first() != Some(bos)) {
            ids.insert(0, bos);
        }
        Ok(ids)
    }

    /// As [`Tokenizer::encode_conversation`]; also returns where each token ends in the text.
    ///
    /// # Errors
    /// Where the tokenizer refuses the text.
    pub fn encode_with_end_offsets(&self, text: &str) -> Result<OffsetEncoding, TokenError> {
        let encoding = self.encoded(text, || self.inner.encode(text, false))?;
        let mut ids = encoding.get_ids().to_vec();
        let mut end_offsets: Vec<usize> = encoding.get_offsets().iter().map(|(_, end)| *end).collect();
        if let Some(bos) = self.bos.filter(|bos| self.adds_bos && ids.first() != Some(bos)) {
            ids.insert(0, bos);
            end_offsets.insert(0, 0);
        }
        Ok(OffsetEncoding { ids, end_offsets })
    }

    /// Returns the text of tokens without special tokens. A character whose bytes are incomplete becomes U+FFFD.
    #[must_use]
    pub fn decode(&self, ids: &[u32]) -> String {
        self.decoded(ids, true)
    }

    /// Returns one token for display.
    #[must_use]
    pub fn piece(&self, id: u32) -> Piece {
        let Some(stored) = self.inner.id_to_token(id) else {
            return Piece { text: String::new(), is_special: true };
        };
        let read = |skip: bool| self.decoded(&[id], skip);
        let (text, is_special) = (read(false), read(true).is_empty());
        // SentencePiece writes a space as U+2581 and a part of a character as <0xE4>. Decoded alone, a leading space
        // would be lost.
        if stored.contains('\u{2581}') {
            return Piece { text: stored.replace('\u{2581}', " "), is_special: false };
        }
        if stored.starts_with("<0x") {
            return Piece { text: stored, is_special: false };
        }
        if text.is_empty() {
            return Piece { text: stored, is_special };
        }
        if text.contains(char::REPLACEMENT_CHARACTER) && !stored.contains(char::REPLACEMENT_CHARACTER) {
            return Piece { text: super::byte_level::hexadecimal(&stored), is_special };
        }
        Piece { text, is_special }
    }

    /// Returns the text of one token; special tokens are written by their name.
    pub fn token_text(&self, id: u32) -> String {
        self.decoded(&[id], false)
    }

    /// Returns the token that closes an answer.
    #[must_use]
    pub fn end_of_turn(&self) -> u32 {
        self.eos_ids[0]
    }

    /// Returns whether the token ends an answer.
    #[must_use]
    pub fn is_end_of_turn(&self, id: u32) -> bool {
        self.eos_ids.contains(&id)
    }

    /// Returns the text of the begin-of-text token; empty where the model has none.
    #[must_use]
    pub fn bos_text(&self) -> &str {
        &self.bos_text
    }

    /// Returns the text of the end-of-text token.
    #[must_use]
    pub fn eos_text(&self) -> &str {
        &self.eos_text
    }

    /// Returns the number of tokens.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        self.vocabulary
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokenizers::models::wordlevel::WordLevel;
    use tokenizers::pre_tokenizers::fixed_length::FixedLength;

    fn tokenizer(letters: usize, growth: Growth) -> Tokenizer {
        let vocabulary = [("<unk>".to_owned(), 0), ("a".to_owned(), 1)].into_iter().collect();
        let model = WordLevel::builder().vocab(vocabulary).unk_token("<unk>".into()).build().unwrap();
        let mut inner = Inner::new(model);
        inner.with_pre_tokenizer(Some(FixedLength::new(letters)));
        Tokenizer::new(TokenizerParts { inner, growth, bos: None, adds_bos: false, eos_ids: vec![0] })
            .unwrap()
    }

    #[test]
    fn a_text_over_which_the_tokenizer_panics_is_refused() {
        let panics = tokenizer(0, Growth::times(1));
        for refused in [panics.encode("a").err(), panics.encode_with_end_offsets("a").err()] {
            assert!(refused.is_some_and(|error| error.to_string().contains("contradicts itself")));
        }
        assert_eq!(tokenizer(1, Growth::times(1)).encode("aa").unwrap(), [1, 1]);
    }

    #[test]
    fn a_text_that_would_become_too_long_is_refused() {
        let tokenizer = tokenizer(1, Growth::times(1 << 20));
        assert_eq!(tokenizer.encode(&"a".repeat(16)).unwrap().len(), 16);
        let refused = tokenizer.encode(&"a".repeat(17)).unwrap_err();
        assert!(refused.to_string().contains("17 bytes"), "{refused}");
    }
}
