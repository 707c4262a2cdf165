//! What is distilled from: prompts with answers and plain texts, with what the teacher computes of them.

use candle_core::Tensor;

use super::divergence::row_divergence;
use crate::layer::PrefixBlocks;
use crate::model::{BlockSteering, Model, ModelError, Part, SavedActivations};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::pairs::EncodedPair;
use crate::prefix::{ActivationStore, OffloadLimit, pair_rows};
use crate::progress::{Progress, continue_unless_halting, tell};
use crate::score::{Interval, Ratio, ratio_interval};
use crate::steering::SteeringPlan;

/// The most rows in one forward pass, unless one sample has more.
const ROWS_AT_ONCE: usize = 768;
/// The seed of the intervals' resamples.
const SEED: u64 = 0;

/// A text on whose every token the student is compared with the teacher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sample {
    /// A prompt with both of its answers.
    Pair(EncodedPair),
    /// A plain text, all of which counts as answer.
    Text(Vec<u32>),
}

impl Sample {
    /// Returns the number of predictions that are compared.
    pub(super) fn rows(&self) -> usize {
        match self {
            Self::Pair(pair) => pair_rows(pair),
            Self::Text(tokens) => tokens.len(),
        }
    }

    fn check(&self, model: &Model) -> Result<(), ModelError> {
        match self {
            Self::Pair(pair) => model.check_pair(pair),
            Self::Text(tokens) => model.check_tokens(tokens),
        }
    }
}

/// How far the student is from the teacher: the mean of KL(student ‖ teacher) over tokens, in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Divergence {
    /// The mean with its 95 % interval by the bootstrap over samples.
    pub interval: Interval,
    /// The number of samples.
    pub samples: usize,
    /// The number of predictions that were compared.
    pub tokens: usize,
}

/// Samples, and the teacher's residual stream after the last block for each of their rows.
pub(super) struct Taught {
    samples: Vec<Sample>,
    teacher: ActivationStore,
}

impl Taught {
    /// Runs the teacher over all samples. `progress` counts samples.
    pub(super) fn compute(
        model: &Model,
        samples: Vec<Sample>,
        teacher: &SteeringPlan,
        mut progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        samples.iter().try_for_each(|sample| sample.check(model))?;
        let width = model.facts().hidden_size;
        let rows = samples.iter().map(Sample::rows).sum();
        let mut store = ActivationStore::new(rows, width, &OffloadLimit::default())?;
        for (index, sample) in samples.iter().enumerate() {
            continue_unless_halting(&mut progress, index, samples.len())?;
            let packing = pack(&[sample]);
            let x = on_pool(|| forward(model, &packing, teacher, |_| ()))?;
            let x = rows::read(&x)?;
            Part::Text.check(index, x.all().iter().map(|number| f64::from(*number)))?;
            store.push(x.all())?;
        }
        let _ = tell(&mut progress, samples.len(), samples.len());
        Ok(Self { samples, teacher: store })
    }

    pub(super) fn len(&self) -> usize {
        self.samples.len()
    }

    /// Returns the number of rows of some samples.
    pub(super) fn rows(&self, indices: &[usize]) -> usize {
        indices.iter().map(|index| self.samples[*index].rows()).sum()
    }

    /// Returns the sample that a row of a batch of these samples belongs to.
    pub(super) fn sample_of_row(&self, indices: &[usize], row: usize) -> Option<usize> {
        let mut end = 0;
        indices.iter().copied().find(|index| {
            end += self.samples[*index].rows();
            row < end
        })
    }

    /// Packs some samples. Returns them with the teacher's rows.
    pub(super) fn batch(&self, indices: &[usize]) -> Result<(Packing, Tensor), ModelError> {
        let samples: Vec<&Sample> = indices.iter().map(|index| &self.samples[*index]).collect();
        Ok((pack(&samples), self.teacher.rows(indices)?))
    }

    /// Measures a student on all samples. `progress` counts them.
    pub(super) fn divergence(
        &self,
        model: &Model,
        student: &(impl BlockSteering + Sync),
        mut progress: Progress<'_>,
    ) -> Result<Divergence, ModelError> {
        let mut items: Vec<Ratio> = Vec::with_capacity(self.len());
        for chunk in self.chunks() {
            continue_unless_halting(&mut progress, items.len(), self.len())?;
            let (packing, teacher) = self.batch(&chunk)?;
            let found = on_pool(|| {
                let x = forward(model, &packing, student, |_| ())?;
                row_divergence(model, &x, &teacher, false)
            })?;
            let mut rest = found.nats.as_slice();
            for index in chunk {
                let (own, after) = rest.split_at(self.samples[index].rows());
                rest = after;
                let numerator = own.iter().sum::<f64>();
                Part::Text.check(index, [numerator])?;
                items.push(Ratio { numerator, denominator: own.len() as f64 });
            }
        }
        let _ = tell(&mut progress, self.len(), self.len());
        let tokens = self.samples.iter().map(Sample::rows).sum();
        Ok(Divergence { interval: ratio_interval(&items, SEED, |mean| mean), samples: items.len(), tokens })
    }

    /// Splits the samples into runs of at most [`ROWS_AT_ONCE`] rows; a longer one is a run of its own.
    fn chunks(&self) -> Vec<Vec<usize>> {
        let (mut all, mut rows) = (Vec::<Vec<usize>>::new(), 0);
        for (index, sample) in self.samples.iter().enumerate() {
            rows += sample.rows();
            match all.last_mut() {
                Some(last) if rows <= ROWS_AT_ONCE => last.push(index),
                _ => {
                    all.push(vec![index]);
                    rows = sample.rows();
                }
            }
        }
        all
    }
}

fn pack(samples: &[&Sample]) -> Packing {
    let mut packing = Packing::default();
    for sample in samples {
        match sample {
            Sample::Pair(pair) => drop(packing.push_pair(pair)),
            Sample::Text(tokens) => packing.push_text(tokens),
        }
    }
    packing
}

/// Runs packed rows through all blocks, steered. Returns the residual stream before the final norm; `save` gets what each block
/// saves for the backward pass.
pub(super) fn forward(
    model: &Model,
    packing: &Packing,
    steering: &impl BlockSteering,
    mut save: impl FnMut(SavedActivations),
) -> Result<Tensor, ModelError> {
    let x = model.decoder.forward_prefix(PrefixBlocks::NONE, packing)?;
    let visit = |_, _: &Tensor, saved| {
        save(saved);
        Ok(())
    };
    Ok(model.decoder.forward_after_prefix_with(PrefixBlocks::NONE, x, packing, steering, visit)?)
}
