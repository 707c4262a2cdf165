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
use crate::model::{Model, ModelError};
use crate::ops::{on_pool, rows};
use crate::packing::{Packing, PairRows};
use crate::pairs::EncodedPair;
use crate::score::PairLogProbs;
use crate::steering::{Shifts, Term};
use store::Store;

/// Rows that are run together where nothing asks for a certain batch: products are efficient, memory stays small.
const ROWS_AT_ONCE: usize = 768;

/// Pairs with their residual stream after the first `blocks` blocks.
pub(crate) struct Kept {
    blocks: usize,
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
        shifts_above(model, steering, self.blocks)
    }

    /// Runs blocks 0..=layer over all pairs; without a layer, only the embedding.
    pub(crate) fn compute(
        model: &Model,
        pairs: &[EncodedPair],
        layer: Option<usize>,
        spill: &Spill,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        let blocks = blocks_below(model, layer)?;
        pairs.iter().try_for_each(|pair| model.check_pair(pair))?;
        let width = model.facts().hidden_size;
        let rows = pairs.iter().map(row_count).sum::<usize>();
        let mut hidden = Store::new(rows, width, spill)?;
        let (mut done, mut norms) = (0, 0.0);
        for chunk in chunks(pairs) {
            if progress(done, pairs.len()).is_break() {
                return Err(ModelError::Interrupted);
            }
            let mut packing = Packing::default();
            let ranges: Vec<PairRows> = chunk.iter().map(|pair| packing.push_pair(pair)).collect();
            let x = on_pool(|| {
                let x = model.decoder.embed(&packing.tokens)?;
                model.decoder.run(0..blocks, x, &packing, &Shifts::default())
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
        Ok(Self { blocks, pairs: pairs.to_vec(), hidden, mean_norm: norms / rows.max(1) as f64 })
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
                return Err(ModelError::Interrupted);
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

/// The blocks up to and including a layer; none without one.
///
/// # Errors
/// Where the model has no such layer.
pub(crate) fn blocks_below(model: &Model, layer: Option<usize>) -> Result<usize, ModelError> {
    let Some(layer) = layer else { return Ok(0) };
    model.check_layer(layer)?;
    Ok(layer + 1)
}

/// A steering set summed up, refused where it does not fit the model or does something to rows that have not gone through
/// so many blocks yet.
pub(crate) fn shifts_above(model: &Model, steering: &[Term], blocks: usize) -> Result<Shifts, ModelError> {
    model.check_steering(steering)?;
    let shifts = Shifts::of(steering);
    match shifts.untouched().filter(|untouched| *untouched < blocks) {
        Some(0) => Err(ModelError::AdapterAboveKept { kept: blocks - 1 }),
        Some(untouched) => Err(ModelError::BelowKept { layer: untouched - 1, kept: blocks - 1 }),
        None => Ok(shifts),
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
