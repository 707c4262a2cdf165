//! Applies trainable vectors to the rows of a batch, and computes their gradients in the backward pass.

use candle_core::{Result, Tensor};

use crate::ops::rows;
use crate::packing::{Group, Packing};
use crate::steering::{Positions, covers};

/// The operation of the vectors in one forward pass.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PassOp {
    /// x + m v, with a multiplier m for each pair.
    Add(Vec<f32>),
    /// x - max(0, x·v) / |v|² v: removes the component along v where it is positive, the suppression of `RePS` (Wu et al.
    /// 2025, arXiv 2505.20809). A zero vector has no direction, changes nothing and gets no gradient.
    Suppress,
}

/// The vectors of one forward pass, one for each layer.
pub(crate) struct TrainableVectors<'a> {
    /// The 0-based blocks after whose output they act, in ascending order.
    pub(crate) layers: &'a [usize],
    /// The vectors, concatenated in the order of `layers`: `[layers, hidden_size]`.
    pub(crate) values: &'a [f32],
    pub(crate) on: Positions,
    pub(crate) op: PassOp,
}

impl TrainableVectors<'_> {
    /// Returns the vector that acts after a block.
    fn vector_after(&self, block: usize) -> Option<&[f32]> {
        let index = self.layers.iter().position(|layer| *layer == block)?;
        let width = self.values.len() / self.layers.len();
        Some(&self.values[index * width..][..width])
    }

    /// Applies the vector of this block to every covered row of `x`, `[rows, hidden_size]`. The groups of `packing` are the
    /// pairs of the batch.
    pub(super) fn forward(&self, x: Tensor, block: usize, packing: &Packing) -> Result<Tensor> {
        let Some(v) = self.vector_after(block) else { return Ok(x) };
        let from = rows::read(&x)?;
        let (width, mut values) = (from.width, from.all().to_vec());
        for (pair, group) in packing.groups.iter().enumerate() {
            for row in group.rows.clone().filter(|row| covers(self.on, packing.segments[*row])) {
                let x = &mut values[row * width..(row + 1) * width];
                match &self.op {
                    PassOp::Add(multipliers) => {
                        x.iter_mut().zip(v).for_each(|(x, v)| *x += multipliers[pair] * v);
                    }
                    PassOp::Suppress => {
                        if let Some((projection, square)) = positive_projection(x, v) {
                            let scale = (projection / square) as f32;
                            x.iter_mut().zip(v).for_each(|(x, v)| *x -= scale * v);
                        }
                    }
                }
            }
        }
        rows::tensor(values, width)
    }

    /// The backward pass of [`Self::forward`]: takes its input `x` and the gradient of its output; returns the gradient of
    /// `x`, and that of the vector where one acts after this block.
    pub(super) fn backward(
        &self,
        x: &Tensor,
        gradient: Tensor,
        block: usize,
        packing: &Packing,
    ) -> Result<(Tensor, Option<Vec<f32>>)> {
        let Some(v) = self.vector_after(block) else { return Ok((gradient, None)) };
        let mut sum = vec![0.0_f64; v.len()];
        let width = v.len();
        let covered =
            |group: &Group| group.rows.clone().filter(|row| covers(self.on, packing.segments[*row]));
        match &self.op {
            PassOp::Add(multipliers) => {
                let from = rows::read(&gradient)?;
                for (group, multiplier) in packing.groups.iter().zip(multipliers) {
                    for row in covered(group) {
                        let all = sum.iter_mut().zip(from.row(row));
                        all.for_each(|(sum, g)| *sum += f64::from(*g) * f64::from(*multiplier));
                    }
                }
                drop(from);
                Ok((gradient, Some(to_f32(sum))))
            }
            PassOp::Suppress => {
                let x = rows::read(x)?;
                let mut values = rows::read(&gradient)?.all().to_vec();
                for row in packing.groups.iter().flat_map(covered) {
                    let (x, g) = (x.row(row), &mut values[row * width..(row + 1) * width]);
                    let Some((projection, square)) = positive_projection(x, v) else { continue };
                    // y = x - s / n v with s = x·v and n = |v|².
                    let gv = dot(g, v);
                    let (of_x, of_v, of_g) =
                        (-gv / square, 2.0 * projection * gv / (square * square), -projection / square);
                    for (index, sum) in sum.iter_mut().enumerate() {
                        *sum += of_x * f64::from(x[index])
                            + of_v * f64::from(v[index])
                            + of_g * f64::from(g[index]);
                    }
                    let back = (gv / square) as f32;
                    g.iter_mut().zip(v).for_each(|(g, v)| *g -= back * v);
                }
                Ok((rows::tensor(values, width)?, Some(to_f32(sum))))
            }
        }
    }
}

/// x·v and |v|²; `None` where x·v is not positive.
fn positive_projection(x: &[f32], v: &[f32]) -> Option<(f64, f64)> {
    let (projection, square) = (dot(x, v), dot(v, v));
    (projection > 0.0 && square > 0.0).then_some((projection, square))
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn to_f32(sum: Vec<f64>) -> Vec<f32> {
    sum.into_iter().map(|x| x as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{assert_gradient, random};
    use crate::pairs::EncodedPair;

    fn packing() -> Packing {
        let mut packing = Packing::default();
        packing.push_pair(&EncodedPair { prompt: vec![0; 3], wanted: vec![0; 3], opposite: vec![0; 2] });
        packing.push_pair(&EncodedPair { prompt: vec![0; 2], wanted: vec![0; 2], opposite: vec![0; 3] });
        packing
    }

    #[test]
    fn gradients_of_vector_and_rows_agree_with_finite_differences() {
        let (packing, width) = (packing(), 5);
        let (all, vector) = (random(&[packing.rows(), width], 1), random(&[1, width], 2));
        for on in [Positions::Everywhere, Positions::PromptEnd, Positions::Answer] {
            for op in [PassOp::Add(vec![1.5, -0.5]), PassOp::Suppress] {
                let with = |v: &Tensor, x: &Tensor, dy: Option<&Tensor>| {
                    let values: Vec<f32> = v.flatten_all()?.to_vec1()?;
                    let vectors = TrainableVectors { layers: &[4], values: &values, on, op: op.clone() };
                    match dy {
                        None => Ok((vectors.forward(x.clone(), 4, &packing)?, None)),
                        Some(dy) => vectors.backward(x, dy.clone(), 4, &packing),
                    }
                };
                assert_gradient(
                    &all,
                    |x| Ok(with(&vector, x, None)?.0),
                    |x, dy| Ok(with(&vector, x, Some(dy))?.0),
                );
                assert_gradient(
                    &vector,
                    |v| Ok(with(v, &all, None)?.0),
                    |v, dy| rows::tensor(with(v, &all, Some(dy))?.1.unwrap(), width),
                );
            }
        }
    }

    #[test]
    fn a_zero_vector_changes_nothing_and_gets_no_gradient() {
        let packing = packing();
        let rows = random(&[packing.rows(), 3], 5);
        let vectors = TrainableVectors {
            layers: &[0],
            values: &[0.0; 3],
            on: Positions::Everywhere,
            op: PassOp::Suppress,
        };
        let y = vectors.forward(rows.clone(), 0, &packing).unwrap();
        assert_eq!(y.to_vec2::<f32>().unwrap(), rows.to_vec2::<f32>().unwrap());
        assert_eq!(vectors.backward(&rows, y, 0, &packing).unwrap().1.unwrap(), [0.0; 3]);
    }
}
