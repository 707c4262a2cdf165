//! Reads a decoder's configuration from config.json, with transformers' defaults.

mod rotary;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::super::ModelError;
use super::super::family::Family;
use super::keys::{check_json, unknown_key};
use super::{Config, MAX_BLOCKS, MAX_COUNT, bad_number, default_attention_scale, windowed_blocks};
use crate::ops::attention::Heads;

impl Config {
    pub(crate) fn from_json(config: &Value) -> Result<Self, ModelError> {
        if config["model_type"].is_null() && !config["error"].is_null() {
            let next = "download config.json itself; where the hub asks for a login, give it a token";
            return Err(ModelError::Foreign { kind: "an error message of a server", next });
        }
        let architecture = config["model_type"].as_str().ok_or_else(|| bad_number("model_type"))?;
        let Some(family) = Family::from_architecture(architecture) else {
            return Err(ModelError::Architecture { found: architecture.to_owned(), known: Family::known() });
        };
        refuse_quantized(config)?;
        let notes = check_json(config)?;
        // Multimodal Gemma 3 models keep the decoder's configuration in `text_config`.
        let keys = Keys(config.get("text_config").filter(|text| text.is_object()).unwrap_or(config));
        let blocks = keys.count("num_hidden_layers", None)?;
        let hidden_size = keys.count("hidden_size", None)?;
        let heads = keys.heads(family, hidden_size)?;
        let context_length =
            keys.count("max_position_embeddings", (family == Family::Gemma3).then_some(131_072))?;
        let original = keys.optional_count("original_max_position_embeddings")?;
        keys.check_activation(family)?;
        keys.refuse_multipliers(family)?;
        let scale_dim = if family.is_gemma() { keys.number("query_pre_attn_scalar", 256.0)? } else { 0.0 };
        let softcap = |key: &str, default: f32| match keys.0.get(key) {
            None if family == Family::Gemma2 => Ok(Some(default)),
            None | Some(Value::Null) => Ok(None),
            Some(_) => keys.number(key, default).map(Some),
        };
        let config = Self {
            family,
            architecture: architecture.to_owned(),
            feed_forward: keys.count("intermediate_size", None)?,
            rope: keys.rope(family, heads, context_length, original)?,
            sliding_windows: keys.sliding_windows(family, blocks.min(MAX_BLOCKS))?,
            norm_epsilon: keys.number("rms_norm_eps", if family == Family::Phi3 { 1e-5 } else { 1e-6 })?,
            attention_scale: match family {
                Family::Gemma2 | Family::Gemma3 => 1.0 / scale_dim.sqrt(),
                Family::Granite => keys.number("attention_multiplier", 1.0)?,
                _ => default_attention_scale(heads.head_size),
            },
            attn_logit_softcap: softcap("attn_logit_softcapping", 50.0)?,
            final_logit_softcap: softcap("final_logit_softcapping", 30.0)?,
            embedding_scale: if family.is_gemma() {
                (hidden_size as f32).sqrt()
            } else {
                keys.number("embedding_multiplier", 1.0)?
            },
            residual_scale: keys.number("residual_multiplier", 1.0)?,
            logits_scaling: keys.number("logits_scaling", 1.0)?,
            norm_weights_minus_one: family.is_gemma(),
            tie_word_embeddings: Some(
                keys.flag("tie_word_embeddings")
                    .or_else(|| config["tie_word_embeddings"].as_bool())
                    .unwrap_or(family.is_gemma()),
            ),
            reads_mlp_bias: family.reads_mlp_bias() && keys.flag("mlp_bias").unwrap_or(false),
            // Phi-3's long models use other frequencies beyond the original context length, which are not supported.
            context_length: original
                .filter(|_| family == Family::Phi3)
                .map_or(context_length, |o| o.min(context_length)),
            blocks,
            hidden_size,
            heads,
            notes,
        };
        config.check()
    }
}

/// Refuses weights that another program has quantized in its own way.
fn refuse_quantized(config: &Value) -> Result<(), ModelError> {
    let object = |key: &str| config.get(key).filter(|method| !method.is_null());
    // MLX writes its settings under both keys, and names no method.
    let Some(settings) = object("quantization").or(object("quantization_config")) else { return Ok(()) };
    let method = settings["quant_method"].as_str();
    let name =
        method.unwrap_or(if settings.get("group_size").is_some() { "MLX" } else { "a method of its own" });
    let next = "take the original model, or one as a GGUF file";
    Err(ModelError::Stored { what: format!("weights quantized by {name}"), next })
}

/// The keys of a JSON object.
struct Keys<'a>(&'a Value);

impl Keys<'_> {
    fn heads(&self, family: Family, hidden_size: usize) -> Result<Heads, ModelError> {
        let gemma3 = family == Family::Gemma3;
        let queries = self.count("num_attention_heads", gemma3.then_some(8))?;
        let keys = match (self.optional_count("num_key_value_heads")?, family) {
            (Some(keys), _) => keys,
            (None, Family::Mistral) => 8,
            (None, Family::Gemma2 | Family::Gemma3) => 4,
            (None, _) => queries,
        };
        let size = match (self.optional_count("head_dim")?, family) {
            (Some(size), _) => size,
            (None, Family::Gemma2 | Family::Gemma3) => 256,
            (None, Family::Qwen3) => 128,
            (None, _) => hidden_size / queries,
        };
        Ok(Heads { query_heads: queries, kv_heads: keys, head_size: size })
    }

    /// Returns each block's sliding window. Newer files list the type of every block; in older ones it follows from
    /// the family.
    fn sliding_windows(&self, family: Family, blocks: usize) -> Result<Vec<Option<usize>>, ModelError> {
        let default = match family {
            Family::Mistral | Family::Gemma2 | Family::Gemma3 => Some(4096),
            _ => None,
        };
        let window = match self.0.get("sliding_window") {
            None => default,
            Some(Value::Null) => None,
            Some(_) => Some(self.count("sliding_window", None)?),
        };
        let is_used = match family {
            Family::Qwen2 | Family::Qwen3 => self.flag("use_sliding_window").unwrap_or(false),
            Family::Llama | Family::Granite => false,
            _ => true,
        };
        let Some(window) = window.filter(|_| is_used) else { return Ok(Vec::new()) };
        if let Some(kinds) = self.0["layer_types"].as_array().filter(|_| family != Family::Mistral) {
            let window = |kind: &Value| match kind.as_str() {
                Some("sliding_attention") => Ok(Some(window)),
                Some("full_attention") => Ok(None),
                _ => Err(bad_number("layer_types")),
            };
            return kinds.iter().take(blocks).map(window).collect();
        }
        Ok(match family {
            Family::Gemma2 => windowed_blocks(2, blocks, window),
            Family::Gemma3 => {
                let older = self.optional_count("sliding_window_pattern")?;
                let period = older.or(self.optional_count("_sliding_window_pattern")?).unwrap_or(6);
                windowed_blocks(period, blocks, window)
            }
            Family::Qwen2 | Family::Qwen3 => {
                let first = self.optional_count("max_window_layers")?.unwrap_or(28);
                (0..blocks).map(|block| (block >= first).then_some(window)).collect()
            }
            _ => vec![Some(window); blocks],
        })
    }

    fn check_activation(&self, family: Family) -> Result<(), ModelError> {
        let named = [&self.0["hidden_activation"], &self.0["hidden_act"]].into_iter().find_map(Value::as_str);
        let expected = if family.is_gemma() { "gelu_pytorch_tanh" } else { "silu" };
        match named {
            Some(other) if other != expected => {
                Err(ModelError::Unsupported { what: format!("the activation {other:?}") })
            }
            _ => Ok(()),
        }
    }

    /// Refuses the factors of Granite in a model of another family, which transformers passes over there.
    fn refuse_multipliers(&self, family: Family) -> Result<(), ModelError> {
        const KEYS: [&str; 4] =
            ["attention_multiplier", "embedding_multiplier", "logits_scaling", "residual_multiplier"];
        let set = KEYS.into_iter().find(|key| {
            let value = &self.0[key];
            !family.has_multipliers() && !value.is_null() && value.as_f64() != Some(1.0)
        });
        set.map_or(Ok(()), |key| Err(unknown_key(key, &self.0[key])))
    }

    fn flag(&self, key: &str) -> Option<bool> {
        self.0[key].as_bool()
    }

    fn count(&self, key: &str, default: Option<usize>) -> Result<usize, ModelError> {
        self.optional_count(key)?.or(default).ok_or_else(|| bad_number(key))
    }

    fn optional_count(&self, key: &str) -> Result<Option<usize>, ModelError> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) if (1..=MAX_COUNT).contains(&number) => Ok(Some(number as usize)),
                _ => Err(bad_number(key)),
            },
        }
    }

    /// Reads a number above zero. A missing or null number becomes the default; zero is refused.
    fn number(&self, key: &str, default: f32) -> Result<f32, ModelError> {
        let number = match self.0.get(key) {
            None | Some(Value::Null) => default,
            Some(value) => value.as_f64().map_or(f32::NAN, |number| number as f32),
        };
        if number.is_finite() && number > 0.0 { Ok(number) } else { Err(bad_number(key)) }
    }
}
