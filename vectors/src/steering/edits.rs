//! The edits of the residual stream after one block, and the rows on which each of them acts.

use super::{InterventionOp, Positions};
use crate::packing::Segment;

/// Returns whether a vector with these positions acts on a row in this part of the conversation.
pub(crate) fn covers(positions: Positions, segment: Segment) -> bool {
    match positions {
        Positions::Everywhere => true,
        Positions::PromptEnd => segment != Segment::Prompt,
        Positions::Answer => segment == Segment::Answer,
    }
}

/// The rows on which an edit acts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reach {
    pub(super) positions: Positions,
    /// The index of the gate; `None` is always open.
    pub(super) gate: Option<usize>,
}

impl Reach {
    /// Returns the factor of the edit's multiplier for a row, 0 where it does not act.
    fn opening(self, segment: Segment, open: &impl Fn(usize) -> f32) -> f32 {
        if covers(self.positions, segment) { self.gate.map_or(1.0, open) } else { 0.0 }
    }

    fn acts_alike(self, one: Segment, other: Segment) -> bool {
        covers(self.positions, one) == covers(self.positions, other)
    }
}

/// The edits of the residual stream after one block: the projections, in the order in which they came, then the sums.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct BlockEdits {
    projections: Vec<Projection>,
    added: Vec<Sum>,
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

impl BlockEdits {
    /// Adds a vector that has a direction, at a multiplier other than 0.
    pub(super) fn push(&mut self, values: &[f32], multiplier: f32, op: InterventionOp, reach: Reach) {
        let cap = match op {
            InterventionOp::Add => return self.add(values, multiplier, reach),
            InterventionOp::ProjectOut => None,
            InterventionOp::Cap { at } => Some(at as f32),
        };
        let norm = norm(values);
        let unit = values.iter().map(|x| (f64::from(*x) / norm) as f32).collect();
        self.projections.push(Projection { reach, unit, multiplier, cap });
    }

    fn add(&mut self, values: &[f32], multiplier: f32, reach: Reach) {
        let index = self.added.iter().position(|known| known.reach == reach).unwrap_or_else(|| {
            self.added.push(Sum { reach, values: vec![0.0; values.len()] });
            self.added.len() - 1
        });
        self.added[index].values.iter_mut().zip(values).for_each(|(sum, x)| *sum += multiplier * x);
    }

    /// Returns what is added to every row, whatever the row is and wherever it stands.
    pub(super) fn constant_sum(&self) -> Option<&[f32]> {
        let everywhere = Reach { positions: Positions::Everywhere, gate: None };
        let sum = self.added.iter().find(|sum| sum.reach == everywhere)?;
        Some(&sum.values)
    }

    /// Returns whether the edits act alike on rows of both parts of a conversation.
    pub(super) fn act_alike(&self, one: Segment, other: Segment) -> bool {
        let projections = self.projections.iter().map(|of| of.reach);
        projections.chain(self.added.iter().map(|of| of.reach)).all(|reach| reach.acts_alike(one, other))
    }

    /// Edits one row. `open` returns how far a gate is open for it.
    pub(super) fn apply(&self, segment: Segment, row: &mut [f32], open: impl Fn(usize) -> f32) {
        for projection in &self.projections {
            projection.apply(row, projection.reach.opening(segment, &open));
        }
        for Sum { reach, values } in &self.added {
            let opening = reach.opening(segment, &open);
            // A shut gate leaves the row as it is, to the bit.
            if opening != 0.0 {
                row.iter_mut().zip(values).for_each(|(x, s)| *x += opening * s);
            }
        }
    }
}

impl Projection {
    fn apply(&self, row: &mut [f32], opening: f32) {
        if opening == 0.0 {
            return;
        }
        let along: f64 = row.iter().zip(&self.unit).map(|(x, u)| f64::from(*x) * f64::from(*u)).sum();
        let excess = self.cap.map_or(along, |cap| (along - f64::from(cap)).max(0.0));
        // A row below its cap stays as it is, to the bit.
        if excess != 0.0 {
            let taken = (f64::from(opening) * f64::from(self.multiplier) * excess) as f32;
            row.iter_mut().zip(&self.unit).for_each(|(x, u)| *x -= taken * u);
        }
    }
}

/// Returns the L2 norm of a vector's numbers.
pub(super) fn norm(values: &[f32]) -> f64 {
    values.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt()
}
