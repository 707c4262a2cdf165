//! Samples a token from its logits: first the repetition penalty, top-k and min-p, then candle's processor, which applies the
//! temperature and top-p and draws.

mod candidates;

use candle_core::{Device, Tensor};
use candle_transformers::generation::{LogitsProcessor, Sampling as Processing};
use candle_transformers::utils::apply_repeat_penalty;
pub use steering_types::SamplingSettings;

pub(super) use candidates::argmax;

use crate::model::{ModelError, Part};
use candidates::Candidates;

/// Lower temperatures count as 0, as in candle: dividing by them would leave nothing but the largest logit.
const MIN_TEMPERATURE: f32 = 1e-7;

/// No token can be chosen. A sampler knows its own answer only: the caller names the request.
pub(super) const NOT_FINITE: ModelError = ModelError::NotFinite { part: Part::Prompt, index: 0 };

/// The sampling parameters of an answer. The filters act in the order of transformers: repetition penalty, temperature,
/// top-k, top-p, min-p; each sees the probabilities that the one before it left. The same prompt, steering, parameters and seed
/// give the same answer, whatever the other requests of the batch are.
///
/// The default is greedy decoding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampling {
    /// The divisor of the logits before the softmax; 0 is greedy decoding.
    pub temperature: f32,
    /// The number of the most probable tokens that are sampled from; 0 means all. Of equal ones the lowest ids stay.
    pub top_k: usize,
    /// The probability mass, in (0, 1]: the fewest of the most probable tokens that reach it are sampled from; 1 means all
    /// (Holtzman et al. 2020).
    pub top_p: f32,
    /// The least probability of a token that is sampled from, as a share of the largest one, in \[0, 1\]; 0 means all
    /// (Nguyen et al. 2024).
    pub min_p: f32,
    /// The divisor of positive logits, and the factor of negative ones, of the last tokens; 1 changes nothing
    /// (Keskar et al. 2019). It acts in greedy decoding, too.
    pub repeat_penalty: f32,
    /// The number of the last tokens that are penalised, those of the prompt included.
    pub repeat_last_n: usize,
    /// The seed of the random generator.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            repeat_penalty: 1.0,
            repeat_last_n: 64,
            seed: 0,
        }
    }
}

impl From<&SamplingSettings> for Sampling {
    /// Takes everything but the limit on tokens and the stop words ([`StopWords`](super::StopWords)).
    fn from(settings: &SamplingSettings) -> Self {
        let SamplingSettings { temperature, top_p, min_p, repeat_penalty, seed, .. } = *settings;
        let (top_k, repeat_last_n) = (settings.top_k as usize, settings.repeat_last_n as usize);
        Self { temperature, top_k, top_p, min_p, repeat_penalty, repeat_last_n, seed }
    }
}

/// A sampling parameter that is out of its range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SamplingError {
    /// The temperature is negative or not finite.
    #[error("the temperature is {temperature}: it must be a number, 0 or more")]
    Temperature {
        /// The requested value.
        temperature: f32,
    },
    /// Top-p is not in (0, 1].
    #[error("top-p is {top_p}: it must be above 0, and 1 at most")]
    TopP {
        /// The requested value.
        top_p: f32,
    },
    /// Min-p is not in \[0, 1\].
    #[error("min-p is {min_p}: it must be between 0 and 1")]
    MinP {
        /// The requested value.
        min_p: f32,
    },
    /// The repetition penalty is not positive or not finite.
    #[error("the repetition penalty is {repeat_penalty}: it must be a number above 0; 1 changes nothing")]
    RepeatPenalty {
        /// The requested value.
        repeat_penalty: f32,
    },
}

impl Sampling {
    /// Checks the ranges of all parameters.
    ///
    /// # Errors
    /// Where a parameter is out of its range.
    pub fn check(&self) -> Result<(), SamplingError> {
        let Self { temperature, top_p, min_p, repeat_penalty, .. } = *self;
        if !(temperature.is_finite() && temperature >= 0.0) {
            return Err(SamplingError::Temperature { temperature });
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return Err(SamplingError::TopP { top_p });
        }
        if !(0.0..=1.0).contains(&min_p) {
            return Err(SamplingError::MinP { min_p });
        }
        if !(repeat_penalty.is_finite() && repeat_penalty > 0.0) {
            return Err(SamplingError::RepeatPenalty { repeat_penalty });
        }
        Ok(())
    }

    /// Creates the sampler of an answer to a prompt.
    pub(super) fn sampler(self, prompt: &[u32]) -> Sampler {
        let temperature = f64::from(self.temperature);
        let processing = if self.top_p < 1.0 {
            Processing::TopP { p: f64::from(self.top_p), temperature }
        } else {
            Processing::All { temperature }
        };
        let recent = prompt[prompt.len().saturating_sub(self.repeat_last_n)..].to_vec();
        Sampler { settings: self, processor: LogitsProcessor::from_sampling(self.seed, processing), recent }
    }

    fn is_temperature_zero(&self) -> bool {
        self.temperature < MIN_TEMPERATURE
    }

    #[expect(clippy::float_cmp, reason = "1 is what changes nothing, and it is set, not computed")]
    fn penalises(&self) -> bool {
        self.repeat_penalty != 1.0 && self.repeat_last_n > 0
    }
}

/// The sampler of one answer, with its random generator.
pub(super) struct Sampler {
    settings: Sampling,
    processor: LogitsProcessor,
    /// The end of the prompt, and the answer so far where there is a penalty.
    recent: Vec<u32>,
}

impl Sampler {
    /// Returns whether it decodes greedily, without a penalty: the argmax of the logits is its token.
    pub(super) fn is_greedy(&self) -> bool {
        self.settings.is_temperature_zero() && !self.settings.penalises()
    }

    /// Makes this number of draws and drops them, so that the next one follows those that an earlier answer made.
    ///
    /// # Errors
    /// Where there is no memory for a number.
    pub(super) fn skip(&mut self, draws: usize) -> Result<(), ModelError> {
        if draws == 0 || self.settings.is_temperature_zero() {
            return Ok(());
        }
        // A draw takes one number of the generator, whatever it is drawn from.
        let certain = Tensor::from_vec(vec![0.0_f32], 1, &Device::Cpu)?;
        for _ in 0..draws {
            self.processor.sample(&certain)?;
        }
        Ok(())
    }

    /// Samples the next token from the logits of the vocabulary, which it overwrites; greedy decoding prefers the lowest id of equal
    /// logits.
    ///
    /// # Errors
    /// Where a logit is NaN or the largest one is infinite.
    pub(super) fn sample(&mut self, logits: &mut Vec<f32>) -> Result<u32, ModelError> {
        if self.settings.penalises() {
            self.penalise(logits)?;
        }
        let id = if self.settings.is_temperature_zero() {
            argmax(logits).ok_or(NOT_FINITE)?
        } else {
            self.draw(logits)?
        };
        if self.settings.penalises() {
            self.recent.push(id);
        }
        Ok(id)
    }

    /// Applies the repetition penalty. candle copies the logits that it is given, so it is given only those that change.
    fn penalise(&self, logits: &mut [f32]) -> Result<(), ModelError> {
        let mut ids = self.recent[self.recent.len().saturating_sub(self.settings.repeat_last_n)..].to_vec();
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| (*id as usize) < logits.len());
        if ids.is_empty() {
            return Ok(());
        }
        let changing = Tensor::from_iter(ids.iter().map(|id| logits[*id as usize]), &Device::Cpu)?;
        let all: Vec<u32> = (0..ids.len() as u32).collect();
        let changed = apply_repeat_penalty(&changing, self.settings.repeat_penalty, &all)?;
        for (id, logit) in ids.into_iter().zip(changed.to_vec1::<f32>()?) {
            logits[id as usize] = logit;
        }
        Ok(())
    }

    fn draw(&mut self, logits: &mut Vec<f32>) -> Result<u32, ModelError> {
        let Candidates { ids, logits, mass } = self.settings.candidates(logits).ok_or(NOT_FINITE)?;
        let count = logits.len();
        let logits = Tensor::from_vec(logits, count, &Device::Cpu)?;
        // Top-p is a share of the tokens that top-k left, and some of these are removed already.
        let drawn = self.processor.sample_f(&logits, |probabilities| {
            if mass < 1.0 {
                for probability in probabilities {
                    *probability *= mass;
                }
            }
        })?;
        Ok(ids.map_or(drawn, |ids| ids[drawn as usize]))
    }
}

#[cfg(test)]
mod llama_cpp;
#[cfg(test)]
mod tests;
