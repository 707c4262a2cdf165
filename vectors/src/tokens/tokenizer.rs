//! A tokenizer built from a GGUF file's metadata.
//!
//! Only pre-tokenizers that were compared with llama.cpp on real text are accepted. An unknown one is refused: text
//! split the wrong way still gives tokens, and every number after that is silently wrong.

use candle_core::quantized::gguf_file::{Content, Value};
use tokenizers::decoders::byte_level::ByteLevel as ByteLevelDecoder;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::{AddedToken, Tokenizer as Inner};

use super::TokenError;

const KNOWN: &str = "byte-level BPE with the pre-tokenizer smollm";
/// llama.cpp's token types: 3 is a control token, 4 was added by the model's maker.
const CONTROL: i64 = 3;
const USER_DEFINED: i64 = 4;

/// A model's tokenizer, with the tokens that begin a text and end a turn.
pub struct Tokenizer {
    inner: Inner,
    tokens: Vec<String>,
    begin: Option<u32>,
    adds_begin: bool,
    ends: Vec<u32>,
}

impl Tokenizer {
    /// Reads the tokenizer from a GGUF header.
    ///
    /// # Errors
    /// Where the tables are missing or contradict themselves, or the kind is not a checked one.
    pub fn from_gguf(header: &Content) -> Result<Self, TokenError> {
        let kind = text(header, "tokenizer.ggml.model")?;
        let pre = text(header, "tokenizer.ggml.pre").unwrap_or("(none)");
        if kind != "gpt2" || pre != "smollm" {
            return Err(TokenError::UnknownTokenizer { found: format!("{kind}/{pre}"), known: KNOWN });
        }
        let tokens = texts(header, "tokenizer.ggml.tokens")?;
        let merges = texts(header, "tokenizer.ggml.merges")?
            .iter()
            .map(|merge| merge.split_once(' ').map(|(left, right)| (left.to_owned(), right.to_owned())))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| damaged("a merge is not two tokens"))?;
        let vocabulary: Vocab =
            tokens.iter().enumerate().map(|(id, token)| (token.clone(), id as u32)).collect();
        if vocabulary.len() != tokens.len() {
            return Err(damaged("a token is listed twice"));
        }
        let model = BPE::builder().vocab_and_merges(vocabulary, merges).build().map_err(damaged)?;
        let mut inner = Inner::new(model);
        inner.with_pre_tokenizer(Some(smollm()));
        inner.with_decoder(Some(ByteLevelDecoder::new(false, false, false)));
        inner.add_special_tokens(special_tokens(header, &tokens)?).map_err(damaged)?;

        let end_of_turn = id(header, "tokenizer.ggml.eos_token_id", tokens.len())?
            .ok_or(TokenError::NoTokenizer { key: "tokenizer.ggml.eos_token_id" })?;
        let other_end = id(header, "tokenizer.ggml.eot_token_id", tokens.len())?;
        let ends = std::iter::once(end_of_turn).chain(other_end.filter(|id| *id != end_of_turn)).collect();
        let begin = id(header, "tokenizer.ggml.bos_token_id", tokens.len())?;
        let adds_begin =
            matches!(header.metadata.get("tokenizer.ggml.add_bos_token"), Some(Value::Bool(true)));
        Ok(Self { inner, tokens, begin, adds_begin, ends })
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
        // Decoding fails for no id of a byte-level vocabulary; an id out of range is skipped by the library.
        self.inner.decode(ids, true).unwrap_or_default()
    }

    /// A token as it stands in a text, special ones by their name.
    #[must_use]
    pub fn text_of(&self, id: u32) -> String {
        self.inner.decode(&[id], false).unwrap_or_default()
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

    /// The begin-of-text token as text, where the model has one.
    #[must_use]
    pub fn begin_text(&self) -> &str {
        self.begin.map_or("", |id| self.tokens[id as usize].as_str())
    }

    /// The end-of-turn token as text.
    #[must_use]
    pub fn end_text(&self) -> &str {
        &self.tokens[self.end_of_turn() as usize]
    }

    /// How many tokens there are.
    #[must_use]
    pub fn vocabulary(&self) -> usize {
        self.tokens.len()
    }
}

/// `SmolLM`'s splitting: every digit by itself, then GPT-2's rule for words.
fn smollm() -> PreTokenizerWrapper {
    let digits = PreTokenizerWrapper::Digits(Digits::new(true));
    let words = PreTokenizerWrapper::ByteLevel(ByteLevel::new(false, false, true));
    PreTokenizerWrapper::Sequence(Sequence::new(vec![digits, words]))
}

fn special_tokens(header: &Content, tokens: &[String]) -> Result<Vec<AddedToken>, TokenError> {
    const KEY: &str = "tokenizer.ggml.token_type";
    let Some(Value::Array(kinds)) = header.metadata.get(KEY) else {
        return Err(TokenError::NoTokenizer { key: KEY });
    };
    if kinds.len() != tokens.len() {
        return Err(damaged(format!("{} tokens but {} token types", tokens.len(), kinds.len())));
    }
    let is_special = |kind: &Value| matches!(integer(kind), Some(CONTROL | USER_DEFINED));
    let special = kinds.iter().zip(tokens).filter(|(kind, _)| is_special(kind));
    Ok(special.map(|(_, token)| AddedToken::from(token.clone(), true)).collect())
}

fn text<'a>(header: &'a Content, key: &'static str) -> Result<&'a str, TokenError> {
    match header.metadata.get(key) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(TokenError::NoTokenizer { key }),
    }
}

fn texts(header: &Content, key: &'static str) -> Result<Vec<String>, TokenError> {
    let Some(Value::Array(values)) = header.metadata.get(key) else {
        return Err(TokenError::NoTokenizer { key });
    };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    values.iter().map(text).collect::<Option<_>>().ok_or(TokenError::NoTokenizer { key })
}

fn id(header: &Content, key: &'static str, tokens: usize) -> Result<Option<u32>, TokenError> {
    let Some(value) = header.metadata.get(key) else { return Ok(None) };
    match integer(value).and_then(|id| u32::try_from(id).ok()) {
        Some(id) if (id as usize) < tokens => Ok(Some(id)),
        _ => Err(damaged(format!("{key} names no token"))),
    }
}

fn integer(value: &Value) -> Option<i64> {
    match *value {
        Value::U8(v) => Some(v.into()),
        Value::I8(v) => Some(v.into()),
        Value::U16(v) => Some(v.into()),
        Value::I16(v) => Some(v.into()),
        Value::U32(v) => Some(v.into()),
        Value::I32(v) => Some(v.into()),
        Value::U64(v) => i64::try_from(v).ok(),
        Value::I64(v) => Some(v),
        _ => None,
    }
}

fn damaged(detail: impl std::fmt::Display) -> TokenError {
    TokenError::Damaged { detail: detail.to_string() }
}
