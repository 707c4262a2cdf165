//! Caches the residual stream of every pair after the prefix, the leading blocks that no steering changes.
//!
//! A vector is added to the output of its block L, so blocks 0 to L never see it. They run once; training and scoring
//! start from their output. An adapter acts inside every block, so only the embedding is cached
//! ([`PrefixBlocks::NONE`]).

mod activation_store;
mod batch;
mod trainable;
mod trainable_vectors;

pub(crate) use activation_store::ActivationStore;
pub use activation_store::OffloadLimit;
pub(crate) use batch::{Batch, adapter_gradient};
pub(crate) use trainable::Trainable;
pub(crate) use trainable_vectors::{PassOp, TrainableVectors};

use crate::layer::{Layer, PrefixBlocks};
use crate::model::{Model, ModelError, Part};
use crate::ops::{on_pool, rows};
use crate::packing::{Packing, PairRows};
use crate::pairs::EncodedPair;
use crate::progress::{Progress, continue_unless_halting, tell};
use crate::score::PairLogProbs;
use crate::steering::{SteeringPlan, Term};

/// The number of rows in one forward pass where the caller sets no batch size: enough for efficient matrix products, and
/// few enough that activations stay small.
const ROWS_AT_ONCE: usize = 768;

/// Tokenized pairs and their residual stream after the prefix.
pub(crate) struct PrefixActivations {
    prefix: PrefixBlocks,
    pairs: Vec<EncodedPair>,
    /// One matrix `[rows, hidden_size]` for each pair.
    hidden: ActivationStore,
    /// The mean L2 norm of the rows of all pairs.
    mean_norm: f64,
}

impl PrefixActivations {
    /// Sums up a steering set that acts on these activations.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts within the prefix.
    pub(crate) fn plan(&self, model: &Model, steering: &[Term]) -> Result<SteeringPlan, ModelError> {
        plan_after_prefix(model, steering, self.prefix)
    }

    /// Runs the prefix over all pairs and stores its output. `progress` counts pairs.
    ///
    /// # Errors
    /// Where the model has fewer blocks, a pair does not fit the model, an activation is not finite, the offload file cannot
    /// be written, or `progress` says stop.
    pub(crate) fn compute(
        model: &Model,
        pairs: &[EncodedPair],
        prefix: PrefixBlocks,
        offload: &OffloadLimit,
        mut progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        check_prefix(model, prefix)?;
        pairs.iter().try_for_each(|pair| model.check_pair(pair))?;
        let width = model.facts().hidden_size;
        let rows = pairs.iter().map(pair_rows).sum::<usize>();
        let mut hidden = ActivationStore::new(rows, width, offload)?;
        let (mut done, mut norms) = (0, 0.0);
        for chunk in split_pairs(pairs) {
            continue_unless_halting(&mut progress, done, pairs.len())?;
            let mut packing = Packing::default();
            let ranges: Vec<PairRows> = chunk.iter().map(|pair| packing.push_pair(pair)).collect();
            let x = on_pool(|| model.decoder.forward_prefix(prefix, &packing))?;
            let x = rows::read(&x)?;
            for (place, range) in ranges.into_iter().enumerate() {
                let range = range.prompt.start..range.opposite.end;
                let norm = range.clone().map(|row| l2(x.row(row))).sum::<f64>();
                Part::Pair.check(done + place, [norm])?;
                norms += norm;
                hidden.push(&x.all()[range.start * width..range.end * width])?;
            }
            done += chunk.len();
        }
        let _ = tell(&mut progress, pairs.len(), pairs.len());
        Ok(Self { prefix, pairs: pairs.to_vec(), hidden, mean_norm: norms / rows.max(1) as f64 })
    }

    /// Returns the number of pairs.
    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Packs the pairs with these indices, in their order.
    pub(crate) fn batch(&self, indices: &[usize]) -> Result<Batch, ModelError> {
        Batch::new(self, indices)
    }

    /// Returns the log-probabilities of every pair under `plan`, in the pairs' order. `progress` counts pairs.
    ///
    /// # Errors
    /// Where a log-probability is not finite, or `progress` says stop.
    pub(crate) fn log_probs(
        &self,
        model: &Model,
        plan: &SteeringPlan,
        mut progress: Progress<'_>,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        let mut all = Vec::with_capacity(self.len());
        for chunk in split_pairs(&self.pairs) {
            continue_unless_halting(&mut progress, all.len(), self.len())?;
            let indices: Vec<usize> = (all.len()..all.len() + chunk.len()).collect();
            let batch = self.batch(&indices)?;
            for pair in on_pool(|| batch.log_probs(model, plan))? {
                Part::Pair.check(all.len(), [pair.wanted, pair.opposite])?;
                all.push(pair);
            }
        }
        let _ = tell(&mut progress, self.len(), self.len());
        Ok(all)
    }

    /// Returns the mean L2 norm of the residual stream after the prefix, over the rows of all pairs.
    pub(crate) fn mean_norm(&self) -> f64 {
        self.mean_norm
    }
}

/// Refuses a prefix with more blocks than the model has.
pub(crate) fn check_prefix(model: &Model, prefix: PrefixBlocks) -> Result<(), ModelError> {
    prefix.last_layer().map_or(Ok(()), |layer| model.check_layer(layer.0))
}

/// Sums up a steering set; refuses one that does not fit the model or that acts within the prefix.
pub(crate) fn plan_after_prefix(
    model: &Model,
    steering: &[Term],
    prefix: PrefixBlocks,
) -> Result<SteeringPlan, ModelError> {
    model.check_steering(steering)?;
    let plan = SteeringPlan::new(steering);
    let (Some(untouched), Some(Layer(prepared))) = (plan.untouched().map(PrefixBlocks), prefix.last_layer())
    else {
        return Ok(plan);
    };
    match untouched.last_layer() {
        _ if untouched >= prefix => Ok(plan),
        Some(Layer(layer)) if !plan.edits_after(layer) => {
            Err(ModelError::GateBelowPrefix { layer, prepared })
        }
        Some(Layer(layer)) => Err(ModelError::BelowPrefix { layer, prepared }),
        None => Err(ModelError::AdapterAbovePrefix { prepared }),
    }
}

fn l2(row: &[f32]) -> f64 {
    row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}

/// Returns the number of rows of a packed pair: one for each token but the answers' closing tokens, which are only
/// predicted.
pub(crate) fn pair_rows(pair: &EncodedPair) -> usize {
    pair.prompt.len() + pair.wanted.len() + pair.opposite.len() - 2
}

/// Splits pairs into runs of at most [`ROWS_AT_ONCE`] rows; a longer pair is a run of its own.
pub(crate) fn split_pairs(pairs: &[EncodedPair]) -> Vec<&[EncodedPair]> {
    let (mut all, mut start, mut size) = (Vec::new(), 0, 0);
    for (index, pair) in pairs.iter().enumerate() {
        if size > 0 && size + pair_rows(pair) > ROWS_AT_ONCE {
            all.push(&pairs[start..index]);
            (start, size) = (index, 0);
        }
        size += pair_rows(pair);
    }
    if start < pairs.len() {
        all.push(&pairs[start..]);
    }
    all
}
