//! Training a steering vector.

use std::sync::Arc;

use crate::Progress;
use crate::model::Model;
use crate::pairs::EncodedPair;
use crate::steering::SteeringVector;

/// How a vector is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Method {
    /// Bi-directional preference optimisation.
    Bipo,
    /// Its uni-directional ablation: d is always +1.
    BipoUni,
    /// Mean difference of activations averaged over the answers' tokens: no steps, the vector is there after `prepare`.
    Freeform,
}

/// A run's settings.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    /// How the vector is made.
    pub method: Method,
    /// The 0-based block after which the vector is added.
    pub layer: usize,
    /// How often every pair is seen.
    pub epochs: usize,
    /// AdamW's peak learning rate.
    pub learning_rate: f64,
    /// Steps over which the rate rises from zero.
    pub warmup_steps: usize,
    /// The strength of the preference term.
    pub beta: f64,
    /// AdamW's weight decay.
    pub weight_decay: f64,
    /// The largest norm of the gradient.
    pub clip_norm: f64,
    /// Pairs in a step.
    pub batch_pairs: usize,
    /// Seeds the order of the pairs and the signs.
    pub seed: u64,
}

/// Everything that a run needs besides its settings and pairs to go on where it was, bit for bit.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Checkpoint {}

/// What one optimizer step saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepReport {
    /// 1 for the first.
    pub step: usize,
    /// The sign d of the batch.
    pub sign: i8,
    /// The batch's loss.
    pub loss: f64,
    /// Mean over the batch of d times the change in log-odds of wanted against opposite, in nats.
    pub margin: f64,
    /// The gradient's norm before clipping.
    pub gradient_norm: f64,
    /// The vector's norm after the step.
    pub vector_norm: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
}

/// Mean log pi(wanted) - log pi(opposite) over the held-out pairs, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOut {
    /// With multiplier +1.
    pub plus: f64,
    /// With multiplier -1.
    pub minus: f64,
    /// The share of pairs whose margin is larger at +1 than at -1.
    pub right_way: f64,
}

/// A run that cannot go on, and why.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The person stopped it.
    #[error("stopped")]
    Stopped,
    /// There is nothing to train on.
    #[error("there are no pairs to train on")]
    NoPairs,
    // more variants follow
}

/// A training run: call [`Training::step`] until [`Training::is_done`].
pub struct Training {}

impl Training {
    /// Computes what stays the same for the whole run: activations after block `layer`, reference log-probabilities.
    ///
    /// # Errors
    /// Where the settings do not fit the model, there are no pairs, or `progress` says stop ([`TrainError::Stopped`]).
    pub fn prepare(
        model: Arc<Model>,
        train: &[EncodedPair],
        held_out: &[EncodedPair],
        settings: Settings,
        checkpoint: Option<Checkpoint>,
        progress: Progress<'_>,
    ) -> Result<Self, TrainError> {
        todo!()
    }

    /// Steps in the whole run: 0 for methods without a gradient.
    pub fn steps(&self) -> usize {
        todo!()
    }

    /// Steps done so far.
    pub fn done(&self) -> usize {
        todo!()
    }

    /// Steps in an epoch.
    pub fn steps_per_epoch(&self) -> usize {
        todo!()
    }

    /// Makes one optimizer step.
    ///
    /// # Errors
    /// Where a number stops being finite.
    pub fn step(&mut self) -> Result<StepReport, TrainError> {
        todo!()
    }

    /// Measures the held-out pairs at both signs; `None` without held-out pairs.
    ///
    /// # Errors
    /// Where a number stops being finite, or `progress` says stop.
    pub fn measure(&self, progress: Progress<'_>) -> Result<Option<HeldOut>, TrainError> {
        todo!()
    }

    /// What the run needs to go on from here.
    pub fn checkpoint(&self) -> Checkpoint {
        todo!()
    }

    /// The vector as it is now.
    pub fn vector(&self) -> SteeringVector {
        todo!()
    }

    /// The mean L2 norm of the residual stream after the layer, over the training tokens.
    pub fn residual_norm(&self) -> f64 {
        todo!()
    }
}

/// Bytes of memory that a run would take beyond the loaded model, from the lengths of its pairs.
#[must_use]
pub fn memory_estimate(model: &Model, train: &[EncodedPair], held_out: &[EncodedPair], settings: &Settings) -> u64 {
    todo!()
}
