//! The decoder: embedding, blocks, final norm and head, each to be called by itself.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use candle_core::{Result as CandleResult, Tensor};

use super::block::{Block, Trace};
use super::file::ModelFile;
use super::{Config, ModelError, Precision};
use crate::ops::attention::Heads;
use crate::ops::linear::Linear;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rotary::Rotary;
use crate::ops::rows;
use crate::ops::weight::Weight;
use crate::packing::Packing;
use crate::steering::Shifts;

/// Rotary tables are made up to here; no one steers over longer texts on a processor.
const LONGEST: usize = 32_768;

/// A decoder of the Llama family.
pub(crate) struct Decoder {
    pub(super) embedding: Arc<Weight>,
    pub(super) blocks: Vec<Block>,
    pub(super) final_norm: RmsNorm,
    pub(super) head: Linear,
    head_weight: Arc<Weight>,
    pub(super) rotary: Rotary,
    longest: usize,
}

impl Decoder {
    pub(super) fn load(
        file: &mut ModelFile,
        config: &Config,
        vocabulary: usize,
        precision: Precision,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, ModelError> {
        let hidden = config.hidden_size;
        let embedding = Arc::new(file.weight("token_embd.weight", [vocabulary, hidden], precision)?);
        let mut blocks = Vec::new();
        for index in 0..config.blocks {
            // The embedding is about as much work as three blocks.
            if progress((index + 3) as f64 / (config.blocks + 3) as f64).is_break() {
                return Err(ModelError::Stopped);
            }
            blocks.push(load_block(file, config, index, precision)?);
        }
        let head_weight = if file.has("output.weight") {
            Arc::new(file.weight("output.weight", [vocabulary, hidden], precision)?)
        } else {
            Arc::clone(&embedding)
        };
        let final_norm = RmsNorm::new(file.tensor("output_norm.weight", &[hidden])?, config.norm_epsilon);
        let longest = config.context_length.min(LONGEST);
        let rotary = Rotary::new(config.rope_base, config.head_size, longest);
        let head = Linear::new(Arc::clone(&head_weight));
        Ok(Self { embedding, blocks, final_norm, head, head_weight, rotary, longest })
    }

    pub(crate) fn block_count(&self) -> usize {
        self.blocks.len()
    }

    /// The longest sequence, in tokens.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// The head's weights, `[vocabulary, hidden]`.
    pub(crate) fn head(&self) -> &Weight {
        &self.head_weight
    }

    /// Bytes of weights in memory.
    pub(crate) fn size(&self) -> usize {
        let head = if Arc::ptr_eq(&self.head_weight, &self.embedding) { 0 } else { self.head_weight.size() };
        self.embedding.size() + head + self.blocks.iter().map(Block::size).sum::<usize>()
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
        let width = self.embedding.inputs();
        let mut x = vec![0.0; tokens.len() * width];
        for (token, row) in tokens.iter().zip(x.chunks_exact_mut(width)) {
            self.embedding.read_row(*token as usize, row);
        }
        rows::tensor(x, width)
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
            x = shifts.apply(self.forward(block, &x, packing)?.0, block, packing)?;
        }
        Ok(x)
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

fn load_block(
    file: &mut ModelFile,
    config: &Config,
    index: usize,
    precision: Precision,
) -> Result<Block, ModelError> {
    let (hidden, inner) = (config.hidden_size, config.feed_forward);
    let heads = Heads { queries: config.heads, keys: config.kv_heads, size: config.head_size };
    let (q_size, kv_size) = (config.heads * config.head_size, config.kv_heads * config.head_size);
    let name = |name: &str| format!("blk.{index}.{name}");
    if file.has(&name("attn_q.bias")) {
        return Err(ModelError::Unsupported { what: "biases on queries, keys and values".into() });
    }
    let norms = ["attn_norm.weight", "ffn_norm.weight"].map(|norm| file.tensor(&name(norm), &[hidden]));
    let [attention_norm, feed_forward_norm] = norms;
    let mut weights = |parts: &[(&str, usize)], inputs: usize| {
        let read = |(part, outputs): &(&str, usize)| {
            file.weight(&format!("blk.{index}.{part}.weight"), [*outputs, inputs], precision)
        };
        Ok::<_, ModelError>(Linear::side_by_side(parts.iter().map(read).collect::<Result<_, _>>()?))
    };
    Ok(Block {
        attention_norm: RmsNorm::new(attention_norm?, config.norm_epsilon),
        query_key_value: weights(&[("attn_q", q_size), ("attn_k", kv_size), ("attn_v", kv_size)], hidden)?,
        attention_output: weights(&[("attn_output", hidden)], q_size)?,
        feed_forward_norm: RmsNorm::new(feed_forward_norm?, config.norm_epsilon),
        gate_up: weights(&[("ffn_gate", inner), ("ffn_up", inner)], hidden)?,
        down: weights(&[("ffn_down", hidden)], inner)?,
        heads,
    })
}
