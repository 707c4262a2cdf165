//! A tokenizer read from a tokenizer.json, with the special tokens from the files beside it.

use std::path::Path;

use serde_json::Value;
use tokenizers::{AddedToken, Tokenizer as Inner};

use super::expansion_limit::Growth;
use super::named_tokens::{NamedToken, NamedTokens};
use super::tokenizer::TokenizerParts;
use super::{TokenError, Tokenizer, caught, damaged, declared_tokens, tokenizer_gguf, tokenizer_parts};
use crate::model::{GgufHeader, HuggingFaceFolder, ModelError, read_bytes};

const FILE: &str = "tokenizer.json";
/// The most bytes of a tokenizer.json. The largest real ones have some 35 million.
const MAX_FILE_BYTES: u64 = 1 << 26;

/// The most bytes of a token's text, as in a GGUF file.
const MAX_TOKEN_BYTES: usize = 1 << 16;

/// A built tokenizer.json.
struct Built {
    inner: Inner,
    growth: Growth,
    /// The token that its post-processor would put before a text.
    first_token: Option<u32>,
}

impl Built {
    /// Returns whether the begin-of-text token is put before a text: the files say so, or the post-processor does it.
    fn adds_bos(&self, declared: Option<bool>, begin: Option<&NamedToken>) -> bool {
        declared.unwrap_or_else(|| begin.is_some_and(|begin| self.first_token == Some(begin.id)))
    }
}

/// Builds the tokenizer of a Hugging Face folder.
pub(super) fn from_folder(folder: &HuggingFaceFolder) -> Result<Tokenizer, ModelError> {
    let mut built = read(&folder.path)?.ok_or(TokenError::NoTokenizerFile)?;
    declared_tokens::add(&mut built.inner, folder)?;
    let inner = &built.inner;
    let mut notes = Vec::new();
    let mut named = |key: &str| {
        let (token, place) = declared_tokens::find(folder, key)?;
        let id = inner.token_to_id(&token);
        if id.is_none() {
            notes.push(format!("{place} names {token}, which is no token of tokenizer.json."));
        }
        Some((id?, place))
    };
    let (begin, end) = (named("bos_token"), named("eos_token"));
    let vocabulary = inner.get_vocab_size(true) as u32;
    let mut ends = NamedTokens::default();
    ends.extend(end);
    for (values, file) in [(&folder.generation, "generation_config.json"), (&folder.config, "config.json")] {
        let ids = ids(&values["eos_token_id"]).into_iter().filter(|id| *id < vocabulary);
        ends.extend(ids.map(|id| (id, format!("{file}: eos_token_id"))));
    }
    // Without a tokenizer_config.json, config.json says which token begins a text.
    let begin = begin.or_else(|| {
        let ids = ids(&folder.config["bos_token_id"]);
        let id = ids.first().copied().filter(|id| folder.tokenizer.is_null() && *id < vocabulary)?;
        Some((id, "config.json: bos_token_id".to_owned()))
    });
    let begin = begin.map(|(id, place)| NamedToken::new(id, place));
    let adds_bos = built.adds_bos(folder.tokenizer["add_bos_token"].as_bool(), begin.as_ref());
    let Built { inner, growth, .. } = built;
    Ok(Tokenizer::new(TokenizerParts {
        inner,
        growth,
        begin,
        adds_bos,
        ends,
        kinds: Vec::new(),
        mark_strips: false,
        notes,
    })?)
}

/// Builds a tokenizer from the tokenizer.json beside a GGUF file, where there is one. Its tokens must be the file's.
pub(super) fn read_beside_gguf(path: &Path, header: &GgufHeader) -> Result<Option<Tokenizer>, ModelError> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(mut built) = read(folder)? else { return Ok(None) };
    let inner = &mut built.inner;
    let tokens = tokenizer_gguf::tokens(header)?;
    let plain = |token: &str| token.replace('▁', " ");
    let differs = |(id, token): (usize, &String)| {
        inner.id_to_token(id as u32).is_some_and(|own| plain(&own) != plain(token))
    };
    let missing = tokens.len().saturating_sub(inner.get_vocab_size(true));
    if tokens.iter().enumerate().any(differs) || missing > tokens.len() / 10 {
        return Err(TokenError::OtherTokenizer.into());
    }
    add_control_tokens(inner, header, tokens)?;
    let begin = tokenizer_gguf::begin(header, tokens.len())?;
    let adds_bos = built.adds_bos(header.flag("tokenizer.ggml.add_bos_token"), begin.as_ref());
    let ends = tokenizer_gguf::ends(header, tokens.len())?;
    let Built { inner, growth, .. } = built;
    Ok(Some(Tokenizer::new(TokenizerParts {
        inner,
        growth,
        begin,
        adds_bos,
        ends,
        kinds: Vec::new(),
        mark_strips: tokenizer_gguf::mark_strips(header),
        notes: Vec::new(),
    })?))
}

/// Adds the control tokens of a GGUF file that the tokenizer.json beside it has in its vocabulary only: its own
/// `tokenizer_config.json` may have declared them.
fn add_control_tokens(inner: &mut Inner, header: &GgufHeader, tokens: &[String]) -> Result<(), TokenError> {
    let Ok(kinds) = tokenizer_gguf::kinds(header, tokens) else { return Ok(()) };
    let literal = tokenizer_gguf::literal_tokens(&kinds, tokens, tokenizer_gguf::mark_strips(header))?;
    let added = inner.get_added_vocabulary().get_vocab();
    let is_new = |token: &AddedToken| {
        !added.contains_key(&token.content) && inner.token_to_id(&token.content).is_some()
    };
    let new: Vec<AddedToken> = literal.special.into_iter().filter(is_new).collect();
    caught(|| inner.add_special_tokens(new)).map_err(damaged)?.map_err(damaged)?;
    Ok(())
}

fn read(folder: &Path) -> Result<Option<Built>, ModelError> {
    let Some(bytes) = read_bytes(&folder.join(FILE), MAX_FILE_BYTES)? else { return Ok(None) };
    Ok(Some(build(&bytes).map_err(|error| match error {
        TokenError::Damaged { detail } => damaged(format!("{FILE}: {detail}")),
        error => error,
    })?))
}

fn build(bytes: &[u8]) -> Result<Built, TokenError> {
    let file = tokenizer_parts::check(bytes)?;
    let inner = caught(|| Inner::from_bytes(file.json.as_bytes())).map_err(damaged)?.map_err(damaged)?;
    let longest = inner.get_vocab(true).keys().map(String::len).max().unwrap_or(0);
    if longest > MAX_TOKEN_BYTES {
        return Err(damaged(format!("a token of {longest} bytes makes no sense")));
    }
    Ok(Built { inner, growth: file.growth, first_token: file.first_token })
}

/// Reads an id, or a list of ids.
fn ids(value: &Value) -> Vec<u32> {
    let id = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    match value.as_array() {
        Some(list) => list.iter().filter_map(id).collect(),
        None => id(value).into_iter().collect(),
    }
}
