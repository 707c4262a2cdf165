//! What is done about the keys of a model's description.
//!
//! A key that is passed over in silence may be the one that changes the numbers. So every key is in a list, or the model is
//! refused, or the person is told.

use serde_json::Value;

use super::super::ModelError;
use super::super::source::{GgufHeader, Number};
use super::known_keys::{
    COMPUTING_WORDS, INERT_GGUF_KEYS, INERT_JSON_KEYS, OFF_GGUF_KEYS, OFF_JSON_KEYS, READ_GGUF_KEYS,
    READ_JSON_KEYS, ROPE_JSON_KEYS,
};

/// Returns whether a key's name speaks of the computation: one of its words begins with one of [`COMPUTING_WORDS`].
fn is_computing(key: &str) -> bool {
    let mut words = key.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| COMPUTING_WORDS.iter().any(|known| word.starts_with(known)))
}

/// Returns whether a value switches something on.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

/// Checks the keys of config.json, and of the decoder's part in it. Returns a sentence about the keys that are not known.
///
/// # Errors
/// The first unknown key that may change what the model computes.
pub(super) fn check_json(config: &Value) -> Result<Vec<String>, ModelError> {
    let mut unknown = Vec::new();
    let parts = [config, &config["text_config"]];
    for (key, value) in parts.into_iter().filter_map(Value::as_object).flatten() {
        if READ_JSON_KEYS.contains(&key.as_str()) || INERT_JSON_KEYS.contains(&key.as_str()) {
            continue;
        }
        let must_be_off = OFF_JSON_KEYS.contains(&key.as_str());
        let is_set = if key == "is_causal" { *value == Value::Bool(false) } else { is_set(value) };
        if is_set && (must_be_off || is_computing(key)) {
            return Err(unknown_key(key, value));
        }
        if !value.is_null() && !must_be_off {
            unknown.push(key.as_str());
        }
    }
    for part in parts {
        for name in ["rope_scaling", "rope_parameters"] {
            check_rope(&part[name])?;
        }
    }
    Ok(sentence("config.json", unknown))
}

fn check_rope(rope: &Value) -> Result<(), ModelError> {
    for (key, value) in rope.as_object().into_iter().flatten() {
        // Gemma 3's files have an object for each kind of block.
        if matches!(key.as_str(), "full_attention" | "sliding_attention") {
            check_rope(value)?;
        } else if is_set(value) && !ROPE_JSON_KEYS.contains(&key.as_str()) {
            return Err(unknown_key(key, value));
        }
    }
    Ok(())
}

/// Checks the keys of a GGUF file's architecture. Returns a sentence about the keys that are not known.
///
/// # Errors
/// The first unknown key with a value other than zero, false, or an empty text.
pub(super) fn check_gguf(header: &GgufHeader, architecture: &str) -> Result<Vec<String>, ModelError> {
    let prefix = format!("{architecture}.");
    let mut unknown = Vec::new();
    for key in header.keys_with(&prefix) {
        let name = &key[prefix.len()..];
        if READ_GGUF_KEYS.contains(&name) || INERT_GGUF_KEYS.contains(&name) {
            continue;
        }
        let is_unset = header.number(key).is_some_and(Number::is_zero)
            || header.flag(key) == Some(name == "attention.causal")
            || header.text(key) == Some("");
        if !is_unset {
            let (key, value) = (key.to_owned(), header.shown(key));
            return Err(ModelError::UnknownKey { file: "the header", key, value });
        }
        if !OFF_GGUF_KEYS.contains(&name) {
            unknown.push(key);
        }
    }
    Ok(sentence("The header", unknown))
}

pub(super) fn unknown_key(key: &str, value: &Value) -> ModelError {
    let mut value = value.to_string();
    if value.len() > 80 {
        value.truncate(value.floor_char_boundary(80));
        value.push('\u{2026}');
    }
    ModelError::UnknownKey { file: "config.json", key: key.to_owned(), value }
}

fn sentence(file: &str, mut keys: Vec<&str>) -> Vec<String> {
    const SHOWN: usize = 12;
    if keys.is_empty() {
        return Vec::new();
    }
    let more = keys.len().saturating_sub(SHOWN);
    keys.truncate(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    vec![format!("{file} has keys that Tiller does not know and does not use: {}{more}.", keys.join(", "))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_known_or_noted_or_refuses_the_model() {
        let check = |key: &str, value: Value| check_json(&json!({"model_type": "llama", key: value}));
        for (key, value) in [
            ("num_local_experts", json!(8)),
            ("use_bidirectional_attention", json!(true)),
            ("no_rope_layers", json!([1, 1, 1, 0])),
            ("attn_scale", json!(0.1)),
            ("clip_qkv", json!(8.0)),
            ("use_mrope", json!(true)),
            ("rope_scaling", json!({"rope_type": "yarn", "factor": 2.0, "mscale_all_dim": 1.0})),
            ("rope_parameters", json!({"full_attention": {"rope_type": "default", "alpha": 8.0}})),
            ("text_config", json!({"hidden_size": 64, "mup_scale": 1})),
            ("is_causal", json!(false)),
        ] {
            let refused = check(key, value).expect_err(key);
            assert!(matches!(refused, ModelError::UnknownKey { .. }), "{refused}");
        }
        for (key, value) in
            [("attn_bias", json!(false)), ("attn_scale", Value::Null), ("training_run", json!("x"))]
        {
            let note = check(key, value.clone()).unwrap();
            assert_eq!(note.len(), usize::from(!value.is_null()), "{key}: {note:?}");
        }
        for (key, value) in
            [("use_cache", json!(true)), ("num_local_experts", json!(0)), ("is_causal", json!(true))]
        {
            assert!(check(key, value).unwrap().is_empty(), "{key}");
        }
        let many: serde_json::Map<String, Value> =
            (0..20).map(|n| (format!("own_{n:02}"), json!(1))).collect();
        let note = check_json(&many.into()).unwrap();
        assert!(note[0].contains("own_11 and 8 more"), "{note:?}");
    }

    /// The parts of keys that describe images, sounds and tokens, which a decoder does not compute with.
    const OTHER_PARTS: [&str; 18] = [
        "audio",
        "channels",
        "codebook",
        "codec",
        "encoder_config",
        "feature_size",
        "image",
        "patch",
        "projector",
        "speech",
        "summary",
        "text_tokens",
        "token_i",
        "unpadded",
        "video",
        "vision",
        "vocab",
        "word_timestamp",
    ];
    /// The keys of how a decoder is run or was begun, and other names of sizes that the tensors have anyway.
    const OTHER_NAMES: [&str; 9] = [
        "d_model",
        "embed_dim",
        "max_seq_len",
        "n_ctx",
        "n_embd",
        "n_inner",
        "seed",
        "use_associative_scan",
        "use_mem_eff_path",
    ];

    #[test]
    fn no_key_of_a_decoder_of_transformers_is_passed_over() {
        let keys: Value =
            serde_json::from_str(include_str!("../../../../tests/oracles/config_keys.json")).unwrap();
        let list = |name: &str| {
            let list = keys[name].as_array().unwrap().iter();
            list.map(|key| key.as_str().unwrap()).collect::<Vec<_>>()
        };
        let is_known = |key: &str| [READ_JSON_KEYS, INERT_JSON_KEYS, OFF_JSON_KEYS].concat().contains(&key);
        let unknown: Vec<&str> = list("ours").into_iter().filter(|key| !is_known(key)).collect();
        assert!(unknown.is_empty(), "keys of families that are read: {unknown:?}");
        let is_refused = |key: &str| check_json(&json!({ key: 3 })).is_err();
        let passed: Vec<&str> = list("others")
            .into_iter()
            .filter(|key| !is_known(key) && !is_refused(key))
            .filter(|key| !OTHER_NAMES.contains(key) && !OTHER_PARTS.iter().any(|part| key.contains(part)))
            .collect();
        assert!(passed.is_empty(), "keys of other families: {passed:?}");
    }

    #[test]
    fn every_known_key_stands_in_one_list() {
        for lists in [
            [READ_JSON_KEYS, INERT_JSON_KEYS, OFF_JSON_KEYS],
            [READ_GGUF_KEYS, INERT_GGUF_KEYS, OFF_GGUF_KEYS],
        ] {
            let mut all = lists.concat();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
            assert!(lists.iter().all(|list| list.is_sorted()));
        }
        assert!(ROPE_JSON_KEYS.is_sorted() && COMPUTING_WORDS.is_sorted());
    }
}
