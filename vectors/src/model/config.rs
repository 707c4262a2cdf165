//! The numbers that shape a decoder, from a GGUF header.

use candle_core::quantized::gguf_file::{Content, Value};

use super::ModelError;

const KNOWN: &str = "llama (Llama, Mistral, SmolLM2, TinyLlama, Vicuna)";
/// No model has more, and a hostile header must not make us allocate.
const LARGEST: u64 = 1 << 24;

/// The numbers that shape a decoder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    pub(crate) architecture: String,
    pub(crate) blocks: usize,
    pub(crate) hidden_size: usize,
    pub(crate) feed_forward: usize,
    pub(crate) heads: usize,
    pub(crate) kv_heads: usize,
    pub(crate) head_size: usize,
    pub(crate) context_length: usize,
    pub(crate) norm_epsilon: f32,
    pub(crate) rope_base: f32,
}

impl Config {
    pub(crate) fn from_gguf(header: &Content) -> Result<Self, ModelError> {
        let architecture = match header.metadata.get("general.architecture") {
            Some(Value::String(name)) => name.clone(),
            _ => return Err(ModelError::BadNumber { key: "general.architecture".into() }),
        };
        if architecture != "llama" {
            return Err(ModelError::Architecture { found: architecture, known: KNOWN });
        }
        for key in ["llama.rope.scaling.type", "llama.expert_count"] {
            let absent = match header.metadata.get(key) {
                None => true,
                Some(Value::String(kind)) => kind == "none",
                Some(value) => value.to_u32().is_ok_and(|count| count == 0),
            };
            if !absent {
                return Err(ModelError::Unsupported {
                    what: format!("{key} (scaled rotary embedding or experts)"),
                });
            }
        }
        if header.tensor_infos.contains_key("rope_freqs.weight") {
            return Err(ModelError::Unsupported {
                what: "rope_freqs.weight (scaled rotary embedding)".into(),
            });
        }
        let heads = count(header, "llama.attention.head_count")?;
        let hidden_size = count(header, "llama.embedding_length")?;
        let config = Self {
            blocks: count(header, "llama.block_count")?,
            feed_forward: count(header, "llama.feed_forward_length")?,
            kv_heads: optional_count(header, "llama.attention.head_count_kv")?.unwrap_or(heads),
            head_size: optional_count(header, "llama.attention.key_length")?.unwrap_or(hidden_size / heads),
            context_length: count(header, "llama.context_length")?,
            norm_epsilon: number(header, "llama.attention.layer_norm_rms_epsilon")?
                .ok_or_else(|| bad("llama.attention.layer_norm_rms_epsilon"))?,
            rope_base: number(header, "llama.rope.freq_base")?.unwrap_or(10_000.0),
            architecture,
            hidden_size,
            heads,
        };
        config.check(header)?;
        Ok(config)
    }

    fn check(&self, header: &Content) -> Result<(), ModelError> {
        if !self.heads.is_multiple_of(self.kv_heads) {
            return Err(bad("llama.attention.head_count_kv"));
        }
        if !self.head_size.is_multiple_of(2) {
            return Err(bad("llama.attention.key_length"));
        }
        if optional_count(header, "llama.rope.dimension_count")?.unwrap_or(self.head_size) != self.head_size {
            return Err(ModelError::Unsupported { what: "a rotary embedding of a part of each head".into() });
        }
        Ok(())
    }
}

fn count(header: &Content, key: &str) -> Result<usize, ModelError> {
    optional_count(header, key)?.ok_or_else(|| bad(key))
}

fn optional_count(header: &Content, key: &str) -> Result<Option<usize>, ModelError> {
    let Some(value) = header.metadata.get(key) else { return Ok(None) };
    let number = match *value {
        Value::U32(v) => u64::from(v),
        Value::U64(v) => v,
        Value::I32(v) => u64::try_from(v).map_err(|_| bad(key))?,
        _ => return Err(bad(key)),
    };
    if number == 0 || number > LARGEST { Err(bad(key)) } else { Ok(Some(number as usize)) }
}

fn number(header: &Content, key: &str) -> Result<Option<f32>, ModelError> {
    match header.metadata.get(key) {
        None => Ok(None),
        Some(Value::F32(v)) if v.is_finite() && *v > 0.0 => Ok(Some(*v)),
        Some(_) => Err(bad(key)),
    }
}

fn bad(key: &str) -> ModelError {
    ModelError::BadNumber { key: key.to_owned() }
}
