//! The decoder: embedding, blocks, final norm and head, each to be called by itself.

use std::ops::{ControlFlow, Range};

use candle_core::{Result as CandleResult, Tensor};

use super::block::{Block, Trace};
use super::file::ModelFile;
use super::{Cache, Config, ModelError};
use crate::ops::attention::Heads;
use crate::ops::linear::Linear;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rotary::Rotary;
use crate::ops::rows;
use crate::packing::Packing;
use crate::steering::Shifts;

/// Rotary tables are made up to here; no one steers over longer texts on a processor.
const LONGEST: usize = 32_768;

/// A decoder of the Llama family.
pub(crate) struct Decoder {
    embedding: Tensor,
    blocks: Vec<Block>,
    final_norm: RmsNorm,
    head: Linear,
    rotary: Rotary,
    longest: usize,
}

impl Decoder {
    pub(super) fn load(
        file: &mut ModelFile,
        config: Config,
        vocabulary: usize,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, ModelError> {
        let hidden = config.hidden_size;
        let embedding = file.tensor("token_embd.weight", &[vocabulary, hidden])?;
        let mut blocks = Vec::new();
        for index in 0..config.blocks {
            // The embedding is about as much work as three blocks.
            if progress((index + 3) as f64 / (config.blocks + 3) as f64).is_break() {
                return Err(ModelError::Stopped);
            }
            blocks.push(load_block(file, &config, index)?);
        }
        let head = match file.has("output.weight") {
            true => file.tensor("output.weight", &[vocabulary, hidden])?,
            false => embedding.clone(),
        };
        let final_norm = RmsNorm::new(file.tensor("output_norm.weight", &[hidden])?, config.norm_epsilon);
        let longest = config.context_length.min(LONGEST);
        let rotary = Rotary::new(config.rope_base, config.head_size, longest);
        Ok(Self { embedding, blocks, final_norm, head: Linear::new(head)?, rotary, longest })
    }

    pub(crate) fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// The longest sequence, in tokens.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// The head's weights, `[vocabulary, hidden]`.
    pub(crate) fn head(&self) -> &Tensor {
        self.head.weight()
    }

    /// How the residual stream divides into heads.
    pub(crate) fn heads(&self) -> Heads {
        self.blocks[0].heads
    }

    /// Numbers that the way back keeps of a row in one block.
    pub(crate) fn trace_size(&self) -> usize {
        self.blocks[0].trace_size()
    }

    /// The residual stream before the first block, `[tokens, hidden]`.
    pub(crate) fn embed(&self, tokens: &[u32]) -> CandleResult<Tensor> {
        rows::gather(&self.embedding, tokens.iter().map(|token| *token as usize))
    }

    /// Packed rows through one block, with what the way back needs.
    pub(crate) fn forward(
        &self,
        block: usize,
        x: &Tensor,
        packing: &Packing,
    ) -> CandleResult<(Tensor, Trace)> {
        self.blocks[block].forward(x, packing, &self.rotary)
    }

    /// The gradient of a block's input from that of its output.
    pub(crate) fn backward(
        &self,
        block: usize,
        trace: &Trace,
        dy: &Tensor,
        packing: &Packing,
    ) -> CandleResult<Tensor> {
        self.blocks[block].backward(trace, dy, packing, &self.rotary)
    }

    /// Packed rows through some blocks, each followed by its shift.
    pub(crate) fn run(
        &self,
        blocks: Range<usize>,
        mut x: Tensor,
        packing: &Packing,
        shifts: &Shifts,
    ) -> CandleResult<Tensor> {
        for block in blocks {
            x = shifts.apply(self.forward(block, &x, packing)?.0, block)?;
        }
        Ok(x)
    }

    /// One new row for each sequence through one block; its keys and values join the caches.
    pub(crate) fn step(
        &self,
        index: usize,
        x: &Tensor,
        positions: &[u32],
        caches: &mut [&mut Cache],
    ) -> CandleResult<Tensor> {
        let block = &self.blocks[index];
        let qkv = block.rotated_qkv(x, positions, &self.rotary)?;
        let attended = super::cache::attend(&qkv, index, caches, block.heads)?;
        Ok(block.after_attention(x, &attended)?.2)
    }

    /// The final norm.
    pub(crate) fn final_norm(&self) -> &RmsNorm {
        &self.final_norm
    }

    /// Logits of every row `[rows, vocabulary]`.
    pub(crate) fn logits(&self, x: &Tensor) -> CandleResult<Tensor> {
        self.head.forward(&self.final_norm.forward(x)?)
    }
}

fn load_block(file: &mut ModelFile, config: &Config, index: usize) -> Result<Block, ModelError> {
    let hidden = config.hidden_size;
    let heads = Heads { queries: config.heads, keys: config.kv_heads, size: config.head_size };
    let (q_size, kv_size) = (config.heads * config.head_size, config.kv_heads * config.head_size);
    if file.has(&format!("blk.{index}.attn_q.bias")) {
        return Err(ModelError::Unsupported { what: "biases on queries, keys and values".into() });
    }
    let mut read = |name: &str, shape: &[usize]| file.tensor(&format!("blk.{index}.{name}.weight"), shape);
    let query = read("attn_q", &[q_size, hidden])?;
    let key = read("attn_k", &[kv_size, hidden])?;
    let value = read("attn_v", &[kv_size, hidden])?;
    let gate = read("ffn_gate", &[config.feed_forward, hidden])?;
    let up = read("ffn_up", &[config.feed_forward, hidden])?;
    Ok(Block {
        attention_norm: RmsNorm::new(read("attn_norm", &[hidden])?, config.norm_epsilon),
        query_key_value: Linear::side_by_side(&[query, key, value])?,
        attention_output: Linear::new(read("attn_output", &[hidden, q_size])?)?,
        feed_forward_norm: RmsNorm::new(read("ffn_norm", &[hidden])?, config.norm_epsilon),
        gate_up: Linear::side_by_side(&[gate, up])?,
        down: Linear::new(read("ffn_down", &[hidden, config.feed_forward])?)?,
        heads,
    })
}
