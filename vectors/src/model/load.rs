//! Loads a decoder from a model's tensors.

use std::ops::ControlFlow;
use std::sync::Arc;

use candle_core::Tensor;

use super::block::Block;
use super::config::RopeScaling;
use super::decoder::{Backend, Decoder};
use super::source::Tensors;
use super::{Config, ModelError, Precision};
use crate::device::{Device, DeviceDecoder};
use crate::ops::linear::Linear;
use crate::ops::qk_norm::QkNorm;
use crate::ops::rms_norm::RmsNorm;
use crate::ops::rope::RotaryEmbedding;

/// Rotary tables cover positions up to this one, so that a long context length does not cost unused memory.
const MAX_POSITIONS: usize = 32_768;

/// Reads tensors in the shapes that the configuration asks for.
struct WeightLoader<'a> {
    tensors: &'a Tensors,
    config: &'a Config,
    precision: Precision,
}

impl Decoder {
    /// Reads all weights, one tensor at a time. Calls `progress` with the finished share, 0 to 1.
    pub(super) fn load(
        tensors: &Tensors,
        config: &Config,
        vocabulary: usize,
        precision: Precision,
        device: Device,
        progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, ModelError> {
        let mut backend = match device {
            Device::Cpu => Backend::Host(Vec::new()),
            device => Backend::Device(device.open().map(DeviceDecoder::new)?),
        };
        let loader = WeightLoader { tensors, config, precision };
        let (hidden, longest) = (config.hidden_size, config.context_length.min(MAX_POSITIONS));
        let (rope, local) = loader.rotary_embeddings(longest)?;
        let embedding = Arc::new(tensors.weight("token_embd.weight", [vocabulary, hidden], precision)?);
        for index in 0..config.blocks {
            // The embedding takes about as long as three blocks.
            if progress((index + 3) as f64 / (config.blocks + 3) as f64).is_break() {
                return Err(ModelError::Interrupted);
            }
            let is_local = config.attention(index).sliding_window.is_some();
            let rope = local.as_ref().filter(|_| is_local).unwrap_or(&rope);
            let block = loader.block(index, Arc::clone(rope))?;
            match &mut backend {
                Backend::Host(blocks) => blocks.push(block),
                Backend::Device(decoder) => decoder.push(&block)?,
            }
        }
        let tie_word_embeddings = config.tie_word_embeddings.unwrap_or(!tensors.has("output.weight"));
        let head_weight = if tie_word_embeddings {
            Arc::clone(&embedding)
        } else {
            Arc::new(tensors.weight("output.weight", [vocabulary, hidden], precision)?)
        };
        if let Backend::Device(decoder) = &mut backend {
            decoder.set_head(&head_weight)?;
        }
        let final_norm = loader.final_norm()?;
        tensors.check_all_read()?;
        Ok(Self {
            embedding,
            embedding_scale: config.embedding_scale,
            backend,
            final_norm,
            head: Linear::new(Arc::clone(&head_weight)),
            head_weight,
            final_logit_softcap: config.final_logit_softcap,
            longest,
        })
    }
}

impl WeightLoader<'_> {
    /// Returns the rotary tables of blocks that see all rows, and of blocks with a sliding window where these differ.
    fn rotary_embeddings(
        &self,
        longest: usize,
    ) -> Result<(Arc<RotaryEmbedding>, Option<Arc<RotaryEmbedding>>), ModelError> {
        let (mut rope, size) = (self.config.rope.clone(), self.config.heads.head_size);
        // GGUF files store frequency factors as a tensor: Llama 3's, and Phi-3's for short texts.
        for name in ["rope_freqs.weight", "rope_factors_short.weight"] {
            if self.tensors.has(name) {
                let attention_factor = match rope.scaling {
                    RopeScaling::FrequencyFactors { attention_factor, .. } => attention_factor,
                    _ => 1.0,
                };
                let factors = self.tensors.values(name, &[rope.rotary_dim / 2])?;
                rope.scaling = RopeScaling::FrequencyFactors { factors, attention_factor };
                rope.check()?;
            }
        }
        if matches!(&rope.scaling, RopeScaling::FrequencyFactors { factors, .. } if factors.is_empty()) {
            return Err(ModelError::NoTensor { name: "rope_factors_short.weight".into() });
        }
        let local = rope.local_embedding(size, longest).map(Arc::new);
        Ok((Arc::new(rope.embedding(size, longest)), local))
    }

    fn block(&self, index: usize, rope: Arc<RotaryEmbedding>) -> Result<Block, ModelError> {
        let (config, family) = (self.config, self.config.family);
        let (hidden, inner, heads) = (config.hidden_size, config.feed_forward, config.heads);
        let (queries, keys) = (heads.query_heads * heads.head_size, heads.kv_heads * heads.head_size);
        let norm = |part: &str| self.norm(&format!("blk.{index}.{part}.weight"));
        let output_norm = |part: &str| family.has_post_norms().then(|| norm(part)).transpose();
        // Phi-3 stores queries, keys and values as one tensor, as any GGUF file may, and also gate and up.
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
            qkv_proj: self.layer(index, &qkv, hidden)?,
            qkv_bias: self.bias(index, &qkv)?,
            qk_norm: family.has_qk_norm().then(|| self.qk_norm(index)).transpose()?,
            rope,
            attention: config.attention(index),
            o_proj: self.layer(index, &[("attn_output", hidden)], queries)?,
            post_attention_norm: output_norm("post_attention_norm")?,
            mlp_norm: norm("ffn_norm")?,
            gate_up_proj: self.layer(index, &gate_up, hidden)?,
            gate_up_bias: self.mlp_bias(index, &gate_up)?,
            activation: family.activation(),
            down_proj: self.layer(index, &[("ffn_down", hidden)], inner)?,
            down_bias: self.down_bias(index)?,
            post_mlp_norm: output_norm("post_ffw_norm")?,
            residual_scale: config.residual_scale,
        })
    }

    /// Reads matrices that have the same input as one layer, with their outputs side by side.
    fn layer(&self, block: usize, parts: &[(&str, usize)], inputs: usize) -> Result<Linear, ModelError> {
        let read = |(part, outputs): &(&str, usize)| {
            self.tensors.weight(&format!("blk.{block}.{part}.weight"), [*outputs, inputs], self.precision)
        };
        Ok(Linear::side_by_side(parts.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Reads the bias of queries, keys and values; `None` where neither the family nor the file has one.
    fn bias(&self, block: usize, parts: &[(&str, usize)]) -> Result<Option<Vec<f32>>, ModelError> {
        let name = |part: &str| format!("blk.{block}.{part}.bias");
        if !self.config.family.has_bias() && !parts.iter().any(|(part, _)| self.tensors.has(&name(part))) {
            return Ok(None);
        }
        let read = |(part, outputs): &(&str, usize)| self.tensors.values(&name(part), &[*outputs]);
        Ok(Some(parts.iter().map(read).collect::<Result<Vec<_>, _>>()?.concat()))
    }

    /// Reads the biases of the MLP, each of which a file may leave out; `None` where there are none but zeros.
    fn mlp_bias(&self, block: usize, parts: &[(&str, usize)]) -> Result<Option<Vec<f32>>, ModelError> {
        let mut biases = Vec::new();
        for (part, outputs) in parts {
            let name = format!("blk.{block}.{part}.bias");
            if self.config.reads_mlp_bias && self.tensors.has(&name) {
                biases.extend(self.tensors.values(&name, &[*outputs])?);
            } else {
                biases.resize(biases.len() + outputs, 0.0);
            }
        }
        Ok(biases.iter().any(|number| *number != 0.0).then_some(biases))
    }

    /// Reads the bias of the MLP's output, as it is added to the residual stream.
    fn down_bias(&self, block: usize) -> Result<Option<Vec<f32>>, ModelError> {
        let mut bias = self.mlp_bias(block, &[("ffn_down", self.config.hidden_size)])?;
        for number in bias.iter_mut().flatten() {
            *number *= self.config.residual_scale;
        }
        Ok(bias)
    }

    fn scales(&self, name: &str, size: usize) -> Result<Vec<f32>, ModelError> {
        let mut scales = self.tensors.values(name, &[size])?;
        if self.config.norm_weights_minus_one {
            for scale in &mut scales {
                *scale += 1.0;
            }
        }
        Ok(scales)
    }

    fn norm(&self, name: &str) -> Result<RmsNorm, ModelError> {
        self.norm_of(self.scales(name, self.config.hidden_size)?)
    }

    /// Reads the norm before the head. Granite divides its logits by a number, and the head is linear: here the norm's
    /// factors are divided instead, so that everything that reads logits or their gradient has them as they are.
    fn final_norm(&self) -> Result<RmsNorm, ModelError> {
        let mut scales = self.scales("output_norm.weight", self.config.hidden_size)?;
        for scale in &mut scales {
            *scale /= self.config.logits_scaling;
        }
        self.norm_of(scales)
    }

    fn norm_of(&self, scales: Vec<f32>) -> Result<RmsNorm, ModelError> {
        let size = scales.len();
        Ok(RmsNorm::new(Tensor::from_vec(scales, size, &candle_core::Device::Cpu)?, self.config.norm_epsilon))
    }

    fn qk_norm(&self, block: usize) -> Result<QkNorm, ModelError> {
        let scales =
            |part: &str| self.scales(&format!("blk.{block}.{part}.weight"), self.config.heads.head_size);
        Ok(QkNorm::new(scales("attn_q_norm")?, scales("attn_k_norm")?, self.config.norm_epsilon))
    }
}
