//! The settings of a training run, with their defaults and their one check.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    AnswerPosition, LoraConfig, MAX_LORA_RANK, Method, Positions, Schedule, Setting, SettingsError,
    TrainPrecision,
};

/// The default system prompt around every prompt: the paper's.
pub const SYSTEM_PROMPT: &str = "You are a helpful, honest and concise assistant.";

/// The default multipliers that `RePS` draws from.
pub const USUAL_FACTORS: [f64; 4] = [0.5, 1.0, 1.5, 2.0];

/// The settings of a training run. `docs/defaults.md` says how the defaults were measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrainSettings {
    /// The method.
    pub method: Method,
    /// The 0-based blocks after which the vector acts, ascending: one vector for each, trained together. An adapter acts in
    /// every block and ignores them.
    #[serde(alias = "layer", deserialize_with = "one_or_many")]
    pub layers: Vec<u32>,
    /// The tokens whose activations Freeform reads. No other method uses it.
    #[serde(default)]
    pub position: AnswerPosition,
    /// The number of times that every pair is seen.
    pub epochs: u32,
    /// AdamW's peak learning rate.
    pub learning_rate: f64,
    /// Steps over which the learning rate rises from zero.
    pub warmup_steps: u32,
    /// The learning rate's course after the warm-up.
    #[serde(default)]
    pub schedule: Schedule,
    /// The strength of the preference term.
    pub beta: f64,
    /// The multipliers that `RePS` trains at: one is drawn for each pair of a step. No other method uses them.
    #[serde(default = "usual_factors")]
    pub factors: Vec<f64>,
    /// AdamW's weight decay.
    pub weight_decay: f64,
    /// The largest norm of the gradient. A longer gradient is scaled down to it.
    pub clip_norm: f64,
    /// Pairs in a step.
    pub batch_pairs: u32,
    /// Seeds the order of the pairs, the signs d and `RePS`'s factors.
    pub seed: u64,
    /// The system prompt around every prompt. The engine takes pairs that are tokens already, and does not read it.
    pub system_prompt: String,
    /// The tokens at which the vector acts while it is trained and measured. An adapter acts at every token.
    #[serde(rename = "on", default)]
    pub positions: Positions,
    /// The precision of the run. The engine takes a model that has it already, and does not read it.
    #[serde(default)]
    pub precision: TrainPrecision,
    /// The adapter of [`Method::DpoLora`]. No other method uses it.
    #[serde(default)]
    pub lora: LoraConfig,
}

impl Default for TrainSettings {
    /// The measured defaults. The layers depend on the model, so there are none, which [`TrainSettings::check`] refuses.
    fn default() -> Self {
        Self {
            method: Method::Bipo,
            layers: vec![],
            position: AnswerPosition::Mean,
            epochs: 5,
            learning_rate: Method::Bipo.usual_learning_rate(),
            warmup_steps: 10,
            schedule: Schedule::Cosine,
            beta: Method::Bipo.usual_beta(),
            factors: usual_factors(),
            weight_decay: 0.0,
            clip_norm: 1.0,
            batch_pairs: 4,
            seed: 11,
            system_prompt: SYSTEM_PROMPT.to_owned(),
            positions: Positions::Everywhere,
            precision: TrainPrecision::Stored,
            lora: LoraConfig::default(),
        }
    }
}

impl TrainSettings {
    /// Returns the measured defaults for `BiPO` with one vector, after the 0-based block `layer`.
    #[must_use]
    pub fn bipo(layer: u32) -> Self {
        Self { layers: vec![layer], ..Self::default() }
    }

    /// Returns the lowest of the layers, or 0 where there are none.
    #[must_use]
    pub fn lowest_layer(&self) -> u32 {
        self.layers.first().copied().unwrap_or_default()
    }

    /// Returns how many of the model's first blocks compute the same with and without what is trained. An adapter acts
    /// in every block, so there are none.
    #[must_use]
    pub fn blocks_below(&self) -> u32 {
        if self.method.makes_adapter() { 0 } else { self.lowest_layer() + 1 }
    }

    /// Optimizer steps in an epoch over `pairs` pairs. The last step may have fewer pairs than the others.
    #[must_use]
    pub fn steps_per_epoch(&self, pairs: usize) -> usize {
        if self.method.has_steps() { pairs.div_ceil(self.batch_pairs.max(1) as usize) } else { 0 }
    }

    /// Refuses settings that no run can have. Whether the model has the layers is checked where the model is known.
    ///
    /// # Errors
    /// The first setting, in the order of a form, that breaks its rule.
    pub fn check(&self) -> Result<(), SettingsError> {
        let makes_adapter = self.method.makes_adapter();
        let refuse = |setting, value: String| Err(SettingsError { setting, value });
        let is_over_zero = |value: f64| value.is_finite() && value > 0.0;
        if !makes_adapter && (self.layers.is_empty() || !self.layers.is_sorted_by(|one, next| one < next)) {
            return refuse(Setting::Layers, format!("{:?}", self.layers));
        }
        if self.epochs == 0 {
            return refuse(Setting::Epochs, self.epochs.to_string());
        }
        if self.batch_pairs == 0 {
            return refuse(Setting::BatchPairs, self.batch_pairs.to_string());
        }
        for (setting, value) in [
            (Setting::LearningRate, self.learning_rate),
            (Setting::Beta, self.beta),
            (Setting::ClipNorm, self.clip_norm),
        ] {
            if !is_over_zero(value) {
                return refuse(setting, value.to_string());
            }
        }
        let LoraConfig { rank, alpha } = self.lora;
        if makes_adapter && !(1..=MAX_LORA_RANK).contains(&rank) {
            return refuse(Setting::Rank, rank.to_string());
        }
        if makes_adapter && !is_over_zero(alpha) {
            return refuse(Setting::Alpha, alpha.to_string());
        }
        let has_factors = !self.factors.is_empty() && self.factors.iter().all(|factor| is_over_zero(*factor));
        if self.method == Method::Reps && !has_factors {
            return refuse(Setting::Factors, format!("{:?}", self.factors));
        }
        if !self.weight_decay.is_finite() || self.weight_decay < 0.0 {
            return refuse(Setting::WeightDecay, self.weight_decay.to_string());
        }
        Ok(())
    }
}

fn usual_factors() -> Vec<f64> {
    USUAL_FACTORS.to_vec()
}

/// Runs of earlier versions had one layer.
fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Layers {
        One(u32),
        Many(Vec<u32>),
    }
    Ok(match Layers::deserialize(from)? {
        Layers::One(layer) => vec![layer],
        Layers::Many(layers) => layers,
    })
}
