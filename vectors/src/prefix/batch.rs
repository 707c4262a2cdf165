//! A batch of pairs: the forward pass from their cached activations, and the backward pass.

use candle_core::Tensor;

use crate::adapter::Adapter;
use crate::layer::PrefixBlocks;
use crate::model::{Model, ModelError, SavedActivations, TrainedPairs};
use crate::ops::rows;
use crate::packing::{Packing, PairRows};
use crate::score::PairLogProbs;
use crate::steering::SteeringPlan;

use super::{PrefixActivations, Trainable, TrainableVectors};

/// Some pairs, packed, with their cached activations.
pub(crate) struct Batch {
    prefix: PrefixBlocks,
    packing: Packing,
    hidden: Tensor,
    /// The rows that predict the answers' tokens: for each pair those of the wanted answer, then of the opposite one.
    logit_rows: Vec<usize>,
    /// The token that each of them predicts.
    targets: Vec<u32>,
    /// The number of tokens of each answer: wanted and opposite of the first pair, of the second, ...
    lengths: Vec<usize>,
}

/// The result of a batch's forward pass, as the backward pass needs it.
pub(crate) struct ForwardPass {
    pub(crate) log_probs: Vec<PairLogProbs>,
    /// The prefix's output, and the output of each block behind it, before the vectors act on it.
    outputs: Vec<Tensor>,
    traces: Vec<SavedActivations>,
    /// The rows that predict the answers' tokens, before the final norm.
    last_hidden: Tensor,
    /// For each of them, the derivative of the target's log-probability with respect to the normed row.
    derivatives: Tensor,
}

impl Batch {
    /// Packs the pairs with these indices.
    pub(super) fn new(cached: &PrefixActivations, indices: &[usize]) -> Result<Self, ModelError> {
        let mut packing = Packing::default();
        let pairs: Vec<PairRows> =
            indices.iter().map(|index| packing.push_pair(&cached.pairs[*index])).collect();
        let (mut logit_rows, mut targets, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
        for (index, rows) in indices.iter().zip(&pairs) {
            let pair = &cached.pairs[*index];
            logit_rows.extend(rows.wanted_logit_rows().chain(rows.opposite_logit_rows()));
            targets.extend(pair.wanted.iter().chain(&pair.opposite));
            lengths.extend([pair.wanted.len(), pair.opposite.len()]);
        }
        Ok(Self {
            prefix: cached.prefix,
            packing,
            hidden: cached.hidden.rows(indices)?,
            logit_rows,
            targets,
            lengths,
        })
    }

    /// Returns the number of tokens of each pair's answers (wanted, opposite), closing tokens included.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.lengths.chunks_exact(2).map(|l| (l[0], l[1]))
    }

    /// Returns the number of packed rows.
    pub(crate) fn rows(&self) -> usize {
        self.packing.rows()
    }

    /// Returns the log-probabilities of the pairs' answers under `plan`.
    pub(crate) fn log_probs(
        &self,
        model: &Model,
        plan: &SteeringPlan,
    ) -> Result<Vec<PairLogProbs>, ModelError> {
        Ok(self.score(model, &self.last_hidden(model, plan)?, false)?.0)
    }

    /// The rows that predict the answers' tokens after the last block, before the final norm: `[answer tokens, hidden_size]`.
    pub(crate) fn last_hidden(&self, model: &Model, plan: &SteeringPlan) -> Result<Tensor, ModelError> {
        let x = model.decoder.forward_after_prefix(self.prefix, self.hidden.clone(), &self.packing, plan)?;
        Ok(rows::gather(&x, self.logit_rows.iter().copied())?)
    }

    /// Runs the blocks behind the prefix and saves what the backward pass needs.
    pub(crate) fn forward(&self, model: &Model, trained: &Trainable<'_>) -> Result<ForwardPass, ModelError> {
        let (mut outputs, mut traces) = (vec![self.hidden.clone()], Vec::new());
        let save = |_, y: &Tensor, trace| {
            traces.push(trace);
            outputs.push(y.clone());
            Ok(())
        };
        let hidden = self.hidden.clone();
        let x = model.decoder.forward_after_prefix_with(self.prefix, hidden, &self.packing, trained, save)?;
        let last_hidden = rows::gather(&x, self.logit_rows.iter().copied())?;
        let (log_probs, derivatives) = self.score(model, &last_hidden, true)?;
        let derivatives = derivatives.unwrap_or_else(|| last_hidden.clone());
        Ok(ForwardPass { log_probs, outputs, traces, last_hidden, derivatives })
    }

    /// Sums the log-probabilities over each answer's tokens; with `with_gradient`, also returns their derivatives with
    /// respect to the normed rows.
    fn score(
        &self,
        model: &Model,
        last_hidden: &Tensor,
        with_gradient: bool,
    ) -> Result<(Vec<PairLogProbs>, Option<Tensor>), ModelError> {
        let normed = model.decoder.final_norm().forward(last_hidden)?;
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

    /// Returns the gradient of `Σ_pairs weights · (log pi(wanted), log pi(opposite))` with respect to the trainable
    /// parameters, in one backward pass: the vectors, concatenated, or the adapter's numbers.
    pub(crate) fn backward(
        &self,
        model: &Model,
        trained: &Trainable<'_>,
        pass: ForwardPass,
        weights: &[(f64, f64)],
    ) -> Result<Vec<f32>, ModelError> {
        let answers = weights.iter().flat_map(|(wanted, opposite)| [*wanted, *opposite]);
        let factors: Vec<f32> = answers
            .zip(&self.lengths)
            .flat_map(|(weight, length)| std::iter::repeat_n(weight as f32, *length))
            .collect();
        let factors = Tensor::from_vec(factors, (self.logit_rows.len(), 1), self.hidden.device())?;
        let d_normed = pass.derivatives.broadcast_mul(&factors)?;
        let nothing = d_normed.zeros_like()?;
        let d_rows = model.decoder.final_norm().backward(&pass.last_hidden, &d_normed, &nothing)?;
        let d_rows = self.scatter_add(&d_rows)?;
        match trained {
            Trainable::Vectors(vectors) => {
                self.backward_to_vectors(model, vectors, pass.outputs, pass.traces, d_rows)
            }
            Trainable::Adapter(adapter) => {
                adapter_gradient(model, adapter, self.prefix, &self.packing, pass.traces, d_rows)
            }
        }
    }

    fn backward_to_vectors(
        &self,
        model: &Model,
        vectors: &TrainableVectors<'_>,
        mut outputs: Vec<Tensor>,
        mut traces: Vec<SavedActivations>,
        // The gradient of a block's output after, then before, the vectors act on it.
        mut gradient: Tensor,
    ) -> Result<Vec<f32>, ModelError> {
        let mut found = Vec::with_capacity(vectors.layers.len());
        let lowest = self.prefix.last_layer().map_or(0, |layer| layer.0);
        for block in (lowest..model.decoder.block_count()).rev() {
            if let Some(output) = outputs.pop() {
                let (before, vector_gradient) = vectors.backward(&output, gradient, block, &self.packing)?;
                gradient = before;
                found.extend(vector_gradient);
            }
            // Each trace is dropped right after its use, to free its memory.
            if let Some(trace) = traces.pop() {
                gradient = model.decoder.backward(block, &trace, &gradient, &self.packing, None)?;
            }
        }
        found.reverse();
        Ok(found.concat())
    }

    /// Scatters gradients of [`Self::logit_rows`] into all rows; a row that occurs twice (the prompt's last) gets the sum.
    fn scatter_add(&self, d_rows: &Tensor) -> Result<Tensor, ModelError> {
        let d_rows = rows::read(d_rows)?;
        let mut all = vec![0.0; self.packing.rows() * d_rows.width];
        for (index, row) in self.logit_rows.iter().enumerate() {
            let target = &mut all[row * d_rows.width..(row + 1) * d_rows.width];
            target.iter_mut().zip(d_rows.row(index)).for_each(|(x, d)| *x += d);
        }
        Ok(rows::tensor(all, d_rows.width)?)
    }
}

/// Returns the gradient of an adapter's numbers from that of the last block's output. The adapter acted on all rows behind the
/// prefix, whose blocks get no gradient.
pub(crate) fn adapter_gradient(
    model: &Model,
    adapter: &Adapter,
    prefix: PrefixBlocks,
    packing: &Packing,
    mut traces: Vec<SavedActivations>,
    mut gradient: Tensor,
) -> Result<Vec<f32>, ModelError> {
    let shape = adapter.shape();
    let mut found = vec![0.0; shape.numbers()];
    let blocks = (0..).zip(found.chunks_exact_mut(shape.block_numbers()));
    for (block, of_block) in blocks.skip(prefix.0).collect::<Vec<_>>().into_iter().rev() {
        let Some(trace) = traces.pop() else { break };
        let trained = TrainedPairs {
            adapter: adapter.on_rows(block, 0..packing.rows(), 1.0),
            gradients: Adapter::pair_gradients(shape, of_block),
        };
        gradient = model.decoder.backward(block, &trace, &gradient, packing, Some(trained))?;
    }
    Ok(found)
}
