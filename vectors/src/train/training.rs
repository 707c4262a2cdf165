//! A run, one optimizer step at a time.

use std::sync::Arc;

use super::adamw::Checkpoint;
use super::differences::{components, means};
use super::objective::{self, Scores};
use super::order::{Draw, Epoch};
use super::{Method, Position, Settings, Spill, TrainError, schedule};
use crate::Progress;
use crate::adapter::{Adapter, Shape};
use crate::kept::{Acting, Kept, Trained, row_count};
use crate::model::Model;
use crate::ops::on_pool;
use crate::pairs::EncodedPair;
use crate::score::PairLogProbs;
use crate::steering::{Acts, How, Shifts, SteeringVector};

/// What one optimizer step saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepReport {
    /// 1 for the first.
    pub step: usize,
    /// The sign d of the batch; 0 where both are in it.
    pub sign: i8,
    /// The batch's loss.
    pub loss: f64,
    /// Mean over the batch of d times the change in log-odds of wanted against opposite, in nats.
    pub margin: f64,
    /// The share of pairs that moved the way d pushes.
    pub right_way: f64,
    /// What the vectors did towards the wanted answers (d = +1), where the step pushed that way.
    pub plus: Option<Side>,
    /// What they did towards the opposite ones (d = -1); in `RePS`, with their direction taken out.
    pub minus: Option<Side>,
    /// The gradient's norm before clipping.
    pub gradient_norm: f64,
    /// The norm of the vectors together after the step; of an adapter, that of what it adds to the weights.
    pub vector_norm: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// Tokens that went through the blocks above the layer, each pass counted.
    pub tokens: usize,
}

/// What one sign of a step saw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// The loss of this sign alone.
    pub loss: f64,
    /// Mean over the batch of d times the change in log-odds, in nats.
    pub margin: f64,
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

/// A training run: call [`Training::step`] until [`Training::done`] equals [`Training::steps`].
pub struct Training {
    model: Arc<Model>,
    settings: Settings,
    /// The sizes of the adapter, where one is trained.
    shape: Option<Shape>,
    pairs: usize,
    /// The training pairs' activations; methods without steps need none.
    train: Option<Kept>,
    held_out: Kept,
    /// Log-probabilities of the training pairs with nothing acting.
    reference: Vec<PairLogProbs>,
    state: Checkpoint,
    epoch: (usize, Epoch),
    /// After each layer of a method without steps, else after the lowest one.
    residual_norms: Vec<f64>,
}

impl Training {
    /// Computes what stays the same for the whole run: activations after the lowest layer and reference
    /// log-probabilities, or the vectors themselves where the method has no steps. With a checkpoint, goes on from
    /// there. Activations that would take more than [`Spill::default`] allows go to a temporary file.
    ///
    /// # Errors
    /// Where the settings do not fit the model, there are no pairs, or `progress` asks to halt
    /// ([`ModelError::Interrupted`]).
    pub fn prepare(
        model: Arc<Model>,
        train: &[EncodedPair],
        held_out: &[EncodedPair],
        settings: Settings,
        checkpoint: Option<Checkpoint>,
        progress: Progress<'_>,
    ) -> Result<Self, TrainError> {
        Self::prepare_within(model, train, held_out, settings, checkpoint, &Spill::default(), progress)
    }

    /// As [`Training::prepare`], with the memory that activations may take. It changes no bit of the result.
    ///
    /// # Errors
    /// As [`Training::prepare`], and where the temporary file cannot be made or read.
    pub fn prepare_within(
        model: Arc<Model>,
        train: &[EncodedPair],
        held_out: &[EncodedPair],
        settings: Settings,
        checkpoint: Option<Checkpoint>,
        spill: &Spill,
        progress: Progress<'_>,
    ) -> Result<Self, TrainError> {
        settings.check()?;
        let shape = settings.method.makes_adapter().then(|| model.adapter_shape(settings.lora.rank));
        if shape.is_none() {
            settings.layers.iter().try_for_each(|layer| model.check_layer(*layer))?;
        }
        if train.is_empty() {
            return Err(TrainError::NoPairs);
        }
        // Blocks up to L over all pairs; with steps, then the blocks above L over the training pairs.
        let passes = if settings.method.has_steps() { 2 } else { 1 };
        let (pairs, total) = (train.len(), held_out.len() + passes * train.len());
        let layer = settings.lowest();
        let held_out_kept =
            Kept::compute(&model, held_out, layer, spill, &mut |done, _| progress(done, total))?;
        let before = held_out.len();
        let (mut kept, mut reference) = (None, Vec::new());
        let (start, residual_norms) = if settings.method.has_steps() {
            let train =
                Kept::compute(&model, train, layer, spill, &mut |done, _| progress(before + done, total))?;
            let norm = train.mean_norm();
            reference = train.log_probs(&model, &Shifts::default(), &mut |done, _| {
                progress(before + pairs + done, total)
            })?;
            kept = Some(train);
            let values = match shape {
                Some(shape) => Adapter::start(shape, settings.seed),
                None => vec![0.0; model.facts().hidden_size * settings.layers.len()],
            };
            (Checkpoint::start(values), vec![norm])
        } else {
            let position = if settings.method == Method::Caa { Position::Last } else { settings.position };
            let progress: Progress<'_> = &mut |done, _| progress(before + done, total);
            let found = match settings.method {
                Method::Pca => components(&model, train, &settings.layers, progress)?,
                _ => means(&model, train, &settings.layers, position, progress)?,
            };
            (Checkpoint::start(found.values), found.norms)
        };
        let size = start.values.len();
        let state = checkpoint.unwrap_or(start);
        state.check(size, settings.steps_per_epoch(pairs) * settings.epochs)?;
        let epoch = (0, Epoch::new(&settings, pairs, 0));
        let held_out = held_out_kept;
        Ok(Self {
            model,
            settings,
            shape,
            pairs,
            train: kept,
            held_out,
            reference,
            state,
            epoch,
            residual_norms,
        })
    }

    /// Steps in the whole run: 0 for methods without a gradient.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps_per_epoch() * self.settings.epochs
    }

    /// Steps done so far.
    #[must_use]
    pub fn done(&self) -> usize {
        self.state.step
    }

    /// Steps in an epoch.
    #[must_use]
    pub fn steps_per_epoch(&self) -> usize {
        self.settings.steps_per_epoch(self.pairs)
    }

    /// Makes one optimizer step.
    ///
    /// # Errors
    /// Where all steps are done or a number stops being finite.
    pub fn step(&mut self) -> Result<StepReport, TrainError> {
        let (step, total) = (self.state.step, self.steps());
        if step >= total {
            return Err(TrainError::Checkpoint { detail: format!("all {total} steps are done") });
        }
        let (indices, draw) = self.batch(step);
        let (found, mut gradient) = self.passes(&indices, &draw)?;
        let norm = l2(&gradient);
        if !found.loss.is_finite() || !norm.is_finite() {
            return Err(TrainError::NotFinite { step: step + 1 });
        }
        // PyTorch's clip_grad_norm_ divides by the norm plus 1e-6.
        let clip = (self.settings.clip_norm / (norm + 1e-6)).min(1.0);
        for g in &mut gradient {
            *g = (f64::from(*g) * clip) as f32;
        }
        let Settings { schedule, learning_rate: peak, warmup_steps, weight_decay, .. } = self.settings;
        let learning_rate = schedule::learning_rate(schedule, peak, step, warmup_steps, total);
        self.state.descend(&gradient, learning_rate, weight_decay);
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

    /// The loss of some training pairs with the vectors as they are now, and its gradient with respect to the vectors,
    /// one after the other, or to the adapter's numbers, before clipping. `sign` is d for the methods that draw one for each batch; `factors` are
    /// what `RePS` multiplies the vector with, one for each pair. What a method does not draw it does not ask for.
    ///
    /// # Errors
    /// Where the computation fails, or the method has no steps and so no loss.
    pub fn loss_and_gradient(
        &self,
        indices: &[usize],
        sign: i8,
        factors: &[f32],
    ) -> Result<(f64, Vec<f32>), TrainError> {
        let draw = Draw { sign, factors: factors.to_vec() };
        self.passes(indices, &draw).map(|(report, gradient)| (report.loss, gradient))
    }

    /// The passes of a step: what they saw (without what the optimizer makes of it), and the gradient of their mean.
    fn passes(&self, indices: &[usize], draw: &Draw) -> Result<(StepReport, Vec<f32>), TrainError> {
        let Some(train) = &self.train else {
            return Err(TrainError::NoSteps);
        };
        let batch = train.batch(indices)?;
        let lengths: Vec<(usize, usize)> = batch.lengths().collect();
        let plain: Vec<PairLogProbs> = indices.iter().map(|index| self.reference[*index]).collect();
        let passes = objective::passes(self.settings.method, draw, indices.len());
        let (share, pairs) = (1.0 / passes.len() as f64, indices.len() as f64);
        let mut gradient = vec![0.0_f32; self.state.values.len()];
        let mut report = StepReport {
            step: 0,
            sign: draw.sign,
            loss: 0.0,
            margin: 0.0,
            right_way: 0.0,
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
                Some(adapter) => Trained::Adapter(adapter),
                None => Trained::Vectors(Acting {
                    layers: &self.settings.layers,
                    values: &self.state.values,
                    on: self.settings.on,
                    doing: pass.doing,
                }),
            };
            let forward = on_pool(|| batch.pass(&self.model, &trained))?;
            let scores = Scores { steered: &forward.log_probs, plain: &plain, lengths: &lengths };
            let mut loss = objective::loss(&self.settings, pass.sign, &scores);
            let d = f64::from(pass.sign);
            let moved: Vec<f64> = scores
                .steered
                .iter()
                .zip(&plain)
                .map(|(with, without)| d * (with.margin() - without.margin()))
                .collect();
            let side = Side { loss: loss.value, margin: moved.iter().sum::<f64>() / pairs };
            *(if pass.sign > 0 { &mut report.plus } else { &mut report.minus }) = Some(side);
            report.loss += share * side.loss;
            report.margin += share * side.margin;
            report.right_way += share * moved.iter().filter(|moved| **moved > 0.0).count() as f64 / pairs;
            for (wanted, opposite) in &mut loss.slopes {
                (*wanted, *opposite) = (share * *wanted, share * *opposite);
            }
            let found = on_pool(|| batch.gradient(&self.model, &trained, forward, &loss.slopes))?;
            gradient.iter_mut().zip(&found).for_each(|(sum, g)| *sum += g);
        }
        Ok((report, gradient))
    }

    /// What is done at a multiplier.
    fn shifts(&self, multiplier: f32) -> Shifts {
        let mut shifts = Shifts::default();
        if let Some(adapter) = self.adapter() {
            shifts.put_adapter(&Arc::new(adapter), multiplier);
            return shifts;
        }
        let acts = Acts { on: self.settings.on, how: How::Add };
        for (layer, values) in self.settings.layers.iter().zip(self.parts()) {
            shifts.put(*layer, values, multiplier, acts);
        }
        shifts
    }

    fn parts(&self) -> impl Iterator<Item = &[f32]> {
        self.state.values.chunks_exact(self.model.facts().hidden_size)
    }

    /// Measures the held-out pairs at both signs; `None` without held-out pairs.
    ///
    /// # Errors
    /// Where `progress` says stop.
    pub fn measure(&self, progress: Progress<'_>) -> Result<Option<HeldOut>, TrainError> {
        let pairs = self.held_out.len();
        if pairs == 0 {
            return Ok(None);
        }
        let mut margins = |sign: f32, before: usize| -> Result<Vec<f64>, TrainError> {
            let progress = &mut |done: usize, _: usize| progress(before + done, 2 * pairs);
            let scores = self.held_out.log_probs(&self.model, &self.shifts(sign), progress)?;
            Ok(scores.iter().map(PairLogProbs::margin).collect())
        };
        let (plus, minus) = (margins(1.0, 0)?, margins(-1.0, pairs)?);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / pairs as f64;
        let right = plus.iter().zip(&minus).filter(|(plus, minus)| plus > minus).count();
        Ok(Some(HeldOut { plus: mean(&plus), minus: mean(&minus), right_way: right as f64 / pairs as f64 }))
    }

    /// What the run needs to go on from here.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.state.clone()
    }

    /// What is trained as it is now, as plain numbers: the vectors in the order of their layers, or the adapter's.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.state.values
    }

    /// The adapter as it is now, where one is trained.
    #[must_use]
    pub fn adapter(&self) -> Option<Adapter> {
        Adapter::new(self.shape?, self.settings.lora.alpha as f32, self.state.values.as_slice().into())
    }

    /// The vectors as they are now, in the order of their layers; none where an adapter is trained.
    #[must_use]
    pub fn vectors(&self) -> Vec<SteeringVector> {
        if self.shape.is_some() {
            return vec![];
        }
        let layers = self.settings.layers.iter();
        layers
            .zip(self.parts())
            .map(|(layer, values)| SteeringVector { layer: *layer, values: values.into() })
            .collect()
    }

    /// The mean L2 norm of the residual stream after the lowest layer, over the training tokens; for an adapter, that of
    /// the embedding.
    #[must_use]
    pub fn residual_norm(&self) -> f64 {
        self.residual_norms[0]
    }

    /// The same after each of the layers, for methods without steps; else after the lowest only.
    #[must_use]
    pub fn residual_norms(&self) -> &[f64] {
        &self.residual_norms
    }
}

fn l2(values: &[f32]) -> f64 {
    values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}

/// Bytes of memory that a run would take beyond the loaded model, from the lengths of its pairs.
#[must_use]
pub fn memory_estimate(
    model: &Model,
    train: &[EncodedPair],
    held_out: &[EncodedPair],
    settings: &Settings,
) -> u64 {
    let kept: usize = train.iter().chain(held_out).map(row_count).sum();
    let mut lengths: Vec<usize> = train.iter().map(row_count).collect();
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    let batch: usize = lengths.iter().take(settings.batch_pairs).sum();
    let above = model.facts().blocks.saturating_sub(settings.lowest().map_or(0, |layer| layer + 1));
    let hidden = model.facts().hidden_size;
    // An adapter's numbers, both their moments, their gradient, and a copy in a checkpoint.
    let adapter = if settings.method.makes_adapter() {
        5 * model.adapter_shape(settings.lora.rank).numbers()
    } else {
        0
    };
    let numbers = kept * hidden + batch * (model.decoder.trace_size() + hidden) * above + adapter;
    // What a step holds at a time beside the traces: logits of a slice, gradients in flight, packing buffers.
    4 * numbers as u64 + (64 << 20)
}
