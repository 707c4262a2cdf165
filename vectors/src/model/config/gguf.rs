//! Reads a decoder's configuration from a GGUF header, with llama.cpp's defaults.

use super::super::ModelError;
use super::super::family::Family;
use super::super::source::{GgufHeader, Number};
use super::keys::check_gguf;
use super::{
    Config, MAX_COUNT, RopeConfig, RopeScaling, bad_number, default_attention_scale, windowed_blocks,
};
use crate::ops::attention::Heads;
use crate::ops::rope::RopeLayout;

/// The keys of one architecture in a header.
struct Keys<'a> {
    header: &'a GgufHeader,
    architecture: &'a str,
}

impl Config {
    pub(crate) fn from_gguf(header: &GgufHeader) -> Result<Self, ModelError> {
        let architecture =
            header.text("general.architecture").ok_or_else(|| bad_number("general.architecture"))?;
        let family =
            Family::from_architecture(architecture).filter(|family| family.architecture() == architecture);
        let Some(family) = family else {
            let known = Family::known();
            return Err(ModelError::Architecture { found: architecture.to_owned(), known });
        };
        let keys = Keys { header, architecture };
        let kind = header.text("general.type").filter(|kind| *kind != "model");
        if let Some(kind) = kind {
            let what = format!("a model; this file says that it is of the kind {kind:?}");
            return Err(ModelError::Unsupported { what });
        }
        keys.refuse_unsupported()?;
        let notes = check_gguf(header, architecture)?;
        let (hidden_size, blocks) = (keys.count("embedding_length")?, keys.count("block_count")?);
        let heads = keys.heads(hidden_size)?;
        let context_length = keys.count("context_length")?;
        let rope = keys.rope(family, heads)?;
        // The largest models of Gemma 2 and 3 scale attention by hidden size / heads instead of the head size.
        let is_largest = matches!((family, blocks), (Family::Gemma2, 46) | (Family::Gemma3, 62));
        let scale_dim = if is_largest { hidden_size / heads.query_heads } else { heads.head_size };
        let softcap = |key: &str, default: Option<f32>| {
            keys.number(key).map(|softcap| softcap.or(default.filter(|_| family == Family::Gemma2)))
        };
        let config = Self {
            family,
            architecture: architecture.to_owned(),
            feed_forward: keys.count("feed_forward_length")?,
            sliding_windows: keys.sliding_windows(family, blocks)?,
            context_length: keys.readable_length(context_length, family)?,
            norm_epsilon: keys
                .number("attention.layer_norm_rms_epsilon")?
                .ok_or_else(|| keys.bad_number("attention.layer_norm_rms_epsilon"))?,
            attention_scale: default_attention_scale(scale_dim),
            attn_logit_softcap: softcap("attn_logit_softcapping", Some(50.0))?,
            final_logit_softcap: softcap("final_logit_softcapping", Some(30.0))?,
            embedding_scale: if family.is_gemma() { (hidden_size as f32).sqrt() } else { 1.0 },
            norm_weights_minus_one: false,
            tie_word_embeddings: None,
            reads_mlp_bias: family == Family::Llama,
            notes,
            blocks,
            hidden_size,
            heads,
            rope,
        };
        config.check()
    }
}

impl Keys<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.architecture)
    }

    fn bad_number(&self, name: &str) -> ModelError {
        bad_number(&self.key(name))
    }

    fn heads(&self, hidden_size: usize) -> Result<Heads, ModelError> {
        let queries = self.count("attention.head_count")?;
        let size = self.optional_count("attention.key_length")?.unwrap_or(hidden_size / queries);
        if self.optional_count("attention.value_length")?.is_some_and(|values| values != size) {
            return Err(ModelError::Unsupported { what: "values of another size than keys".into() });
        }
        let keys = self.optional_count("attention.head_count_kv")?.unwrap_or(queries);
        Ok(Heads { query_heads: queries, kv_heads: keys, head_size: size })
    }

    /// Returns each block's sliding window. Phi-3's files name one, and Mistral's may: the models were trained with
    /// it.
    fn sliding_windows(&self, family: Family, blocks: usize) -> Result<Vec<Option<usize>>, ModelError> {
        let window = self.optional_count("attention.sliding_window")?;
        let period = self.optional_count("attention.sliding_window_pattern");
        Ok(match (family, window) {
            (Family::Gemma2, window) => {
                windowed_blocks(2, blocks.min(super::MAX_BLOCKS), window.unwrap_or(4096))
            }
            (Family::Gemma3, Some(window)) => {
                windowed_blocks(period?.unwrap_or(6), blocks.min(super::MAX_BLOCKS), window)
            }
            (Family::Llama | Family::Phi3, Some(window)) => {
                vec![Some(window); blocks.min(super::MAX_BLOCKS)]
            }
            _ => Vec::new(),
        })
    }

    fn rope(&self, family: Family, heads: Heads) -> Result<RopeConfig, ModelError> {
        let default = if family == Family::Gemma3 { 1_000_000.0 } else { 10_000.0 };
        Ok(RopeConfig {
            theta: self.number("rope.freq_base")?.unwrap_or(default),
            local_theta: (family == Family::Gemma3)
                .then(|| self.number("rope.freq_base_swa"))
                .transpose()?
                .map(|base| base.unwrap_or(10_000.0)),
            rotary_dim: self.optional_count("rope.dimension_count")?.unwrap_or(heads.head_size),
            layout: if family == Family::Llama { RopeLayout::Interleaved } else { RopeLayout::HalfSplit },
            scaling: self.scaling(family)?,
        })
    }

    fn scaling(&self, family: Family) -> Result<RopeScaling, ModelError> {
        let kind = self.header.text(&self.key("rope.scaling.type")).unwrap_or("none");
        let factor = self.number("rope.scaling.factor")?;
        let required_factor = || factor.ok_or_else(|| self.bad_number("rope.scaling.factor"));
        let attention_factor = self.number("rope.scaling.attn_factor")?;
        // Phi-3 stores its frequency factors as tensors, which are read with the weights.
        if let Some(attention_factor) = attention_factor.filter(|_| family == Family::Phi3) {
            return Ok(RopeScaling::FrequencyFactors { factors: Vec::new(), attention_factor });
        }
        match kind {
            "none" => Ok(match self.number("rope.scale_linear")? {
                Some(factor) if (factor - 1.0).abs() > 0.0 => RopeScaling::Linear { factor },
                _ => RopeScaling::None,
            }),
            "linear" => Ok(RopeScaling::Linear { factor: required_factor()? }),
            "yarn" => Ok(RopeScaling::Yarn {
                factor: required_factor()?,
                original_context: self
                    .original()?
                    .ok_or_else(|| self.bad_number("rope.scaling.original_context_length"))?
                    as f32,
                beta_fast: self.number("rope.scaling.yarn_beta_fast")?.unwrap_or(32.0),
                beta_slow: self.number("rope.scaling.yarn_beta_slow")?.unwrap_or(1.0),
                truncate: true,
                attention_factor: None,
            }),
            other => Err(ModelError::Unsupported { what: format!("the rotary scaling {other:?}") }),
        }
    }

    fn original(&self) -> Result<Option<usize>, ModelError> {
        self.optional_count("rope.scaling.original_context_length")
    }

    /// Returns the longest readable sequence. Phi-3's long models use other frequencies beyond the original context
    /// length, which are not supported.
    fn readable_length(&self, length: usize, family: Family) -> Result<usize, ModelError> {
        let original = self.original()?.filter(|_| family == Family::Phi3);
        Ok(original.map_or(length, |original| original.min(length)))
    }

    /// Refuses features that no supported family has and that would silently change the numbers.
    fn refuse_unsupported(&self) -> Result<(), ModelError> {
        for (name, what) in [
            ("expert_count", "a mixture of experts"),
            ("logit_scale", "scaled logits"),
            ("residual_scale", "a scaled residual stream"),
            ("embedding_scale", "a scaled embedding"),
            ("attention.scale", "a scale of its own for attention"),
        ] {
            let number = self.header.number(&self.key(name));
            if number.is_some_and(|number| !number.is_zero()) {
                return Err(ModelError::Unsupported { what: what.into() });
            }
        }
        Ok(())
    }

    fn count(&self, name: &str) -> Result<usize, ModelError> {
        self.optional_count(name)?.ok_or_else(|| self.bad_number(name))
    }

    fn optional_count(&self, name: &str) -> Result<Option<usize>, ModelError> {
        let key = self.key(name);
        if !self.header.has(&key) {
            return Ok(None);
        }
        match self.header.number(&key) {
            Some(Number::Whole(number)) if (1..=MAX_COUNT).contains(&number) => Ok(Some(number as usize)),
            _ => Err(bad_number(&key)),
        }
    }

    fn number(&self, name: &str) -> Result<Option<f32>, ModelError> {
        let key = self.key(name);
        match self.header.number(&key) {
            None if !self.header.has(&key) => Ok(None),
            Some(Number::Real(number)) if number.is_finite() && number > 0.0 => Ok(Some(number)),
            _ => Err(bad_number(&key)),
        }
    }
}
