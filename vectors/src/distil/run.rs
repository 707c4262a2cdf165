//! A distillation, one optimizer step at a time.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::divergence::row_divergence;
use super::samples::{Taught, forward};
use super::{DistilError, DistilSettings, Divergence, Sample};
use crate::adapter::{Adapter, Shape};
use crate::layer::PrefixBlocks;
use crate::memory;
use crate::model::{Model, ModelError};
use crate::ops::on_pool;
use crate::prefix::{OffloadLimit, Trainable, adapter_gradient};
use crate::progress::{Progress, tell};
use crate::steering::SteeringPlan;
use crate::train::{Checkpoint, LossAndGradient, batch_order, schedule};

/// The metrics of one optimizer step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DistilStep {
    /// The number of the step, counted from 1.
    pub step: usize,
    /// The mean of KL(student ‖ teacher) over the batch's tokens before the step, in nats.
    pub divergence: f64,
    /// The L2 norm of the gradient before clipping.
    pub gradient_norm: f64,
    /// The Frobenius norm of the change of the weights after the step.
    pub norm: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// The number of tokens of the batch.
    pub tokens: usize,
}

/// A run that distils a steered model into an adapter. [`Distillation::new`] begins one; call [`Distillation::step`] until
/// [`Distillation::done`] equals [`Distillation::steps`], or [`Distillation::run`].
pub struct Distillation {
    pub(super) model: Arc<Model>,
    pub(super) settings: DistilSettings,
    pub(super) shape: Shape,
    pub(super) train: Taught,
    pub(super) held_out: Taught,
    pub(super) state: Checkpoint,
    pub(super) epoch: (usize, Vec<usize>),
}

impl Distillation {
    /// Returns the number of steps of the whole run.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.settings.steps as usize
    }

    /// Returns the number of steps done so far.
    #[must_use]
    pub fn done(&self) -> usize {
        self.state.step()
    }

    /// Returns the state from which the run can be resumed.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.state.clone()
    }

    /// Returns the current adapter.
    #[must_use]
    pub fn adapter(&self) -> Adapter {
        let alpha = self.settings.lora.alpha as f32;
        Adapter::from_counted(self.shape, alpha, self.state.values.as_slice().into())
    }

    /// Makes one optimizer step.
    ///
    /// # Errors
    /// Where all steps are done ([`DistilError::AllStepsDone`]), or the loss, the gradient or the adapter after the step is not
    /// finite ([`DistilError::NotFinite`]). The run then stays at the step before.
    pub fn step(&mut self) -> Result<DistilStep, DistilError> {
        let (step, total) = (self.state.step(), self.steps());
        let not_finite = || DistilError::NotFinite { step: step + 1, sample: None };
        if step >= total {
            return Err(DistilError::AllStepsDone { steps: total });
        }
        let indices = self.batch(step);
        let LossAndGradient { loss: divergence, mut gradient } = self.loss_and_gradient(&indices)?;
        let norm = gradient.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        if !divergence.is_finite() || !norm.is_finite() {
            return Err(not_finite());
        }
        let settings = &self.settings;
        // As in training: PyTorch's clip_grad_norm_ divides by the norm plus 1e-6.
        let clip = (settings.clip_norm / (norm + 1e-6)).min(1.0);
        for g in &mut gradient {
            *g = (f64::from(*g) * clip) as f32;
        }
        let (peak, warmup) = (settings.learning_rate, settings.warmup_steps as usize);
        let learning_rate = schedule::learning_rate(settings.schedule, peak, step, warmup, total);
        if !self.state.update(&gradient, learning_rate, settings.weight_decay) {
            return Err(not_finite());
        }
        Ok(DistilStep {
            step: step + 1,
            divergence,
            gradient_norm: norm,
            norm: self.adapter().norm(),
            learning_rate,
            tokens: self.train.rows(&indices),
        })
    }

    /// Returns the samples of a step.
    fn batch(&mut self, step: usize) -> Vec<usize> {
        let (samples, size) = (self.train.len(), self.settings.batch as usize);
        let per_epoch = samples.div_ceil(size);
        let epoch = step / per_epoch;
        if self.epoch.0 != epoch {
            self.epoch = (epoch, batch_order::order(self.settings.seed, samples, epoch).0);
        }
        let start = step % per_epoch * size;
        self.epoch.1[start..(start + size).min(samples)].to_vec()
    }

    /// Computes the mean divergence over the tokens of some training samples at the current adapter, and its gradient with
    /// respect to the adapter's numbers.
    ///
    /// # Errors
    /// Where there is no such sample ([`DistilError::NoSuchSample`]) or none at all, a divergence is not finite
    /// ([`DistilError::NotFinite`] names the sample), or the computation fails.
    pub fn loss_and_gradient(&self, indices: &[usize]) -> Result<LossAndGradient, DistilError> {
        let samples = self.train.len();
        if indices.is_empty() {
            return Err(DistilError::NoSamples);
        }
        if let Some(index) = indices.iter().copied().find(|index| *index >= samples) {
            return Err(DistilError::NoSuchSample { index, samples });
        }
        let (model, adapter) = (&self.model, self.adapter());
        let (packing, teacher) = self.train.batch(indices)?;
        memory::probe(step_bytes(model, self.shape, packing.rows()))?;
        on_pool(|| {
            let mut traces = Vec::new();
            let student = Trainable::Adapter(&adapter);
            let x = forward(model, &packing, &student, |saved| traces.push(saved))?;
            let found = row_divergence(model, &x, &teacher, true)?;
            if let Some(row) = found.nats.iter().position(|nats| !nats.is_finite()) {
                let sample = self.train.sample_of_row(indices, row);
                return Err(DistilError::NotFinite { step: self.done() + 1, sample });
            }
            let tokens = found.nats.len() as f64;
            let loss = found.nats.iter().sum::<f64>() / tokens;
            let Some(gradient) = found.gradient else {
                return Ok(LossAndGradient { loss, gradient: vec![] });
            };
            let gradient = (gradient * (1.0 / tokens)).map_err(ModelError::from)?;
            let gradient = adapter_gradient(model, &adapter, PrefixBlocks::NONE, &packing, traces, gradient)?;
            Ok(LossAndGradient { loss, gradient })
        })
    }

    /// Measures the current adapter on the held-out samples. `progress` counts them.
    ///
    /// # Errors
    /// Where there are none, a divergence is not finite, or `progress` says stop.
    pub fn measure(&self, progress: Progress<'_>) -> Result<Divergence, DistilError> {
        let adapter = self.adapter();
        self.measure_student(&Trainable::Adapter(&adapter), progress)
    }

    /// As [`Distillation::measure`], for the model without an adapter: how far it is from the teacher before the first step.
    ///
    /// # Errors
    /// As [`Distillation::measure`].
    pub fn measure_plain(&self, progress: Progress<'_>) -> Result<Divergence, DistilError> {
        self.measure_student(&SteeringPlan::default(), progress)
    }

    fn measure_student(
        &self,
        student: &(impl crate::model::BlockSteering + Sync),
        progress: Progress<'_>,
    ) -> Result<Divergence, DistilError> {
        if self.held_out.len() == 0 {
            return Err(DistilError::NoSamples);
        }
        Ok(self.held_out.divergence(&self.model, student, progress)?)
    }

    /// Makes all steps that are left. `progress` counts them, and may stop the run after any.
    ///
    /// # Errors
    /// As [`Distillation::step`].
    pub fn run(&mut self, mut progress: Progress<'_>) -> Result<ControlFlow<()>, DistilError> {
        while self.done() < self.steps() {
            if tell(&mut progress, self.done(), self.steps()).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.step()?;
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Estimates the bytes of memory that a distillation takes beyond the loaded model, from the lengths of its samples.
#[must_use]
pub fn memory_estimate(
    model: &Model,
    train: &[Sample],
    held_out: &[Sample],
    settings: &DistilSettings,
) -> u64 {
    let rows: usize = train.iter().chain(held_out).map(Sample::rows).sum();
    let kept = (size_of::<f32>() * rows * model.facts().hidden_size) as u64;
    // What the teacher computes goes to a temporary file where it is more.
    let kept = if kept > OffloadLimit::default().bytes { 0 } else { kept };
    let mut lengths: Vec<usize> = train.iter().map(Sample::rows).collect();
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    let batch: usize = lengths.iter().take(settings.batch as usize).sum();
    let shape = model.adapter_shape_on(settings.lora.rank as usize, settings.on);
    kept + step_bytes(model, shape, batch)
}

/// Estimates the bytes that a step over so many rows takes: what all blocks save, the adapter's numbers with two moments, the
/// gradient and a copy, and 64 MiB for logits and other temporary buffers.
fn step_bytes(model: &Model, shape: Shape, rows: usize) -> u64 {
    let decoder = &model.decoder;
    let of_row = decoder.saved_numbers_per_row() + model.facts().hidden_size;
    let saved = rows * of_row * decoder.block_count();
    (size_of::<f32>() * (saved + 5 * shape.numbers())) as u64 + (64 << 20)
}
