//! Kept pairs on their way through the blocks above, and back.

use candle_core::Tensor;

use crate::model::{Model, ModelError, Trace};
use crate::ops::rows;
use crate::packing::{Packing, PairRows};
use crate::score::PairLogProbs;
use crate::steering::Shifts;

use super::{Acting, Kept};

/// Some kept pairs, packed.
pub(crate) struct Batch {
    /// The block after which the rows were kept.
    layer: usize,
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
    /// Of the kept block and each one above it, what it gave before the vectors acted on it.
    outputs: Vec<Tensor>,
    traces: Vec<Trace>,
    /// The rows that are read, before the final norm.
    read_rows: Tensor,
    /// Of each read, the derivative of its log-probability with respect to the normed row.
    derivatives: Tensor,
}

impl Batch {
    /// Packs some of the kept pairs.
    pub(super) fn of(kept: &Kept, indices: &[usize]) -> Result<Self, ModelError> {
        let mut packing = Packing::default();
        let pairs: Vec<PairRows> =
            indices.iter().map(|index| packing.push_pair(&kept.pairs[*index])).collect();
        let (mut reads, mut targets, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
        for (index, rows) in indices.iter().zip(&pairs) {
            let pair = &kept.pairs[*index];
            reads.extend(rows.reads_wanted().chain(rows.reads_opposite()));
            targets.extend(pair.wanted.iter().chain(&pair.opposite));
            lengths.extend([pair.wanted.len(), pair.opposite.len()]);
        }
        Ok(Self { layer: kept.layer, packing, hidden: kept.hidden.rows(indices)?, reads, targets, lengths })
    }

    /// How many tokens the answers of each pair have, the closing ones included: wanted, opposite.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.lengths.chunks_exact(2).map(|l| (l[0], l[1]))
    }

    /// Rows that go through the blocks above.
    pub(crate) fn rows(&self) -> usize {
        self.packing.rows()
    }

    /// Log-probabilities of the pairs' answers.
    pub(crate) fn log_probs(&self, model: &Model, shifts: &Shifts) -> Result<Vec<PairLogProbs>, ModelError> {
        Ok(self.read(model, &self.last(model, shifts)?, false)?.0)
    }

    /// The rows whose logits are read, before the final norm.
    pub(crate) fn last(&self, model: &Model, shifts: &Shifts) -> Result<Tensor, ModelError> {
        let mut x = shifts.apply(self.hidden.clone(), self.layer, &self.packing)?;
        for block in self.layer + 1..model.decoder.block_count() {
            x = shifts.apply(model.decoder.forward(block, &x, &self.packing)?.0, block, &self.packing)?;
        }
        Ok(rows::gather(&x, self.reads.iter().copied())?)
    }

    /// Through the blocks above the layer, keeping what the way back needs.
    pub(crate) fn pass(&self, model: &Model, acting: &Acting<'_>) -> Result<Pass, ModelError> {
        let (mut outputs, mut traces) = (vec![self.hidden.clone()], Vec::new());
        let mut x = acting.forward(self.hidden.clone(), self.layer, &self.packing)?;
        for block in self.layer + 1..model.decoder.block_count() {
            let (y, trace) = model.decoder.forward(block, &x, &self.packing)?;
            traces.push(trace);
            outputs.push(y.clone());
            x = acting.forward(y, block, &self.packing)?;
        }
        let read_rows = rows::gather(&x, self.reads.iter().copied())?;
        let (log_probs, derivatives) = self.read(model, &read_rows, true)?;
        let derivatives = derivatives.unwrap_or_else(|| read_rows.clone());
        Ok(Pass { log_probs, outputs, traces, read_rows, derivatives })
    }

    /// Sums of log-probabilities over each answer's tokens, and each read's derivative where asked.
    fn read(
        &self,
        model: &Model,
        read_rows: &Tensor,
        with_gradient: bool,
    ) -> Result<(Vec<PairLogProbs>, Option<Tensor>), ModelError> {
        let normed = model.decoder.final_norm().forward(read_rows)?;
        let (values, derivatives) = model.decoder.log_probs(&normed, &self.targets, with_gradient)?;
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

    /// The gradient of `Σ_pairs weights · (log pi(wanted), log pi(opposite))` with respect to the vectors of a pass, one
    /// after the other: all of them in one way back.
    pub(crate) fn gradient(
        &self,
        model: &Model,
        acting: &Acting<'_>,
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

        // `gradient` is that of what the vectors left of the output of `block`, then of the output itself.
        let mut gradient = self.scatter(&d_rows)?;
        let mut found = Vec::with_capacity(acting.layers.len());
        let (mut outputs, mut traces) = (pass.outputs, pass.traces);
        for block in (self.layer..model.decoder.block_count()).rev() {
            if let Some(output) = outputs.pop() {
                let (before, of_vector) = acting.backward(&output, gradient, block, &self.packing)?;
                gradient = before;
                found.extend(of_vector);
            }
            // Each trace is dropped as soon as it was used.
            if let Some(trace) = traces.pop() {
                gradient = model.decoder.backward(block, &trace, &gradient, &self.packing)?;
            }
        }
        found.reverse();
        Ok(found.concat())
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
