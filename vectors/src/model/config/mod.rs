//! A decoder's configuration, read from a GGUF header or from config.json.

mod gguf;
mod json;
mod keys;
mod known_keys;
mod rope;

pub use known_keys::{
    COMPUTING_WORDS, INERT_GGUF_KEYS, INERT_JSON_KEYS, OFF_GGUF_KEYS, OFF_JSON_KEYS, READ_GGUF_KEYS,
    READ_JSON_KEYS, ROPE_JSON_KEYS,
};
pub(crate) use rope::{RopeConfig, RopeScaling};

use super::ModelError;
use super::family::Family;
use crate::ops::attention::{Attention, Heads};

/// The largest count that a file may give. No model has more, and a hostile file must not make us allocate.
const MAX_COUNT: u64 = 1 << 24;
/// The largest head size that is accepted. Real heads have up to 256 numbers; rotary tables grow with it.
const MAX_HEAD_SIZE: usize = 1024;
/// The most blocks that are accepted.
const MAX_BLOCKS: usize = 1024;

/// A decoder's configuration.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    pub(crate) family: Family,
    /// The architecture, as the file names it.
    pub(crate) architecture: String,
    pub(crate) blocks: usize,
    pub(crate) hidden_size: usize,
    pub(crate) feed_forward: usize,
    pub(crate) heads: Heads,
    pub(crate) context_length: usize,
    pub(crate) norm_epsilon: f32,
    pub(crate) rope: RopeConfig,
    /// Each block's sliding window, in rows; empty where no block has one.
    pub(crate) sliding_windows: Vec<Option<usize>>,
    /// The factor of the products of queries and keys.
    pub(crate) attention_scale: f32,
    pub(crate) attn_logit_softcap: Option<f32>,
    pub(crate) final_logit_softcap: Option<f32>,
    /// The factor of the embedding's rows.
    pub(crate) embedding_scale: f32,
    /// The factor of what attention and MLP add to the residual stream.
    pub(crate) residual_scale: f32,
    /// The number by which logits are divided.
    pub(crate) logits_scaling: f32,
    /// Whether the file's norm weights are one less than the factors (Gemma in safetensors files).
    pub(crate) norm_weights_minus_one: bool,
    /// Whether the head shares the embedding's weights; `None` where the file's tensors decide.
    pub(crate) tie_word_embeddings: Option<bool>,
    /// Whether biases of the MLP are read where the file has them: transformers and llama.cpp read those of a few families.
    pub(crate) reads_mlp_bias: bool,
    /// What is to be said about the description, in sentences for people.
    pub(crate) notes: Vec<String>,
}

impl Config {
    /// Returns the attention settings of a block.
    pub(crate) fn attention(&self, block: usize) -> Attention {
        Attention {
            heads: self.heads,
            scale: self.attention_scale,
            logit_softcap: self.attn_logit_softcap,
            sliding_window: self.sliding_windows.get(block).copied().flatten(),
        }
    }

    /// Refuses numbers that contradict one another.
    fn check(self) -> Result<Self, ModelError> {
        let heads = self.heads;
        if heads.kv_heads == 0 || !heads.query_heads.is_multiple_of(heads.kv_heads) {
            return Err(bad_number("the number of key-value heads"));
        }
        if heads.head_size == 0 || !heads.head_size.is_multiple_of(2) || heads.head_size > MAX_HEAD_SIZE {
            return Err(bad_number("the size of a head"));
        }
        if self.blocks > MAX_BLOCKS {
            return Err(bad_number("the number of blocks"));
        }
        // Products of these sizes must stay far below what a machine word holds.
        if [self.hidden_size, self.feed_forward, heads.width()].iter().any(|size| *size > 1 << 20) {
            return Err(bad_number("a layer's width"));
        }
        if !self.sliding_windows.is_empty() && self.sliding_windows.len() != self.blocks {
            return Err(bad_number("the list of windows"));
        }
        if self.rope.rotary_dim == 0
            || !self.rope.rotary_dim.is_multiple_of(2)
            || self.rope.rotary_dim > heads.head_size
        {
            return Err(bad_number("the number of rotated dimensions"));
        }
        self.rope.check()?;
        Ok(self)
    }
}

/// Returns 1 / sqrt(head size), the attention scale of most families.
fn default_attention_scale(size: usize) -> f32 {
    1.0 / (size as f32).sqrt()
}

/// Returns a window for every block but each `period`-th, which sees all rows (Gemma 2 and 3).
fn windowed_blocks(period: usize, blocks: usize, window: usize) -> Vec<Option<usize>> {
    (0..blocks).map(|block| ((block + 1) % period.max(1) != 0).then_some(window)).collect()
}

fn bad_number(key: &str) -> ModelError {
    ModelError::BadNumber { key: key.to_owned() }
}
