//! Distils a steered model into a low-rank adapter (`LoRA`), for programs that read adapters and no vectors.
//!
//! ```text
//! min over A, B   1/n Σ_i KL(s_i ‖ t_i),   KL(s ‖ t) = Σ_v s(v) log(s(v) / t(v))
//! ```
//!
//! Here `s_i` is what the student, the model with the adapter, predicts after the i-th of n tokens of prompts, answers and plain
//! texts, and `t_i` what the teacher, the steered model, predicts there. This is the reverse divergence (Gu et al. 2024, `MiniLLM`,
//! arXiv 2306.08543, minimise it, too): the student avoids what the teacher finds unlikely. The teacher is known by its
//! predictions alone, so several vectors, gates and caps are distilled alike. The adapter acts at every token and in every block;
//! what is left of the divergence is measured on held-out samples, because it is never 0.
//!
//! Gradients come from the engine's own backward pass. A step depends only on the settings, the samples and the checkpoint, so
//! a run that was interrupted and resumed ends in the same bits as one that was not.

mod builder;
mod divergence;
mod run;
mod samples;
mod settings;
#[cfg(test)]
mod tests;

pub use builder::DistillationBuilder;
pub use run::{DistilStep, Distillation, memory_estimate};
pub use samples::{Divergence, Sample};
pub use settings::DistilSettings;

use crate::model::ModelError;
use crate::train::TrainError;

fn at(sample: Option<usize>) -> String {
    sample.map_or_else(String::new, |sample| format!(", training sample {}", sample + 1))
}

/// The reason why a steered model cannot be distilled.
#[derive(Debug, thiserror::Error)]
pub enum DistilError {
    /// There is nothing to distil from.
    #[error("there are no prompts and texts to distil from")]
    NoSamples,
    /// There is no steering, so there is nothing to learn.
    #[error("nothing steers the model: the adapter would add nothing")]
    NoSteering,
    /// A setting is out of its range.
    #[error("{name} is {value}, and it must be {rule}")]
    Setting {
        /// The setting's name within a sentence.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        rule: &'static str,
    },
    /// The checkpoint is damaged or belongs to another run.
    #[error(transparent)]
    Checkpoint(#[from] TrainError),
    /// All steps of the run are done.
    #[error("all {steps} steps are done")]
    AllStepsDone {
        /// The steps.
        steps: usize,
    },
    /// A batch names a sample that the run does not learn from.
    #[error("there is no training sample {index}: the run has {samples}, counted from 0")]
    NoSuchSample {
        /// The index that was named.
        index: usize,
        /// The number of training samples.
        samples: usize,
    },
    /// The loss, the gradient or the adapter would not be finite after a step. The run stays as it was before it.
    #[error("the numbers are not finite at step {step}{}: the learning rate is probably too high", at(*sample))]
    NotFinite {
        /// The step, counted from 1.
        step: usize,
        /// The index of the sample whose divergence is not finite; `None` where all of them are, and the gradient or the step
        /// itself overflows.
        sample: Option<usize>,
    },
    /// The model refuses, or `progress` asked to halt ([`ModelError::Interrupted`]).
    #[error(transparent)]
    Model(#[from] ModelError),
}
