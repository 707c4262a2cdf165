//! The configuration of the rotary embedding: base frequency, layout, and scaling for long contexts.

use std::f32::consts::TAU;

use super::{ModelError, bad_number};
use crate::ops::rope::{RopeLayout, RotaryEmbedding};

/// The configuration of the rotary embedding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RopeConfig {
    pub(crate) theta: f32,
    /// The base of blocks with a sliding window, where it differs; scaling does not apply to them.
    pub(crate) local_theta: Option<f32>,
    /// The numbers of a head that are rotated.
    pub(crate) rotary_dim: usize,
    pub(crate) layout: RopeLayout,
    pub(crate) scaling: RopeScaling,
}

/// The scaling of the frequencies for long contexts (transformers: `rope_scaling`).
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RopeScaling {
    None,
    /// Divides all frequencies by the same factor.
    Linear {
        factor: f32,
    },
    /// Llama 3.1: keeps high frequencies, divides low ones by the factor, and interpolates in between.
    Llama3 {
        factor: f32,
        low_freq_factor: f32,
        high_freq_factor: f32,
        original_context: f32,
    },
    /// `YaRN` (Peng et al. 2023, arXiv 2309.00071): interpolates over a ramp of pairs, and scales cosines and sines.
    Yarn {
        factor: f32,
        original_context: f32,
        beta_fast: f32,
        beta_slow: f32,
        truncate: bool,
        attention_factor: Option<f32>,
    },
    /// The file has a factor for each pair, by which its frequency is divided (Llama 3 in GGUF files, Phi-3's
    /// `LongRoPE`). The list is empty until the tensor that holds it is read.
    FrequencyFactors {
        factors: Vec<f32>,
        attention_factor: f32,
    },
}

impl RopeConfig {
    /// Makes the table of blocks that see all rows.
    pub(crate) fn embedding(&self, head_size: usize, positions: usize) -> RotaryEmbedding {
        let (inv_freq, attention_factor) = self.inv_freq();
        RotaryEmbedding::new(&inv_freq, attention_factor, head_size, positions, self.layout)
    }

    /// Makes the table of blocks with a sliding window, where it differs.
    pub(crate) fn local_embedding(&self, head_size: usize, positions: usize) -> Option<RotaryEmbedding> {
        let theta = self.local_theta?;
        Some(RotaryEmbedding::new(&self.default_inv_freq(theta), 1.0, head_size, positions, self.layout))
    }

    /// Returns the unscaled frequencies θ^(-2i/d), in f32 as the reference implementation computes them.
    fn default_inv_freq(&self, theta: f32) -> Vec<f32> {
        let size = self.rotary_dim;
        (0..size / 2).map(|i| 1.0 / theta.powf(2.0 * i as f32 / size as f32)).collect()
    }

    /// Returns each pair's angle at position 1, and the factor of cosines and sines.
    fn inv_freq(&self) -> (Vec<f32>, f32) {
        let mut inv_freq = self.default_inv_freq(self.theta);
        let attention_factor = match &self.scaling {
            RopeScaling::None => 1.0,
            RopeScaling::Linear { factor } => {
                for freq in &mut inv_freq {
                    *freq /= factor;
                }
                1.0
            }
            RopeScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original_context } => {
                for freq in &mut inv_freq {
                    let turns = original_context * *freq / TAU;
                    let kept =
                        ((turns - low_freq_factor) / (high_freq_factor - low_freq_factor)).clamp(0.0, 1.0);
                    *freq = (1.0 - kept) * *freq / factor + kept * *freq;
                }
                1.0
            }
            RopeScaling::Yarn {
                factor,
                original_context,
                beta_fast,
                beta_slow,
                truncate,
                attention_factor,
            } => {
                let pair_with = |turns: f32| {
                    self.rotary_dim as f32 * (original_context / (turns * TAU)).ln() / (2.0 * self.theta.ln())
                };
                let (mut low, mut high) = (pair_with(*beta_fast), pair_with(*beta_slow));
                if *truncate {
                    (low, high) = (low.floor(), high.ceil());
                }
                (low, high) = (low.max(0.0), high.min(self.rotary_dim as f32 - 1.0));
                if (low - high).abs() <= 0.0 {
                    high += 0.001;
                }
                for (pair, freq) in inv_freq.iter_mut().enumerate() {
                    let stretched = ((pair as f32 - low) / (high - low)).clamp(0.0, 1.0);
                    *freq = *freq / factor * stretched + *freq * (1.0 - stretched);
                }
                attention_factor.unwrap_or(if *factor > 1.0 { 0.1 * factor.ln() + 1.0 } else { 1.0 })
            }
            RopeScaling::FrequencyFactors { factors, attention_factor } => {
                inv_freq.iter_mut().zip(factors).for_each(|(freq, factor)| *freq /= factor);
                *attention_factor
            }
        };
        (inv_freq, attention_factor)
    }

    /// Refuses numbers that give no finite, positive frequencies.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        if let RopeScaling::FrequencyFactors { factors, .. } = &self.scaling
            && !factors.is_empty()
            && factors.len() != self.rotary_dim / 2
        {
            return Err(bad_number("the list of rotary factors"));
        }
        let (inv_freq, attention_factor) = self.inv_freq();
        let is_sound = |x: &f32| x.is_finite() && *x > 0.0;
        if inv_freq.iter().chain([&attention_factor]).all(is_sound) {
            Ok(())
        } else {
            Err(bad_number("the rotary scaling"))
        }
    }
}

/// Returns `LongRoPE`'s factor of cosines and sines, from the ratio of the context lengths (Ding et al. 2024, arXiv
/// 2402.13753).
pub(super) fn longrope_attention_factor(context: f32, original_context: f32) -> f32 {
    if context <= original_context {
        1.0
    } else {
        (1.0 + (context / original_context).ln() / original_context.ln()).sqrt()
    }
}
