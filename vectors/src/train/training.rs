//! A training run, one optimizer step at a time.

use std::sync::Arc;

use super::adamw::Checkpoint;
use super::batch_order::{Draw, Epoch};
use super::objective::{self, BatchLogProbs};
use super::{Method, RunPair, TrainError, TrainSettings, schedule};
use crate::adapter::{Adapter, Shape};
use crate::layer::PrefixBlocks;
use crate::memory;
use crate::model::{Model, ModelError};
use crate::ops::on_pool;
use crate::pairs::EncodedPair;
use crate::prefix::{OffloadLimit, PrefixActivations, Trainable, TrainableVectors, pair_rows};
use crate::progress::{Progress, tell};
use crate::score::PairLogProbs;
use crate::steering::{Intervention, InterventionOp, SteeringPlan, SteeringVector};

/// The metrics of one optimizer step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepReport {
    /// The number of the step, counted from 1.
    pub step: usize,
    /// The sign d of the batch; 0 where the batch has both.
    pub sign: i8,
    /// The loss of the batch.
    pub loss: f64,
    /// The mean over the batch of d times the change in the log-odds of wanted against opposite, in nats.
    pub margin: f64,
    /// The share of pairs whose log-odds changed with the sign d.
    pub sign_accuracy: f64,
    /// The metrics of the pass with d = +1; `None` where the step had none.
    pub plus: Option<Side>,
    /// The metrics of the pass with d = -1 (for `RePS`, the suppressing pass); `None` where the step had none.
    pub minus: Option<Side>,
    /// The L2 norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// The L2 norm of all vectors together after the step; for an adapter, the Frobenius norm of its weight update.
    pub vector_norm: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// The number of tokens that ran through the blocks behind the prefix, counted once for each pass.
    pub tokens: usize,
}

/// The metrics of the passes of a step with one sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// The loss of this pass.
    pub loss: f64,
    /// The mean over the batch of d times the change in the log-odds, in nats.
    pub margin: f64,
}

/// The loss of some pairs, or of some samples of a distillation, and its gradient.
#[derive(Debug, Clone, PartialEq)]
pub struct LossAndGradient {
    /// The mean loss of the pairs, or of the tokens that are distilled from.
    pub loss: f64,
    /// Its gradient before clipping: that of the vectors, concatenated in the order of their layers, or of the adapter's
    /// numbers.
    pub gradient: Vec<f32>,
}

/// The mean margin log pi(wanted) - log pi(opposite) over the held-out pairs, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOut {
    /// At multiplier +1.
    pub plus: f64,
    /// At multiplier -1.
    pub minus: f64,
    /// The share of pairs whose margin is larger at +1 than at -1.
    pub sign_accuracy: f64,
}

/// A training run. [`Training::new`] begins one; call [`Training::step`] until [`Training::done`] equals [`Training::steps`].
pub struct Training {
    pub(super) model: Arc<Model>,
    pub(super) settings: TrainSettings,
    /// The settings' layers, as the engine counts blocks.
    pub(super) layers: Vec<usize>,
    /// The shape of the adapter; `None` where vectors are trained.
    pub(super) shape: Option<Shape>,
    pub(super) pairs: usize,
    /// The cached activations of the training pairs; `None` for methods without steps.
    pub(super) train: Option<PrefixActivations>,
    pub(super) held_out: PrefixActivations,
    /// The log-probabilities of the training pairs under the reference, the unsteered model.
    pub(super) reference: Vec<PairLogProbs>,
    pub(super) state: Checkpoint,
    pub(super) epoch: (usize, Epoch),
    /// One norm for each layer for methods without steps, else one for the lowest layer.
    pub(super) residual_norms: Vec<f64>,
}

impl Training {
    /// Returns the number of steps of the whole run; 0 for methods without a gradient.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps_per_epoch() * self.settings.epochs as usize
    }

    /// Returns the number of steps done so far.
    #[must_use]
    pub fn done(&self) -> usize {
        self.state.step
    }

    /// Returns the number of steps of an epoch.
    #[must_use]
    pub fn steps_per_epoch(&self) -> usize {
        self.settings.steps_per_epoch(self.pairs)
    }

    /// Makes one optimizer step.
    ///
    /// # Errors
    /// Where the method has no steps ([`TrainError::NoSteps`]) or all are done ([`TrainError::AllStepsDone`]), or where the loss,
    /// the gradient or the numbers after the step are not finite ([`TrainError::NotFinite`]). The run then stays at the step
    /// before, so its checkpoint is the last good one.
    pub fn step(&mut self) -> Result<StepReport, TrainError> {
        if !self.settings.method.has_steps() {
            return Err(TrainError::NoSteps);
        }
        let (step, total) = (self.state.step, self.steps());
        if step >= total {
            return Err(TrainError::AllStepsDone { steps: total });
        }
        let (indices, draw) = self.batch(step);
        let (found, mut gradient) = self.passes(&indices, &draw)?;
        let norm = l2(&gradient);
        let not_finite = || TrainError::NotFinite { step: step + 1, pair: None };
        if !found.loss.is_finite() || !norm.is_finite() {
            return Err(not_finite());
        }
        // PyTorch's clip_grad_norm_ divides by the norm plus 1e-6.
        let clip = (self.settings.clip_norm / (norm + 1e-6)).min(1.0);
        for g in &mut gradient {
            *g = (f64::from(*g) * clip) as f32;
        }
        let TrainSettings { schedule, learning_rate: peak, warmup_steps, weight_decay, .. } = self.settings;
        let learning_rate = schedule::learning_rate(schedule, peak, step, warmup_steps as usize, total);
        if !self.state.update(&gradient, learning_rate, weight_decay) {
            return Err(not_finite());
        }
        Ok(StepReport {
            step: step + 1,
            gradient_norm: norm,
            vector_norm: self.adapter().map_or_else(|| l2(&self.state.values), |adapter| adapter.norm()),
            learning_rate,
            ..found
        })
    }

    fn batch(&mut self, step: usize) -> (Vec<usize>, Draw) {
        let per_epoch = self.steps_per_epoch();
        let epoch = step / per_epoch;
        if self.epoch.0 != epoch {
            self.epoch = (epoch, Epoch::new(&self.settings, self.pairs, epoch));
        }
        let (indices, draw) = self.epoch.1.batch(step % per_epoch);
        (indices.to_vec(), draw)
    }

    /// Computes the loss of the training pairs with these indices at the current parameters, and its gradient. `sign` is d, 1 or
    /// -1, for the methods that draw one for each batch; `factors` are the multipliers of `RePS`, one for each pair. Other methods
    /// ignore them.
    ///
    /// # Errors
    /// Where there is no such pair ([`TrainError::NoSuchPair`]) or none at all, the factors are not as many as the pairs
    /// ([`TrainError::Factors`]), the method has no steps ([`TrainError::NoSteps`]), a log-probability is not finite, or the
    /// computation fails.
    pub fn loss_and_gradient(
        &self,
        indices: &[usize],
        sign: i8,
        factors: &[f32],
    ) -> Result<LossAndGradient, TrainError> {
        let (pairs, asked) = (self.pairs, indices.len());
        if asked == 0 {
            return Err(TrainError::NoPairs);
        }
        if let Some(index) = indices.iter().copied().find(|index| *index >= pairs) {
            return Err(TrainError::NoSuchPair { index, pairs });
        }
        if self.settings.method == Method::Reps && factors.len() != asked {
            return Err(TrainError::Factors { expected: asked, found: factors.len() });
        }
        let draw = Draw { sign, factors: factors.to_vec() };
        let (report, gradient) = self.passes(indices, &draw)?;
        Ok(LossAndGradient { loss: report.loss, gradient })
    }

    /// Runs the passes of a step. Returns their metrics, without those of the optimizer, and the gradient of the mean loss.
    fn passes(&self, indices: &[usize], draw: &Draw) -> Result<(StepReport, Vec<f32>), TrainError> {
        let Some(train) = &self.train else {
            return Err(TrainError::NoSteps);
        };
        let batch = train.batch(indices)?;
        memory::probe(step_bytes(&self.model, &self.settings, batch.rows()))?;
        let lengths: Vec<(usize, usize)> = batch.lengths().collect();
        let reference: Vec<PairLogProbs> = indices.iter().map(|index| self.reference[*index]).collect();
        let passes = objective::passes(self.settings.method, draw, indices.len());
        let (share, pairs) = (1.0 / passes.len() as f64, indices.len() as f64);
        let mut gradient = vec![0.0_f32; self.state.values.len()];
        let mut report = StepReport {
            step: 0,
            sign: draw.sign,
            loss: 0.0,
            margin: 0.0,
            sign_accuracy: 0.0,
            plus: None,
            minus: None,
            gradient_norm: 0.0,
            vector_norm: 0.0,
            learning_rate: 0.0,
            tokens: passes.len() * batch.rows(),
        };
        let adapter = self.adapter();
        for pass in passes {
            let trained = match &adapter {
                Some(adapter) => Trainable::Adapter(adapter),
                None => Trainable::Vectors(TrainableVectors {
                    layers: &self.layers,
                    values: &self.state.values,
                    on: self.settings.positions,
                    op: pass.op,
                }),
            };
            let forward = on_pool(|| batch.forward(&self.model, &trained))?;
            let log_probs =
                BatchLogProbs { steered: &forward.log_probs, reference: &reference, lengths: &lengths };
            let odd = log_probs.steered.iter().position(|pair| !pair.is_finite());
            if let Some(place) = odd {
                let pair = Some(RunPair::Train(indices[place]));
                return Err(TrainError::NotFinite { step: self.state.step + 1, pair });
            }
            let mut loss = objective::loss(&self.settings, pass.sign, &log_probs);
            let d = f64::from(pass.sign);
            let changes: Vec<f64> = log_probs
                .steered
                .iter()
                .zip(&reference)
                .map(|(steered, reference)| d * (steered.margin() - reference.margin()))
                .collect();
            let side = Side { loss: loss.value, margin: changes.iter().sum::<f64>() / pairs };
            *(if pass.sign > 0 { &mut report.plus } else { &mut report.minus }) = Some(side);
            report.loss += share * side.loss;
            report.margin += share * side.margin;
            report.sign_accuracy +=
                share * changes.iter().filter(|change| **change > 0.0).count() as f64 / pairs;
            for (wanted, opposite) in &mut loss.gradients {
                (*wanted, *opposite) = (share * *wanted, share * *opposite);
            }
            let found = on_pool(|| batch.backward(&self.model, &trained, forward, &loss.gradients))?;
            gradient.iter_mut().zip(&found).for_each(|(sum, g)| *sum += g);
        }
        Ok((report, gradient))
    }

    /// Returns the current vectors or adapter at a multiplier.
    fn plan(&self, multiplier: f32) -> SteeringPlan {
        let mut plan = SteeringPlan::default();
        if let Some(adapter) = self.adapter() {
            plan.push_adapter(&Arc::new(adapter), multiplier);
            return plan;
        }
        let intervention = Intervention { positions: self.settings.positions, op: InterventionOp::Add };
        for (layer, values) in self.layers.iter().zip(self.parts()) {
            plan.push(*layer, values, multiplier, intervention);
        }
        plan
    }

    fn parts(&self) -> impl Iterator<Item = &[f32]> {
        self.state.values.chunks_exact(self.model.facts().hidden_size)
    }

    /// Measures the held-out pairs at multipliers +1 and -1. `progress` counts pairs.
    ///
    /// # Errors
    /// [`TrainError::NoHeldOut`] where the run has no held-out pairs; where a log-probability is not finite, or `progress` says stop.
    pub fn measure(&self, mut progress: Progress<'_>) -> Result<HeldOut, TrainError> {
        let pairs = self.held_out.len();
        if pairs == 0 {
            return Err(TrainError::NoHeldOut);
        }
        let not_finite = |error| match error {
            ModelError::NotFinite { index, .. } => {
                TrainError::NotFinite { step: self.state.step, pair: Some(RunPair::HeldOut(index)) }
            }
            error => error.into(),
        };
        let mut margins = |sign: f32, before: usize| -> Result<Vec<f64>, TrainError> {
            let mut shown = |done: usize, _: usize| tell(&mut progress, before + done, 2 * pairs);
            let scores = self
                .held_out
                .log_probs(&self.model, &self.plan(sign), Some(&mut shown))
                .map_err(not_finite)?;
            Ok(scores.iter().map(PairLogProbs::margin).collect())
        };
        let (plus, minus) = (margins(1.0, 0)?, margins(-1.0, pairs)?);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / pairs as f64;
        let right = plus.iter().zip(&minus).filter(|(plus, minus)| plus > minus).count();
        Ok(HeldOut { plus: mean(&plus), minus: mean(&minus), sign_accuracy: right as f64 / pairs as f64 })
    }

    /// Returns the state from which the run can be resumed.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.state.clone()
    }

    /// Returns the current parameters: the vectors, concatenated in the order of their layers, or the adapter's
    /// numbers.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.state.values
    }

    /// Returns the current adapter; `None` where vectors are trained.
    #[must_use]
    pub fn adapter(&self) -> Option<Adapter> {
        let (alpha, values) = (self.settings.lora.alpha as f32, self.state.values.as_slice().into());
        Some(Adapter::from_counted(self.shape?, alpha, values))
    }

    /// Returns the current vectors, in the order of their layers; empty where an adapter is trained.
    #[must_use]
    pub fn vectors(&self) -> Vec<SteeringVector> {
        if self.shape.is_some() {
            return vec![];
        }
        self.layers
            .iter()
            .zip(self.parts())
            .map(|(layer, values)| SteeringVector { layer: *layer, values: values.into() })
            .collect()
    }

    /// Returns the mean L2 norm of the residual stream after the prefix (for an adapter, of the embedding) over the
    /// training tokens.
    #[must_use]
    pub fn residual_norm(&self) -> f64 {
        self.residual_norms[0]
    }

    /// Returns the mean L2 norms after each of the layers for methods without steps; else only
    /// [`Training::residual_norm`].
    #[must_use]
    pub fn residual_norms(&self) -> &[f64] {
        &self.residual_norms
    }
}

/// Returns the blocks that training leaves unchanged: all up to the lowest steered layer, none where an adapter is
/// trained.
pub(super) fn prefix(settings: &TrainSettings) -> PrefixBlocks {
    PrefixBlocks(settings.blocks_below() as usize)
}

fn l2(values: &[f32]) -> f64 {
    values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}

/// Estimates the bytes of memory that a run takes beyond the loaded model, from the lengths of its pairs.
#[must_use]
pub fn memory_estimate(
    model: &Model,
    train: &[EncodedPair],
    held_out: &[EncodedPair],
    settings: &TrainSettings,
) -> u64 {
    let rows: usize = train.iter().chain(held_out).map(pair_rows).sum();
    let cached = (size_of::<f32>() * rows * model.facts().hidden_size) as u64;
    // A larger cache goes to a temporary file.
    let cached = if cached > OffloadLimit::default().bytes { 0 } else { cached };
    let mut lengths: Vec<usize> = train.iter().map(pair_rows).collect();
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    let batch: usize = lengths.iter().take(settings.batch_pairs as usize).sum();
    cached + step_bytes(model, settings, batch)
}

/// Estimates the bytes that a step over a batch of so many rows takes.
fn step_bytes(model: &Model, settings: &TrainSettings, rows: usize) -> u64 {
    let above = prefix(settings).blocks_after(model.facts().blocks).len();
    // An adapter's numbers, two moments, the gradient, and a copy in a checkpoint.
    let adapter = if settings.method.makes_adapter() {
        5 * model.adapter_shape(settings.lora.rank as usize).numbers()
    } else {
        0
    };
    let saved = rows * (model.decoder.saved_numbers_per_row() + model.facts().hidden_size) * above;
    // 64 MiB for the temporary buffers of a step: a slice of logits, gradients, packed rows.
    (size_of::<f32>() * (saved + adapter)) as u64 + (64 << 20)
}
