//! What is added to the residual stream.

use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::{Result, Tensor};

use crate::ops::rows;

/// A steering vector: added to the output of decoder block `layer` at every token position.
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

/// One vector at one strength: `multiplier * vector` is added.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The vector.
    pub vector: SteeringVector,
    /// Its strength; 0 is exactly the plain model.
    pub multiplier: f32,
}

/// A steering set summed up: what is added after each block. A block without an active term has no entry, so that a
/// model steered by nothing is the plain model to the bit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shifts(BTreeMap<usize, Vec<f32>>);

impl Shifts {
    /// Sums the terms whose multiplier is not 0, layer by layer.
    pub(crate) fn of(terms: &[Term]) -> Self {
        let mut shifts = Self::default();
        for term in terms.iter().filter(|term| term.multiplier != 0.0) {
            shifts.add(term.vector.layer, &term.vector.values, term.multiplier);
        }
        shifts
    }

    /// Adds `multiplier * values` to what is added after a block.
    pub(crate) fn add(&mut self, layer: usize, values: &[f32], multiplier: f32) {
        let sum = self.0.entry(layer).or_insert_with(|| vec![0.0; values.len()]);
        sum.iter_mut().zip(values).for_each(|(sum, x)| *sum += multiplier * x);
    }

    /// What is added after a block.
    pub(crate) fn after(&self, block: usize) -> Option<&[f32]> {
        self.0.get(&block).map(Vec::as_slice)
    }

    /// The lowest block after which something is added.
    pub(crate) fn lowest(&self) -> Option<usize> {
        self.0.keys().next().copied()
    }

    /// Adds what is due after a block to every row.
    pub(crate) fn apply(&self, x: Tensor, block: usize) -> Result<Tensor> {
        let rows = x.dims()[0];
        add_to_rows(x, std::iter::once((rows, self.after(block))))
    }
}

/// Adds to consecutive rows: `parts` gives how many rows follow and what each of them gets.
pub(crate) fn add_to_rows<'a>(
    x: Tensor,
    parts: impl Iterator<Item = (usize, Option<&'a [f32]>)> + Clone,
) -> Result<Tensor> {
    if parts.clone().all(|(_, shift)| shift.is_none()) {
        return Ok(x);
    }
    let from = rows::read(&x)?;
    let (mut values, mut start) = (from.all().to_vec(), 0);
    for (count, shift) in parts {
        let end = start + count * from.width;
        if let Some(shift) = shift {
            for row in values[start..end].chunks_exact_mut(from.width) {
                row.iter_mut().zip(shift).for_each(|(x, s)| *x += s);
            }
        }
        start = end;
    }
    rows::tensor(values, from.width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_at_one_layer_are_summed_and_idle_ones_leave_no_trace() {
        let term = |layer, values: [f32; 2], multiplier| Term {
            vector: SteeringVector { layer, values: values.into() },
            multiplier,
        };
        let shifts = Shifts::of(&[
            term(3, [1.0, 2.0], 2.0),
            term(1, [1.0, 1.0], 0.0),
            term(3, [0.0, 1.0], -1.0),
            term(5, [4.0, 0.0], 0.5),
        ]);
        assert_eq!((shifts.lowest(), shifts.after(1)), (Some(3), None));
        assert_eq!(shifts.after(3), Some([2.0, 3.0].as_slice()));
        assert_eq!(shifts.after(5), Some([2.0, 0.0].as_slice()));
    }

    #[test]
    fn rows_get_what_is_theirs() {
        let x = rows::tensor(vec![0.0; 6], 2).unwrap();
        let y =
            add_to_rows(x, [(1, Some([1.0, 2.0].as_slice())), (1, None), (1, Some(&[3.0, 4.0]))].into_iter());
        assert_eq!(y.unwrap().to_vec2::<f32>().unwrap(), [[1.0, 2.0], [0.0, 0.0], [3.0, 4.0]]);
    }
}
