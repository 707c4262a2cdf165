//! Vectors that are being trained, on their way into the rows of a batch, and their gradients on the way back.

use candle_core::{Result, Tensor};

use crate::ops::rows;
use crate::packing::{Group, Packing};
use crate::steering::{Positions, covers};

/// What is done with the vectors in one pass.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Doing {
    /// Each pair's rows get the pair's multiplier times the vector.
    Add(Vec<f32>),
    /// The suppression of `RePS` on every row: x - max(0, x·v) / |v|² v. A vector of zeros has no direction, changes nothing
    /// and gets no gradient.
    Suppress,
}

/// The vectors of one pass.
pub(crate) struct Acting<'a> {
    /// The blocks after which they act, in ascending order.
    pub(crate) layers: &'a [usize],
    /// The vectors, one after the other.
    pub(crate) values: &'a [f32],
    pub(crate) on: Positions,
    pub(crate) doing: Doing,
}

impl Acting<'_> {
    /// The vector after a block.
    fn after(&self, block: usize) -> Option<&[f32]> {
        let place = self.layers.iter().position(|layer| *layer == block)?;
        let width = self.values.len() / self.layers.len();
        Some(&self.values[place * width..][..width])
    }

    /// Acts on every row of a batch, whose groups are its pairs.
    pub(super) fn forward(&self, x: Tensor, block: usize, packing: &Packing) -> Result<Tensor> {
        let Some(v) = self.after(block) else { return Ok(x) };
        let from = rows::read(&x)?;
        let (width, mut values) = (from.width, from.all().to_vec());
        for (pair, group) in packing.groups.iter().enumerate() {
            for row in group.rows.clone().filter(|row| covers(self.on, packing.places[*row])) {
                let x = &mut values[row * width..(row + 1) * width];
                match &self.doing {
                    Doing::Add(multipliers) => {
                        x.iter_mut().zip(v).for_each(|(x, v)| *x += multipliers[pair] * v);
                    }
                    Doing::Suppress => {
                        if let Some((along, square)) = pointing(x, v) {
                            let taken = (along / square) as f32;
                            x.iter_mut().zip(v).for_each(|(x, v)| *x -= taken * v);
                        }
                    }
                }
            }
        }
        rows::tensor(values, width)
    }

    /// The way back: from the gradient of what [`Self::forward`] gave, that of what it was given, `x`, and that of the
    /// vector, if one acts here.
    pub(super) fn backward(
        &self,
        x: &Tensor,
        gradient: Tensor,
        block: usize,
        packing: &Packing,
    ) -> Result<(Tensor, Option<Vec<f32>>)> {
        let Some(v) = self.after(block) else { return Ok((gradient, None)) };
        let mut sum = vec![0.0_f64; v.len()];
        let width = v.len();
        let covered = |group: &Group| group.rows.clone().filter(|row| covers(self.on, packing.places[*row]));
        match &self.doing {
            Doing::Add(multipliers) => {
                let from = rows::read(&gradient)?;
                for (group, multiplier) in packing.groups.iter().zip(multipliers) {
                    for row in covered(group) {
                        let all = sum.iter_mut().zip(from.row(row));
                        all.for_each(|(sum, g)| *sum += f64::from(*g) * f64::from(*multiplier));
                    }
                }
                drop(from);
                Ok((gradient, Some(rounded(sum))))
            }
            Doing::Suppress => {
                let x = rows::read(x)?;
                let mut values = rows::read(&gradient)?.all().to_vec();
                for row in packing.groups.iter().flat_map(covered) {
                    let (x, g) = (x.row(row), &mut values[row * width..(row + 1) * width]);
                    let Some((along, square)) = pointing(x, v) else { continue };
                    // y = x - s / n v with s = x·v and n = |v|².
                    let slope = dot(g, v);
                    let (of_x, of_v, of_g) =
                        (-slope / square, 2.0 * along * slope / (square * square), -along / square);
                    for (index, sum) in sum.iter_mut().enumerate() {
                        *sum += of_x * f64::from(x[index])
                            + of_v * f64::from(v[index])
                            + of_g * f64::from(g[index]);
                    }
                    let back = (slope / square) as f32;
                    g.iter_mut().zip(v).for_each(|(g, v)| *g -= back * v);
                }
                Ok((rows::tensor(values, width)?, Some(rounded(sum))))
            }
        }
    }
}

/// x·v and |v|², where x points v's way.
fn pointing(x: &[f32], v: &[f32]) -> Option<(f64, f64)> {
    let (along, square) = (dot(x, v), dot(v, v));
    (along > 0.0 && square > 0.0).then_some((along, square))
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn rounded(sum: Vec<f64>) -> Vec<f32> {
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
            for doing in [Doing::Add(vec![1.5, -0.5]), Doing::Suppress] {
                let with = |v: &Tensor, x: &Tensor, dy: Option<&Tensor>| {
                    let values: Vec<f32> = v.flatten_all()?.to_vec1()?;
                    let acting = Acting { layers: &[4], values: &values, on, doing: doing.clone() };
                    match dy {
                        None => Ok((acting.forward(x.clone(), 4, &packing)?, None)),
                        Some(dy) => acting.backward(x, dy.clone(), 4, &packing),
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
    fn a_vector_of_zero_takes_nothing_out_and_gets_no_gradient() {
        let packing = packing();
        let rows = random(&[packing.rows(), 3], 5);
        let acting =
            Acting { layers: &[0], values: &[0.0; 3], on: Positions::Everywhere, doing: Doing::Suppress };
        let y = acting.forward(rows.clone(), 0, &packing).unwrap();
        assert_eq!(y.to_vec2::<f32>().unwrap(), rows.to_vec2::<f32>().unwrap());
        assert_eq!(acting.backward(&rows, y, 0, &packing).unwrap().1.unwrap(), [0.0; 3]);
    }
}
