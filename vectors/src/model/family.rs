//! The families of models that the decoder supports, and their differences.

use crate::ops::glu::Activation;

/// A family of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Llama,
    Mistral,
    Qwen2,
    Qwen3,
    Gemma2,
    Gemma3,
    Phi3,
    Granite,
}

/// All supported families.
const FAMILIES: [Family; 8] = [
    Family::Llama,
    Family::Mistral,
    Family::Qwen2,
    Family::Qwen3,
    Family::Gemma2,
    Family::Gemma3,
    Family::Phi3,
    Family::Granite,
];

impl Family {
    /// Finds the family of an architecture, as GGUF metadata or `model_type` in config.json names it.
    pub(crate) fn from_architecture(architecture: &str) -> Option<Self> {
        let name = architecture.strip_suffix("_text").unwrap_or(architecture);
        FAMILIES.into_iter().find(|family| family.architecture() == name)
    }

    /// Lists the supported families for an error sentence.
    pub(crate) fn known() -> String {
        let name = |family: &Family| match family {
            Self::Llama => format!(
                "{} (Llama 1 to 3, SmolLM2, TinyLlama, Vicuna, Llama2-Chinese)",
                family.architecture()
            ),
            _ => family.architecture().to_owned(),
        };
        FAMILIES.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    /// Returns the family's name in files. In GGUF files Mistral's models are called `llama`.
    pub(crate) fn architecture(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Mistral => "mistral",
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
            Self::Gemma2 => "gemma2",
            Self::Gemma3 => "gemma3",
            Self::Phi3 => "phi3",
            Self::Granite => "granite",
        }
    }

    /// Returns the family's name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Llama => "Llama",
            Self::Mistral => "Mistral",
            Self::Qwen2 => "Qwen2",
            Self::Qwen3 => "Qwen3",
            Self::Gemma2 => "Gemma 2",
            Self::Gemma3 => "Gemma 3",
            Self::Phi3 => "Phi-3",
            Self::Granite => "Granite",
        }
    }

    pub(crate) fn is_gemma(self) -> bool {
        matches!(self, Self::Gemma2 | Self::Gemma3)
    }

    /// Returns the activation of the MLP's gate.
    pub(crate) fn activation(self) -> Activation {
        if self.is_gemma() { Activation::GeluTanh } else { Activation::Silu }
    }

    /// Returns whether the outputs of attention and MLP are normalized before they are added to the residual stream.
    pub(crate) fn has_post_norms(self) -> bool {
        self.is_gemma()
    }

    /// Returns whether query and key heads are normalized.
    pub(crate) fn has_qk_norm(self) -> bool {
        matches!(self, Self::Qwen3 | Self::Gemma3)
    }

    /// Returns whether queries, keys and values always have biases. Other families have them where the file does.
    pub(crate) fn has_bias(self) -> bool {
        self == Self::Qwen2
    }

    /// Returns whether embedding, attention, residual stream and logits have factors of their own.
    pub(crate) fn has_multipliers(self) -> bool {
        self == Self::Granite
    }

    /// Returns whether transformers and llama.cpp read biases of the MLP. In GGUF files Mistral's models are called `llama`.
    pub(crate) fn reads_mlp_bias(self) -> bool {
        matches!(self, Self::Llama | Self::Granite)
    }

    /// Returns whether the numbers of a head are rotated in neighbouring pairs in GGUF files: the converter reorders the rows
    /// of queries and keys.
    pub(crate) fn is_interleaved_in_gguf(self) -> bool {
        matches!(self, Self::Llama | Self::Granite)
    }

    /// Returns whether gate and up are stored as one tensor.
    pub(crate) fn is_fused(self) -> bool {
        self == Self::Phi3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_found_by_name() {
        assert_eq!(Family::from_architecture("gemma3_text"), Some(Family::Gemma3));
        assert_eq!(Family::from_architecture("llama"), Some(Family::Llama));
        assert_eq!(
            (
                Family::from_architecture("llama4"),
                Family::from_architecture("_text"),
                Family::from_architecture("")
            ),
            (None, None, None)
        );
        assert!(Family::known().contains("Vicuna") && Family::known().ends_with("phi3, granite"));
    }
}
