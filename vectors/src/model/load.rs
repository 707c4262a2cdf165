//! A decoder from a model's tensors.

use std::ops::ControlFlow;
use std::sync::Arc;

use candle_core::Tensor;

use super::block::Block;
use super::config::Scaling;
use super::decoder::Decoder;
use super::source::Tensors;
use super::{Config, ModelError, Precision};
use crate::device::{Device, Layers};
use crate::ops::head_norm::HeadNorm;
use crate::ops::linear::Linear;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rotary::Rotary;

/// Rotary tables are made up to here; no one steers over longer texts on a processor.
const LONGEST: usize = 32_768;

/// Reads tensors in the shapes that the configuration asks for.
struct Loading<'a> {
    tensors: &'a Tensors,
    config: &'a Config,
    precision: Precision,
}

impl Decoder {
    /// Reads all weights, one tensor at a time. `progress` is called with the share that is done, 0 to 1.
    pub(super) fn load(
        tensors: &Tensors,
        config: &Config,
        vocabulary: usize,
        precision: Precision,
        place: Device,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, ModelError> {
        let mut layers = (place != Device::Cpu).then(|| place.open().map(Layers::new)).transpose()?;
        let loading = Loading { tensors, config, precision };
        let (hidden, longest) = (config.hidden_size, config.context_length.min(LONGEST));
        let (rotary, local) = loading.rotaries(longest)?;
        let embedding = Arc::new(tensors.weight("token_embd.weight", [vocabulary, hidden], precision)?);
        let mut blocks = Vec::new();
        for index in 0..config.blocks {
            // The embedding is about as much work as three blocks.
            if progress((index + 3) as f64 / (config.blocks + 3) as f64).is_break() {
                return Err(ModelError::Interrupted);
            }
            let is_local = config.attention(index).window.is_some();
            let rotary = local.as_ref().filter(|_| is_local).unwrap_or(&rotary);
            let block = loading.block(index, Arc::clone(rotary))?;
            match &mut layers {
                Some(layers) => layers.push(&block)?,
                None => blocks.push(block),
            }
        }
        let is_tied = config.is_tied.unwrap_or(!tensors.has("output.weight"));
        let head_weight = if is_tied {
            Arc::clone(&embedding)
        } else {
            Arc::new(tensors.weight("output.weight", [vocabulary, hidden], precision)?)
        };
        if let Some(layers) = &mut layers {
            layers.set_head(&head_weight)?;
        }
        let final_norm = loading.norm("output_norm.weight")?;
        tensors.check_all_read()?;
        Ok(Self {
            embedding,
            embedding_scale: config.embedding_scale,
            blocks,
            layers,
            final_norm,
            head: Linear::new(Arc::clone(&head_weight)),
            head_weight,
            logit_cap: config.logit_cap,
            longest,
        })
    }
}

impl Loading<'_> {
    /// The rotary tables: of blocks that see all rows, and of those with a window where they turn otherwise.
    fn rotaries(&self, longest: usize) -> Result<(Arc<Rotary>, Option<Arc<Rotary>>), ModelError> {
        let (mut rope, size) = (self.config.rope.clone(), self.config.heads.size);
        // GGUF files keep a factor for each pair as a tensor: all Llama 3's, and Phi-3's for short texts.
        for name in ["rope_freqs.weight", "rope_factors_short.weight"] {
            if self.tensors.has(name) {
                let amplitude = match rope.scaling {
                    Scaling::Factors { amplitude, .. } => amplitude,
                    _ => 1.0,
                };
                let factors = self.tensors.values(name, &[rope.dimensions / 2])?;
                rope.scaling = Scaling::Factors { factors, amplitude };
                rope.check()?;
            }
        }
        if matches!(&rope.scaling, Scaling::Factors { factors, .. } if factors.is_empty()) {
            return Err(ModelError::NoTensor { name: "rope_factors_short.weight".into() });
        }
        let local = rope.local(size, longest).map(Arc::new);
        Ok((Arc::new(rope.rotary(size, longest)), local))
    }

    fn block(&self, index: usize, rotary: Arc<Rotary>) -> Result<Block, ModelError> {
        let (config, family) = (self.config, self.config.family);
        let (hidden, inner, heads) = (config.hidden_size, config.feed_forward, config.heads);
        let (queries, keys) = (heads.queries * heads.size, heads.keys * heads.size);
        let norm = |part: &str| self.norm(&format!("blk.{index}.{part}.weight"));
        let output_norm = |part: &str| family.norms_output().then(|| norm(part)).transpose();
        // Phi-3 has queries, keys and values in one tensor, and so may any GGUF file; Phi-3 has gate and up in one, too.
        let qkv = if self.tensors.has(&format!("blk.{index}.attn_qkv.weight")) {
            vec![("attn_qkv", heads.width())]
        } else {
            vec![("attn_q", queries), ("attn_k", keys), ("attn_v", keys)]
        };
        let gate_up = if family.is_fused() {
            vec![("ffn_gate_up", 2 * inner)]
        } else {
            vec![("ffn_gate", inner), ("ffn_up", inner)]
        };
        Ok(Block {
            attention_norm: norm("attn_norm")?,
            query_key_value: self.layer(index, &qkv, hidden)?,
            query_key_value_bias: self.bias(index, &qkv)?,
            head_norm: family.norms_heads().then(|| self.head_norm(index)).transpose()?,
            rotary,
            attention: config.attention(index),
            attention_output: self.layer(index, &[("attn_output", hidden)], queries)?,
            attention_output_norm: output_norm("post_attention_norm")?,
            feed_forward_norm: norm("ffn_norm")?,
            gate_up: self.layer(index, &gate_up, hidden)?,
            activation: family.activation(),
            down: self.layer(index, &[("ffn_down", hidden)], inner)?,
            down_norm: output_norm("post_ffw_norm")?,
        })
    }

    /// Matrices that read the same input, with their outputs side by side.
    fn layer(&self, block: usize, parts: &[(&str, usize)], inputs: usize) -> Result<Linear, ModelError> {
        let read = |(part, outputs): &(&str, usize)| {
            self.tensors.weight(&format!("blk.{block}.{part}.weight"), [*outputs, inputs], self.precision)
        };
        Ok(Linear::side_by_side(parts.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// What is added to queries, keys and values: nothing where neither the family nor the file has biases.
    fn bias(&self, block: usize, parts: &[(&str, usize)]) -> Result<Option<Vec<f32>>, ModelError> {
        let name = |part: &str| format!("blk.{block}.{part}.bias");
        if !self.config.family.has_bias() && !parts.iter().any(|(part, _)| self.tensors.has(&name(part))) {
            return Ok(None);
        }
        let read = |(part, outputs): &(&str, usize)| self.tensors.values(&name(part), &[*outputs]);
        Ok(Some(parts.iter().map(read).collect::<Result<Vec<_>, _>>()?.concat()))
    }

    fn scales(&self, name: &str, size: usize) -> Result<Vec<f32>, ModelError> {
        let mut scales = self.tensors.values(name, &[size])?;
        if self.config.norms_lack_one {
            for scale in &mut scales {
                *scale += 1.0;
            }
        }
        Ok(scales)
    }

    fn norm(&self, name: &str) -> Result<RmsNorm, ModelError> {
        let scales = self.scales(name, self.config.hidden_size)?;
        let size = scales.len();
        Ok(RmsNorm::new(Tensor::from_vec(scales, size, &candle_core::Device::Cpu)?, self.config.norm_epsilon))
    }

    fn head_norm(&self, block: usize) -> Result<HeadNorm, ModelError> {
        let scales = |part: &str| self.scales(&format!("blk.{block}.{part}.weight"), self.config.heads.size);
        Ok(HeadNorm::new(scales("attn_q_norm")?, scales("attn_k_norm")?, self.config.norm_epsilon))
    }
}
