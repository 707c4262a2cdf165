//! Prepares a distillation: its optional parts, and what the teacher computes once before the first step.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::samples::Taught;
use super::{DistilError, DistilSettings, Distillation, Sample};
use crate::adapter::Adapter;
use crate::model::Model;
use crate::progress::{Progress, tell};
use crate::steering::{SteeringPlan, Term};
use crate::train::{Checkpoint, batch_order};

/// The parts of a distillation that is to be prepared. [`Distillation::new`] begins one, [`DistillationBuilder::prepare`] ends it.
#[must_use = "a run is made by `prepare`"]
pub struct DistillationBuilder<'a> {
    model: Arc<Model>,
    teacher: &'a [Term],
    train: Vec<Sample>,
    settings: DistilSettings,
    held_out: Vec<Sample>,
    checkpoint: Option<Checkpoint>,
    progress: Progress<'a>,
}

impl Distillation {
    /// Begins a run that distils the model with the steering `teacher` on these samples. Nothing is computed before
    /// [`DistillationBuilder::prepare`].
    #[expect(clippy::new_ret_no_self, reason = "the builder's last call returns the run")]
    pub fn new(
        model: Arc<Model>,
        teacher: &[Term],
        train: Vec<Sample>,
        settings: DistilSettings,
    ) -> DistillationBuilder<'_> {
        DistillationBuilder {
            model,
            teacher,
            train,
            settings,
            held_out: Vec::new(),
            checkpoint: None,
            progress: None,
        }
    }
}

impl<'a> DistillationBuilder<'a> {
    /// Sets the samples that [`Distillation::measure`] measures.
    pub fn held_out(mut self, samples: Vec<Sample>) -> Self {
        self.held_out = samples;
        self
    }

    /// Sets the state from which the run resumes; `None` begins at the first step.
    pub fn checkpoint(mut self, checkpoint: impl Into<Option<Checkpoint>>) -> Self {
        self.checkpoint = checkpoint.into();
        self
    }

    /// Sets a callback that counts samples, and may stop the preparation.
    pub fn progress(mut self, progress: &'a mut dyn FnMut(usize, usize) -> ControlFlow<()>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Prepares the run: computes what the teacher makes of all samples, which training does not change.
    ///
    /// # Errors
    /// Where a setting, the steering, a sample or the checkpoint does not fit, there are no samples, the teacher's numbers are
    /// not finite, or the callback breaks ([`ModelError::Interrupted`](crate::model::ModelError::Interrupted)).
    pub fn prepare(self) -> Result<Distillation, DistilError> {
        let Self { model, teacher, train, settings, held_out, checkpoint, mut progress } = self;
        settings.check()?;
        if train.is_empty() {
            return Err(DistilError::NoSamples);
        }
        model.check_steering(teacher)?;
        let plan = SteeringPlan::new(teacher);
        if plan.is_empty() {
            return Err(DistilError::NoSteering);
        }
        let shape = model.adapter_shape_on(settings.lora.rank as usize, settings.on);
        let state = checkpoint.unwrap_or_else(|| Checkpoint::new(Adapter::start(shape, settings.seed)));
        state.check(shape.numbers(), settings.steps as usize)?;
        let (first, total) = (train.len(), train.len() + held_out.len());
        let mut shown = |done: usize, _: usize| tell(&mut progress, done, total);
        let train = Taught::compute(&model, train, &plan, Some(&mut shown))?;
        let mut shown = |done: usize, _: usize| tell(&mut progress, first + done, total);
        let held_out = Taught::compute(&model, held_out, &plan, Some(&mut shown))?;
        let epoch = (0, batch_order::order(settings.seed, train.len(), 0).0);
        Ok(Distillation { model, settings, shape, train, held_out, state, epoch })
    }
}
