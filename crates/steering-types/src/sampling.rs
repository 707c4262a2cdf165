//! How the tokens of an answer are sampled, and the two presets.

use serde::{Deserialize, Serialize};

/// How the tokens of an answer are sampled. The names and ranges are those of `vectors::generate::Sampling`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SamplingSettings {
    /// The divisor of the logits before the softmax; 0 is greedy decoding.
    pub temperature: f32,
    /// The number of the most probable tokens that are sampled from; 0 means all.
    pub top_k: u32,
    /// The probability mass that is sampled from; 1 means all.
    pub top_p: f32,
    /// The least probability of a token, as a share of the largest one; 0 means all.
    pub min_p: f32,
    /// The repetition penalty; 1 changes nothing.
    pub repeat_penalty: f32,
    /// The number of the last tokens that are penalised.
    pub repeat_last_n: u32,
    /// The seed of the random generator.
    pub seed: u64,
    /// The most tokens of an answer.
    pub max_new_tokens: u32,
    /// Texts that end an answer. They are not part of it.
    pub stop: Vec<String>,
}

impl SamplingSettings {
    /// Greedy decoding: every token is the likeliest one, and an answer can be repeated to the bit without a seed.
    #[must_use]
    pub fn exact() -> Self {
        Self {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repeat_penalty: 1.0,
            repeat_last_n: 64,
            seed: 7,
            max_new_tokens: 400,
            stop: vec![],
        }
    }

    /// Sampling with a fixed seed and a light repetition penalty, so that small models do not repeat themselves.
    #[must_use]
    pub fn lively() -> Self {
        Self { temperature: 0.8, top_k: 40, top_p: 0.95, min_p: 0.05, repeat_penalty: 1.1, ..Self::exact() }
    }
}

impl Default for SamplingSettings {
    fn default() -> Self {
        Self::lively()
    }
}
