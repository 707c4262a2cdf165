//! The plan of a set of terms: what they edit after each block, and the adapters of every block.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use candle_core::{Result, Tensor};

use super::edits::{BlockEdits, Reach, norm};
use super::rows::{Openings, RowPart, apply_to_packed};
use super::{Intervention, InterventionOp, SteeringVector, Term};
use crate::adapter::{Adapter, AdapterOnRows};
use crate::gate::{GateAt, PlanGate, TermGate};
use crate::packing::{Packing, Segment};

/// The edits of a set of terms, block by block, and the adapters of every block. After a block the projections come
/// first, in the order of the terms, then the sums are added. A block without an active term has no entry, so that a
/// model with an empty plan is the unsteered model to the bit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SteeringPlan {
    pub(super) edits: BTreeMap<usize, BlockEdits>,
    adapters: Vec<ScaledAdapter>,
    /// The distinct gates of all edits, which name them by their index.
    pub(super) gates: Vec<PlanGate>,
}

/// An adapter with a multiplier other than 0.
#[derive(Debug, Clone)]
struct ScaledAdapter {
    adapter: Arc<Adapter>,
    multiplier: f32,
}

impl PartialEq for ScaledAdapter {
    fn eq(&self, other: &Self) -> bool {
        self.multiplier == other.multiplier
            && (Arc::ptr_eq(&self.adapter, &other.adapter) || self.adapter == other.adapter)
    }
}

impl SteeringPlan {
    /// Builds the plan from the terms whose multiplier is not 0.
    pub(crate) fn new(terms: &[Term]) -> Self {
        let mut plan = Self::default();
        for term in terms {
            match term {
                Term::Vector { vector, multiplier, intervention, gate } => {
                    plan.push_gated(vector, *multiplier, *intervention, gate.as_deref());
                }
                Term::Adapter { adapter, multiplier } => plan.push_adapter(adapter, *multiplier),
            }
        }
        plan
    }

    /// Adds an adapter to the plan. Multiplier 0 adds nothing.
    pub(crate) fn push_adapter(&mut self, adapter: &Arc<Adapter>, multiplier: f32) {
        if multiplier != 0.0 {
            self.adapters.push(ScaledAdapter { adapter: Arc::clone(adapter), multiplier });
        }
    }

    /// Adds a vector with its gate to the plan. Multiplier 0 adds nothing.
    fn push_gated(
        &mut self,
        vector: &SteeringVector,
        multiplier: f32,
        intervention: Intervention,
        gate: Option<&TermGate>,
    ) {
        if multiplier != 0.0 {
            let gate = gate.map(|gate| self.gate(PlanGate::new(gate)));
            let reach = Reach { positions: intervention.positions, gate };
            self.push_within(vector.layer, &vector.values, multiplier, intervention.op, reach);
        }
    }

    /// Returns the index of a gate, which is added where it is new.
    fn gate(&mut self, gate: PlanGate) -> usize {
        self.gates.iter().position(|known| *known == gate).unwrap_or_else(|| {
            self.gates.push(gate);
            self.gates.len() - 1
        })
    }

    /// Adds a vector to the plan. Multiplier 0 adds nothing.
    pub(crate) fn push(&mut self, layer: usize, values: &[f32], multiplier: f32, intervention: Intervention) {
        let reach = Reach { positions: intervention.positions, gate: None };
        self.push_within(layer, values, multiplier, intervention.op, reach);
    }

    fn push_within(
        &mut self,
        layer: usize,
        values: &[f32],
        multiplier: f32,
        op: InterventionOp,
        reach: Reach,
    ) {
        let acts = multiplier != 0.0 && (op == InterventionOp::Add || norm(values) > 0.0);
        if acts {
            self.edits.entry(layer).or_default().push(values, multiplier, op, reach);
        }
    }

    /// Returns what is added to every row after each block, whatever the row is and wherever it stands.
    pub(crate) fn constant_sums(&self) -> BTreeMap<usize, &[f32]> {
        self.edits.iter().filter_map(|(block, edits)| Some((*block, edits.constant_sum()?))).collect()
    }

    /// Returns whether the plan changes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.adapters.is_empty()
    }

    /// Returns the number of first blocks whose computation, before the edits, the plan neither changes nor reads. `None`
    /// for all blocks.
    pub(crate) fn untouched(&self) -> Option<usize> {
        if !self.adapters.is_empty() {
            return Some(0);
        }
        let read = self.gates.iter().map(|gate| gate.layer);
        self.edits.keys().copied().chain(read).min().map(|layer| layer + 1)
    }

    /// Returns whether an edit acts after a block.
    pub(crate) fn edits_after(&self, block: usize) -> bool {
        self.edits.contains_key(&block)
    }

    /// Returns whether a gate is decided at the prompt's last token for all rows.
    pub(crate) fn decides_at_prompt(&self) -> bool {
        self.gates.iter().any(|gate| gate.at == GateAt::Prompt)
    }

    /// Decides the gates that are read after this block for a prompt whose last row this is. `decided` gets an entry for each
    /// gate of the plan.
    pub(crate) fn decide(&self, block: usize, row: &[f32], decided: &mut Vec<f32>) {
        decided.resize(self.gates.len(), 0.0);
        for (gate, decided) in self.gates.iter().zip(decided).filter(|(gate, _)| gate.layer == block) {
            *decided = gate.opening(row);
        }
    }

    /// Returns whether the plan acts alike on rows of both parts of a conversation.
    pub(crate) fn acts_alike(&self, one: Segment, other: Segment) -> bool {
        self.edits.values().all(|edits| edits.act_alike(one, other))
    }

    /// Returns the adapters of a block, for these rows.
    pub(crate) fn adapters(&self, block: usize, rows: Range<usize>) -> Vec<AdapterOnRows<'_>> {
        self.adapters.iter().map(|on| on.adapter.on_rows(block, rows.clone(), on.multiplier)).collect()
    }

    /// Edits one row of the residual stream after a block. `open` returns how far a gate of the plan is open for it.
    pub(super) fn apply_to_row(
        &self,
        block: usize,
        segment: Segment,
        row: &mut [f32],
        open: impl Fn(usize) -> f32,
    ) {
        if let Some(edits) = self.edits.get(&block) {
            edits.apply(segment, row, open);
        }
    }

    /// Edits every row of the residual stream `[rows, hidden_size]` after a block.
    pub(crate) fn apply(
        &self,
        x: Tensor,
        block: usize,
        packing: &Packing,
        openings: &mut Openings,
    ) -> Result<Tensor> {
        let part = RowPart { rows: packing.rows(), plan: self, decided: None };
        apply_to_packed(x, block, packing, std::iter::once(part), openings)
    }
}

#[cfg(test)]
mod tests;
