//! Reads a decoder's configuration from config.json, with transformers' defaults.

use serde_json::Value;

use super::super::ModelError;
use super::super::family::Family;
use super::keys::{check_json, unknown_key};
use super::rope::longrope_attention_factor;
use super::{
    Config, MAX_BLOCKS, MAX_COUNT, RopeConfig, RopeScaling, bad_number, default_attention_scale,
    windowed_blocks,
};
use crate::ops::attention::Heads;
use crate::ops::rope::RopeLayout;

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
    let what = format!("weights quantized by {name}: take the original model, or one as a GGUF file");
    Err(ModelError::Unsupported { what })
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

    fn rope(
        &self,
        family: Family,
        heads: Heads,
        context: usize,
        original: Option<usize>,
    ) -> Result<RopeConfig, ModelError> {
        // Over the years the settings lay beside the others, in `rope_scaling`, and in `rope_parameters`; as in
        // transformers, the first object that has something counts. Gemma 3's have an object for each type of block.
        for key in ["rope_scaling", "rope_parameters"] {
            if !(self.0[key].is_null() || self.0[key].is_object()) {
                return Err(bad_number(key));
            }
        }
        let object = |key: &str| Some(&self.0[key]).filter(|v| v.as_object().is_some_and(|o| !o.is_empty()));
        let settings = object("rope_scaling").or(object("rope_parameters")).unwrap_or(&Value::Null);
        let full = settings.get("full_attention").unwrap_or(settings);
        let default = if family == Family::Gemma3 { 1_000_000.0 } else { 10_000.0 };
        let sliding = &settings["sliding_attention"];
        if let Some(kind) = Keys(sliding).rope_kind()?.filter(|kind| *kind != "default") {
            return Err(ModelError::Unsupported { what: format!("the rotary scaling {kind:?}") });
        }
        // What stands in the other object, where both have something.
        let other = object("rope_scaling").and(object("rope_parameters")).unwrap_or(&Value::Null);
        let other = other.get("full_attention").unwrap_or(other);
        if let (Some(one), Some(other)) = (Keys(full).rope_kind()?, Keys(other).rope_kind()?)
            && one != other
        {
            return Err(ModelError::Contradiction {
                first: format!("config.json: rope_type = {other:?}"),
                second: format!("rope_type = {one:?} in its rotary settings"),
            });
        }
        Self::agree(full, other, "rope_theta")?;
        Self::agree(full, self.0, "rope_theta")?;
        Self::agree(full, self.0, "partial_rotary_factor")?;
        let is_there = |object: &Value| !object["rope_theta"].is_null();
        let base = if is_there(full) || is_there(self.0) {
            self.number_in(full, "rope_theta", default)?
        } else {
            Keys(other).number("rope_theta", default)?
        };
        let local = match sliding.get("rope_theta") {
            None | Some(Value::Null) => self.number("rope_local_base_freq", 10_000.0)?,
            Some(_) => Keys(sliding).number("rope_theta", 0.0)?,
        };
        let part = self.number_in(full, "partial_rotary_factor", 1.0)?;
        Ok(RopeConfig {
            theta: base,
            local_theta: (family == Family::Gemma3).then_some(local),
            rotary_dim: (heads.head_size as f32 * part.min(1.0)) as usize,
            layout: RopeLayout::HalfSplit,
            scaling: Keys(full).scaling(context, original)?,
        })
    }

    /// Reads a number of an object, else the one of the same name beside it.
    fn number_in(&self, object: &Value, key: &str, default: f32) -> Result<f32, ModelError> {
        match object.get(key) {
            None | Some(Value::Null) => self.number(key, default),
            Some(_) => Keys(object).number(key, default),
        }
    }

    /// Refuses two places that give one key different numbers: libraries of different years use different ones.
    fn agree(one: &Value, other: &Value, key: &str) -> Result<(), ModelError> {
        let number = |object: &Value| object[key].as_f64();
        match (number(one), number(other)) {
            (Some(first), Some(second)) if (first - second).abs() > 0.0 => Err(ModelError::Contradiction {
                first: format!("config.json: {key} = {second}"),
                second: format!("{key} = {first} in its rotary settings"),
            }),
            _ => Ok(()),
        }
    }

    /// Reads the scaling from the keys of a `rope_scaling` object.
    fn scaling(&self, context: usize, original: Option<usize>) -> Result<RopeScaling, ModelError> {
        let kind = self.rope_kind()?;
        let original_context = self.optional_count("original_max_position_embeddings")?.or(original);
        let factor = || self.number("factor", 0.0);
        let attention_factor = match self.0.get("attention_factor") {
            None | Some(Value::Null) => None,
            Some(_) => Some(self.number("attention_factor", 1.0)?),
        };
        match kind {
            None | Some("default") => match self.0.get("factor") {
                Some(factor) if !factor.is_null() && factor.as_f64() != Some(1.0) => {
                    Err(unknown_key("factor", factor))
                }
                _ => Ok(RopeScaling::None),
            },
            Some("linear") => Ok(RopeScaling::Linear { factor: factor()? }),
            Some("llama3") => Ok(RopeScaling::Llama3 {
                factor: factor()?,
                low_freq_factor: self.number("low_freq_factor", 0.0)?,
                high_freq_factor: self.number("high_freq_factor", 0.0)?,
                original_context: original_context
                    .ok_or_else(|| bad_number("original_max_position_embeddings"))?
                    as f32,
            }),
            Some("yarn") if self.0.get("short_factor").is_none() => {
                if self.0.get("mscale").is_some() {
                    return Err(ModelError::Unsupported { what: "yarn scaling with mscale".into() });
                }
                Ok(RopeScaling::Yarn {
                    factor: factor()?,
                    original_context: original_context.unwrap_or(context) as f32,
                    beta_fast: self.number("beta_fast", 32.0)?,
                    beta_slow: self.number("beta_slow", 1.0)?,
                    truncate: self.flag("truncate").unwrap_or(true),
                    attention_factor,
                })
            }
            Some("longrope" | "su" | "yarn") => {
                let list = self.0["short_factor"].as_array().ok_or_else(|| bad_number("short_factor"))?;
                let factors = list.iter().map(|x| x.as_f64().map(|x| x as f32)).collect::<Option<_>>();
                let factors = factors.ok_or_else(|| bad_number("short_factor"))?;
                let original = original_context.unwrap_or(context) as f32;
                let longest = match self.0.get("factor") {
                    None | Some(Value::Null) => context as f32,
                    Some(_) => factor()? * original,
                };
                let attention_factor =
                    attention_factor.unwrap_or_else(|| longrope_attention_factor(longest, original));
                Ok(RopeScaling::FrequencyFactors { factors, attention_factor })
            }
            Some(other) => Err(ModelError::Unsupported { what: format!("the rotary scaling {other:?}") }),
        }
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

impl<'a> Keys<'a> {
    /// Reads the kind of scaling from the keys of a `rope_scaling` object, of which there are two.
    fn rope_kind(&self) -> Result<Option<&'a str>, ModelError> {
        let [kind, older] = ["rope_type", "type"].map(|key| self.0[key].as_str());
        // Phi-3's scaling has two names.
        if let (Some(kind), Some(older)) = (kind, older)
            && kind != older
            && (kind, older) != ("longrope", "su")
        {
            return Err(ModelError::Contradiction {
                first: format!("config.json: type = {older:?}"),
                second: format!("rope_type = {kind:?} in its rotary settings"),
            });
        }
        Ok(kind.or(older))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config(value: impl Into<Value>) -> Config {
        Config::from_json(&value.into()).unwrap()
    }

    fn windowed(config: &Config) -> Vec<usize> {
        config
            .sliding_windows
            .iter()
            .enumerate()
            .filter_map(|(block, window)| window.map(|_| block))
            .collect()
    }

    #[test]
    fn llama_3_2_and_mistral_0_1_are_read_as_published() {
        let llama = config(json!({"model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192,
            "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
            "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5, "rope_theta": 500_000.0, "hidden_act": "silu",
            "tie_word_embeddings": true, "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0,
            "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"}}));
        assert_eq!(llama.heads, Heads { query_heads: 32, kv_heads: 8, head_size: 64 });
        assert_eq!((llama.tie_word_embeddings, llama.attention_scale), (Some(true), 0.125));
        assert_eq!(
            llama.rope.scaling,
            RopeScaling::Llama3 {
                factor: 32.0,
                low_freq_factor: 1.0,
                high_freq_factor: 4.0,
                original_context: 8192.0
            }
        );
        let mut mistral = json!({"model_type": "mistral", "hidden_size": 4096, "intermediate_size": 14_336,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "max_position_embeddings": 32_768, "rms_norm_eps": 1e-5, "sliding_window": 4096,
            "tie_word_embeddings": false});
        assert_eq!(config(mistral.clone()).sliding_windows, vec![Some(4096); 32]);
        // Version 0.2 has no window.
        mistral["sliding_window"] = Value::Null;
        assert!(config(mistral).sliding_windows.is_empty());
    }

    #[test]
    fn qwen_2_5_has_no_window_unless_it_is_switched_on() {
        let mut qwen = json!({"model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864,
            "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2, "max_window_layers": 21,
            "max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 1e6, "sliding_window": 32_768,
            "tie_word_embeddings": true, "use_sliding_window": false});
        assert!(config(qwen.clone()).sliding_windows.is_empty());
        qwen["use_sliding_window"] = json!(true);
        assert_eq!(windowed(&config(qwen)), [21, 22, 23]);
    }

    #[test]
    fn gemma_omits_keys_and_relies_on_its_defaults() {
        let gemma2 = config(json!({"model_type": "gemma2", "hidden_size": 2304, "intermediate_size": 9216,
            "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
            "max_position_embeddings": 8192, "query_pre_attn_scalar": 256, "sliding_window": 4096,
            "hidden_act": "gelu_pytorch_tanh", "hidden_activation": "gelu_pytorch_tanh"}));
        assert_eq!((gemma2.attn_logit_softcap, gemma2.final_logit_softcap), (Some(50.0), Some(30.0)));
        assert_eq!(
            (gemma2.tie_word_embeddings, gemma2.embedding_scale, gemma2.attention_scale),
            (Some(true), 48.0, 0.0625)
        );
        assert_eq!(windowed(&gemma2), (0..26).step_by(2).collect::<Vec<_>>());
        // The multimodal model keeps its decoder's configuration in `text_config`.
        let gemma3 =
            config(json!({"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"],
            "text_config": {"hidden_size": 2560, "intermediate_size": 10_240, "model_type": "gemma3_text",
            "num_hidden_layers": 34, "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
            "sliding_window": 1024}}));
        assert_eq!(gemma3.heads, Heads { query_heads: 8, kv_heads: 4, head_size: 256 });
        assert_eq!(windowed(&gemma3), (0..34).filter(|block| block % 6 != 5).collect::<Vec<_>>());
        assert_eq!((gemma3.rope.theta, gemma3.rope.local_theta), (1e6, Some(10_000.0)));
        assert_eq!((gemma3.context_length, gemma3.attn_logit_softcap), (131_072, None));
    }

    #[test]
    fn granite_3_3_is_read_as_published_and_its_factors_refuse_other_families() {
        let mut published = json!({"model_type": "granite", "hidden_size": 2048, "intermediate_size": 8192,
            "num_hidden_layers": 40, "num_attention_heads": 32, "num_key_value_heads": 8,
            "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5, "rope_theta": 1e7, "hidden_act": "silu",
            "tie_word_embeddings": true, "attention_bias": false, "mlp_bias": false, "rope_scaling": null,
            "attention_multiplier": 0.015_625, "embedding_multiplier": 12.0, "logits_scaling": 8.0,
            "residual_multiplier": 0.22});
        let granite = config(published.clone());
        assert_eq!(
            (
                granite.attention_scale,
                granite.embedding_scale,
                granite.logits_scaling,
                granite.residual_scale
            ),
            (0.015_625, 12.0, 8.0, 0.22)
        );
        assert!(!granite.reads_mlp_bias && granite.rope.layout == RopeLayout::HalfSplit);
        published["mlp_bias"] = json!(true);
        assert!(config(published.clone()).reads_mlp_bias);
        // Without the keys, transformers' own defaults are 1, for attention too.
        let keys = ["attention_multiplier", "embedding_multiplier", "logits_scaling", "residual_multiplier"];
        let mut bare = published.clone();
        for key in keys {
            bare[key] = Value::Null;
        }
        assert_eq!(config(bare).attention_scale, 1.0);
        for key in keys {
            let mut zero = published.clone();
            zero[key] = json!(0.0);
            assert!(Config::from_json(&zero).is_err(), "{key}");
            let mut llama = published.clone();
            llama["model_type"] = json!("llama");
            keys.iter().filter(|other| **other != key).for_each(|other| llama[other] = json!(1.0));
            let refused = Config::from_json(&llama).unwrap_err();
            let is_named = matches!(&refused, ModelError::UnknownKey { key: named, .. } if named == key);
            assert!(is_named, "{refused}");
        }
    }

    #[test]
    fn phi_3_reads_both_ways_of_writing_its_scaling() {
        let base = json!({"model_type": "phi3", "hidden_size": 3072, "intermediate_size": 8192,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "rms_norm_eps": 1e-5,
            "max_position_embeddings": 131_072, "original_max_position_embeddings": 4096,
            "sliding_window": 262_144, "tie_word_embeddings": false});
        let list = vec![1.05; 48];
        let (mut old, mut new) = (base.clone(), base);
        old["rope_scaling"] = json!({"type": "su", "short_factor": list, "long_factor": list});
        new["rope_parameters"] = json!({"rope_type": "longrope", "rope_theta": 10_000.0, "short_factor": list,
            "long_factor": list, "original_max_position_embeddings": 4096});
        let (old, new) = (config(old), config(new));
        assert_eq!(old.rope, new.rope);
        assert_eq!((old.context_length, old.rope.rotary_dim), (4096, 96));
        let RopeScaling::FrequencyFactors { attention_factor, .. } = old.rope.scaling else {
            panic!("no factors")
        };
        assert!((attention_factor - 1.190_238).abs() < 1e-5, "{attention_factor}");
    }

    #[test]
    fn the_rotary_base_is_found_wherever_a_library_puts_it() {
        let base = json!({"model_type": "llama", "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2,
            "num_attention_heads": 4, "max_position_embeddings": 128});
        let with = |changes: Value| {
            let mut llama = base.clone();
            llama.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            Config::from_json(&llama)
        };
        for place in [
            json!({"rope_theta": 1e5}),
            json!({"rope_theta": 1e5, "rope_scaling": null}),
            json!({"rope_scaling": {"rope_theta": 1e5, "rope_type": "default"}}),
            json!({"rope_parameters": {"rope_theta": 1e5, "rope_type": "default"}}),
            json!({"rope_parameters": {"rope_theta": 1e5, "rope_type": "default"}, "rope_theta": 1e5}),
            json!({"rope_scaling": {}, "rope_parameters": {"rope_theta": 1e5}}),
            json!({"rope_scaling": {"type": "default"}, "rope_theta": 1e5}),
            json!({"rope_scaling": {"type": "default"}, "rope_parameters": {"rope_theta": 1e5}}),
        ] {
            let rope = with(place.clone()).unwrap().rope;
            assert_eq!((rope.theta, rope.scaling), (1e5, RopeScaling::None), "{place}");
        }
        for two in [
            json!({"rope_theta": 1e4, "rope_scaling": {"rope_theta": 1e5}}),
            json!({"rope_theta": 1e4, "rope_parameters": {"rope_theta": 1e5}}),
            json!({"rope_parameters": {"rope_theta": 1e4}, "rope_scaling": {"rope_theta": 1e5}}),
            json!({"partial_rotary_factor": 0.5, "rope_parameters": {"partial_rotary_factor": 0.25}}),
            json!({"rope_scaling": {"type": "linear", "rope_type": "default", "factor": 2.0}}),
            json!({"rope_scaling": {"type": "linear", "factor": 2.0}, "rope_parameters": {"rope_type": "default"}}),
        ] {
            assert!(matches!(with(two.clone()), Err(ModelError::Contradiction { .. })), "{two}");
        }
        assert!(with(json!({"rope_theta": "Infinity"})).is_err());
        // A factor that nothing uses, and settings that are none.
        assert!(with(json!({"rope_scaling": {"factor": 2.0}})).is_err());
        assert!(with(json!({"rope_scaling": {"factor": 1.0}})).is_ok());
        assert!(with(json!({"rope_scaling": "linear"})).is_err());
        let sliding = json!({"sliding_attention": {"rope_type": "linear", "factor": 2.0}});
        assert!(with(json!({"rope_parameters": sliding})).is_err());
    }

    #[test]
    fn an_error_in_place_of_the_file_is_named() {
        let refused = Config::from_json(&json!({"error": "Repository not found"})).unwrap_err().to_string();
        assert!(refused.contains("an error message of a server"), "{refused}");
    }

    #[test]
    fn weights_of_other_programs_quantisation_are_refused_by_its_name() {
        for (key, value, name) in [
            ("quantization", json!({"group_size": 64, "bits": 4}), "MLX"),
            ("quantization_config", json!({"group_size": 64, "bits": 4}), "MLX"),
            ("quantization_config", json!({"quant_method": "awq", "bits": 4}), "awq"),
        ] {
            let refused = Config::from_json(&json!({"model_type": "llama", key: value})).unwrap_err();
            assert!(refused.to_string().contains(&format!("quantized by {name}: take")), "{refused}");
        }
    }

    #[test]
    fn factors_of_another_length_and_numbers_that_make_no_angles_are_refused() {
        let mut llama = json!({"model_type": "llama", "hidden_size": 64, "intermediate_size": 64,
            "num_hidden_layers": 2, "num_attention_heads": 4, "max_position_embeddings": 128});
        assert!(Config::from_json(&llama).is_ok());
        for scaling in [
            json!({"type": "longrope", "short_factor": [1.0, 2.0]}),
            json!({"type": "longrope", "short_factor": vec![0.0; 8]}),
            json!({"type": "linear", "factor": -4.0}),
            json!({"type": "linear"}),
            json!({"type": "yarn", "factor": 2.0, "mscale": 1.0}),
            json!({"type": "dynamic", "factor": 2.0}),
        ] {
            llama["rope_scaling"] = scaling;
            assert!(Config::from_json(&llama).is_err(), "{}", llama["rope_scaling"]);
        }
    }
}
