//! The plan of a set of terms: what they edit after each block, and the adapters of every block.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use candle_core::{Result, Tensor};

use super::rows::{Openings, RowPart, apply_to_packed};
use super::{Intervention, InterventionOp, Positions, SteeringVector, Term};
use crate::adapter::{Adapter, AdapterOnRows};
use crate::gate::{GateAt, PlanGate, TermGate};
use crate::packing::{Packing, Segment};

/// Returns whether a vector with these positions acts on a row in this part of the conversation.
pub(crate) fn covers(positions: Positions, segment: Segment) -> bool {
    match positions {
        Positions::Everywhere => true,
        Positions::PromptEnd => segment != Segment::Prompt,
        Positions::Answer => segment == Segment::Answer,
    }
}

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

/// The edits of the residual stream after one block.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct BlockEdits {
    projections: Vec<Projection>,
    added: Vec<Sum>,
}

/// The rows on which an edit acts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Reach {
    positions: Positions,
    /// The index of the gate; `None` is always open.
    gate: Option<usize>,
}

impl Reach {
    /// Returns the factor of the edit's multiplier for a row, 0 where it does not act.
    fn opening(self, segment: Segment, open: &impl Fn(usize) -> f32) -> f32 {
        if covers(self.positions, segment) { self.gate.map_or(1.0, open) } else { 0.0 }
    }
}

/// The sum of multiplier times vector of all terms with the same reach.
#[derive(Debug, Clone, PartialEq)]
struct Sum {
    reach: Reach,
    values: Vec<f32>,
}

/// Removes or limits the component along a unit vector.
#[derive(Debug, Clone, PartialEq)]
struct Projection {
    reach: Reach,
    unit: Vec<f32>,
    multiplier: f32,
    /// The largest projection that is left. `None` removes the component for either sign.
    cap: Option<f32>,
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
        let cap = match op {
            _ if multiplier == 0.0 => return,
            InterventionOp::Add => return self.add(layer, values, multiplier, reach),
            InterventionOp::ProjectOut => None,
            InterventionOp::Cap { at } => Some(at as f32),
        };
        let norm = values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        if norm > 0.0 {
            let unit = values.iter().map(|x| (f64::from(*x) / norm) as f32).collect();
            let projection = Projection { reach, unit, multiplier, cap };
            self.edits.entry(layer).or_default().projections.push(projection);
        }
    }

    fn add(&mut self, layer: usize, values: &[f32], multiplier: f32, reach: Reach) {
        let added = &mut self.edits.entry(layer).or_default().added;
        let index = added.iter().position(|known| known.reach == reach).unwrap_or_else(|| {
            added.push(Sum { reach, values: vec![0.0; values.len()] });
            added.len() - 1
        });
        added[index].values.iter_mut().zip(values).for_each(|(sum, x)| *sum += multiplier * x);
    }

    /// Returns what is added to every row after each block, whatever the row is and wherever it stands.
    pub(crate) fn constant_sums(&self) -> BTreeMap<usize, &[f32]> {
        let everywhere = Reach { positions: Positions::Everywhere, gate: None };
        let sum = |edits: &'_ BlockEdits| edits.added.iter().position(|sum| sum.reach == everywhere);
        self.edits
            .iter()
            .filter_map(|(block, edits)| Some((*block, edits.added[sum(edits)?].values.as_slice())))
            .collect()
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
        let alike = |reach: &Reach| covers(reach.positions, one) == covers(reach.positions, other);
        let of_block = |edits: &BlockEdits| {
            edits.projections.iter().all(|of| alike(&of.reach))
                && edits.added.iter().all(|of| alike(&of.reach))
        };
        self.edits.values().all(of_block)
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
        let Some(edits) = self.edits.get(&block) else { return };
        for projection in &edits.projections {
            projection.apply(row, projection.reach.opening(segment, &open));
        }
        for Sum { reach, values } in &edits.added {
            let opening = reach.opening(segment, &open);
            // A shut gate leaves the row as it is, to the bit.
            if opening != 0.0 {
                row.iter_mut().zip(values).for_each(|(x, s)| *x += opening * s);
            }
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

impl Projection {
    fn apply(&self, row: &mut [f32], opening: f32) {
        if opening == 0.0 {
            return;
        }
        let along: f64 = row.iter().zip(&self.unit).map(|(x, u)| f64::from(*x) * f64::from(*u)).sum();
        let excess = self.cap.map_or(along, |cap| (along - f64::from(cap)).max(0.0));
        if excess != 0.0 {
            let taken = (f64::from(opening) * f64::from(self.multiplier) * excess) as f32;
            row.iter_mut().zip(&self.unit).for_each(|(x, u)| *x -= taken * u);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Shape;
    use crate::gate::Gate;
    use crate::layer::PrefixBlocks;
    use crate::ops::rows;
    use crate::steering::rows::{Roles, apply_to_rows};

    fn term(layer: usize, values: [f32; 2], multiplier: f32, intervention: Intervention) -> Term {
        Term::Vector {
            vector: SteeringVector { layer, values: values.into() },
            multiplier,
            intervention,
            gate: None,
        }
    }

    fn after(plan: &SteeringPlan, block: usize, segment: Segment, mut row: [f32; 2]) -> [f32; 2] {
        plan.apply_to_row(block, segment, &mut row, |_| 1.0);
        row
    }

    #[test]
    fn terms_at_one_layer_are_summed_and_idle_ones_leave_no_trace() {
        let plain = Intervention::default();
        let plan = SteeringPlan::new(&[
            term(3, [1.0, 2.0], 2.0, plain),
            term(1, [1.0, 1.0], 0.0, plain),
            term(3, [0.0, 1.0], -1.0, plain),
            term(5, [4.0, 0.0], 0.5, plain),
        ]);
        assert_eq!((plan.untouched(), plan.edits.contains_key(&1)), (Some(4), false));
        assert_eq!(after(&plan, 3, Segment::Prompt, [0.0; 2]), [2.0, 3.0]);
        assert_eq!(after(&plan, 5, Segment::Answer, [1.0; 2]), [3.0, 1.0]);
    }

    #[test]
    fn a_policy_leaves_the_other_tokens_alone() {
        for (on, expected) in [
            (Positions::Everywhere, [1.0, 1.0, 1.0]),
            (Positions::PromptEnd, [0.0, 1.0, 1.0]),
            (Positions::Answer, [0.0, 0.0, 1.0]),
        ] {
            let plan = SteeringPlan::new(&[term(
                0,
                [1.0, 0.0],
                1.0,
                Intervention { positions: on, op: InterventionOp::Add },
            )]);
            let found = [Segment::Prompt, Segment::PromptEnd, Segment::Answer]
                .map(|segment| after(&plan, 0, segment, [0.0; 2])[0]);
            assert_eq!(found, expected, "{on:?}");
        }
    }

    #[test]
    fn projections_take_out_and_cap_what_lies_along_the_vector() {
        let with = |how, multiplier, row| {
            let intervention = Intervention { positions: Positions::Everywhere, op: how };
            after(
                &SteeringPlan::new(&[term(0, [3.0, 4.0], multiplier, intervention)]),
                0,
                Segment::Answer,
                row,
            )
        };
        let close = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6;
        // The projections on (0.6, 0.8) are 5 for (3, 4), -5 for (-3, -4) and 0 for (4, -3).
        assert!(close(with(InterventionOp::ProjectOut, 1.0, [3.0, 4.0]), [0.0, 0.0]));
        assert!(close(with(InterventionOp::ProjectOut, 0.5, [-3.0, -4.0]), [-1.5, -2.0]));
        assert!(close(with(InterventionOp::ProjectOut, 1.0, [4.0, -3.0]), [4.0, -3.0]));
        assert!(close(with(InterventionOp::Cap { at: 2.0 }, 1.0, [3.0, 4.0]), [1.2, 1.6]));
        assert!(close(with(InterventionOp::Cap { at: 2.0 }, 1.0, [0.6, 0.8]), [0.6, 0.8]));
        assert!(close(with(InterventionOp::Cap { at: 0.0 }, 1.0, [-3.0, -4.0]), [-3.0, -4.0]));
        assert_eq!(
            SteeringPlan::new(&[term(
                0,
                [0.0, 0.0],
                1.0,
                Intervention { op: InterventionOp::ProjectOut, ..Intervention::default() }
            )]),
            SteeringPlan::default()
        );
    }

    #[test]
    fn an_adapter_touches_every_block_and_none_at_multiplier_0() {
        let on = crate::adapter::Projections::default();
        let shape = Shape { blocks: 2, rank: 1, inputs: 1, queries: 1, values: 1, feed_forward: 0, on };
        let adapter = Arc::new(Adapter::new(shape, 2.0, vec![0.5; 8].into()).unwrap());
        let at = |multiplier| {
            let adapter = Term::Adapter { adapter: Arc::clone(&adapter), multiplier };
            SteeringPlan::new(&[term(1, [1.0, 0.0], 1.0, Intervention::default()), adapter])
        };
        assert_eq!((at(0.0).untouched(), at(0.0).adapters(0, 0..3).len()), (Some(2), 0));
        assert_eq!(at(0.5).untouched(), Some(0));
        let plan = at(0.5);
        let on = &plan.adapters(1, 2..5)[0];
        assert_eq!((on.rows.clone(), on.scale), (2..5, 1.0));
        assert!(at(0.5) == at(0.5) && at(0.5) != at(1.0));
    }

    #[test]
    fn a_gate_belongs_to_its_vector_and_is_read_before_the_edits_of_its_block() {
        let with = |above, at| {
            let gate = Gate { layer: 7, above, soft: None, at };
            let vector = SteeringVector { layer: 7, values: [5.0, 0.0].into() };
            let gate = Some(Arc::new(TermGate { condition: vec![2.0, 0.0], gate }));
            Term::Vector { vector, multiplier: 1.0, intervention: Intervention::default(), gate }
        };
        let free = term(7, [0.0, 1.0], 1.0, Intervention::default());
        let (one, two) = (with(1.0, GateAt::Token), with(3.0, GateAt::Token));
        let plan = SteeringPlan::new(&[free.clone(), one.clone(), one.clone(), two]);
        assert_eq!((plan.gates.len(), plan.untouched(), one.prefix()), (2, Some(8), PrefixBlocks(8)));
        let x = rows::tensor(vec![0.5, 0.0, 2.0, 0.0, 4.0, 0.0], 2).unwrap();
        let roles = || Roles { segments: &[Segment::Prompt; 3], prompt_ends: &[Some(1), Some(1), Some(1)] };
        let apply = |plan: &SteeringPlan| {
            let part = RowPart { rows: 3, plan, decided: None };
            let y = apply_to_rows(x.clone(), 7, roles(), [part].into_iter(), &mut Openings::default());
            y.unwrap().to_vec2::<f32>().unwrap()
        };
        assert_eq!(apply(&plan), [[0.5, 1.0], [12.0, 1.0], [19.0, 1.0]]);
        // The second row is the prompt's last.
        let prompt = |above| apply(&SteeringPlan::new(&[free.clone(), with(above, GateAt::Prompt)]));
        assert_eq!(prompt(1.0), [[5.5, 1.0], [7.0, 1.0], [9.0, 1.0]]);
        assert_eq!(prompt(2.0), [[0.5, 1.0], [2.0, 1.0], [4.0, 1.0]]);
        // A gate at an earlier layer is read there.
        let low = |layer| {
            let mut term = one.clone();
            if let Term::Vector { gate: Some(gate), .. } = &mut term {
                *gate = Arc::new(TermGate { gate: Gate { layer, ..gate.gate }, ..TermGate::clone(gate) });
            }
            term
        };
        assert_eq!((low(2).prefix(), SteeringPlan::new(&[low(2)]).untouched()), (PrefixBlocks(3), Some(3)));
    }

    #[test]
    fn a_plan_acts_alike_on_roles_that_its_positions_cover_alike() {
        let alike = |positions| {
            let plan = SteeringPlan::new(&[term(
                0,
                [1.0, 0.0],
                1.0,
                Intervention { positions, op: InterventionOp::Add },
            )]);
            [Segment::PromptEnd, Segment::Answer].map(|segment| plan.acts_alike(segment, Segment::Prompt))
        };
        assert_eq!(alike(Positions::Everywhere), [true, true]);
        assert_eq!(alike(Positions::PromptEnd), [false, false]);
        assert_eq!(alike(Positions::Answer), [true, false]);
    }
}
