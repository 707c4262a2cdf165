//! A tokenizer read from a tokenizer.json, with the special tokens from the files beside it.

use std::path::Path;

use serde_json::Value;
use tokenizers::Tokenizer as Inner;

use super::expansion_limit::Growth;
use super::tokenizer::TokenizerParts;
use super::{TokenError, Tokenizer, caught, damaged, tokenizer_gguf, tokenizer_parts};
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
    /// Returns whether the tokenizer adds the begin-of-text token to a text by itself.
    fn adds_bos_by_itself(&self, bos: Option<u32>) -> bool {
        bos.is_some() && self.first_token == bos
    }
}

/// Builds the tokenizer of a Hugging Face folder.
pub(super) fn from_folder(folder: &HuggingFaceFolder) -> Result<Tokenizer, ModelError> {
    let built = read(&folder.path)?.ok_or(TokenError::NoTokenizerFile)?;
    let inner = &built.inner;
    let config = &folder.tokenizer;
    let named = |key: &str| {
        let token = &config[key];
        token.as_str().or_else(|| token["content"].as_str()).and_then(|token| inner.token_to_id(token))
    };
    let mut ends: Vec<u32> = named("eos_token").into_iter().collect();
    for source in [&folder.generation, &folder.config] {
        ends.extend(ids(&source["eos_token_id"]));
    }
    let vocabulary = inner.get_vocab_size(true) as u32;
    let mut unique_eos_ids = Vec::new();
    for id in ends {
        if id < vocabulary && !unique_eos_ids.contains(&id) {
            unique_eos_ids.push(id);
        }
    }
    // Without a tokenizer_config.json, config.json says which token begins a text.
    let bos = named("bos_token").or_else(|| {
        let ids = ids(&folder.config["bos_token_id"]);
        ids.first().copied().filter(|id| config.is_null() && *id < vocabulary)
    });
    let adds_bos = config["add_bos_token"].as_bool().unwrap_or_else(|| built.adds_bos_by_itself(bos));
    let Built { inner, growth, .. } = built;
    Ok(Tokenizer::new(TokenizerParts { inner, growth, bos, adds_bos, eos_ids: unique_eos_ids })?)
}

/// Builds a tokenizer from the tokenizer.json beside a GGUF file, where there is one. Its tokens must be the file's.
pub(super) fn read_beside_gguf(path: &Path, header: &GgufHeader) -> Result<Option<Tokenizer>, ModelError> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(built) = read(folder)? else { return Ok(None) };
    let inner = &built.inner;
    let tokens = tokenizer_gguf::tokens(header)?;
    let plain = |token: &str| token.replace('▁', " ");
    let differs = |(id, token): (usize, &String)| {
        inner.id_to_token(id as u32).is_some_and(|own| plain(&own) != plain(token))
    };
    let missing = tokens.len().saturating_sub(inner.get_vocab_size(true));
    if tokens.iter().enumerate().any(differs) || missing > tokens.len() / 10 {
        return Err(TokenError::OtherTokenizer.into());
    }
    let id = |key: &'static str| tokenizer_gguf::id(header, key, tokens.len());
    let bos = id("tokenizer.ggml.bos_token_id")?;
    let adds_bos =
        header.flag("tokenizer.ggml.add_bos_token").unwrap_or_else(|| built.adds_bos_by_itself(bos));
    let mut ends = Vec::new();
    for key in ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"] {
        ends.extend(id(key)?);
    }
    let Built { inner, growth, .. } = built;
    Ok(Some(Tokenizer::new(TokenizerParts { inner, growth, bos, adds_bos, eos_ids: ends })?))
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
