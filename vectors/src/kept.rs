//! What stays the same while a vector at layer L changes: the residual stream after block L of every pair.
//!
//! The vector is added after block L, so blocks 0..=L never see it. They are run once; training and scoring start
//! from their output.

use candle_core::Tensor;

use crate::Progress;
use crate::model::{Model, ModelError, Trace};
use crate::ops::rows;
use crate::ops::vocabulary;
use crate::packing::{Packing, PairRows};
use crate::pairs::EncodedPair;
use crate::score::PairLogProbs;

/// Rows that are run together where nothing asks for a certain batch: products are efficient, memory stays small.
const ROWS_AT_ONCE: usize = 768;

/// Pairs with their residual stream after block `layer`.
pub(crate) struct Kept {
    pub(crate) layer: usize,
    pairs: Vec<EncodedPair>,
    /// Of each pair, `[rows, hidden]`.
    hidden: Vec<Tensor>,
}

/// Some kept pairs, packed.
pub(crate) struct Batch {
    packing: Packing,
    hidden: Tensor,
    /// The rows whose logits are read, with their targets: of each pair first the wanted answer's, then the opposite's.
    reads: Vec<usize>,
    targets: Vec<u32>,
    /// How many of the reads are each answer's: two numbers a pair.
    lengths: Vec<usize>,
}

/// A batch that went through the blocks above the layer, ready for the way back.
pub(crate) struct Pass {
    pub(crate) log_probs: Vec<PairLogProbs>,
    traces: Vec<Trace>,
    /// The rows that are read, before the final norm.
    read_rows: Tensor,
    /// Of each read, the derivative of its log-probability with respect to the normed row.
    derivatives: Tensor,
}

impl Kept {
    /// Runs blocks 0..=layer over all pairs.
    pub(crate) fn compute(
        model: &Model,
        pairs: &[EncodedPair],
        layer: usize,
        progress: Progress<'_>,
    ) -> Result<Self, ModelError> {
        model.check_layer(layer)?;
        for pair in pairs {
            model.check_length(pair.prompt.len() + pair.wanted.len().max(pair.opposite.len()))?;
        }
        let mut hidden = Vec::with_capacity(pairs.len());
        for chunk in chunks(pairs) {
            if progress(hidden.len(), pairs.len()).is_break() {
                return Err(ModelError::Stopped);
            }
            let mut packing = Packing::default();
            let ranges: Vec<PairRows> = chunk.iter().map(|pair| packing.push_pair(pair)).collect();
            let x = model.decoder.embed(&packing.tokens)?;
            let x = model.decoder.run(0..layer + 1, x, &packing)?;
            for range in ranges {
                let start = range.prompt.start;
                hidden.push(rows::gather(&x, start..range.opposite.end)?);
            }
        }
        let _ = progress(pairs.len(), pairs.len());
        Ok(Self { layer, pairs: pairs.to_vec(), hidden })
    }

    pub(crate) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Packs some of the pairs.
    pub(crate) fn batch(&self, indices: &[usize]) -> Result<Batch, ModelError> {
        let mut packing = Packing::default();
        let pairs: Vec<PairRows> =
            indices.iter().map(|index| packing.push_pair(&self.pairs[*index])).collect();
        let parts: Vec<&Tensor> = indices.iter().map(|index| &self.hidden[*index]).collect();
        let (mut reads, mut targets, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
        for (index, rows) in indices.iter().zip(&pairs) {
            let pair = &self.pairs[*index];
            reads.extend(rows.reads_wanted().chain(rows.reads_opposite()));
            targets.extend(pair.wanted.iter().chain(&pair.opposite));
            lengths.extend([pair.wanted.len(), pair.opposite.len()]);
        }
        Ok(Batch { packing, hidden: Tensor::cat(&parts, 0)?, reads, targets, lengths })
    }

    /// Log-probabilities of every pair with `shift` added after the layer, in the pairs' order.
    pub(crate) fn log_probs(
        &self,
        model: &Model,
        shift: Option<&[f32]>,
        progress: Progress<'_>,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        let mut all = Vec::with_capacity(self.len());
        for chunk in chunks(&self.pairs) {
            if progress(all.len(), self.len()).is_break() {
                return Err(ModelError::Stopped);
            }
            let indices: Vec<usize> = (all.len()..all.len() + chunk.len()).collect();
            let batch = self.batch(&indices)?;
            let x = batch.above(model, self.layer, shift, |_| ())?;
            let (log_probs, _) = batch.read(model, &x, false)?;
            all.extend(log_probs);
        }
        let _ = progress(self.len(), self.len());
        Ok(all)
    }

    /// The mean L2 norm of the rows.
    pub(crate) fn mean_norm(&self) -> Result<f64, ModelError> {
        let (mut sum, mut count) = (0.0, 0);
        for hidden in &self.hidden {
            let rows = rows::read(hidden)?;
            for row in 0..rows.count() {
                sum += rows.row(row).iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
            }
            count += rows.count();
        }
        Ok(sum / f64::from(count.max(1) as u32))
    }

    /// Mean over pairs of the difference between the rows' mean over the wanted answer's tokens and over the opposite
    /// answer's. The closing token is not averaged: it is the same in both.
    pub(crate) fn mean_difference(&self) -> Result<Vec<f32>, ModelError> {
        let width = self.hidden.first().map_or(0, |h| h.dims().last().copied().unwrap_or(0));
        let mut difference = vec![0.0_f64; width];
        for (pair, hidden) in self.pairs.iter().zip(&self.hidden) {
            let rows = rows::read(hidden)?;
            let mut packing = Packing::default();
            let ranges = packing.push_pair(pair);
            for (range, sign) in [(ranges.wanted, 1.0), (ranges.opposite, -1.0)] {
                let weight = sign / (range.len() * self.len()) as f64;
                for row in range {
                    for (sum, x) in difference.iter_mut().zip(rows.row(row)) {
                        *sum += weight * f64::from(*x);
                    }
                }
            }
        }
        Ok(difference.into_iter().map(|x| x as f32).collect())
    }
}

impl Batch {
    /// Through the blocks above `layer` with `shift` added first, keeping what the way back needs.
    pub(crate) fn pass(&self, model: &Model, layer: usize, shift: &[f32]) -> Result<Pass, ModelError> {
        let mut traces = Vec::new();
        let x = self.above(model, layer, Some(shift), |trace| traces.push(trace))?;
        let read_rows = rows::gather(&x, self.reads.iter().copied())?;
        let (log_probs, derivatives) = self.read(model, &x, true)?;
        let derivatives = derivatives.unwrap_or_else(|| read_rows.clone());
        Ok(Pass { log_probs, traces, read_rows, derivatives })
    }

    fn above(
        &self,
        model: &Model,
        layer: usize,
        shift: Option<&[f32]>,
        mut keep: impl FnMut(Trace),
    ) -> Result<Tensor, ModelError> {
        let x = match shift {
            Some(shift) => self.hidden.broadcast_add(&Tensor::new(shift, self.hidden.device())?)?,
            None => self.hidden.clone(),
        };
        let blocks = layer + 1..model.decoder.block_count();
        Ok(model.decoder.run_with(blocks, x, &self.packing, |_, trace| keep(trace))?)
    }

    /// Sums of log-probabilities over each answer's tokens, and each read's derivative where asked.
    fn read(
        &self,
        model: &Model,
        x: &Tensor,
        with_gradient: bool,
    ) -> Result<(Vec<PairLogProbs>, Option<Tensor>), ModelError> {
        let normed = model.decoder.final_norm().forward(&rows::gather(x, self.reads.iter().copied())?)?;
        let (values, derivatives) =
            vocabulary::log_probs(&normed, model.decoder.head(), &self.targets, with_gradient)?;
        let mut rest = values.as_slice();
        let mut sum = |length: usize| {
            let (answer, after) = rest.split_at(length);
            rest = after;
            answer.iter().map(|x| f64::from(*x)).sum::<f64>()
        };
        let log_probs =
            self.lengths.chunks_exact(2).map(|l| PairLogProbs { wanted: sum(l[0]), opposite: sum(l[1]) });
        Ok((log_probs.collect(), derivatives))
    }

    /// The gradient of `Σ_pairs weights · (log pi(wanted), log pi(opposite))` with respect to the shift.
    pub(crate) fn gradient(
        &self,
        model: &Model,
        layer: usize,
        pass: Pass,
        weights: &[(f64, f64)],
    ) -> Result<Vec<f32>, ModelError> {
        let answers = weights.iter().flat_map(|(wanted, opposite)| [*wanted, *opposite]);
        let factors: Vec<f32> = answers
            .zip(&self.lengths)
            .flat_map(|(weight, length)| std::iter::repeat_n(weight as f32, *length))
            .collect();
        let factors = Tensor::from_vec(factors, (self.reads.len(), 1), self.hidden.device())?;
        let d_normed = pass.derivatives.broadcast_mul(&factors)?;
        let nothing = d_normed.zeros_like()?;
        let d_rows = model.decoder.final_norm().backward(&pass.read_rows, &d_normed, &nothing)?;
        let d_top = self.scatter(&d_rows)?;
        let d_shift = model.decoder.backward(layer + 1, pass.traces, d_top, &self.packing)?;
        Ok(d_shift.sum(0)?.to_vec1()?)
    }

    /// The rows that are read, back in their places; a row that is read twice gets the sum.
    fn scatter(&self, read: &Tensor) -> Result<Tensor, ModelError> {
        let read = rows::read(read)?;
        let mut all = vec![0.0; self.packing.rows() * read.width];
        for (index, row) in self.reads.iter().enumerate() {
            let target = &mut all[row * read.width..(row + 1) * read.width];
            target.iter_mut().zip(read.row(index)).for_each(|(x, d)| *x += d);
        }
        Ok(rows::tensor(all, read.width)?)
    }
}

/// Consecutive pairs that together have about [`ROWS_AT_ONCE`] rows.
fn chunks(pairs: &[EncodedPair]) -> Vec<&[EncodedPair]> {
    let rows = |pair: &EncodedPair| pair.prompt.len() + pair.wanted.len() + pair.opposite.len() - 2;
    let (mut all, mut start, mut size) = (Vec::new(), 0, 0);
    for (index, pair) in pairs.iter().enumerate() {
        if size > 0 && size + rows(pair) > ROWS_AT_ONCE {
            all.push(&pairs[start..index]);
            (start, size) = (index, 0);
        }
        size += rows(pair);
    }
    if start < pairs.len() {
        all.push(&pairs[start..]);
    }
    all
}
