//! The numbers that shape a decoder, from a GGUF header or a config.json.

mod gguf;
mod json;
mod rope;

pub(crate) use rope::{RopeConfig, RopeScaling};

use super::ModelError;
use super::family::Family;
use crate::ops::attention::{Attention, Heads};

/// No model has more, and a hostile file must not make us allocate.
const MAX_COUNT: u64 = 1 << 24;
/// Real heads have up to 256 numbers; the tables of angles grow with them.
const MAX_HEAD_SIZE: usize = 1024;
/// As many blocks as are believed.
const MAX_BLOCKS: usize = 1024;

/// The numbers that shape a decoder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    pub(crate) family: Family,
    /// As the file names it.
    pub(crate) architecture: String,
    pub(crate) blocks: usize,
    pub(crate) hidden_size: usize,
    pub(crate) feed_forward: usize,
    pub(crate) heads: Heads,
    pub(crate) context_length: usize,
    pub(crate) norm_epsilon: f32,
    pub(crate) rope: RopeConfig,
    /// Of each block, how many rows a row sees.
    pub(crate) sliding_windows: Vec<Option<usize>>,
    /// What products of queries and keys are multiplied with.
    pub(crate) attention_scale: f32,
    pub(crate) attn_logit_softcap: Option<f32>,
    pub(crate) final_logit_softcap: Option<f32>,
    /// What the embedding's rows are multiplied with.
    pub(crate) embedding_scale: f32,
    /// Whether the file's norm scales are one less than what rows are multiplied with.
    pub(crate) norm_weights_minus_one: bool,
    /// Whether the head is the embedding; `None` where that shows in whether the file has a head.
    pub(crate) tie_word_embeddings: Option<bool>,
}

impl Config {
    /// How the rows of a block look at one another.
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
        // What these sizes are multiplied to must stay far below what a machine word holds.
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

/// 1 / sqrt(size): what products of queries and keys are multiplied with where the family says nothing else.
fn default_attention_scale(size: usize) -> f32 {
    1.0 / (size as f32).sqrt()
}

/// Gemma's and Qwen's models look at all rows in every `period`-th block only.
fn windowed_blocks(period: usize, blocks: usize, window: usize) -> Vec<Option<usize>> {
    (0..blocks).map(|block| ((block + 1) % period.max(1) != 0).then_some(window)).collect()
}

fn bad_number(key: &str) -> ModelError {
    ModelError::BadNumber { key: key.to_owned() }
}
