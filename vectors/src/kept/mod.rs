//! What stays the same while vectors at layer L and above change: the residual stream after block L of every pair.
//!
//! A vector is added after its block, so blocks 0..=L never see it. They are run once; training and scoring start
//! from their output. An adapter acts in every block: then nothing but the embedding stays the same, and the layer is
//! `None`.

mod acting;
mod batch;
mod store;
mod trained;

pub(crate) use acting::{Acting, Doing};
pub(crate) use batch::{Batch, above};
pub use store::Spill;
pub(crate) use trained::Trained;

use crate::Progress;
use crate::layer::{Layer, PrefixBlocks};
use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::packing::{Packing, PairRows};
use crate::pairs::EncodedPair;
use crate::score::PairLogProbs;
use crate::steering::{Shifts, Term};
use store::Store;

/// Rows that are run together where nothing asks for a certain batch: products are efficient, memory stays small.
const ROWS_AT_ONCE: usize = 768;

/// Pairs with their residual stream after the prefix.
pub(crate) struct Kept {
    prefix: PrefixBlocks,
    pairs: Vec<EncodedPair>,
    /// Of each pair, `[rows, hidden]`.
    hidden: Store,
    /// The mean L2 norm of all rows.
    mean_norm: f64,
}

impl Kept {
    /// What a steering set does above the kept layer.
    ///
    /// # Errors
    /// Where a vector or an adapter does not fit the model or acts below the layer.
    pub(crate) fn shifts(&self, model: &Model, steering: &[Term]) -> Result<Shifts, ModelError> {
        shifts_above(model, steering, self.prefix)
    }

    /// Runs the prefix over all pairs.
    pub(crate) fn compute(
        model: &Model,
        pairs: &[EncodedPair],
        prefix: PrefixBlocks,
        spill: &Spill,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        check_prefix(model, prefix)?;
        pairs.iter().try_for_each(|pair| model.check_pair(pair))?;
        let width = model.facts().hidden_size;
        let rows = pairs.iter().map(row_count).sum::<usize>();
        let mut hidden = Store::new(rows, width, spill)?;
        let (mut done, mut norms) = (0, 0.0);
        for chunk in chunks(pairs) {
            if progress(done, pairs.len()).is_break() {
                return Err(ModelError::Stopped);
            }
            let mut packing = Packing::default();
            let ranges: Vec<PairRows> = chunk.iter().map(|pair| packing.push_pair(pair)).collect();
            let x = on_pool(|| {
                let x = model.decoder.embed(&packing.tokens)?;
                model.decoder.run(prefix.blocks(), x, &packing, &Shifts::default())
            })?;
            let x = rows::read(&x)?;
            for range in ranges {
                let range = range.prompt.start..range.opposite.end;
                norms += range.clone().map(|row| l2(x.row(row))).sum::<f64>();
                hidden.push(&x.all()[range.start * width..range.end * width])?;
            }
            done += chunk.len();
        }
        let _ = progress(pairs.len(), pairs.len());
        Ok(Self { prefix, pairs: pairs.to_vec(), hidden, mean_norm: norms / rows.max(1) as f64 })
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Packs some of the pairs.
    pub(crate) fn batch(&self, indices: &[usize]) -> Result<Batch, ModelError> {
        Batch::of(self, indices)
    }

    /// Log-probabilities of every pair with `shifts` added, in the pairs' order.
    pub(crate) fn log_probs(
        &self,
        model: &Model,
        shifts: &Shifts,
        progress: Progress<'_>,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        let mut all = Vec::with_capacity(self.len());
        for chunk in chunks(&self.pairs) {
            if progress(all.len(), self.len()).is_break() {
                return Err(ModelError::Stopped);
            }
            let indices: Vec<usize> = (all.len()..all.len() + chunk.len()).collect();
            let batch = self.batch(&indices)?;
            all.extend(on_pool(|| batch.log_probs(model, shifts))?);
        }
        let _ = progress(self.len(), self.len());
        Ok(all)
    }

    /// The mean L2 norm of the rows.
    pub(crate) fn mean_norm(&self) -> f64 {
        self.mean_norm
    }
}

/// Refuses a prefix with more blocks than the model has.
pub(crate) fn check_prefix(model: &Model, prefix: PrefixBlocks) -> Result<(), ModelError> {
    prefix.last_layer().map_or(Ok(()), |layer| model.check_layer(layer.0))
}

/// Sums up a steering set; refuses one that does not fit the model or that acts within the prefix.
pub(crate) fn shifts_above(
    model: &Model,
    steering: &[Term],
    prefix: PrefixBlocks,
) -> Result<Shifts, ModelError> {
    model.check_steering(steering)?;
    let shifts = Shifts::of(steering);
    let (Some(untouched), Some(Layer(kept))) = (shifts.untouched().map(PrefixBlocks), prefix.last_layer())
    else {
        return Ok(shifts);
    };
    match untouched.last_layer() {
        _ if untouched >= prefix => Ok(shifts),
        Some(Layer(layer)) => Err(ModelError::BelowKept { layer, kept }),
        None => Err(ModelError::AdapterAboveKept { kept }),
    }
}

fn l2(row: &[f32]) -> f64 {
    row.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}

/// Rows that a pair takes: the closing tokens take none.
pub(crate) fn row_count(pair: &EncodedPair) -> usize {
    pair.prompt.len() + pair.wanted.len() + pair.opposite.len() - 2
}

/// Consecutive pairs that together have about [`ROWS_AT_ONCE`] rows.
pub(crate) fn chunks(pairs: &[EncodedPair]) -> Vec<&[EncodedPair]> {
    let (mut all, mut start, mut size) = (Vec::new(), 0, 0);
    for (index, pair) in pairs.iter().enumerate() {
        if size > 0 && size + row_count(pair) > ROWS_AT_ONCE {
            all.push(&pairs[start..index]);
            (start, size) = (index, 0);
        }
        size += row_count(pair);
    }
    if start < pairs.len() {
        all.push(&pairs[start..]);
    }
    all
}
