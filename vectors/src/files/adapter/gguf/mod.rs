//! Adapters as GGUF files, as llama.cpp's `convert_lora_to_gguf.py` writes them and llama.cpp (`--lora`) and Ollama
//! (`ADAPTER`) read them.
//!
//! `general.type` is `adapter`, `adapter.type` is `lora`, `general.architecture` is the model's, and `adapter.lora.alpha` is
//! alpha. Each matrix W of the model's GGUF file on which the adapter acts has the tensors `W.lora_a` `[rank, inputs]` and
//! `W.lora_b` `[outputs, rank]` in F32; llama.cpp adds alpha / rank · B (A x). Rows have the order of the model's GGUF file,
//! which for the architectures `llama` and `granite` interleaves the halves of each query and key head.

mod read;
#[cfg(test)]
mod tests;
mod write;

use std::path::Path;

use crate::adapter::Projection;
use crate::files::FileError;
use crate::model::{Family, ModelError, Source};
use crate::ops::attention::Heads;
use crate::ops::lora::LoraColumns;

const FORMAT: &str = "a GGUF adapter";
const ALPHA: &str = "adapter.lora.alpha";
/// The prefix of our own metadata keys.
const KEY_PREFIX: &str = "tiller.";

/// What an adapter's GGUF file must know of the model that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GgufTarget {
    /// The architecture, as llama.cpp names it.
    pub architecture: String,
    blocks: usize,
    heads: Heads,
    feed_forward: usize,
    /// Whether the converter interleaves the halves of each query and key head.
    interleaves_heads: bool,
    /// Whether queries, keys and values are one matrix.
    has_fused_qkv: bool,
    /// Whether gate and up are one matrix.
    has_fused_gate_up: bool,
}

/// A matrix of the model's GGUF file in one block, with the projections whose outputs lie side by side in its rows.
struct FusedMatrix {
    /// Its name behind `blk.N.`.
    name: &'static str,
    projections: &'static [Projection],
}

impl GgufTarget {
    /// Reads the metadata of a model: a GGUF file, or a folder that llama.cpp's converter would make one of.
    ///
    /// # Errors
    /// Where the model cannot be read.
    pub fn open(model: &Path) -> Result<Self, ModelError> {
        let source = Source::open(model)?;
        let config = &source.config;
        // The converter calls Mistral's models llama, and language models by the name without `_text`.
        let family = match config.family {
            Family::Mistral => Family::Llama,
            family => family,
        };
        Ok(Self {
            architecture: family.architecture().to_owned(),
            interleaves_heads: family.is_interleaved_in_gguf(),
            blocks: config.blocks,
            heads: config.heads,
            feed_forward: config.feed_forward,
            has_fused_qkv: source.tensors.has("blk.0.attn_qkv.weight"),
            has_fused_gate_up: config.family.is_fused(),
        })
    }

    /// Returns the matrices of a block.
    fn matrices(&self) -> Vec<FusedMatrix> {
        let of = |name, projections: &'static [Projection]| FusedMatrix { name, projections };
        let mut all = if self.has_fused_qkv {
            vec![of("attn_qkv", &[Projection::Query, Projection::Key, Projection::Value])]
        } else {
            vec![
                of("attn_q", &[Projection::Query]),
                of("attn_k", &[Projection::Key]),
                of("attn_v", &[Projection::Value]),
            ]
        };
        all.push(of("attn_output", &[Projection::Output]));
        if self.has_fused_gate_up {
            // llama.cpp calls gate and up together `ffn_up`.
            all.push(of("ffn_up", &[Projection::Gate, Projection::Up]));
        } else {
            all.extend([of("ffn_gate", &[Projection::Gate]), of("ffn_up", &[Projection::Up])]);
        }
        all.push(of("ffn_down", &[Projection::Down]));
        all
    }

    /// Returns the number of a projection's outputs; `hidden` is the width of the residual stream.
    fn outputs(&self, projection: Projection, hidden: usize) -> usize {
        match projection {
            Projection::Query => self.heads.query_heads * self.heads.head_size,
            Projection::Key | Projection::Value => self.heads.kv_heads * self.heads.head_size,
            Projection::Gate | Projection::Up => self.feed_forward,
            Projection::Output | Projection::Down => hidden,
        }
    }

    /// Returns for each output of a projection the row of its matrix in the GGUF file, counted from the projection's first.
    fn rows(&self, projection: Projection, outputs: usize) -> Vec<usize> {
        let is_permuted = self.interleaves_heads && matches!(projection, Projection::Query | Projection::Key);
        let interleaved = is_permuted.then_some(self.heads.head_size);
        let columns = LoraColumns { width: outputs, start: 0, interleaved };
        (0..outputs).map(|output| columns.column(output)).collect()
    }
}

fn inexpressible(detail: impl Into<String>) -> FileError {
    FileError::Inexpressible { format: FORMAT, detail: detail.into() }
}
