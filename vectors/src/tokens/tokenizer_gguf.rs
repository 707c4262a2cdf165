//! A tokenizer built from a GGUF file's metadata.
//!
//! Only kinds that were compared with llama.cpp on real text are accepted. Any other kind is refused: with the wrong
//! pre-tokenizer a text still becomes tokens, and every number after that is silently wrong.

use steering_types::TokenKind;
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
use super::named_tokens::{NamedToken, NamedTokens};
use super::tokenizer::TokenizerParts;
use super::{TokenError, Tokenizer, caught, damaged, sentencepiece, tokenizer_parts};
use crate::model::{GgufHeader, Number};

const KNOWN: &str =
    "byte-level BPE with the pre-tokenizers smollm, refact, llama-bpe and qwen2, and SentencePiece";
/// The most tokens of a vocabulary: four times the largest real one.
const MAX_TOKENS: usize = 1 << 20;

/// The pre-tokenizer patterns of Llama 3 and of Qwen2, which splits off every digit.
const LLAMA_3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN_2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// The rule that splits a text into words before BPE splits words into tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PreTokenizer {
    /// `StarCoder`'s, which `SmolLM` and Granite have.
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
        ("gpt2", "smollm" | "refact") => PreTokenizer::SmolLm,
        ("gpt2", "llama-bpe" | "llama3" | "llama-v3") => PreTokenizer::Llama3,
        ("gpt2", "qwen2") => PreTokenizer::Qwen2,
        ("llama", _) => PreTokenizer::None,
        _ => return Err(TokenError::UnknownTokenizer { found: format!("{kind}/{pre}"), known: KNOWN }),
    };
    let tokens = tokens(header)?;
    let kinds = kinds(header, tokens)?;
    let mark_strips = mark_strips(header);
    let literal = literal_tokens(&kinds, tokens, mark_strips)?;
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

    let ends = ends(header, tokens.len())?;
    if !header.has(END_KEYS[0]) {
        return Err(TokenError::NoTokenizer { key: END_KEYS[0] });
    }
    let adds_bos = header.flag("tokenizer.ggml.add_bos_token");
    Tokenizer::new(TokenizerParts {
        inner,
        growth: pre_tokenizer.growth(),
        begin: begin(header, tokens.len())?,
        adds_bos: adds_bos.unwrap_or(matches!(pre_tokenizer, PreTokenizer::None | PreTokenizer::Llama3)),
        ends,
        kinds,
        mark_strips,
        notes: Vec::new(),
    })
}

/// The keys of the tokens that end a text, a turn, or a message.
const END_KEYS: [&str; 3] =
    ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

/// Returns the tokens that the header names as ends.
pub(super) fn ends(header: &GgufHeader, tokens: usize) -> Result<NamedTokens, TokenError> {
    let mut ends = NamedTokens::default();
    for key in END_KEYS {
        if let Some(end) = id(header, key, tokens)? {
            ends.add(end, key);
        }
    }
    Ok(ends)
}

/// Returns the token that the header names as the beginning of a text.
pub(super) fn begin(header: &GgufHeader, tokens: usize) -> Result<Option<NamedToken>, TokenError> {
    const KEY: &str = "tokenizer.ggml.bos_token_id";
    Ok(id(header, KEY, tokens)?.map(|id| NamedToken::new(id, KEY)))
}

/// Returns whether marks take the white space after them along: Phi-3's do, as its tokenizer.json says.
pub(super) fn mark_strips(header: &GgufHeader) -> bool {
    header.text("general.architecture") == Some("phi3")
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
pub(super) struct LiteralTokens {
    pub(super) special: Vec<AddedToken>,
    pub(super) shown: Vec<AddedToken>,
}

/// Returns what the file says that each token is for.
pub(super) fn kinds(header: &GgufHeader, tokens: &[String]) -> Result<Vec<TokenKind>, TokenError> {
    const KEY: &str = "tokenizer.ggml.token_type";
    let kinds = header.numbers(KEY).ok_or(TokenError::NoTokenizer { key: KEY })?;
    if kinds.len() != tokens.len() {
        return Err(damaged(format!("{} tokens but {} token types", tokens.len(), kinds.len())));
    }
    // A number that is no kind is read as llama.cpp reads it: the token has no attribute.
    let kind = |kind: &Number| kind.whole().and_then(TokenKind::from_ggml).unwrap_or(TokenKind::Normal);
    Ok(kinds.iter().map(kind).collect())
}

/// Returns which tokens are matched literally, and which of these are special.
pub(super) fn literal_tokens(
    kinds: &[TokenKind],
    tokens: &[String],
    mark_strips: bool,
) -> Result<LiteralTokens, TokenError> {
    let is_literal =
        |kind: &TokenKind| matches!(kind, TokenKind::Unknown | TokenKind::Control | TokenKind::UserDefined);
    let literal = kinds.iter().zip(tokens).filter(|(kind, _)| is_literal(kind));
    tokenizer_parts::refuse_too_many(literal.clone().map(|(_, token)| token.as_str()))?;
    let usual = ["<unk>", "<s>", "<|endoftext|>"];
    let mut found = LiteralTokens { special: Vec::new(), shown: Vec::new() };
    for (kind, token) in literal {
        let is_special = *kind != TokenKind::UserDefined;
        let strips = mark_strips && !usual.contains(&token.as_str());
        let added = AddedToken::from(token.clone(), is_special).normalized(false).rstrip(strips);
        if is_special {
            found.special.push(added);
        } else {
            found.shown.push(added);
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
