//! Which architectures of llama.cpp add a control vector, and which ignore one in silence.
//!
//! Read in llama.cpp's sources as in llama-cpp-python 0.3.36: an architecture adds it where the graph that it is built by, its
//! own or another's, calls `build_cvec`. Nothing else in llama.cpp looks at the vector, and nothing warns.

/// The architectures, by their names in GGUF files, whose graphs add a control vector.
pub const ADD: [&str; 136] = [
    "afmoe",
    "apertus",
    "arcee",
    "arctic",
    "arwkv7",
    "baichuan",
    "bailingmoe",
    "bailingmoe2",
    "bailingmoe3",
    "bitnet",
    "bloom",
    "chameleon",
    "chatglm",
    "codeshell",
    "cogvlm",
    "cohere2",
    "cohere2moe",
    "command-r",
    "dbrx",
    "deci",
    "deepseek",
    "deepseek2",
    "deepseek2-ocr",
    "deepseek32",
    "deepseek4",
    "dots1",
    "dots3note",
    "dream",
    "ernie4_5",
    "ernie4_5-moe",
    "exaone",
    "exaone-moe",
    "exaone4",
    "falcon",
    "falcon-h1",
    "gemma",
    "gemma-embedding",
    "gemma2",
    "gemma3",
    "gemma3n",
    "gemma4",
    "glm-dsa",
    "glm4",
    "glm4moe",
    "glm5-next",
    "gpt-oss",
    "gpt2",
    "gptneox",
    "granite",
    "granite_swa",
    "granitehybrid",
    "granitemoe",
    "graniteswitch",
    "grok",
    "grovemoe",
    "hrm_text",
    "hunyuan-dense",
    "hunyuan-moe",
    "hunyuan_vl",
    "hy_v3",
    "internlm2",
    "jais",
    "jais2",
    "jamba",
    "kimi-k3",
    "kimi-linear",
    "laguna",
    "lfm2",
    "lfm2moe",
    "llada",
    "llada-moe",
    "llama",
    "llama-embed",
    "llama4",
    "maincoder",
    "mamba",
    "mamba2",
    "maple",
    "mellum",
    "mimo2",
    "minicpm",
    "minicpm3",
    "minimax-01",
    "minimax-m2",
    "minimax-m3",
    "mistral3",
    "mistral4",
    "mpt",
    "muse-glimmer",
    "nanbeige",
    "nemotron",
    "nemotron_h",
    "nemotron_h_moe",
    "olmo",
    "olmo2",
    "olmoe",
    "openelm",
    "orion",
    "paddleocr",
    "pangu-embedded",
    "phi2",
    "phi3",
    "phimoe",
    "plamo",
    "plamo3",
    "plm",
    "pockettts",
    "qwen",
    "qwen2",
    "qwen2moe",
    "qwen2vl",
    "qwen3",
    "qwen35",
    "qwen35moe",
    "qwen3moe",
    "qwen3next",
    "qwen3vl",
    "qwen3vlmoe",
    "qwen4exp",
    "refact",
    "rnd1",
    "rwkv6",
    "rwkv6qwen2",
    "rwkv7",
    "seed_oss",
    "smallthinker",
    "smollm3",
    "spark2_5",
    "stablelm",
    "starcoder",
    "starcoder2",
    "step35",
    "t5",
    "t5encoder",
    "talkie",
    "xverse",
];

/// The architectures whose graphs do not: a control vector changes nothing, and no message says so. Most are encoders and
/// drafters; `plamo2` and `hy_v4` write text.
pub const IGNORE: [&str; 14] = [
    "bert",
    "dflash",
    "eagle3",
    "eurobert",
    "gemma4-assistant",
    "hy_v4",
    "jina-bert-v2",
    "jina-bert-v3",
    "modern-bert",
    "neo-bert",
    "nomic-bert",
    "nomic-bert-moe",
    "plamo2",
    "wavtokenizer-dec",
];

/// What llama.cpp does with a control vector for an architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlVectors {
    /// It adds it.
    Added,
    /// It ignores it in silence.
    Ignored,
    /// The architecture is not among those that were read.
    Unknown,
}

impl ControlVectors {
    /// Returns what llama.cpp does for an architecture.
    #[must_use]
    pub fn of(architecture: &str) -> Self {
        // Folders of the hub name Mistral; its GGUF files are of the architecture llama.
        let architecture = if architecture == "mistral" { "llama" } else { architecture };
        if ADD.contains(&architecture) {
            Self::Added
        } else if IGNORE.contains(&architecture) {
            Self::Ignored
        } else {
            Self::Unknown
        }
    }

    /// Returns the warning that an export for llama.cpp shows.
    #[must_use]
    pub fn warning(self, architecture: &str) -> Option<String> {
        match self {
            Self::Added => None,
            Self::Ignored => Some(format!(
                "llama.cpp ignores control vectors for models of the architecture \u{201c}{architecture}\u{201d}, in silence: \
                 the answers would be those of the plain model."
            )),
            Self::Unknown => Some(format!(
                "Whether llama.cpp adds control vectors for the architecture \u{201c}{architecture}\u{201d} is not known: \
                 compare a steered answer with a plain one before you rely on it."
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what stands in backticks in the row of the documentation's table that begins with these words.
    fn documented(row: &str) -> Vec<&'static str> {
        let docs = include_str!("../../../docs/hand-over.md");
        let line = docs.lines().find(|line| line.starts_with(row)).expect("the row");
        line.split('`').skip(1).step_by(2).collect()
    }

    #[test]
    fn the_documentation_lists_the_architectures() {
        assert_eq!(documented("| adds it |"), ADD);
        assert_eq!(documented("| ignores it in silence |"), IGNORE);
    }

    #[test]
    fn no_architecture_is_in_both_lists() {
        assert!(ADD.iter().all(|name| !IGNORE.contains(name)));
        assert!(ADD.is_sorted() && IGNORE.is_sorted());
        assert_eq!(ControlVectors::of("llama"), ControlVectors::Added);
        assert_eq!(ControlVectors::of("llama").warning("llama"), None);
        assert!(ControlVectors::of("plamo2").warning("plamo2").is_some_and(|said| said.contains("silence")));
        assert!(ControlVectors::of("olmo9").warning("olmo9").is_some_and(|said| said.contains("not known")));
    }
}
