//! A frozen linear layer: y = x Wᵀ. Its derivative needs W only, so nothing of the forward pass is kept.

use std::ops::Deref;

use candle_core::{Result, Storage, Tensor};
use rayon::prelude::*;

use super::gemm::{Matrix, MatrixMut, Threads, multiply};
use super::rows::{self, Rows, tensor};
use super::simd::{dot, vectorized};

/// Up to this many rows a product is bound by reading W: each row of W is then read once, straight, without packing.
const FEW_ROWS: usize = 4;
/// Rows of W that one task takes in the few-rows product.
const TASK: usize = 64;

/// The weights of a linear layer, `[outputs, inputs]`.
pub(crate) struct Linear {
    weight: Tensor,
}

impl Linear {
    pub(crate) fn new(weight: Tensor) -> Result<Self> {
        Ok(Self { weight: weight.contiguous()? })
    }

    /// Layers that read the same input, as one layer with their outputs side by side.
    pub(crate) fn side_by_side(weights: &[Tensor]) -> Result<Self> {
        Self::new(Tensor::cat(weights, 0)?)
    }

    /// x `[rows, inputs]` to y `[rows, outputs]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (w, x) = (rows::read(&self.weight)?, rows::read(x)?);
        let (rows, outputs) = (x.count(), w.count());
        let mut y = vec![0.0; rows * outputs];
        if rows <= FEW_ROWS {
            few_rows(&mut y, &x, &w);
        } else {
            let weight = Matrix::new(w.all(), outputs, w.width, w.width).transposed();
            let input = Matrix::new(x.all(), rows, x.width, x.width);
            multiply(MatrixMut::new(&mut y, rows, outputs, outputs), false, 1.0, input, weight, Threads::All);
        }
        tensor(y, outputs)
    }

    /// The gradient of x `[rows, inputs]` from that of y `[rows, outputs]`: dx = dy W.
    pub(crate) fn backward(&self, dy: &Tensor) -> Result<Tensor> {
        let (w, dy) = (rows::read(&self.weight)?, rows::read(dy)?);
        let (rows, inputs) = (dy.count(), w.width);
        let mut dx = vec![0.0; rows * inputs];
        let weight = Matrix::new(w.all(), w.count(), inputs, inputs);
        let gradient = Matrix::new(dy.all(), rows, dy.width, dy.width);
        multiply(MatrixMut::new(&mut dx, rows, inputs, inputs), false, 1.0, gradient, weight, Threads::All);
        tensor(dx, inputs)
    }

    /// Numbers that come out for a row.
    pub(crate) fn outputs(&self) -> usize {
        self.weight.dims()[0]
    }

    /// The numbers in memory.
    pub(crate) fn weight(&self) -> &Tensor {
        &self.weight
    }
}

fn few_rows<G: Deref<Target = Storage> + Sync>(y: &mut [f32], x: &Rows<G>, w: &Rows<G>) {
    let (rows, outputs) = (x.count(), w.count());
    let columns: Vec<Vec<f32>> = (0..outputs.div_ceil(TASK))
        .into_par_iter()
        .map(|task| {
            vectorized(|| {
                let outputs = task * TASK..((task + 1) * TASK).min(outputs);
                let mut part = Vec::with_capacity(outputs.len() * rows);
                for output in outputs {
                    part.extend((0..rows).map(|row| dot(w.row(output), x.row(row))));
                }
                part
            })
        })
        .collect();
    for (output, values) in columns.iter().flat_map(|part| part.chunks_exact(rows)).enumerate() {
        for (row, value) in values.iter().enumerate() {
            y[row * outputs + output] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;

    #[test]
    fn gradient_agrees_with_finite_differences() {
        let layer = Linear::new(random(&[7, 5], 1)).unwrap();
        assert_gradient(&random(&[6, 5], 2), |x| layer.forward(x), |_, dy| layer.backward(dy));
    }

    #[test]
    fn few_rows_and_many_rows_agree_with_candle() {
        let layer = Linear::new(random(&[130, 70], 3)).unwrap();
        for rows in [1, 3, FEW_ROWS, FEW_ROWS + 1, 40] {
            let x = random(&[rows, 70], 4);
            let expected = x.matmul(&layer.weight().t().unwrap()).unwrap();
            let error = (layer.forward(&x).unwrap() - expected).unwrap().abs().unwrap().max_all().unwrap();
            assert!(error.to_scalar::<f32>().unwrap() < 1e-4, "{rows} rows: {error}");
        }
    }
}
