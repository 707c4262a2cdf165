//! A model's tokenizer: text to token ids and back.

use std::collections::BTreeSet;
use std::path::Path;

use steering_types::TokenKind;
use tokenizers::{AddedToken, Encoding, PostProcessorWrapper, Tokenizer as Inner};

use super::expansion_limit::Growth;
use super::marks::{certain_marks, is_byte, is_mark, marks};
use super::named_tokens::{NamedToken, NamedTokens};
use super::{ChatTemplate, TokenError, caught, damaged, tokenizer_gguf, tokenizer_json};
use crate::model::{Metadata, ModelError};

/// The place that a template is, in the list of places that name a token.
const TEMPLATE: &str = "the chat template, after an answer";

/// A tokenizer with the ids that begin a text and end a turn.
#[derive(Clone)]
pub struct Tokenizer {
    inner: Inner,
    begin: Option<NamedToken>,
    adds_bos: bool,
    ends: NamedTokens,
    bos_text: String,
    eos_text: String,
    vocabulary: usize,
    /// The most bytes of a text that is encoded at once: the tokenizer's steps make it longer.
    longest_text: usize,
    kinds: Vec<TokenKind>,
    mark_strips: bool,
    notes: Vec<String>,
}

/// The parts that a [`Tokenizer`] is made of.
pub(super) struct TokenizerParts {
    pub(super) inner: Inner,
    pub(super) growth: Growth,
    /// The token that begins a text.
    pub(super) begin: Option<NamedToken>,
    pub(super) adds_bos: bool,
    /// The tokens that end a text or a turn. Templates get the first one as `eos_token`.
    pub(super) ends: NamedTokens,
    /// The kinds that the file gives its tokens; empty where it gives none.
    pub(super) kinds: Vec<TokenKind>,
    /// Whether a mark takes the white space after it along.
    pub(super) mark_strips: bool,
    /// Where the files contradict one another, in sentences for people.
    pub(super) notes: Vec<String>,
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
        let TokenizerParts { mut inner, growth, begin, adds_bos, ends, kinds, mark_strips, notes } = parts;
        // The post-processor would add special tokens, which callers do not expect, and cut spaces off the offsets of
        // tokens.
        inner.with_post_processor(None::<PostProcessorWrapper>);
        let end = ends.first().ok_or(TokenError::NoTokenizer { key: "eos_token" })?;
        let text = |id: Option<u32>| id.and_then(|id| inner.id_to_token(id)).unwrap_or_default();
        let (bos_text, eos_text) = (text(begin.as_ref().map(|token| token.id)), text(Some(end)));
        let vocabulary = inner.get_vocab_size(true);
        let longest_text = growth.longest_text();
        Ok(Self {
            inner,
            begin,
            adds_bos,
            ends,
            bos_text,
            eos_text,
            vocabulary,
            longest_text,
            kinds,
            mark_strips,
            notes,
        })
    }

    /// Fits the tokenizer to the template that the model is used with. What the template writes as a token of the
    /// vocabulary becomes that token, whatever the files say of it; and the token that it writes after an answer ends
    /// an answer. The files' own ends end one as well.
    ///
    /// # Errors
    /// Where the tokenizer refuses a token.
    pub(crate) fn fit_to(&mut self, template: &ChatTemplate) -> Result<(), TokenError> {
        self.add_marks_of(template)?;
        if template.drops_questions() {
            self.notes.push(
                "The chat template leaves out the user's message, so that all prompts are the same. Is it this model's \
                 template?"
                    .to_owned(),
            );
        }
        match self.written_end(template) {
            Some(end) => {
                if self.ends.first().is_some_and(|own| own != end) {
                    let (own, end) = (&self.eos_text, self.token_text(end));
                    self.notes.push(format!(
                        "The files name {own} as the end, and the chat template writes {end} after an answer: {end} closes \
                         answers, and either of them ends one that is generated."
                    ));
                }
                self.ends.put_first(end, TEMPLATE);
            }
            None => self.notes.push(format!(
                "The chat template writes no token of the vocabulary after an answer: answers are closed by {}.",
                self.eos_text
            )),
        }
        Ok(())
    }

    /// Makes the marks that a template writes tokens, where the vocabulary has them and the files do not say that they
    /// are matched literally.
    ///
    /// # Errors
    /// Where the tokenizer refuses a token, or the system the memory to render the template.
    pub(crate) fn add_marks_of(&mut self, template: &ChatTemplate) -> Result<(), TokenError> {
        let written = template.written()?;
        let found: BTreeSet<&str> = written.iter().flat_map(|text| marks(text)).collect();
        let mut added = Vec::new();
        for mark in found {
            let Some(id) = self.inner.token_to_id(mark).filter(|id| !self.is_found(*id)) else {
                continue;
            };
            let reason = match (self.added(id), self.kinds.get(id as usize)) {
                (Some(_), _) => {
                    format!("The files declare the token {mark} so that it is not found everywhere in a text")
                }
                (None, Some(kind)) => format!("The file types the token {mark} as {}", kind.name()),
                (None, None) => format!("No file declares the token {mark}"),
            };
            self.notes
                .push(format!("{reason}, and the chat template writes it: it is read as one token, {id}."));
            let is_special = self.added(id).is_none_or(|token| token.special);
            added.push(AddedToken::from(mark, is_special).normalized(false).rstrip(self.mark_strips));
        }
        if !added.is_empty() {
            caught(|| self.inner.add_tokens(added)).map_err(damaged)?.map_err(damaged)?;
        }
        let missing = written.iter().flat_map(|text| certain_marks(text)).collect::<BTreeSet<_>>();
        for mark in missing.into_iter().filter(|mark| self.inner.token_to_id(mark).is_none()) {
            let note = format!(
                "The chat template writes {mark}, which is no token of this vocabulary: it is read letter by letter. Is it \
                 this model's template?"
            );
            self.notes.push(note);
        }
        Ok(())
    }

    /// Returns the token by which a template ends an answer; `None` where it writes none.
    fn written_end(&self, template: &ChatTemplate) -> Option<u32> {
        let first = |text: &str, is_end: &dyn Fn(u32) -> bool| {
            self.encode(text).ok()?.into_iter().find(|id| is_end(*id))
        };
        let begin = self.begin.as_ref().map(|token| token.id);
        let is_end = |id: u32| self.is_literal_mark(id) && (Some(id) != begin || self.ends.has(id));
        first(&template.after_answer(), &is_end)
            // Between two turns a mark may as well begin the next one, unless the files say that it ends.
            .or_else(|| first(&template.before_next_question(), &|id| self.ends.has(id)))
    }

    fn added(&self, id: u32) -> Option<&AddedToken> {
        self.inner.get_added_vocabulary().get_added_tokens_decoder().get(&id)
    }

    /// Returns whether a token is matched literally in every place of a text. One that is matched in the normalized text
    /// is not, where the normalizer changes what is written before it.
    fn is_found(&self, id: u32) -> bool {
        let is_as_written = |token: &AddedToken| !token.normalized || self.inner.get_normalizer().is_none();
        self.added(id).is_some_and(is_as_written)
    }

    /// Returns whether a token is matched literally and is no mere text, such as the line breaks that Gemma's
    /// vocabulary has among its added tokens.
    fn is_literal_mark(&self, id: u32) -> bool {
        self.added(id).is_some_and(|token| token.special || is_mark(&token.content) || self.ends.has(id))
    }

    /// Returns what a token is for, as it is read.
    #[must_use]
    pub fn kind(&self, id: u32) -> TokenKind {
        let own = self.kinds.get(id as usize).copied();
        match (self.added(id), own) {
            (Some(_), Some(TokenKind::Unknown)) => TokenKind::Unknown,
            (Some(token), _) if token.special => TokenKind::Control,
            (Some(_), _) => TokenKind::UserDefined,
            (None, Some(kind)) => kind,
            (None, None) if self.inner.id_to_token(id).is_some_and(|token| is_byte(&token)) => {
                TokenKind::Byte
            }
            (None, None) => TokenKind::Normal,
        }
    }

    /// Returns the token that begins a text; `None` where the model has none.
    #[must_use]
    pub fn begin(&self) -> Option<&NamedToken> {
        self.begin.as_ref()
    }

    /// Returns whether the begin-of-text token is put before a text that does not begin with it.
    #[must_use]
    pub fn adds_begin(&self) -> bool {
        self.adds_bos
    }

    /// Returns the tokens that end an answer. The first one closes the answers that a model is trained and scored on.
    #[must_use]
    pub fn ends(&self) -> &[NamedToken] {
        self.ends.all()
    }

    /// Returns where the files contradict one another or the chat template, in sentences for people.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    fn bos_to_add(&self, ids: &[u32]) -> Option<u32> {
        let bos = self.begin.as_ref().filter(|_| self.adds_bos)?.id;
        (ids.first() != Some(&bos)).then_some(bos)
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
        if let Some(bos) = self.bos_to_add(&ids) {
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
        if let Some(bos) = self.bos_to_add(&ids) {
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
        // A tokenizer without an end is refused when it is made.
        self.ends.first().unwrap_or_default()
    }

    /// Returns whether the token ends an answer.
    #[must_use]
    pub fn is_end_of_turn(&self, id: u32) -> bool {
        self.ends.has(id)
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
        let mut ends = NamedTokens::default();
        ends.add(0, "a test");
        Tokenizer::new(TokenizerParts {
            inner,
            growth,
            begin: None,
            adds_bos: false,
            ends,
            kinds: Vec::new(),
            mark_strips: false,
            notes: Vec::new(),
        })
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
