//! Steering of a forward pass: edits of the residual stream after blocks, and adapters on the weights.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use candle_core::{Result, Tensor};
pub use steering_types::{Intervention, InterventionOp, Positions};

use crate::adapter::{Adapter, AdapterOnRows};
use crate::ops::rows;
use crate::packing::{Packing, Segment};

/// A steering vector, which acts on the output of decoder block `layer`.
#[derive(Debug, Clone, PartialEq)]
pub struct SteeringVector {
    /// The 0-based block.
    pub layer: usize,
    /// One number for each dimension of the residual stream: `[hidden_size]`.
    pub values: Arc<[f32]>,
}

impl SteeringVector {
    /// Computes the L2 norm.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
    }
}

/// Returns whether a vector with these positions acts on a row in this part of the conversation.
pub(crate) fn covers(positions: Positions, segment: Segment) -> bool {
    match positions {
        Positions::Everywhere => true,
        Positions::PromptEnd => segment != Segment::Prompt,
        Positions::Answer => segment == Segment::Answer,
    }
}

/// One vector, or one adapter, at one multiplier.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A vector, after its block.
    Vector {
        /// The vector.
        vector: SteeringVector,
        /// The multiplier. At 0 the model is the unsteered model to the bit.
        multiplier: f32,
        /// The operation and its positions. The default adds the vector at every token.
        intervention: Intervention,
    },
    /// An adapter, in every block and at every token.
    Adapter {
        /// The adapter.
        adapter: Arc<Adapter>,
        /// The multiplier. At 0 the model is the unsteered model to the bit.
        multiplier: f32,
    },
}

impl Term {
    /// Adds multiplier times the vector at every token.
    #[must_use]
    pub fn new(vector: &SteeringVector, multiplier: f32) -> Self {
        Self::Vector { vector: vector.clone(), multiplier, intervention: Intervention::default() }
    }

    /// Returns the multiplier.
    #[must_use]
    pub fn multiplier(&self) -> f32 {
        match self {
            Self::Vector { multiplier, .. } | Self::Adapter { multiplier, .. } => *multiplier,
        }
    }
}

/// The edits of a set of terms, block by block, and the adapters of every block. After a block the projections come
/// first, in the order of the terms, then the sums are added. A block without an active term has no entry, so that a
/// model with an empty plan is the unsteered model to the bit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct SteeringPlan {
    edits: BTreeMap<usize, BlockEdits>,
    adapters: Vec<ScaledAdapter>,
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
struct BlockEdits {
    projections: Vec<Projection>,
    /// The sum of multiplier times vector for each set of positions.
    added: Vec<(Positions, Vec<f32>)>,
}

/// Removes or limits the component along a unit vector.
#[derive(Debug, Clone, PartialEq)]
struct Projection {
    positions: Positions,
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
                Term::Vector { vector, multiplier, intervention } => {
                    plan.push(vector.layer, &vector.values, *multiplier, *intervention);
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

    /// Adds a vector to the plan. Multiplier 0 adds nothing.
    pub(crate) fn push(&mut self, layer: usize, values: &[f32], multiplier: f32, intervention: Intervention) {
        let Intervention { positions, op } = intervention;
        let cap = match op {
            _ if multiplier == 0.0 => return,
            InterventionOp::Add => return self.add(layer, values, multiplier, positions),
            InterventionOp::ProjectOut => None,
            InterventionOp::Cap { at } => Some(at as f32),
        };
        let norm = values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        if norm > 0.0 {
            let unit = values.iter().map(|x| (f64::from(*x) / norm) as f32).collect();
            let projection = Projection { positions, unit, multiplier, cap };
            self.edits.entry(layer).or_default().projections.push(projection);
        }
    }

    fn add(&mut self, layer: usize, values: &[f32], multiplier: f32, positions: Positions) {
        let added = &mut self.edits.entry(layer).or_default().added;
        let known = added.iter().position(|(known, _)| *known == positions);
        let index = known.unwrap_or_else(|| {
            added.push((positions, vec![0.0; values.len()]));
            added.len() - 1
        });
        added[index].1.iter_mut().zip(values).for_each(|(sum, x)| *sum += multiplier * x);
    }

    /// Returns whether the plan changes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.adapters.is_empty()
    }

    /// Returns the number of first blocks whose computation, before the edits, the plan does not change. `None` for all
    /// blocks.
    pub(crate) fn untouched(&self) -> Option<usize> {
        if self.adapters.is_empty() { self.edits.keys().next().map(|layer| layer + 1) } else { Some(0) }
    }

    /// Returns the adapters of a block, for these rows.
    pub(crate) fn adapters(&self, block: usize, rows: Range<usize>) -> Vec<AdapterOnRows<'_>> {
        self.adapters.iter().map(|on| on.adapter.on_rows(block, rows.clone(), on.multiplier)).collect()
    }

    /// Edits one row of the residual stream after a block.
    pub(crate) fn apply_to_row(&self, block: usize, segment: Segment, row: &mut [f32]) {
        let Some(edits) = self.edits.get(&block) else { return };
        for projection in edits.projections.iter().filter(|projection| covers(projection.positions, segment))
        {
            projection.apply(row);
        }
        for (_, sum) in edits.added.iter().filter(|(positions, _)| covers(*positions, segment)) {
            row.iter_mut().zip(sum).for_each(|(x, s)| *x += s);
        }
    }

    /// Edits every row of the residual stream `[rows, hidden_size]` after a block.
    pub(crate) fn apply(&self, x: Tensor, block: usize, packing: &Packing) -> Result<Tensor> {
        apply_to_rows(x, block, &packing.segments, std::iter::once((packing.rows(), self)))
    }
}

impl Projection {
    fn apply(&self, row: &mut [f32]) {
        let along: f64 = row.iter().zip(&self.unit).map(|(x, u)| f64::from(*x) * f64::from(*u)).sum();
        let excess = self.cap.map_or(along, |cap| (along - f64::from(cap)).max(0.0));
        if excess != 0.0 {
            let taken = (f64::from(self.multiplier) * excess) as f32;
            row.iter_mut().zip(&self.unit).for_each(|(x, u)| *x -= taken * u);
        }
    }
}

/// Returns the adapters of a block, where every row has a plan of its own.
pub(crate) fn row_adapters<'a>(block: usize, plans: &[&'a SteeringPlan]) -> Vec<AdapterOnRows<'a>> {
    let rows = plans.iter().enumerate();
    rows.flat_map(|(row, plan)| plan.adapters(block, row..row + 1)).collect()
}

/// Edits consecutive rows of the residual stream `[rows, hidden_size]` after a block. `parts` gives a number of rows and
/// their plan for each part. `segments` has one entry for each row.
pub(crate) fn apply_to_rows<'a>(
    x: Tensor,
    block: usize,
    segments: &[Segment],
    parts: impl Iterator<Item = (usize, &'a SteeringPlan)> + Clone,
) -> Result<Tensor> {
    if parts.clone().all(|(_, plan)| !plan.edits.contains_key(&block)) {
        return Ok(x);
    }
    let from = rows::read(&x)?;
    let width = from.width;
    let (mut values, mut start) = (from.all().to_vec(), 0);
    for (count, plan) in parts {
        let all = values[start * width..(start + count) * width].chunks_exact_mut(width);
        for (row, segment) in all.zip(&segments[start..start + count]) {
            plan.apply_to_row(block, *segment, row);
        }
        start += count;
    }
    rows::tensor(values, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Shape;

    fn term(layer: usize, values: [f32; 2], multiplier: f32, intervention: Intervention) -> Term {
        Term::Vector { vector: SteeringVector { layer, values: values.into() }, multiplier, intervention }
    }

    fn after(plan: &SteeringPlan, block: usize, segment: Segment, mut row: [f32; 2]) -> [f32; 2] {
        plan.apply_to_row(block, segment, &mut row);
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
        let shape = Shape { blocks: 2, rank: 1, inputs: 1, queries: 1, values: 1 };
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
    fn rows_get_what_is_theirs() {
        let plan = |values| SteeringPlan::new(&[term(7, values, 1.0, Intervention::default())]);
        let (first, nothing, last) = (plan([1.0, 2.0]), SteeringPlan::default(), plan([3.0, 4.0]));
        let x = rows::tensor(vec![0.0; 6], 2).unwrap();
        let y =
            apply_to_rows(x, 7, &[Segment::Prompt; 3], [(1, &first), (1, &nothing), (1, &last)].into_iter());
        assert_eq!(y.unwrap().to_vec2::<f32>().unwrap(), [[1.0, 2.0], [0.0, 0.0], [3.0, 4.0]]);
    }
}
