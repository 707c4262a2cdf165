//! Samples a token from its logits: first the repetition penalty, top-k and min-p, then candle's processor, which applies the
//! temperature and top-p and draws.

use candle_core::{Device, Tensor};
use candle_transformers::generation::{LogitsProcessor, Sampling as Processing};
use candle_transformers::utils::apply_repeat_penalty;
pub use steering_types::SamplingSettings;

use crate::model::{ModelError, Part};

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

/// The tokens that are sampled from.
struct Candidates {
    /// In ascending order; `None` where it is the whole vocabulary.
    ids: Option<Vec<u32>>,
    /// Their logits, less the largest one.
    logits: Vec<f32>,
    /// The sum of their probabilities among those that top-k left.
    mass: f32,
}

impl Sampling {
    /// Cuts the vocabulary by top-k and min-p. candle's own top-k is not used, because it does not let top-p see
    /// probabilities that sum to 1 again, as transformers and llama.cpp do. `None` where a logit is NaN or the largest one is
    /// infinite.
    fn candidates(&self, logits: &mut Vec<f32>) -> Option<Candidates> {
        let most = logits[argmax(logits)? as usize];
        for logit in logits.iter_mut() {
            *logit -= most;
        }
        let cuts_ranks = (1..logits.len()).contains(&self.top_k);
        let cuts_shares = self.min_p > 0.0 || self.top_p < 1.0;
        if !cuts_ranks && !cuts_shares {
            return Some(Candidates { ids: None, logits: std::mem::take(logits), mass: 1.0 });
        }
        let mut kept: Vec<(u32, f32)> = if cuts_ranks {
            likeliest(logits, self.top_k)
        } else {
            (0..).zip(logits.iter().copied()).collect()
        };
        let mut mass = 1.0;
        if cuts_shares {
            // Probabilities as shares of the largest one.
            let share = |(_, logit): &(u32, f32)| (logit / self.temperature).exp();
            let total: f64 = kept.iter().map(|kept| f64::from(share(kept))).sum();
            // All tokens below this share have less than 1 − p together, so that none of them is among the likeliest that sum to p.
            // candle sorts what it is given: this leaves it few.
            let tail = 0.5 * f64::from(1.0 - self.top_p) * total / kept.len() as f64;
            let least = f64::from(self.min_p).max(tail);
            let mut left = 0.0;
            kept.retain(|kept| {
                let share = f64::from(share(kept));
                let stays = share >= least;
                left += if stays { share } else { 0.0 };
                stays
            });
            mass = (left / total) as f32;
        }
        let (ids, logits) = kept.into_iter().unzip();
        Some(Candidates { ids: Some(ids), logits, mass })
    }
}

/// Returns the `count` largest logits with their ids, in ascending order of ids; of equal ones those with the lowest
/// ids.
fn likeliest(logits: &[f32], count: usize) -> Vec<(u32, f32)> {
    let mut order = logits.to_vec();
    let (above, last, _) = order.select_nth_unstable_by(count - 1, |a, b| b.total_cmp(a));
    let (above, last) = (above.iter().filter(|logit| logit.total_cmp(last).is_gt()).count(), *last);
    let mut equal = count - above;
    let stays = |(_, logit): &(u32, f32)| {
        let is_equal = logit.total_cmp(&last).is_eq();
        let stays = logit.total_cmp(&last).is_gt() || is_equal && equal > 0;
        equal -= usize::from(is_equal && stays);
        stays
    };
    (0..).zip(logits.iter().copied()).filter(stays).collect()
}

/// Returns the id of the largest logit, of equal ones the lowest. `None` where a logit is NaN or the largest one is infinite.
pub(super) fn argmax(logits: &[f32]) -> Option<u32> {
    let largest =
        |(best, most), (id, logit): (u32, &f32)| if *logit > most { (id, *logit) } else { (best, most) };
    let (best, most) = (0..).zip(logits).fold((0, f32::NEG_INFINITY), largest);
    (most.is_finite() && !logits.iter().any(|logit| logit.is_nan())).then_some(best)
}

#[cfg(test)]
mod llama_cpp;

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of tests/oracles/sampling.jsonl, which sampling.py computed.
    #[derive(serde::Deserialize)]
    struct Case {
        what: String,
        /// `null` is minus infinity.
        logits: Vec<Option<f32>>,
        context: Vec<u32>,
        temperature: f32,
        top_k: usize,
        top_p: f32,
        min_p: f32,
        repeat_penalty: f32,
        repeat_last_n: usize,
        probabilities: Vec<f64>,
    }

    impl Case {
        fn all() -> Vec<Self> {
            let lines = include_str!("../../../tests/oracles/sampling.jsonl").lines();
            lines.map(|line| serde_json::from_str(line).unwrap()).collect()
        }

        fn sampling(&self, seed: u64) -> Sampling {
            Sampling {
                temperature: self.temperature,
                top_k: self.top_k,
                top_p: self.top_p,
                min_p: self.min_p,
                repeat_penalty: self.repeat_penalty,
                repeat_last_n: self.repeat_last_n,
                seed,
            }
        }

        fn logits(&self) -> Vec<f32> {
            self.logits.iter().map(|logit| logit.unwrap_or(f32::NEG_INFINITY)).collect()
        }
    }

    /// Draws from the same logits, always after the same context.
    fn draws(sampling: Sampling, context: &[u32], logits: &[f32], count: usize) -> Vec<u32> {
        sampling.check().unwrap();
        let mut sampler = sampling.sampler(context);
        let mut draw = || {
            sampler.recent.truncate(context.len());
            sampler.sample(&mut logits.to_vec()).unwrap()
        };
        (0..count).map(|_| draw()).collect()
    }

    #[test]
    fn tokens_come_as_often_as_the_definitions_say() {
        const COUNT: usize = 40_000;
        let cases = Case::all();
        assert_eq!(cases.len(), 15);
        for case in cases {
            let mut counts = vec![0_usize; case.logits.len()];
            let context = &case.context[case.context.len().saturating_sub(case.repeat_last_n)..];
            for id in draws(case.sampling(3), context, &case.logits(), COUNT) {
                counts[id as usize] += 1;
            }
            let (mut square, mut freedom) = (0.0, -1.0);
            for (id, (count, probability)) in counts.iter().zip(&case.probabilities).enumerate() {
                let expected = probability * COUNT as f64;
                if expected == 0.0 {
                    assert_eq!(*count, 0, "{}: token {id} was cut", case.what);
                    continue;
                }
                let apart = (*count as f64 - expected).abs();
                assert!(
                    apart < 5.0 * expected.sqrt() + 1.0,
                    "{}: {id} came {count} times, not {expected}",
                    case.what
                );
                if expected >= 5.0 {
                    (square, freedom) = (square + apart * apart / expected, freedom + 1.0);
                }
            }
            // Chi-square has the mean `freedom` and the variance 2 `freedom`.
            let freedom = f64::max(freedom, 1.0);
            assert!(square < freedom + 5.0 * (2.0 * freedom).sqrt(), "{}: chi-square {square}", case.what);
        }
    }

    #[test]
    fn candidates_hold_everything_that_top_p_may_keep_and_little_else() {
        for seed in 0..20_u32 {
            // Between 0 and 1, and never 0, whose logarithm is infinite.
            let number = |i: u32| {
                (f64::from((i + 7919 * seed).wrapping_mul(2_654_435_761) >> 8) + 0.5) / f64::from(1 << 24)
            };
            let logits: Vec<f32> = (0..50_000).map(|i| (-4.0 * number(i).ln()) as f32).collect();
            let (top_p, temperature) = ([0.3, 0.9, 0.99][seed as usize % 3], 0.8);
            let weights: Vec<f64> = logits.iter().map(|logit| (f64::from(*logit) / 0.8).exp()).collect();
            let total: f64 = weights.iter().sum();
            let mut order: Vec<usize> = (0..weights.len()).collect();
            order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]));
            let mut sum = 0.0;
            order.retain(|id| {
                let stays = sum < f64::from(top_p) * total;
                sum += weights[*id];
                stays
            });
            let sampling = Sampling { temperature, top_p, ..Sampling::default() };
            let candidates = sampling.candidates(&mut logits.clone()).unwrap();
            let ids = candidates.ids.unwrap();
            assert!(order.iter().all(|id| ids.binary_search(&(*id as u32)).is_ok()));
            assert!(ids.len() < 20_000, "{} are left", ids.len());
            let mass = ids.iter().map(|id| weights[*id as usize]).sum::<f64>() / total;
            assert!((f64::from(candidates.mass) - mass).abs() < 1e-5 && candidates.mass >= top_p);
        }
    }

    #[test]
    fn of_equal_logits_the_lowest_ids_stay() {
        let logits = [1.0, 3.0, 3.0, 2.0, 3.0, f32::NEG_INFINITY];
        assert_eq!(argmax(&logits), Some(1));
        assert_eq!(likeliest(&logits, 2), [(1, 3.0), (2, 3.0)]);
        assert_eq!(likeliest(&logits, 4), [(1, 3.0), (2, 3.0), (3, 2.0), (4, 3.0)]);
        let one = Sampling { temperature: 1.0, top_k: 1, ..Sampling::default() };
        assert!(draws(one, &[], &logits, 50).iter().all(|id| *id == 1));
        // A temperature close to 0 decodes greedily.
        for temperature in [0.0, 1e-30] {
            let greedy = Sampling { temperature, ..Sampling::default() };
            assert!(greedy.sampler(&[]).is_greedy());
            assert!(draws(greedy, &[], &logits, 50).iter().all(|id| *id == 1));
        }
        // Without any filter, a token of probability 0 is never drawn.
        let all = Sampling { temperature: 2.0, ..Sampling::default() };
        assert!(draws(all, &[], &logits, 5_000).iter().all(|id| *id != 5));
    }

    #[test]
    fn draws_follow_the_seed() {
        let logits: Vec<f32> = (0..50).map(|i| (i % 7) as f32 / 3.0).collect();
        for sampling in [
            Sampling { temperature: 1.0, ..Sampling::default() },
            Sampling { temperature: 0.7, top_k: 20, top_p: 0.9, min_p: 0.05, ..Sampling::default() },
        ] {
            let with = |seed| draws(Sampling { seed, ..sampling }, &[], &logits, 100);
            assert_eq!(with(7), with(7));
            assert_ne!(with(7), with(8));
        }
    }

    #[test]
    fn a_penalty_applies_at_temperature_0_and_only_to_recent_tokens() {
        let sampling = Sampling { repeat_penalty: 2.0, repeat_last_n: 2, ..Sampling::default() };
        let mut sampler = sampling.sampler(&[9, 2, 0]);
        assert!(!sampler.is_greedy());
        let logits = [4.0, 3.0, 5.0, -1.0];
        // 2 and 0 stand in the prompt: 2.0, 3.0, 2.5, -1.0. Then 0 and 1: 2.0, 1.5, 5.0. Then 1 and 2: 4.0, 1.5, 2.5.
        let picked: Vec<u32> = (0..4).map(|_| sampler.sample(&mut logits.to_vec()).unwrap()).collect();
        assert_eq!(picked, [1, 2, 0, 1]);
        // A negative logit is made smaller, too; a token that the logits do not have is passed over.
        let mut logits = vec![-1.0, -1.5];
        assert_eq!(sampling.sampler(&[0, 7]).sample(&mut logits).unwrap(), 1);
        assert_eq!(logits, [-2.0, -1.5]);
    }

    #[test]
    fn no_token_is_chosen_of_logits_that_are_not_finite() {
        let (nan, infinite) = (f32::NAN, f32::INFINITY);
        for sampling in [
            Sampling::default(),
            Sampling { repeat_penalty: 1.5, ..Sampling::default() },
            Sampling { temperature: 1.0, ..Sampling::default() },
            Sampling { temperature: 1.0, top_k: 2, top_p: 0.5, min_p: 0.1, ..Sampling::default() },
        ] {
            for logits in [
                vec![nan, 1.0, 0.0],
                vec![1.0, 0.0, nan],
                vec![0.0, infinite, 1.0],
                vec![-infinite; 3],
                vec![],
            ] {
                let picked = sampling.sampler(&[]).sample(&mut logits.clone());
                assert!(matches!(picked, Err(ModelError::NotFinite { .. })), "{sampling:?} {logits:?}");
            }
            // The largest possible logits stay finite at every temperature.
            for temperature in [1e-6, 0.5, f32::MAX] {
                let sampling = Sampling { temperature, ..sampling };
                let picked = sampling.sampler(&[]).sample(&mut vec![-3e38, 3e38, -3e38]);
                assert!(picked.unwrap() < 3);
            }
        }
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let fine = Sampling::default();
        assert_eq!(fine.check(), Ok(()));
        assert_eq!(
            Sampling { temperature: 2.0, top_k: 1 << 40, top_p: 0.1, min_p: 1.0, ..fine }.check(),
            Ok(())
        );
        for (nonsense, word) in [
            (Sampling { temperature: f32::NAN, ..fine }, "temperature"),
            (Sampling { temperature: -0.1, ..fine }, "temperature"),
            (Sampling { temperature: f32::INFINITY, ..fine }, "temperature"),
            (Sampling { top_p: 0.0, ..fine }, "top-p"),
            (Sampling { top_p: 1.01, ..fine }, "top-p"),
            (Sampling { top_p: f32::NAN, ..fine }, "top-p"),
            (Sampling { min_p: -0.01, ..fine }, "min-p"),
            (Sampling { min_p: 1.5, ..fine }, "min-p"),
            (Sampling { min_p: f32::NAN, ..fine }, "min-p"),
            (Sampling { repeat_penalty: 0.0, ..fine }, "penalty"),
            (Sampling { repeat_penalty: f32::INFINITY, ..fine }, "penalty"),
            (Sampling { repeat_penalty: f32::NAN, ..fine }, "penalty"),
        ] {
            let refusal = nonsense.check().unwrap_err().to_string();
            assert!(refusal.contains(word), "{refusal}");
        }
    }
}
