//! A frozen linear layer: y = x Wᵀ. Its derivative needs W only, so nothing of the forward pass is kept.

use std::ops::Range;
use std::sync::Arc;

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::gemm::{Matrix, MatrixMut, Threads, multiply};
use super::rows::{self, tensor};
use super::weight::Weight;

/// Up to this many rows, as when answers grow side by side, every task multiplies with outputs of its own: it unpacks
/// them into its core's cache, and no packed copy of W is made for all.
const SOME_ROWS: usize = 128;
/// Weights that one such task unpacks: 256 KiB, which a core's own cache holds beside the rows.
const CACHED: usize = 1 << 16;
/// Outputs that a task takes at least.
const TASK: usize = 64;

/// The weights of a linear layer: matrices that read the same input, with their outputs side by side.
pub(crate) struct Linear {
    parts: Vec<Arc<Weight>>,
}

impl Linear {
    pub(crate) fn new(weight: Arc<Weight>) -> Self {
        Self { parts: vec![weight] }
    }

    /// Layers that read the same input, as one layer with their outputs side by side. All have the same inputs.
    pub(crate) fn side_by_side(parts: Vec<Weight>) -> Self {
        let mut joined: Vec<Weight> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(Weight::Dense { values, .. }), Weight::Dense { values: more, .. }) => {
                    values.extend(more);
                }
                (_, part) => joined.push(part),
            }
        }
        Self { parts: joined.into_iter().map(Arc::new).collect() }
    }

    fn inputs(&self) -> usize {
        self.parts.first().map_or(0, |part| part.inputs())
    }

    /// Numbers that come out for a row.
    pub(crate) fn outputs(&self) -> usize {
        self.parts.iter().map(|part| part.outputs()).sum()
    }

    /// Bytes in memory.
    pub(crate) fn size(&self) -> usize {
        self.parts.iter().map(|part| part.size()).sum()
    }

    /// Every part, with the column where its outputs begin.
    fn placed(&self) -> impl Iterator<Item = (&Weight, usize)> {
        let mut start = 0;
        self.parts.iter().map(move |part| {
            start += part.outputs();
            (part.as_ref(), start - part.outputs())
        })
    }

    /// x `[rows, inputs]` to y `[rows, outputs]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = rows::read(x)?;
        let (rows, outputs) = (x.count(), self.outputs());
        let y = match rows {
            1 => self.one_row(x.all()),
            _ if rows <= SOME_ROWS => self.some_rows(x.all(), rows),
            _ => {
                let mut y = vec![0.0; rows * outputs];
                let input = Matrix::new(x.all(), rows, x.width, x.width);
                for (part, start) in self.placed() {
                    tiles(part, |tile, weights| {
                        let target = MatrixMut::new(&mut y[start + tile.start..], rows, tile.len(), outputs);
                        let weights = Matrix::new(weights, tile.len(), x.width, x.width).transposed();
                        multiply(target, false, 1.0, input, weights, Threads::All);
                    });
                }
                y
            }
        };
        tensor(y, outputs)
    }

    /// The gradient of x `[rows, inputs]` from that of y `[rows, outputs]`: dx = dy W.
    pub(crate) fn backward(&self, dy: &Tensor) -> Result<Tensor> {
        let dy = rows::read(dy)?;
        let (rows, inputs) = (dy.count(), self.inputs());
        let mut dx = vec![0.0; rows * inputs];
        let mut add = false;
        for (part, start) in self.placed() {
            tiles(part, |tile, weights| {
                let gradient = Matrix::new(&dy.all()[start + tile.start..], rows, tile.len(), dy.width);
                let weights = Matrix::new(weights, tile.len(), inputs, inputs);
                multiply(
                    MatrixMut::new(&mut dx, rows, inputs, inputs),
                    add,
                    1.0,
                    gradient,
                    weights,
                    Threads::All,
                );
                add = true;
            });
        }
        tensor(dx, inputs)
    }

    /// One row is bound by reading W: every row of W is read once, straight from where it lies.
    fn one_row(&self, x: &[f32]) -> Vec<f32> {
        let mut y = vec![0.0; self.outputs()];
        for (part, start) in self.placed() {
            let y = &mut y[start..start + part.outputs()];
            // Few tasks: each costs about as much as a hundred rows of W.
            let task = part.outputs().div_ceil(2 * rayon::current_num_threads()).max(TASK);
            y.par_chunks_mut(task).enumerate().for_each(|(index, y)| {
                part.dot(index * task..index * task + y.len(), x, y);
            });
        }
        y
    }

    /// As yᵀ = W xᵀ: the product then takes W as it lies, and only the few numbers of x are turned around.
    fn some_rows(&self, x: &[f32], rows: usize) -> Vec<f32> {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let most = (CACHED / inputs.max(1)).max(TASK / 2);
        let task = outputs.div_ceil(4 * rayon::current_num_threads()).clamp(TASK / 2, most);
        let tasks: Vec<(&Weight, usize, Range<usize>)> = self
            .placed()
            .flat_map(|(part, start)| {
                let end = part.outputs();
                (0..end).step_by(task).map(move |from| (part, start + from, from..(from + task).min(end)))
            })
            .collect();
        let x = transposed(x, rows, inputs);
        let x = Matrix::new(&x, inputs, rows, rows);
        let columns: Vec<Vec<f32>> = tasks
            .par_iter()
            .map(|(part, _, outputs)| {
                let mut columns = vec![0.0; outputs.len() * rows];
                part.with_rows(outputs.clone(), |weights| {
                    let weights = Matrix::new(weights, outputs.len(), inputs, inputs);
                    let target = MatrixMut::new(&mut columns, outputs.len(), rows, rows);
                    multiply(target, false, 1.0, weights, x, Threads::One);
                });
                columns
            })
            .collect();
        let mut y = vec![0.0; rows * outputs];
        for ((_, start, part), columns) in tasks.iter().zip(columns) {
            for (row, y) in y.chunks_exact_mut(outputs).enumerate() {
                let column = columns.iter().skip(row).step_by(rows);
                y[*start..start + part.len()].iter_mut().zip(column).for_each(|(y, x)| *y = *x);
            }
        }
        y
    }
}

fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let mut turned = vec![0.0; values.len()];
    for (row, values) in values.chunks_exact(columns).enumerate() {
        for (column, value) in values.iter().enumerate() {
            turned[column * rows + row] = *value;
        }
    }
    turned
}

/// Hands a matrix to `work` tile by tile, as f32.
fn tiles(weight: &Weight, mut work: impl FnMut(Range<usize>, &[f32])) {
    for start in (0..weight.outputs()).step_by(weight.tile_rows()) {
        let tile = start..(start + weight.tile_rows()).min(weight.outputs());
        weight.with_rows(tile.clone(), |weights| work(tile, weights));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::super::weight::{Blocks, Format};
    use super::*;
    use candle_core::quantized::{GgmlDType, QTensor};

    fn dense(weights: &Tensor) -> Weight {
        Weight::dense(weights.flatten_all().unwrap().to_vec1().unwrap(), weights.dims()[1])
    }

    /// A layer of two parts in different formats, and its weights as f32.
    fn mixed() -> (Linear, Tensor) {
        let parts: Vec<(Weight, Tensor)> = [(GgmlDType::Q4_1, 70, 1), (GgmlDType::Q8_0, 200, 2)]
            .into_iter()
            .map(|(kind, outputs, seed)| {
                let stored = QTensor::quantize(&random(&[outputs, 64], seed), kind).unwrap();
                let blocks =
                    Blocks::new(Format::of(kind).unwrap(), stored.data().unwrap().into_owned(), 64).unwrap();
                (Weight::Blocks(blocks), stored.dequantize(&candle_core::Device::Cpu).unwrap())
            })
            .collect();
        let (weights, values): (Vec<Weight>, Vec<Tensor>) = parts.into_iter().unzip();
        (Linear::side_by_side(weights), Tensor::cat(&values, 0).unwrap())
    }

    fn error(ours: &Tensor, expected: &Tensor) -> f32 {
        (ours - expected).unwrap().abs().unwrap().max_all().unwrap().to_scalar().unwrap()
    }

    #[test]
    fn gradient_agrees_with_finite_differences() {
        let layer = Linear::new(dense(&random(&[7, 5], 1)).into());
        assert_gradient(&random(&[6, 5], 2), |x| layer.forward(x), |_, dy| layer.backward(dy));
    }

    #[test]
    fn any_number_of_rows_agrees_with_candle() {
        let weights = random(&[130, 70], 3);
        for (layer, weights) in [(Linear::new(dense(&weights).into()), weights), mixed()] {
            for rows in [1, 3, SOME_ROWS, SOME_ROWS + 1] {
                let x = random(&[rows, weights.dims()[1]], 4);
                let y = layer.forward(&x).unwrap();
                assert!(error(&y, &x.matmul(&weights.t().unwrap()).unwrap()) < 1e-4, "{rows} rows");
                let dx = layer.backward(&y).unwrap();
                assert!(error(&dx, &y.matmul(&weights).unwrap()) < 1e-3, "{rows} rows back");
            }
        }
    }
}
