//! Limits how much longer the steps of a tokenizer.json can make a text. The factors multiply, so a few kilobytes of
//! steps could turn a word into more bytes than a machine has. The limit is checked before the tokenizer is built.

use serde::Deserialize;
use serde_json::Value;

use super::{TokenError, damaged};

/// The largest factor that is accepted. Real tokenizers stay below twenty, by the bounds used here.
const MAX_EXPANSION: u64 = 1 << 9;
/// The most tokens beside the vocabulary, and bytes of their names. Real tokenizers have some thousands.
const MAX_ADDED: usize = 1 << 17;
const MAX_ADDED_BYTES: usize = 1 << 22;
/// A bound of Unicode normalization: U+FDFA's three bytes become thirty-three.
const MAX_UNICODE_EXPANSION: u64 = 12;

/// The parts of a tokenizer.json that are checked.
#[derive(Deserialize)]
struct TokenizerSteps {
    #[serde(default)]
    normalizer: Value,
    #[serde(default)]
    pre_tokenizer: Value,
    #[serde(default)]
    decoder: Value,
    #[serde(default)]
    added_tokens: Option<Vec<Added>>,
}

#[derive(Deserialize)]
struct Added {
    content: String,
}

/// Refuses a tokenizer that could make a text too long, or that has too many tokens beside its vocabulary.
///
/// # Errors
/// Where it does, or the bytes are not a tokenizer.json.
pub(super) fn check(file: &str, bytes: &[u8]) -> Result<(), TokenError> {
    let steps: TokenizerSteps = serde_json::from_slice(bytes).map_err(|e| damaged(format!("{file}: {e}")))?;
    let read = expansion(&steps.normalizer).saturating_mul(expansion(&steps.pre_tokenizer));
    if read.max(expansion(&steps.decoder)) > MAX_EXPANSION {
        return Err(damaged(format!(
            "{file}: its steps would make texts more than {MAX_EXPANSION} times as long"
        )));
    }
    let added = steps.added_tokens.unwrap_or_default();
    if added.len() > MAX_ADDED
        || added.iter().map(|token| token.content.len()).sum::<usize>() > MAX_ADDED_BYTES
    {
        return Err(damaged(format!("{file}: {} tokens beside the vocabulary make no sense", added.len())));
    }
    Ok(())
}

/// Returns an upper bound of the factor by which a step makes a text longer.
fn expansion(step: &Value) -> u64 {
    let length = |key: &str| step[key].as_str().map_or(0, str::len) as u64;
    match step["type"].as_str().unwrap_or_default() {
        "Sequence" => {
            let lists = ["normalizers", "pretokenizers", "decoders"].map(|key| step[key].as_array());
            let steps = lists.into_iter().flatten().flatten();
            steps.fold(1, |product, step| product.saturating_mul(expansion(step)))
        }
        // A pattern may match the empty text before every byte.
        "Replace" => 1 + length("content"),
        "Prepend" => 1 + length("prepend"),
        "NFC" | "NFD" | "NFKC" | "NFKD" | "Precompiled" | "BertNormalizer" => MAX_UNICODE_EXPANSION,
        "Metaspace" | "Lowercase" => 3,
        "ByteLevel" => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(value: &Value) -> Result<(), TokenError> {
        check("tokenizer.json", value.to_string().as_bytes())
    }

    #[test]
    fn a_chain_of_replacements_is_refused_before_it_runs() {
        let ten = json!({"type": "Replace", "pattern": {"String": "a"}, "content": "aaaaaaaaaa"});
        let chain = json!({"type": "Sequence", "normalizers": vec![ten.clone(); 12]});
        assert!(checked(&json!({"normalizer": chain})).is_err());
        let nested = (0..30)
            .fold(ten, |step, _| json!({"type": "Sequence", "decoders": [step, {"type": "ByteLevel"}]}));
        assert!(checked(&json!({"decoder": nested})).is_err());
        let doubled = json!({"type": "Sequence", "pretokenizers": vec![json!({"type": "ByteLevel"}); 40]});
        assert!(checked(&json!({"pre_tokenizer": doubled})).is_err());
        let added = vec![json!({"id": 1, "content": "x"}); MAX_ADDED + 1];
        assert!(checked(&json!({"added_tokens": added})).is_err());
    }

    #[test]
    fn what_real_models_do_is_allowed() {
        let llama = json!({"normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
            "pre_tokenizer": null, "added_tokens": [{"id": 0, "content": "<unk>"}]});
        let qwen = json!({"normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": "x"}}, {"type": "ByteLevel"}]}});
        let t5 = json!({"normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Precompiled", "precompiled_charsmap": "AAAA"},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]},
            "pre_tokenizer": {"type": "Metaspace"}});
        for sound in [llama, qwen, t5] {
            checked(&sound).unwrap();
        }
    }
}
