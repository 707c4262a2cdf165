//! The tokens that a folder's files declare beside tokenizer.json, read as transformers reads them.
//!
//! Over the years its tokenizers have written them to `added_tokens_decoder`, `extra_special_tokens` and
//! `additional_special_tokens` in `tokenizer_config.json`, to `special_tokens_map.json` and to `added_tokens.json`. A token
//! that only one of these declares must not be parted into letters.

use serde_json::Value;
use tokenizers::{AddedToken, Tokenizer as Inner};

use super::{TokenError, caught, damaged, tokenizer_parts};
use crate::model::HuggingFaceFolder;

const CONFIG: &str = "tokenizer_config.json";
const SPECIAL: &str = "special_tokens_map.json";
const ADDED: &str = "added_tokens.json";
/// The keys of tokens with a purpose.
const NAMED: [&str; 7] =
    ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];
/// The keys of lists of special tokens, the newest first.
const LISTS: [&str; 2] = ["extra_special_tokens", "additional_special_tokens"];

/// A token that a file declares.
struct DeclaredToken {
    token: AddedToken,
    /// Its number, where the file gives it.
    id: Option<u32>,
    file: &'static str,
    /// Whether the file describes it, so that it replaces what tokenizer.json says of it.
    is_described: bool,
}

/// Adds the tokens that the files beside tokenizer.json declare. Tokens that the vocabulary does not have are added where
/// their number is the next one; others, which a file only names, are left out, since the model has no row for them.
///
/// # Errors
/// Where a file gives a token another number than tokenizer.json, or the library refuses a token.
pub(super) fn add(inner: &mut Inner, folder: &HuggingFaceFolder) -> Result<(), TokenError> {
    let mut declared = described(folder)?;
    for named in named(folder) {
        // added_tokens.json has no more than a number: a token that is also named for a purpose is special.
        match declared.iter_mut().find(|known| known.token.content == named.token.content) {
            Some(known) if !known.is_described => known.token = named.token,
            Some(_) => {}
            None => declared.push(named),
        }
    }
    tokenizer_parts::refuse_too_many(declared.iter().map(|declared| declared.token.content.as_str()))?;
    let mut added = Vec::new();
    let mut next = inner.get_vocab_size(true) as u32;
    for DeclaredToken { token, id, file, is_described } in &declared {
        match (inner.token_to_id(&token.content), id) {
            (Some(own), Some(id)) if own != *id => {
                let detail = format!(
                    "{file} gives the token {:?} the number {id}, and tokenizer.json {own}",
                    token.content
                );
                return Err(damaged(detail));
            }
            (Some(own), _) => {
                let decoder = inner.get_added_vocabulary().get_added_tokens_decoder();
                if *is_described || !decoder.contains_key(&own) {
                    added.push(token.clone());
                }
            }
            (None, Some(id)) if *id == next => {
                added.push(token.clone());
                next += 1;
            }
            (None, _) => {}
        }
    }
    caught(|| inner.add_tokens(added)).map_err(damaged)?.map_err(damaged)?;
    Ok(())
}

/// Returns the tokens that a file describes with their numbers, in the order of these.
fn described(folder: &HuggingFaceFolder) -> Result<Vec<DeclaredToken>, TokenError> {
    let mut found = Vec::new();
    let number = |id: &str, file: &str| {
        id.parse::<u32>().map_err(|_| damaged(format!("{file}: {id:?} is no token's number")))
    };
    if let Some(tokens) = folder.tokenizer["added_tokens_decoder"].as_object() {
        for (id, described) in tokens {
            let token =
                token(described, false).ok_or_else(|| damaged(format!("{CONFIG}: the token {id}")))?;
            let id = Some(number(id, CONFIG)?);
            found.push(DeclaredToken { token, id, file: CONFIG, is_described: true });
        }
    } else if let Some(tokens) = folder.added_tokens.as_object() {
        for (content, id) in tokens {
            let id = Some(number(&id.to_string(), ADDED)?);
            let token = AddedToken::from(content.clone(), false);
            found.push(DeclaredToken { token, id, file: ADDED, is_described: false });
        }
    }
    found.sort_by_key(|declared| declared.id);
    Ok(found)
}

/// Returns the special tokens that the files name, without numbers.
fn named(folder: &HuggingFaceFolder) -> Vec<DeclaredToken> {
    let mut found = Vec::new();
    for (values, file) in [(&folder.tokenizer, CONFIG), (&folder.special_tokens, SPECIAL)] {
        let single = NAMED.iter().map(|key| &values[*key]);
        let lists = LISTS.iter().flat_map(|key| match &values[*key] {
            Value::Array(tokens) => tokens.iter().collect::<Vec<_>>(),
            // Multimodal models name each token by its purpose.
            Value::Object(tokens) => tokens.values().collect(),
            _ => Vec::new(),
        });
        let tokens = single.chain(lists).filter_map(|value| token(value, true));
        found.extend(tokens.map(|token| DeclaredToken { token, id: None, file, is_described: false }));
    }
    found
}

/// Returns the token that a value describes: its text, or an object with its text and how it is matched.
fn token(value: &Value, is_special: bool) -> Option<AddedToken> {
    let flag = |key: &str, default: bool| value[key].as_bool().unwrap_or(default);
    let content =
        value.as_str().or_else(|| value["content"].as_str()).filter(|content| !content.is_empty())?;
    let is_special = flag("special", is_special);
    let token = AddedToken::from(content, is_special).normalized(flag("normalized", !is_special));
    Some(
        token
            .single_word(flag("single_word", false))
            .lstrip(flag("lstrip", false))
            .rstrip(flag("rstrip", false)),
    )
}

/// Returns the token that the files name for a purpose (`eos_token`), with the place; `tokenizer_config.json` goes first.
pub(super) fn find(folder: &HuggingFaceFolder, key: &str) -> Option<(String, String)> {
    [(&folder.tokenizer, CONFIG), (&folder.special_tokens, SPECIAL)]
        .into_iter()
        .find_map(|(values, file)| Some((token(&values[key], true)?.content, format!("{file}: {key}"))))
}
