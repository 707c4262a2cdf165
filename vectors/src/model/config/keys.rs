//! The keys of a model's description: those that are read, those that change nothing, and what is done about others.
//!
//! A key that is passed over in silence may be the one that changes the numbers. So every key is in a list here, or the model
//! is refused, or the person is told. `docs/models.md` prints these lists; `vectors/tests/documented_keys.rs` compares them.

use serde_json::Value;

use super::super::ModelError;
use super::super::source::{GgufHeader, Number};

/// The keys of config.json that are read, of all families.
pub const READ_JSON_KEYS: &[&str] = &[
    "_sliding_window_pattern",
    "attn_logit_softcapping",
    "bos_token_id",
    "eos_token_id",
    "final_logit_softcapping",
    "head_dim",
    "hidden_act",
    "hidden_activation",
    "hidden_size",
    "intermediate_size",
    "layer_types",
    "max_position_embeddings",
    "max_window_layers",
    "model_type",
    "num_attention_heads",
    "num_hidden_layers",
    "num_key_value_heads",
    "original_max_position_embeddings",
    "partial_rotary_factor",
    "quantization",
    "quantization_config",
    "query_pre_attn_scalar",
    "rms_norm_eps",
    "rope_local_base_freq",
    "rope_parameters",
    "rope_scaling",
    "rope_theta",
    "sliding_window",
    "sliding_window_pattern",
    "text_config",
    "tie_word_embeddings",
    "use_sliding_window",
];

/// The keys of config.json that change nothing in what the model computes from a text. Biases are read where the weights have
/// them; a vision part is not read at all.
pub const INERT_JSON_KEYS: &[&str] = &[
    "_attn_implementation",
    "_attn_implementation_autoset",
    "_name_or_path",
    "add_cross_attention",
    "architectures",
    "attention_bias",
    "attention_dropout",
    "attention_probs_dropout_prob",
    "attn_implementation",
    "attn_pdrop",
    "auto_map",
    "bad_words_ids",
    "begin_suppress_tokens",
    "boi_token_index",
    "cache_implementation",
    "chunk_size_feed_forward",
    "cross_attention_hidden_size",
    "decoder_start_token_id",
    "diversity_penalty",
    "do_sample",
    "dtype",
    "early_stopping",
    "embd_pdrop",
    "encoder_no_repeat_ngram_size",
    "eoi_token_index",
    "exponential_decay_length_penalty",
    "finetuning_task",
    "forced_bos_token_id",
    "forced_eos_token_id",
    "hidden_dropout",
    "id2label",
    "image_token_id",
    "image_token_index",
    "initializer_range",
    "is_decoder",
    "is_encoder_decoder",
    "is_llama_config",
    "label2id",
    "length_penalty",
    "max_length",
    "max_sequence_length",
    "min_length",
    "mlp_bias",
    "mm_tokens_per_image",
    "no_repeat_ngram_size",
    "num_beam_groups",
    "num_beams",
    "num_return_sequences",
    "output_attentions",
    "output_hidden_states",
    "output_scores",
    "pad_token_id",
    "prefix",
    "pretraining_tp",
    "problem_type",
    "pruned_heads",
    "remove_invalid_values",
    "repetition_penalty",
    "resid_pdrop",
    "return_dict",
    "return_dict_in_generate",
    "sep_token_id",
    "suppress_tokens",
    "task_specific_params",
    "temperature",
    "tf_legacy_loss",
    "tie_encoder_decoder",
    "time_step_limit",
    "tokenizer_class",
    "top_k",
    "top_p",
    "torch_dtype",
    "torchscript",
    "transformers.js_config",
    "transformers_version",
    "typical_p",
    "unsloth_fixed",
    "unsloth_version",
    "use_bfloat16",
    "use_cache",
    "vision_config",
    "vocab_size",
];

/// The keys of config.json that change nothing as long as they are nothing, zero, or false. With another value the model is
/// refused.
pub const OFF_JSON_KEYS: &[&str] = &[
    "num_experts",
    "num_local_experts",
    "rope_interleaved",
    "use_bidirectional_attention",
    "use_mrope",
    "use_qk_norm",
];

/// The keys of a rotary scaling that are read.
pub const ROPE_JSON_KEYS: &[&str] = &[
    "attention_factor",
    "beta_fast",
    "beta_slow",
    "factor",
    "finetuned",
    "high_freq_factor",
    "long_factor",
    "low_freq_factor",
    "mscale",
    "original_max_position_embeddings",
    "partial_rotary_factor",
    "rope_theta",
    "rope_type",
    "short_factor",
    "truncate",
    "type",
];

/// The keys of a GGUF file's architecture that are read, without the architecture's name.
pub const READ_GGUF_KEYS: &[&str] = &[
    "attention.head_count",
    "attention.head_count_kv",
    "attention.key_length",
    "attention.layer_norm_rms_epsilon",
    "attention.sliding_window",
    "attention.sliding_window_pattern",
    "attention.value_length",
    "attn_logit_softcapping",
    "block_count",
    "context_length",
    "embedding_length",
    "feed_forward_length",
    "final_logit_softcapping",
    "rope.dimension_count",
    "rope.freq_base",
    "rope.freq_base_swa",
    "rope.scale_linear",
    "rope.scaling.attn_factor",
    "rope.scaling.factor",
    "rope.scaling.original_context_length",
    "rope.scaling.type",
    "rope.scaling.yarn_beta_fast",
    "rope.scaling.yarn_beta_slow",
];

/// The keys of a GGUF file's architecture that change nothing.
pub const INERT_GGUF_KEYS: &[&str] = &["rope.scaling.finetuned", "tensor_data_layout", "vocab_size"];

/// The keys of a GGUF file's architecture that change nothing as long as they are zero or false; `attention.causal`, as long
/// as it is true. With another value the model is refused.
pub const OFF_GGUF_KEYS: &[&str] = &[
    "attention.causal",
    "attention.scale",
    "embedding_scale",
    "expert_count",
    "expert_used_count",
    "logit_scale",
    "residual_scale",
    "use_parallel_residual",
];

/// Parts of names that speak of the computation. An unknown key with one of them refuses the model, unless its value is
/// nothing, zero, or false.
pub const COMPUTING_WORDS: &[&str] = &[
    "act",
    "alibi",
    "attention",
    "attn",
    "bias",
    "cap",
    "clip",
    "expert",
    "factor",
    "gate",
    "head",
    "kv",
    "lambda",
    "layer",
    "logit",
    "mlp",
    "moe",
    "mscale",
    "multiplier",
    "norm",
    "parallel",
    "position",
    "qk",
    "residual",
    "rope",
    "rotary",
    "scal",
    "temperature",
    "window",
];

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
        if is_set(value) && (must_be_off || is_computing(key)) {
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

fn unknown_key(key: &str, value: &Value) -> ModelError {
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
            ("attention_multiplier", json!(0.5)),
            ("residual_multiplier", json!(0.22)),
            ("logits_scaling", json!(8.0)),
            ("num_local_experts", json!(8)),
            ("use_bidirectional_attention", json!(true)),
            ("no_rope_layers", json!([1, 1, 1, 0])),
            ("attn_scale", json!(0.1)),
            ("clip_qkv", json!(8.0)),
            ("use_mrope", json!(true)),
            ("rope_scaling", json!({"rope_type": "yarn", "factor": 2.0, "mscale_all_dim": 1.0})),
            ("rope_parameters", json!({"full_attention": {"rope_type": "default", "alpha": 8.0}})),
            ("text_config", json!({"embedding_multiplier": 12.0, "mup_scale": 1})),
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
            [("use_cache", json!(true)), ("num_local_experts", json!(0)), ("use_mrope", json!(false))]
        {
            assert!(check(key, value).unwrap().is_empty(), "{key}");
        }
        let many: serde_json::Map<String, Value> =
            (0..20).map(|n| (format!("own_{n:02}"), json!(1))).collect();
        let note = check_json(&many.into()).unwrap();
        assert!(note[0].contains("own_11 and 8 more"), "{note:?}");
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
