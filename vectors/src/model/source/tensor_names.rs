//! Maps GGUF's tensor names, which the crate uses, to those of Hugging Face models.

/// The naming scheme of a file's tensors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TensorNames {
    Gguf,
    HuggingFace {
        /// The text before `layers.0`, with its dot: `model.`, or longer in multimodal models.
        prefix: String,
        /// Whether blocks normalize the outputs of attention and MLP: then the norms have other names.
        has_post_norms: bool,
    },
}

/// The embedding's name in Hugging Face models, after the prefix.
pub(super) const EMBEDDING: &str = "embed_tokens.weight";

impl TensorNames {
    /// Returns the file's name of the tensor that GGUF calls `name`.
    pub(super) fn in_file(&self, name: &str) -> String {
        let Self::HuggingFace { prefix, has_post_norms } = self else {
            // In GGUF files, the tensor of gate and up together is called `ffn_up`.
            return name.replace("ffn_gate_up", "ffn_up");
        };
        match name {
            "token_embd.weight" => return format!("{prefix}{EMBEDDING}"),
            "output_norm.weight" => return format!("{prefix}norm.weight"),
            "output.weight" => {
                let before =
                    prefix.strip_suffix("model.").filter(|before| before.ends_with('.')).unwrap_or_default();
                return format!("{before}lm_head.weight");
            }
            _ => {}
        }
        let mut parts = name.splitn(4, '.');
        let (Some("blk"), Some(block), Some(part), Some(kind)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return name.to_owned();
        };
        let part = match part {
            "attn_norm" => "input_layernorm",
            "attn_q" => "self_attn.q_proj",
            "attn_k" => "self_attn.k_proj",
            "attn_v" => "self_attn.v_proj",
            "attn_qkv" => "self_attn.qkv_proj",
            "attn_output" => "self_attn.o_proj",
            "attn_q_norm" => "self_attn.q_norm",
            "attn_k_norm" => "self_attn.k_norm",
            "ffn_norm" if *has_post_norms => "pre_feedforward_layernorm",
            "ffn_norm" | "post_attention_norm" => "post_attention_layernorm",
            "post_ffw_norm" => "post_feedforward_layernorm",
            "ffn_gate" => "mlp.gate_proj",
            "ffn_up" => "mlp.up_proj",
            "ffn_gate_up" => "mlp.gate_up_proj",
            "ffn_down" => "mlp.down_proj",
            other => other,
        };
        format!("{prefix}layers.{block}.{part}.{kind}")
    }

    /// Returns whether a tensor may stay unread, because the decoder does not multiply with it or it belongs to
    /// another part of the model.
    pub(super) fn may_stay_unread(&self, name: &str) -> bool {
        match self {
            Self::Gguf => name.starts_with("rope_") || name == "output.weight",
            Self::HuggingFace { prefix, .. } => {
                !name.starts_with(prefix.as_str()) || name.ends_with("rotary_emb.inv_freq")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_library() {
        let tensor_names =
            |prefix: &str, has_post_norms| TensorNames::HuggingFace { prefix: prefix.into(), has_post_norms };
        let (plain, eyes) = (tensor_names("model.", false), tensor_names("language_model.model.", true));
        for (tensor_names, own, theirs) in [
            (&plain, "blk.12.attn_q.bias", "model.layers.12.self_attn.q_proj.bias"),
            (&plain, "blk.0.ffn_norm.weight", "model.layers.0.post_attention_layernorm.weight"),
            (
                &eyes,
                "blk.0.ffn_norm.weight",
                "language_model.model.layers.0.pre_feedforward_layernorm.weight",
            ),
            (&plain, "output.weight", "lm_head.weight"),
            (&eyes, "output.weight", "language_model.lm_head.weight"),
            (&tensor_names("model.language_model.", true), "output.weight", "lm_head.weight"),
            (&plain, "token_embd.weight", "model.embed_tokens.weight"),
            (&TensorNames::Gguf, "blk.1.ffn_gate_up.weight", "blk.1.ffn_up.weight"),
        ] {
            assert_eq!(tensor_names.in_file(own), theirs);
        }
    }
}
