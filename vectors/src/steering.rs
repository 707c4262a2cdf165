//! What steers a model: what is done to the residual stream, and what is added to the weights.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use candle_core::{Result, Tensor};
pub use steering_types::{Intervention, InterventionOp, Positions};

use crate::adapter::{Adapter, OnRows};
use crate::ops::rows;
use crate::packing::{Packing, Place};

/// A steering vector: acts on the output of decoder block `layer`.
#[derive(Debug, Clone, PartialEq)]
pub struct SteeringVector {
    /// The 0-based block.
    pub layer: usize,
    /// One number for each dimension of the residual stream.
    pub values: Arc<[f32]>,
}

impl SteeringVector {
    /// The L2 norm.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
    }
}

/// Whether a vector that acts at these positions acts on a row at this place.
pub(crate) fn covers(positions: Positions, place: Place) -> bool {
    match positions {
        Positions::Everywhere => true,
        Positions::PromptEnd => place != Place::Prompt,
        Positions::Answer => place == Place::Answer,
    }
}

/// One vector, or one adapter, at one strength.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// A vector, after its block.
    Vector {
        /// The vector.
        vector: SteeringVector,
        /// Its strength; 0 is exactly the plain model.
        multiplier: f32,
        /// What it does, and at which tokens. The default adds it at every token.
        acts: Intervention,
    },
    /// An adapter, in every block and at every token.
    Adapter {
        /// The adapter.
        adapter: Arc<Adapter>,
        /// Its strength; 0 is exactly the plain model.
        multiplier: f32,
    },
}

impl Term {
    /// The strength.
    #[must_use]
    pub fn multiplier(&self) -> f32 {
        match self {
            Self::Vector { multiplier, .. } | Self::Adapter { multiplier, .. } => *multiplier,
        }
    }
}

/// A steering set summed up: what is done after each block, and which adapters act in all of them. After a block come
/// first the projections, in the terms' order, then what is added. A block without an active term has no entry, so that
/// a model steered by nothing is the plain model to the bit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shifts {
    after: BTreeMap<usize, After>,
    adapters: Vec<Adapted>,
}

/// An adapter at a multiplier that is not 0.
#[derive(Debug, Clone)]
struct Adapted {
    adapter: Arc<Adapter>,
    multiplier: f32,
}

impl PartialEq for Adapted {
    fn eq(&self, other: &Self) -> bool {
        self.multiplier == other.multiplier
            && (Arc::ptr_eq(&self.adapter, &other.adapter) || self.adapter == other.adapter)
    }
}

/// What is done after one block.
#[derive(Debug, Clone, Default, PartialEq)]
struct After {
    projections: Vec<Projection>,
    added: Vec<(Positions, Vec<f32>)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Projection {
    on: Positions,
    unit: Vec<f32>,
    multiplier: f32,
    /// What is left of the projection; `None` leaves nothing, on either side of 0.
    at: Option<f32>,
}

impl Shifts {
    /// Sums the terms whose multiplier is not 0, layer by layer.
    pub(crate) fn of(terms: &[Term]) -> Self {
        let mut shifts = Self::default();
        for term in terms {
            match term {
                Term::Vector { vector, multiplier, acts } => {
                    shifts.put(vector.layer, &vector.values, *multiplier, *acts);
                }
                Term::Adapter { adapter, multiplier } => shifts.put_adapter(adapter, *multiplier),
            }
        }
        shifts
    }

    /// Takes one more adapter in; at multiplier 0 it leaves no trace.
    pub(crate) fn put_adapter(&mut self, adapter: &Arc<Adapter>, multiplier: f32) {
        if multiplier != 0.0 {
            self.adapters.push(Adapted { adapter: Arc::clone(adapter), multiplier });
        }
    }

    /// Takes one more vector in; at multiplier 0 it leaves no trace.
    pub(crate) fn put(&mut self, layer: usize, values: &[f32], multiplier: f32, acts: Intervention) {
        let at = match acts.op {
            _ if multiplier == 0.0 => return,
            InterventionOp::Add => return self.add(layer, values, multiplier, acts.positions),
            InterventionOp::ProjectOut => None,
            InterventionOp::Cap { at } => Some(at as f32),
        };
        let norm = values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        if norm > 0.0 {
            let unit = values.iter().map(|x| (f64::from(*x) / norm) as f32).collect();
            let projection = Projection { on: acts.positions, unit, multiplier, at };
            self.after.entry(layer).or_default().projections.push(projection);
        }
    }

    fn add(&mut self, layer: usize, values: &[f32], multiplier: f32, on: Positions) {
        let added = &mut self.after.entry(layer).or_default().added;
        let known = added.iter().position(|(known, _)| *known == on);
        let place = known.unwrap_or_else(|| {
            added.push((on, vec![0.0; values.len()]));
            added.len() - 1
        });
        added[place].1.iter_mut().zip(values).for_each(|(sum, x)| *sum += multiplier * x);
    }

    /// Whether nothing is done at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.after.is_empty() && self.adapters.is_empty()
    }

    /// How many blocks a row goes through before anything is done to it; `None` where nothing ever is.
    pub(crate) fn untouched(&self) -> Option<usize> {
        if self.adapters.is_empty() { self.after.keys().next().map(|layer| layer + 1) } else { Some(0) }
    }

    /// The adapters of a block, for these rows.
    pub(crate) fn adapters(&self, block: usize, rows: Range<usize>) -> Vec<OnRows<'_>> {
        self.adapters.iter().map(|on| on.adapter.on_rows(block, rows.clone(), on.multiplier)).collect()
    }

    /// Does to one row what is due after a block.
    pub(crate) fn apply_to_row(&self, block: usize, place: Place, row: &mut [f32]) {
        let Some(after) = self.after.get(&block) else { return };
        for projection in after.projections.iter().filter(|projection| covers(projection.on, place)) {
            projection.apply(row);
        }
        for (_, shift) in after.added.iter().filter(|(on, _)| covers(*on, place)) {
            row.iter_mut().zip(shift).for_each(|(x, s)| *x += s);
        }
    }

    /// Does to every row what is due after a block.
    pub(crate) fn apply(&self, x: Tensor, block: usize, packing: &Packing) -> Result<Tensor> {
        apply_to_rows(x, block, &packing.places, std::iter::once((packing.rows(), self)))
    }
}

impl Projection {
    fn apply(&self, row: &mut [f32]) {
        let along: f64 = row.iter().zip(&self.unit).map(|(x, u)| f64::from(*x) * f64::from(*u)).sum();
        let excess = self.at.map_or(along, |at| (along - f64::from(at)).max(0.0));
        if excess != 0.0 {
            let taken = (f64::from(self.multiplier) * excess) as f32;
            row.iter_mut().zip(&self.unit).for_each(|(x, u)| *x -= taken * u);
        }
    }
}

/// The adapters of a block, where each of some rows is steered by itself.
pub(crate) fn row_adapters<'a>(block: usize, shifts: &[&'a Shifts]) -> Vec<OnRows<'a>> {
    let rows = shifts.iter().enumerate();
    rows.flat_map(|(row, shifts)| shifts.adapters(block, row..row + 1)).collect()
}

/// Intervention on consecutive rows: `parts` gives how many rows follow and what is done to them; `places` has one entry a row.
pub(crate) fn apply_to_rows<'a>(
    x: Tensor,
    block: usize,
    places: &[Place],
    parts: impl Iterator<Item = (usize, &'a Shifts)> + Clone,
) -> Result<Tensor> {
    if parts.clone().all(|(_, shifts)| !shifts.after.contains_key(&block)) {
        return Ok(x);
    }
    let from = rows::read(&x)?;
    let width = from.width;
    let (mut values, mut start) = (from.all().to_vec(), 0);
    for (count, shifts) in parts {
        let all = values[start * width..(start + count) * width].chunks_exact_mut(width);
        for (row, place) in all.zip(&places[start..start + count]) {
            shifts.apply_to_row(block, *place, row);
        }
        start += count;
    }
    rows::tensor(values, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Shape;

    fn term(layer: usize, values: [f32; 2], multiplier: f32, acts: Intervention) -> Term {
        Term::Vector { vector: SteeringVector { layer, values: values.into() }, multiplier, acts }
    }

    fn after(shifts: &Shifts, block: usize, place: Place, mut row: [f32; 2]) -> [f32; 2] {
        shifts.apply_to_row(block, place, &mut row);
        row
    }

    #[test]
    fn terms_at_one_layer_are_summed_and_idle_ones_leave_no_trace() {
        let plain = Intervention::default();
        let shifts = Shifts::of(&[
            term(3, [1.0, 2.0], 2.0, plain),
            term(1, [1.0, 1.0], 0.0, plain),
            term(3, [0.0, 1.0], -1.0, plain),
            term(5, [4.0, 0.0], 0.5, plain),
        ]);
        assert_eq!((shifts.untouched(), shifts.after.contains_key(&1)), (Some(4), false));
        assert_eq!(after(&shifts, 3, Place::Prompt, [0.0; 2]), [2.0, 3.0]);
        assert_eq!(after(&shifts, 5, Place::Answer, [1.0; 2]), [3.0, 1.0]);
    }

    #[test]
    fn a_policy_leaves_the_other_tokens_alone() {
        for (on, expected) in [
            (Positions::Everywhere, [1.0, 1.0, 1.0]),
            (Positions::PromptEnd, [0.0, 1.0, 1.0]),
            (Positions::Answer, [0.0, 0.0, 1.0]),
        ] {
            let shifts = Shifts::of(&[term(
                0,
                [1.0, 0.0],
                1.0,
                Intervention { positions: on, op: InterventionOp::Add },
            )]);
            let found = [Place::Prompt, Place::PromptEnd, Place::Answer]
                .map(|place| after(&shifts, 0, place, [0.0; 2])[0]);
            assert_eq!(found, expected, "{on:?}");
        }
    }

    #[test]
    fn projections_take_out_and_cap_what_lies_along_the_vector() {
        let with = |how, multiplier, row| {
            let acts = Intervention { positions: Positions::Everywhere, op: how };
            after(&Shifts::of(&[term(0, [3.0, 4.0], multiplier, acts)]), 0, Place::Answer, row)
        };
        let close = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-6 && (a[1] - b[1]).abs() < 1e-6;
        // Along (0.6, 0.8): the row (3, 4) has 5, (-3, -4) has -5, (4, -3) has none.
        assert!(close(with(InterventionOp::ProjectOut, 1.0, [3.0, 4.0]), [0.0, 0.0]));
        assert!(close(with(InterventionOp::ProjectOut, 0.5, [-3.0, -4.0]), [-1.5, -2.0]));
        assert!(close(with(InterventionOp::ProjectOut, 1.0, [4.0, -3.0]), [4.0, -3.0]));
        assert!(close(with(InterventionOp::Cap { at: 2.0 }, 1.0, [3.0, 4.0]), [1.2, 1.6]));
        assert!(close(with(InterventionOp::Cap { at: 2.0 }, 1.0, [0.6, 0.8]), [0.6, 0.8]));
        assert!(close(with(InterventionOp::Cap { at: 0.0 }, 1.0, [-3.0, -4.0]), [-3.0, -4.0]));
        assert_eq!(
            Shifts::of(&[term(
                0,
                [0.0, 0.0],
                1.0,
                Intervention { op: InterventionOp::ProjectOut, ..Intervention::default() }
            )]),
            Shifts::default()
        );
    }

    #[test]
    fn an_adapter_touches_every_block_and_none_at_multiplier_0() {
        let shape = Shape { blocks: 2, rank: 1, inputs: 1, queries: 1, values: 1 };
        let adapter = Arc::new(Adapter::new(shape, 2.0, vec![0.5; 8].into()).unwrap());
        let at = |multiplier| {
            let adapter = Term::Adapter { adapter: Arc::clone(&adapter), multiplier };
            Shifts::of(&[term(1, [1.0, 0.0], 1.0, Intervention::default()), adapter])
        };
        assert_eq!((at(0.0).untouched(), at(0.0).adapters(0, 0..3).len()), (Some(2), 0));
        assert_eq!(at(0.5).untouched(), Some(0));
        let shifts = at(0.5);
        let on = &shifts.adapters(1, 2..5)[0];
        assert_eq!((on.rows.clone(), on.scale), (2..5, 1.0));
        assert!(at(0.5) == at(0.5) && at(0.5) != at(1.0));
    }

    #[test]
    fn rows_get_what_is_theirs() {
        let shifts = |values| Shifts::of(&[term(7, values, 1.0, Intervention::default())]);
        let (first, nothing, last) = (shifts([1.0, 2.0]), Shifts::default(), shifts([3.0, 4.0]));
        let x = rows::tensor(vec![0.0; 6], 2).unwrap();
        let y =
            apply_to_rows(x, 7, &[Place::Prompt; 3], [(1, &first), (1, &nothing), (1, &last)].into_iter());
        assert_eq!(y.unwrap().to_vec2::<f32>().unwrap(), [[1.0, 2.0], [0.0, 0.0], [3.0, 4.0]]);
    }
}
