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
            return Err(ModelError::Kind { kind: kind.to_owned() });
        }
        keys.refuse_unsupported(family)?;
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
            // Zero stands for the usual scale.
            attention_scale: keys
                .multiplier("attention.scale", family)?
                .unwrap_or_else(|| default_attention_scale(scale_dim)),
            attn_logit_softcap: softcap("attn_logit_softcapping", Some(50.0))?,
            final_logit_softcap: softcap("final_logit_softcapping", Some(30.0))?,
            embedding_scale: if family.is_gemma() {
                (hidden_size as f32).sqrt()
            } else {
                keys.multiplier("embedding_scale", family)?.unwrap_or(1.0)
            },
            residual_scale: keys.multiplier("residual_scale", family)?.unwrap_or(1.0),
            logits_scaling: keys.logits_scaling(family)?,
            norm_weights_minus_one: false,
            tie_word_embeddings: None,
            reads_mlp_bias: family.reads_mlp_bias(),
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
            layout: if family.is_interleaved_in_gguf() {
                RopeLayout::Interleaved
            } else {
                RopeLayout::HalfSplit
            },
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

    /// Refuses features that the family does not have and that would silently change the numbers.
    fn refuse_unsupported(&self, family: Family) -> Result<(), ModelError> {
        let multipliers = [
            ("logit_scale", "scaled logits"),
            ("residual_scale", "a scaled residual stream"),
            ("embedding_scale", "a scaled embedding"),
            ("attention.scale", "a scale of its own for attention"),
        ];
        let multipliers = multipliers.into_iter().filter(|_| !family.has_multipliers());
        for (name, what) in multipliers.chain([("expert_count", "a mixture of experts")]) {
            let number = self.header.number(&self.key(name));
            if number.is_some_and(|number| !number.is_zero()) {
                return Err(ModelError::Unsupported { what: what.into() });
            }
        }
        // Granite's files switch the rotary embedding off with this key.
        let is_rotated = self.header.flag(&self.key("rope.scaling.finetuned")).unwrap_or(true);
        if family == Family::Granite && !is_rotated {
            return Err(ModelError::Unsupported { what: "attention without a rotary embedding".into() });
        }
        Ok(())
    }

    /// Reads one of Granite's factors; `None` where it is missing or zero, which llama.cpp reads alike.
    fn multiplier(&self, name: &str, family: Family) -> Result<Option<f32>, ModelError> {
        let number = self.header.number(&self.key(name));
        if !family.has_multipliers() || number.is_some_and(Number::is_zero) {
            return Ok(None);
        }
        self.number(name)
    }

    /// Reads the number by which Granite's logits are divided, which its files must have.
    fn logits_scaling(&self, family: Family) -> Result<f32, ModelError> {
        const NAME: &str = "logit_scale";
        if !family.has_multipliers() {
            return Ok(1.0);
        }
        self.number(NAME)?.ok_or_else(|| self.bad_number(NAME))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<u8> {
        [(text.len() as u64).to_le_bytes().as_slice(), text.as_bytes()].concat()
    }

    fn entry(key: &str, kind: u32, value: &[u8]) -> Vec<u8> {
        [text(key), kind.to_le_bytes().to_vec(), value.to_vec()].concat()
    }

    /// Reads a header of this architecture with further entries.
    fn read(architecture: &str, more: &[Vec<u8>]) -> Result<Config, ModelError> {
        let count =
            |key: &str, n: u32| entry(&format!("{architecture}.{key}"), 4, n.to_le_bytes().as_slice());
        let mut entries = vec![
            entry("general.architecture", 8, &text(architecture)),
            count("block_count", 2),
            count("embedding_length", 64),
            count("feed_forward_length", 96),
            count("context_length", 128),
            count("attention.head_count", 4),
            real(architecture, "attention.layer_norm_rms_epsilon", 1e-5),
        ];
        entries.extend(more.iter().cloned());
        let head = [b"GGUF".as_slice(), &3_u32.to_le_bytes(), &0_u64.to_le_bytes()].concat();
        let count = (entries.len() as u64).to_le_bytes();
        Config::from_gguf(&GgufHeader::parse(&[head, count.to_vec(), entries.concat()].concat())?)
    }

    fn real(architecture: &str, key: &str, number: f32) -> Vec<u8> {
        entry(&format!("{architecture}.{key}"), 6, &number.to_le_bytes())
    }

    #[test]
    fn granites_factors_are_read_and_zero_is_the_usual() {
        let granite = |numbers: [f32; 4]| {
            let keys = ["attention.scale", "embedding_scale", "residual_scale", "logit_scale"];
            let more: Vec<_> =
                keys.iter().zip(numbers).map(|(key, number)| real("granite", key, number)).collect();
            read("granite", &more)
        };
        let of = |config: Config| {
            [config.attention_scale, config.embedding_scale, config.residual_scale, config.logits_scaling]
        };
        let config = granite([0.0625, 12.0, 0.22, 8.0]).unwrap();
        assert_eq!(config.rope.layout, RopeLayout::Interleaved);
        assert!(config.reads_mlp_bias);
        assert_eq!(of(config), [0.0625, 12.0, 0.22, 8.0]);
        assert_eq!(of(granite([0.0, 0.0, 0.0, 8.0]).unwrap()), [0.25, 1.0, 1.0, 8.0]);
        for numbers in [[0.1, 1.0, 1.0, 0.0], [-0.1, 1.0, 1.0, 8.0], [0.1, f32::INFINITY, 1.0, 8.0]] {
            assert!(matches!(granite(numbers), Err(ModelError::BadNumber { .. })), "{numbers:?}");
        }
        // llama.cpp asks for this key, too.
        assert!(matches!(read("granite", &[]), Err(ModelError::BadNumber { .. })));
    }

    #[test]
    fn what_would_change_the_numbers_of_a_family_is_refused() {
        let flag = |is_set: u8| entry("granite.rope.scaling.finetuned", 7, &[is_set]);
        let scaled = real("granite", "logit_scale", 8.0);
        assert!(read("granite", &[scaled.clone(), flag(1)]).is_ok());
        let refused = read("granite", &[scaled, flag(0)]).unwrap_err().to_string();
        assert!(refused.contains("without a rotary embedding"), "{refused}");
        for key in ["attention.scale", "embedding_scale", "residual_scale", "logit_scale"] {
            assert!(matches!(read("llama", &[real("llama", key, 2.0)]), Err(ModelError::Unsupported { .. })));
            assert!(read("llama", &[real("llama", key, 0.0)]).is_ok());
        }
        let experts = entry("granite.expert_count", 4, &8_u32.to_le_bytes());
        assert!(read("granite", &[real("granite", "logit_scale", 8.0), experts]).is_err());
    }
}
