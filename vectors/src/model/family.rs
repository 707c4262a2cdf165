//! The families of models that the decoder knows, and what sets them apart.

use crate::ops::glu::Activation;

/// A family of models: one set of the decoder's switches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Llama,
    Mistral,
    Qwen2,
    Qwen3,
    Gemma2,
    Gemma3,
    Phi3,
}

/// All of them.
const FAMILIES: [Family; 7] = [
    Family::Llama,
    Family::Mistral,
    Family::Qwen2,
    Family::Qwen3,
    Family::Gemma2,
    Family::Gemma3,
    Family::Phi3,
];

impl Family {
    /// The family that a file's architecture names, in GGUF metadata or as `model_type` in config.json.
    pub(crate) fn from_architecture(architecture: &str) -> Option<Self> {
        let name = architecture.strip_suffix("_text").unwrap_or(architecture);
        FAMILIES.into_iter().find(|family| family.architecture() == name)
    }

    /// The families that are known, for a person.
    pub(crate) fn known() -> String {
        let told = |family: &Family| match family {
            Self::Llama => format!(
                "{} (Llama 1 to 3, SmolLM2, TinyLlama, Vicuna, Llama2-Chinese)",
                family.architecture()
            ),
            _ => family.architecture().to_owned(),
        };
        FAMILIES.iter().map(told).collect::<Vec<_>>().join(", ")
    }

    /// As files name it. In GGUF files Mistral goes by `llama`.
    pub(crate) fn architecture(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Mistral => "mistral",
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
            Self::Gemma2 => "gemma2",
            Self::Gemma3 => "gemma3",
            Self::Phi3 => "phi3",
        }
    }

    /// As a person calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Llama => "Llama",
            Self::Mistral => "Mistral",
            Self::Qwen2 => "Qwen2",
            Self::Qwen3 => "Qwen3",
            Self::Gemma2 => "Gemma 2",
            Self::Gemma3 => "Gemma 3",
            Self::Phi3 => "Phi-3",
        }
    }

    pub(crate) fn is_gemma(self) -> bool {
        matches!(self, Self::Gemma2 | Self::Gemma3)
    }

    /// What the gate of the feed-forward layer passes through.
    pub(crate) fn activation(self) -> Activation {
        if self.is_gemma() { Activation::GeluTanh } else { Activation::Silu }
    }

    /// Whether what a block adds to the residual stream is normed first.
    pub(crate) fn has_post_norms(self) -> bool {
        self.is_gemma()
    }

    /// Whether each head of queries and keys is normed.
    pub(crate) fn has_qk_norm(self) -> bool {
        matches!(self, Self::Qwen3 | Self::Gemma3)
    }

    /// Whether queries, keys and values always have biases; other families have them where the file does.
    pub(crate) fn has_bias(self) -> bool {
        self == Self::Qwen2
    }

    /// Whether gate and up are one tensor.
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
        assert!(Family::known().contains("Vicuna") && Family::known().ends_with("phi3"));
    }
}
