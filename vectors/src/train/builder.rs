//! Prepares a training run: its optional parts, and what is computed once before the first step.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::adamw::Checkpoint;
use super::batch_order::Epoch;
use super::mean_difference::{ExtractedVectors, mean_differences};
use super::pca::principal_components;
use super::training::prefix;
use super::{AnswerPosition, Method, OffloadLimit, RunPair, TrainError, TrainSettings, Training};
use crate::adapter::{Adapter, Shape};
use crate::model::{Model, ModelError};
use crate::pairs::EncodedPair;
use crate::prefix::PrefixActivations;
use crate::progress::{Progress, tell};
use crate::steering::SteeringPlan;

/// The parts of a run that is to be prepared. [`Training::new`] begins one, [`TrainingBuilder::prepare`] ends it.
#[must_use = "a run is made by `prepare`"]
pub struct TrainingBuilder<'a> {
    model: Arc<Model>,
    train: &'a [EncodedPair],
    settings: TrainSettings,
    held_out: &'a [EncodedPair],
    start: Option<Vec<f32>>,
    checkpoint: Option<Checkpoint>,
    offload: OffloadLimit,
    progress: Progress<'a>,
}

impl Training {
    /// Begins a run on these pairs. Nothing is computed before [`TrainingBuilder::prepare`].
    #[expect(clippy::new_ret_no_self, reason = "the builder's last call returns the run")]
    pub fn new(model: Arc<Model>, train: &[EncodedPair], settings: TrainSettings) -> TrainingBuilder<'_> {
        TrainingBuilder {
            model,
            train,
            settings,
            held_out: &[],
            start: None,
            checkpoint: None,
            offload: OffloadLimit::default(),
            progress: None,
        }
    }
}

impl<'a> TrainingBuilder<'a> {
    /// Sets the pairs that [`Training::measure`] measures.
    pub fn held_out(mut self, pairs: &'a [EncodedPair]) -> Self {
        self.held_out = pairs;
        self
    }

    /// Sets the parameters before the first step: the vectors, concatenated in the order of their layers, or the adapter's
    /// numbers. Without them, vectors start at zero, and an adapter from its seed. A checkpoint takes precedence, because
    /// it holds the parameters that its run has made of its own start.
    pub fn start(mut self, values: impl Into<Vec<f32>>) -> Self {
        self.start = Some(values.into());
        self
    }

    /// Sets the state from which the run resumes; `None` begins at the first step.
    pub fn checkpoint(mut self, checkpoint: impl Into<Option<Checkpoint>>) -> Self {
        self.checkpoint = checkpoint.into();
        self
    }

    /// Sets how much memory activations may take before they go to a temporary file; without it,
    /// [`OffloadLimit::default`]. The limit changes no bit of the result.
    pub fn offload(mut self, limit: OffloadLimit) -> Self {
        self.offload = limit;
        self
    }

    /// Sets a callback that counts passes over pairs, and may stop the preparation.
    pub fn progress(mut self, progress: &'a mut dyn FnMut(usize, usize) -> ControlFlow<()>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Prepares the run: caches the activations after the prefix and the reference log-probabilities, which training does
    /// not change; for methods without steps, computes the vectors themselves.
    ///
    /// # Errors
    /// Where the settings, the start values or the checkpoint do not fit the model, there are no pairs, the model's own numbers
    /// are not finite ([`TrainError::ModelNotFinite`]), the temporary file cannot be made or read, or the callback breaks ([`ModelError::Interrupted`](crate::model::ModelError::Interrupted)).
    pub fn prepare(self) -> Result<Training, TrainError> {
        let Self { model, train, settings, held_out, start, checkpoint, offload, mut progress } = self;
        settings.check()?;
        let shape = settings.method.makes_adapter().then(|| model.adapter_shape(settings.lora.rank as usize));
        let layers: Vec<usize> = settings.layers.iter().map(|layer| *layer as usize).collect();
        if shape.is_none() {
            layers.iter().try_for_each(|layer| model.check_layer(*layer))?;
        }
        if train.is_empty() {
            return Err(TrainError::NoPairs);
        }
        let size = shape.map_or(model.facts().hidden_size * layers.len(), Shape::numbers);
        if let Some(start) = &start {
            check_start(start, size, settings.method)?;
        }
        // The prefix over all pairs; with steps, then the other blocks over the training pairs.
        let passes = if settings.method.has_steps() { 2 } else { 1 };
        let (pairs, total) = (train.len(), held_out.len() + passes * train.len());
        let prefix = prefix(&settings);
        let before = held_out.len();
        // Each part counts from where the one before it has ended.
        let mut on_pair = |begun: usize, done: usize| tell(&mut progress, begun + done, total);
        let mut shown = |done: usize, _: usize| on_pair(0, done);
        let held_out_cached =
            PrefixActivations::compute(&model, held_out, prefix, &offload, Some(&mut shown))
                .map_err(|error| of_model(error, RunPair::HeldOut))?;
        let (mut cached, mut reference) = (None, Vec::new());
        let (first, residual_norms) = if settings.method.has_steps() {
            let mut shown = |done: usize, _: usize| on_pair(before, done);
            let train = PrefixActivations::compute(&model, train, prefix, &offload, Some(&mut shown))
                .map_err(|error| of_model(error, RunPair::Train))?;
            let norm = train.mean_norm();
            let mut shown = |done: usize, _: usize| on_pair(before + pairs, done);
            let found = train.log_probs(&model, &SteeringPlan::default(), Some(&mut shown));
            reference = found.map_err(|error| of_model(error, RunPair::Train))?;
            cached = Some(train);
            let values = start.unwrap_or_else(|| match shape {
                Some(shape) => Adapter::start(shape, settings.seed),
                None => vec![0.0; size],
            });
            (Checkpoint::new(values), vec![norm])
        } else {
            let mut shown = |done: usize, _: usize| on_pair(before, done);
            let found = extract(&model, train, &settings, &layers, Some(&mut shown))?;
            (Checkpoint::new(found.values), found.norms)
        };
        let state = checkpoint.unwrap_or(first);
        state.check(size, settings.steps_per_epoch(pairs) * settings.epochs as usize)?;
        let epoch = (0, Epoch::new(&settings, pairs, 0));
        Ok(Training {
            model,
            settings,
            layers,
            shape,
            pairs,
            train: cached,
            held_out: held_out_cached,
            reference,
            state,
            epoch,
            residual_norms,
        })
    }
}

/// Names the pair at which the unsteered model's numbers are not finite.
fn of_model(error: ModelError, pair: impl FnOnce(usize) -> RunPair) -> TrainError {
    match error {
        ModelError::NotFinite { index, .. } => TrainError::ModelNotFinite { pair: Some(pair(index)) },
        error => error.into(),
    }
}

/// Computes the vectors of a method without steps.
fn extract(
    model: &Model,
    train: &[EncodedPair],
    settings: &TrainSettings,
    layers: &[usize],
    progress: Progress<'_>,
) -> Result<ExtractedVectors, TrainError> {
    let found = match settings.method {
        Method::Pca => principal_components(model, train, layers, progress),
        Method::Caa => mean_differences(model, train, layers, AnswerPosition::Last, progress),
        _ => mean_differences(model, train, layers, settings.position, progress),
    }?;
    // The activations are finite, and sums of them may overflow still.
    if found.values.iter().any(|x| !x.is_finite()) {
        return Err(TrainError::ModelNotFinite { pair: None });
    }
    Ok(found)
}

/// Refuses start values of another number, or with numbers that are not finite, and those of a method without steps.
fn check_start(start: &[f32], expected: usize, method: Method) -> Result<(), TrainError> {
    if !method.has_steps() {
        return Err(TrainError::StartWithoutSteps);
    }
    if start.len() != expected {
        return Err(TrainError::StartSize { expected, found: start.len() });
    }
    if start.iter().any(|x| !x.is_finite()) {
        return Err(TrainError::StartNotFinite);
    }
    Ok(())
}
