//! Kept pairs on their way through the blocks above, and back.

use candle_core::Tensor;

use crate::adapter::Adapter;
use crate::model::{Model, ModelError, Trace};
use crate::ops::rows;
use crate::packing::{Packing, PairRows};
use crate::score::PairLogProbs;
use crate::steering::SteeringPlan;

use super::{Acting, Kept, Trained};

/// Kept rows through the blocks above their layer: they have gone through so many `blocks`.
pub(crate) fn above(
    model: &Model,
    kept: &Tensor,
    packing: &Packing,
    blocks: usize,
    shifts: &SteeringPlan,
) -> Result<Tensor, ModelError> {
    let mut x = kept.clone();
    if let Some(layer) = blocks.checked_sub(1) {
        x = shifts.apply(x, layer, packing)?;
    }
    Ok(model.decoder.run(blocks..model.decoder.block_count(), x, packing, shifts)?)
}

/// Some kept pairs, packed.
pub(crate) struct Batch {
    /// Blocks that the rows have gone through.
    blocks: usize,
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
        Ok(Self { blocks: kept.blocks, packing, hidden: kept.hidden.rows(indices)?, reads, targets, lengths })
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
    pub(crate) fn log_probs(
        &self,
        model: &Model,
        shifts: &SteeringPlan,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        Ok(self.read(model, &self.last(model, shifts)?, false)?.0)
    }

    /// The rows whose logits are read, before the final norm.
    pub(crate) fn last(&self, model: &Model, shifts: &SteeringPlan) -> Result<Tensor, ModelError> {
        let x = above(model, &self.hidden, &self.packing, self.blocks, shifts)?;
        Ok(rows::gather(&x, self.reads.iter().copied())?)
    }

    /// Through the blocks above the layer, keeping what the way back needs.
    pub(crate) fn pass(&self, model: &Model, trained: &Trained<'_>) -> Result<Pass, ModelError> {
        let (mut outputs, mut traces) = (vec![self.hidden.clone()], Vec::new());
        let mut x = self.hidden.clone();
        if let Some(layer) = self.blocks.checked_sub(1) {
            x = trained.after(x, layer, &self.packing)?;
        }
        for block in self.blocks..model.decoder.block_count() {
            let adapters = trained.inside(block, &self.packing);
            let (y, trace) = model.decoder.forward(block, &x, &self.packing, adapters.as_slice())?;
            traces.push(trace);
            outputs.push(y.clone());
            x = trained.after(y, block, &self.packing)?;
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

    /// The gradient of `Σ_pairs weights · (log pi(wanted), log pi(opposite))` with respect to what is trained in a pass,
    /// all of it in one way back: the vectors one after the other, or the adapter's numbers.
    pub(crate) fn gradient(
        &self,
        model: &Model,
        trained: &Trained<'_>,
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
        let d_rows = self.scatter(&d_rows)?;
        match trained {
            Trained::Vectors(acting) => {
                self.back_to_vectors(model, acting, pass.outputs, pass.traces, d_rows)
            }
            Trained::Adapter(adapter) => self.back_to_adapter(model, adapter, pass.traces, d_rows),
        }
    }

    fn back_to_vectors(
        &self,
        model: &Model,
        acting: &Acting<'_>,
        mut outputs: Vec<Tensor>,
        mut traces: Vec<Trace>,
        // Of what the vectors left of the output of a block, then of the output itself.
        mut gradient: Tensor,
    ) -> Result<Vec<f32>, ModelError> {
        let mut found = Vec::with_capacity(acting.layers.len());
        let lowest = self.blocks.saturating_sub(1);
        for block in (lowest..model.decoder.block_count()).rev() {
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

    fn back_to_adapter(
        &self,
        model: &Model,
        adapter: &Adapter,
        mut traces: Vec<Trace>,
        mut gradient: Tensor,
    ) -> Result<Vec<f32>, ModelError> {
        let shape = adapter.shape();
        let mut found = vec![0.0; shape.numbers()];
        let blocks = (0..).zip(found.chunks_exact_mut(shape.block_numbers()));
        for (block, of_block) in blocks.skip(self.blocks).collect::<Vec<_>>().into_iter().rev() {
            let Some(trace) = traces.pop() else { break };
            let on = adapter.on_rows(block, 0..self.rows(), 1.0);
            let slopes = Adapter::slopes(shape, of_block);
            gradient =
                model.decoder.backward_adapted(block, &trace, &gradient, &self.packing, &on, slopes)?;
        }
        Ok(found)
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
