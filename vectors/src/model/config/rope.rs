//! How fast each pair of a head turns, and how models stretch that to longer texts.

use std::f32::consts::TAU;

use super::{ModelError, bad};
use crate::ops::rotary::{Order, Rotary};

/// How heads are rotated.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rope {
    pub(crate) base: f32,
    /// The base in blocks with a window, whose angles nothing stretches, where it is another one.
    pub(crate) local_base: Option<f32>,
    /// Numbers of a head that are rotated.
    pub(crate) dimensions: usize,
    pub(crate) order: Order,
    pub(crate) scaling: Scaling,
}

/// How the angles are stretched.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scaling {
    None,
    /// All alike.
    Linear {
        factor: f32,
    },
    /// Llama 3.1: fast pairs stay, slow ones are stretched, those in between partly.
    Llama3 {
        factor: f32,
        low: f32,
        high: f32,
        original: f32,
    },
    /// Peng et al. 2023, arXiv 2309.00071: the same with a ramp over the pairs, and larger numbers.
    Yarn {
        factor: f32,
        original: f32,
        fast: f32,
        slow: f32,
        truncate: bool,
        amplitude: Option<f32>,
    },
    /// The file has a number for each pair that its angle is divided by (Llama 3 in GGUF, Phi-3). The list is empty as
    /// long as the tensor that holds it was not read.
    Factors {
        factors: Vec<f32>,
        amplitude: f32,
    },
}

impl Rope {
    /// The table for blocks that see all rows.
    pub(crate) fn rotary(&self, head_size: usize, positions: usize) -> Rotary {
        let (speeds, amplitude) = self.speeds();
        Rotary::new(&speeds, amplitude, head_size, positions, self.order)
    }

    /// The table for blocks with a window, where it is another one.
    pub(crate) fn local(&self, head_size: usize, positions: usize) -> Option<Rotary> {
        let base = self.local_base?;
        Some(Rotary::new(&self.plain(base), 1.0, head_size, positions, self.order))
    }

    /// In f32, as the models' reference implementation computes them.
    fn plain(&self, base: f32) -> Vec<f32> {
        let size = self.dimensions;
        (0..size / 2).map(|i| 1.0 / base.powf(2.0 * i as f32 / size as f32)).collect()
    }

    /// Each pair's angle at position 1, and what cosines and sines are multiplied with.
    fn speeds(&self) -> (Vec<f32>, f32) {
        let mut speeds = self.plain(self.base);
        let amplitude = match &self.scaling {
            Scaling::None => 1.0,
            Scaling::Linear { factor } => {
                speeds.iter_mut().for_each(|speed| *speed /= factor);
                1.0
            }
            Scaling::Llama3 { factor, low, high, original } => {
                for speed in &mut speeds {
                    let turns = original * *speed / TAU;
                    let kept = ((turns - low) / (high - low)).clamp(0.0, 1.0);
                    *speed = (1.0 - kept) * *speed / factor + kept * *speed;
                }
                1.0
            }
            Scaling::Yarn { factor, original, fast, slow, truncate, amplitude } => {
                let pair_with = |turns: f32| {
                    self.dimensions as f32 * (original / (turns * TAU)).ln() / (2.0 * self.base.ln())
                };
                let (mut low, mut high) = (pair_with(*fast), pair_with(*slow));
                if *truncate {
                    (low, high) = (low.floor(), high.ceil());
                }
                (low, high) = (low.max(0.0), high.min(self.dimensions as f32 - 1.0));
                if low == high {
                    high += 0.001;
                }
                for (pair, speed) in speeds.iter_mut().enumerate() {
                    let stretched = ((pair as f32 - low) / (high - low)).clamp(0.0, 1.0);
                    *speed = *speed / factor * stretched + *speed * (1.0 - stretched);
                }
                amplitude.unwrap_or(if *factor > 1.0 { 0.1 * factor.ln() + 1.0 } else { 1.0 })
            }
            Scaling::Factors { factors, amplitude } => {
                speeds.iter_mut().zip(factors).for_each(|(speed, factor)| *speed /= factor);
                *amplitude
            }
        };
        (speeds, amplitude)
    }

    /// Refuses numbers that make no angles.
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        if let Scaling::Factors { factors, .. } = &self.scaling
            && !factors.is_empty()
            && factors.len() != self.dimensions / 2
        {
            return Err(bad("the list of rotary factors"));
        }
        let (speeds, amplitude) = self.speeds();
        let is_sound = |x: &f32| x.is_finite() && *x > 0.0;
        if speeds.iter().chain([&amplitude]).all(is_sound) { Ok(()) } else { Err(bad("the rotary scaling")) }
    }
}

/// What Phi-3's models multiply cosines and sines with, from how much longer than the original their texts may be
/// (Ding et al. 2024, arXiv 2402.13753).
pub(super) fn long_amplitude(context: f32, original: f32) -> f32 {
    if context <= original { 1.0 } else { (1.0 + (context / original).ln() / original.ln()).sqrt() }
}
