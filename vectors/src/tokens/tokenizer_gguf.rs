//! A tokenizer built from a GGUF file's metadata.
//!
//! Only kinds that were compared with llama.cpp on real text are accepted. Any other kind is refused: with the wrong
//! pre-tokenizer a text still becomes tokens, and every number after that is silently wrong.

use tokenizers::decoders::byte_level::ByteLevel as ByteLevelDecoder;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::NFC;
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::digits::Digits;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, SplitDelimiterBehavior, Tokenizer as Inner};

use super::expansion_limit::Growth;
use super::tokenizer::TokenizerParts;
use super::{TokenError, Tokenizer, caught, damaged, sentencepiece, tokenizer_parts};
use crate::model::{GgufHeader, Number};

const KNOWN: &str = "byte-level BPE with the pre-tokenizers smollm, llama-bpe and qwen2, and SentencePiece";
/// llama.cpp's token types: the unknown token, control tokens, and tokens that the model's maker added.
const UNKNOWN: u64 = 2;
const CONTROL: u64 = 3;
const USER_DEFINED: u64 = 4;

/// The most tokens of a vocabulary: four times the largest real one.
const MAX_TOKENS: usize = 1 << 20;

/// The pre-tokenizer patterns of Llama 3 and of Qwen2, which splits off every digit.
const LLAMA_3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN_2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The rule that splits a text into words before BPE splits words into tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PreTokenizer {
    SmolLm,
    Llama3,
    Qwen2,
    /// No splitting: `SentencePiece`.
    None,
}

impl PreTokenizer {
    /// Returns how much longer a text becomes: bytes become letters of up to two bytes, NFC makes up to three of one, and
    /// `SentencePiece` writes a space with three bytes.
    fn growth(self) -> Growth {
        match self {
            Self::SmolLm | Self::Llama3 => Growth::times(2),
            Self::Qwen2 => Growth::times(3).then(Growth::times(2)),
            Self::None => Growth::times(3),
        }
    }
}

/// Builds the tokenizer from a GGUF header.
///
/// # Errors
/// Where the tables are missing or contradict themselves, or the kind was not checked.
pub(super) fn read(header: &GgufHeader) -> Result<Tokenizer, TokenError> {
    const MODEL: &str = "tokenizer.ggml.model";
    let kind = header.text(MODEL).ok_or(TokenError::NoTokenizer { key: MODEL })?;
    let pre = header.text("tokenizer.ggml.pre").unwrap_or("(none)");
    let pre_tokenizer = match (kind, pre) {
        ("gpt2", "smollm") => PreTokenizer::SmolLm,
        ("gpt2", "llama-bpe" | "llama3" | "llama-v3") => PreTokenizer::Llama3,
        ("gpt2", "qwen2") => PreTokenizer::Qwen2,
        ("llama", _) => PreTokenizer::None,
        _ => return Err(TokenError::UnknownTokenizer { found: format!("{kind}/{pre}"), known: KNOWN }),
    };
    let tokens = tokens(header)?;
    let literal = literal_tokens(header, tokens)?;
    let vocabulary: Vocab = tokens.iter().enumerate().map(|(id, token)| (token.clone(), id as u32)).collect();
    if vocabulary.len() != tokens.len() {
        return Err(damaged("a token is listed twice"));
    }
    let inner = caught(|| {
        let mut inner = match pre_tokenizer {
            PreTokenizer::None => sentencepiece::build(header, tokens, vocabulary)?,
            _ => byte_level(header, pre_tokenizer, vocabulary)?,
        };
        inner.add_special_tokens(literal.special).map_err(damaged)?;
        inner.add_tokens(literal.shown).map_err(damaged)?;
        Ok::<_, TokenError>(inner)
    });
    let inner: Inner = inner.map_err(damaged)??;

    let id = |key: &'static str| id(header, key, tokens.len());
    let eos_keys =
        ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];
    let mut found = Vec::new();
    for key in eos_keys {
        found.extend(id(key)?.filter(|id| !found.contains(id)));
    }
    if id(eos_keys[0])?.is_none() {
        return Err(TokenError::NoTokenizer { key: eos_keys[0] });
    }
    let adds_bos = header.flag("tokenizer.ggml.add_bos_token");
    Tokenizer::new(TokenizerParts {
        inner,
        growth: pre_tokenizer.growth(),
        bos: id("tokenizer.ggml.bos_token_id")?,
        adds_bos: adds_bos.unwrap_or(matches!(pre_tokenizer, PreTokenizer::None | PreTokenizer::Llama3)),
        eos_ids: found,
    })
}

/// Builds GPT-2's byte-level BPE with the model's own pre-tokenizer.
fn byte_level(
    header: &GgufHeader,
    pre_tokenizer: PreTokenizer,
    vocabulary: Vocab,
) -> Result<Inner, TokenError> {
    const MERGES: &str = "tokenizer.ggml.merges";
    let merges = header.texts(MERGES).ok_or(TokenError::NoTokenizer { key: MERGES })?;
    let merges = merges
        .iter()
        .map(|merge| merge.split_once(' ').map(|(left, right)| (left.to_owned(), right.to_owned())))
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| damaged("a merge is not two tokens"))?;
    // Llama 3's tokenizer keeps a word that is a token as it is.
    let model = BPE::builder()
        .vocab_and_merges(vocabulary, merges)
        .ignore_merges(pre_tokenizer == PreTokenizer::Llama3);
    let mut inner = Inner::new(model.build().map_err(damaged)?);
    inner.with_pre_tokenizer(Some(splitter(pre_tokenizer)?));
    if pre_tokenizer == PreTokenizer::Qwen2 {
        inner.with_normalizer(Some(NFC)).map_err(damaged)?;
    }
    inner.with_decoder(Some(ByteLevelDecoder::new(false, false, false)));
    Ok(inner)
}

fn splitter(pre_tokenizer: PreTokenizer) -> Result<PreTokenizerWrapper, TokenError> {
    let split_by = |pattern: &str| {
        let pattern = SplitPattern::Regex(pattern.to_owned());
        let split = Split::new(pattern, SplitDelimiterBehavior::Isolated, false).map_err(damaged)?;
        Ok::<_, TokenError>(PreTokenizerWrapper::Split(split))
    };
    let bytes = |splits| PreTokenizerWrapper::ByteLevel(ByteLevel::new(false, false, splits));
    let steps = match pre_tokenizer {
        // Every digit is a word of its own; then GPT-2's rule applies.
        PreTokenizer::SmolLm => vec![PreTokenizerWrapper::Digits(Digits::new(true)), bytes(true)],
        PreTokenizer::Llama3 => vec![split_by(LLAMA_3)?, bytes(false)],
        PreTokenizer::Qwen2 | PreTokenizer::None => vec![split_by(QWEN_2)?, bytes(false)],
    };
    Ok(PreTokenizerWrapper::Sequence(Sequence::new(steps)))
}

/// The tokens that are matched literally in a text.
struct LiteralTokens {
    special: Vec<AddedToken>,
    shown: Vec<AddedToken>,
}

/// Returns which tokens are matched literally, and which of these are special.
fn literal_tokens(header: &GgufHeader, tokens: &[String]) -> Result<LiteralTokens, TokenError> {
    const KEY: &str = "tokenizer.ggml.token_type";
    let kinds = header.numbers(KEY).ok_or(TokenError::NoTokenizer { key: KEY })?;
    if kinds.len() != tokens.len() {
        return Err(damaged(format!("{} tokens but {} token types", tokens.len(), kinds.len())));
    }
    let is_literal = |kind: &Number| matches!(kind.whole(), Some(UNKNOWN | CONTROL | USER_DEFINED));
    let literal = kinds.iter().zip(tokens).filter(|(kind, _)| is_literal(kind));
    tokenizer_parts::refuse_too_many(literal.map(|(_, token)| token.as_str()))?;
    // Phi-3's control tokens swallow the white space after them, as its tokenizer.json says.
    let eats_space = header.text("general.architecture") == Some("phi3");
    let usual = ["<unk>", "<s>", "<|endoftext|>"];
    let mut found = LiteralTokens { special: Vec::new(), shown: Vec::new() };
    for (kind, token) in kinds.iter().zip(tokens) {
        match kind.whole() {
            Some(UNKNOWN | CONTROL) => {
                let strips = eats_space && !usual.contains(&token.as_str());
                found.special.push(AddedToken::from(token.clone(), true).normalized(false).rstrip(strips));
            }
            Some(USER_DEFINED) => found.shown.push(AddedToken::from(token.clone(), false).normalized(false)),
            _ => {}
        }
    }
    Ok(found)
}

/// Returns the tokens, in the order of their ids.
pub(super) fn tokens(header: &GgufHeader) -> Result<&[String], TokenError> {
    const KEY: &str = "tokenizer.ggml.tokens";
    let tokens = header.texts(KEY).filter(|tokens| !tokens.is_empty());
    let tokens = tokens.ok_or(TokenError::NoTokenizer { key: KEY })?;
    if tokens.len() > MAX_TOKENS {
        return Err(damaged(format!("{} tokens make no sense", tokens.len())));
    }
    Ok(tokens)
}

pub(super) fn id(header: &GgufHeader, key: &'static str, tokens: usize) -> Result<Option<u32>, TokenError> {
    let Some(number) = header.number(key) else { return Ok(None) };
    match number {
        Number::Whole(id) if id < tokens as u64 => Ok(Some(id as u32)),
        _ => Err(damaged(format!("{key} names no token"))),
    }
}
