//! What a person chooses before a run.

use super::TrainError;
use crate::steering::Where;

/// How a vector is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Bi-directional preference optimisation (Cao et al. 2024): one sign d in {-1, +1} drawn for each batch, as the
    /// authors' program does.
    Bipo,
    /// The same with both signs in every batch: the same expectation with less noise, at twice the cost.
    BipoBoth,
    /// Its uni-directional ablation: d is always +1.
    BipoUni,
    /// `BiPO` on mean log-probabilities of a token in place of sums: an answer's length has no weight.
    BipoNormed,
    /// Reference-free preference steering (Wu et al. 2025).
    Reps,
    /// Mean difference of activations over the answers' tokens, taken where [`Settings::position`] says: no steps, the
    /// vectors are there after [`super::Training::prepare`].
    Freeform,
    /// Contrastive activation addition (Rimsky et al. 2024): mean difference of activations at the letter's token of a
    /// two-way choice. Needs its training pairs from [`super::choices`], and no steps.
    Caa,
    /// Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290) of a low-rank adapter on queries and values
    /// of every block: the baseline of the `BiPO` paper's figure 8. [`Settings::layers`] says nothing here.
    DpoLora,
    /// The first principal component of the pairs' differences at the answers' last tokens, as repeng has it: of norm 1,
    /// and no steps.
    Pca,
}

impl Method {
    /// Whether it goes by optimizer steps.
    #[must_use]
    pub fn has_steps(self) -> bool {
        !matches!(self, Self::Freeform | Self::Caa | Self::Pca)
    }

    /// Whether it makes an adapter in place of vectors.
    #[must_use]
    pub fn makes_adapter(self) -> bool {
        self == Self::DpoLora
    }
}

/// How the learning rate goes after its warm-up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Falls to zero along half a cosine: the authors' program.
    #[default]
    Cosine,
    /// Falls to zero along a line.
    Linear,
    /// Stays.
    Constant,
}

/// The factors that `RePS` draws from where nobody chose others.
pub const USUAL_FACTORS: [f64; 4] = [0.5, 1.0, 1.5, 2.0];

fn usual_factors() -> Vec<f64> {
    USUAL_FACTORS.to_vec()
}

/// Which of an answer's tokens Freeform takes the activation of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The mean over all of them.
    #[default]
    Mean,
    /// The last one, before the closing token.
    Last,
}

/// How large an adapter is, and how much its product counts.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Lora {
    /// The rank of what is added to a weight.
    pub rank: usize,
    /// The product is multiplied with alpha / rank.
    pub alpha: f64,
}

impl Default for Lora {
    /// Rank 8 and alpha 16, of TRL's DPO example for Llama 2, whose other options are those of the `BiPO` authors' program.
    /// The paper's own figures are not public.
    fn default() -> Self {
        Self { rank: 8, alpha: 16.0 }
    }
}

/// The largest rank that is taken.
const MOST_RANK: usize = 1024;

/// A run's settings.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// How the vector is made.
    pub method: Method,
    /// The 0-based blocks after which vectors are added, in ascending order: one vector for each.
    pub layers: Vec<usize>,
    /// Where Freeform takes an answer's activation; no other method asks.
    #[serde(default)]
    pub position: Position,
    /// How often every pair is seen.
    pub epochs: usize,
    /// AdamW's peak learning rate.
    pub learning_rate: f64,
    /// Steps over which the rate rises from zero.
    pub warmup_steps: usize,
    /// How the rate goes after that.
    #[serde(default)]
    pub schedule: Schedule,
    /// The strength of the preference term.
    pub beta: f64,
    /// AdamW's weight decay.
    pub weight_decay: f64,
    /// The largest norm of the gradient; a longer one is scaled down to it.
    pub clip_norm: f64,
    /// Pairs in a step.
    pub batch_pairs: usize,
    /// Seeds the order of the pairs and the signs.
    pub seed: u64,
    /// The multipliers that `RePS` trains at: one is drawn for each pair of a step. No other method asks.
    #[serde(default = "usual_factors")]
    pub factors: Vec<f64>,
    /// On which tokens the vectors act while they are trained and measured. An adapter acts on every token.
    #[serde(default)]
    pub on: Where,
    /// The adapter of [`Method::DpoLora`]; no other method asks.
    #[serde(default)]
    pub lora: Lora,
}

impl Settings {
    /// Steps in an epoch over `pairs` pairs; the last one may have fewer pairs.
    #[must_use]
    pub fn steps_per_epoch(&self, pairs: usize) -> usize {
        if self.method.has_steps() { pairs.div_ceil(self.batch_pairs.max(1)) } else { 0 }
    }

    /// The lowest layer: blocks up to it see nothing of what is trained. An adapter leaves none.
    pub(super) fn lowest(&self) -> Option<usize> {
        if self.method.makes_adapter() { None } else { self.layers.first().copied() }
    }

    /// Refuses what makes no sense; the layers are checked against the model elsewhere.
    pub(super) fn check(&self) -> Result<(), TrainError> {
        let refuse = |setting, value: String, rule| Err(TrainError::Setting { setting, value, rule });
        let makes_adapter = self.method.makes_adapter();
        if !makes_adapter && (self.layers.is_empty() || !self.layers.is_sorted_by(|a, b| a < b)) {
            let layers = format!("{:?}", self.layers);
            return refuse("the layers", layers, "at least one block, in ascending order, none twice");
        }
        let Lora { rank, alpha } = self.lora;
        if makes_adapter && !(1..=MOST_RANK).contains(&rank) {
            return refuse("the rank", rank.to_string(), "1 to 1024");
        }
        if makes_adapter && !(alpha.is_finite() && alpha > 0.0) {
            return refuse("alpha", alpha.to_string(), "a number over 0");
        }
        if self.epochs == 0 {
            return refuse("epochs", self.epochs.to_string(), "at least 1");
        }
        if self.batch_pairs == 0 {
            return refuse("pairs in a step", self.batch_pairs.to_string(), "at least 1");
        }
        for (setting, value) in [
            ("the learning rate", self.learning_rate),
            ("beta", self.beta),
            ("the clipping norm", self.clip_norm),
        ] {
            if !value.is_finite() || value <= 0.0 {
                return refuse(setting, value.to_string(), "a number over 0");
            }
        }
        let is_factor = |factor: &f64| factor.is_finite() && *factor > 0.0;
        if self.method == Method::Reps && (self.factors.is_empty() || !self.factors.iter().all(is_factor)) {
            return refuse(
                "the factors",
                format!("{:?}", self.factors),
                "at least one number over 0, and no other",
            );
        }
        if !self.weight_decay.is_finite() || self.weight_decay < 0.0 {
            return refuse("the weight decay", self.weight_decay.to_string(), "0 or more");
        }
        Ok(())
    }
}
