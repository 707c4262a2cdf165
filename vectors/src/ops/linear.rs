//! A frozen linear layer: y = x Wᵀ. Its backward pass needs only W, so the forward pass saves nothing.

use std::ops::Range;
use std::sync::Arc;

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::gemm::{Matrix, MatrixMut, Threads};
use super::matmul_precision::MatmulPrecision;
use super::rows::{self, tensor};
use super::small_batch_gemm::{OUTPUTS, OutputColumns, PackedPanels};
use super::weight::{FEW_ROWS, Weight};

/// The most rows that count as a small batch. In a small batch each task dequantizes the weights of its own outputs
/// into its core's cache; W is not packed for all threads.
const SMALL_BATCH: usize = 128;
/// The most weights that a small-batch task dequantizes at a time: 128 KiB, which fit a core's own cache beside the
/// rows.
const MAX_CACHED_WEIGHTS: usize = 1 << 15;
/// The fewest outputs that one task computes.
const MIN_OUTPUTS: usize = 32;

/// Reusable buffers of the product with a small batch.
#[derive(Default)]
pub(crate) struct Scratch {
    /// The rows, transposed into panels.
    inputs: Vec<f32>,
    /// The outputs, transposed.
    outputs: Vec<f32>,
}

/// The weights of a linear layer: matrices that read the same input, with their outputs side by side.
#[derive(Clone)]
pub(crate) struct Linear {
    parts: Vec<Arc<Weight>>,
    /// The precision of products of more than [`SMALL_BATCH`] rows.
    precision: MatmulPrecision,
}

impl Linear {
    pub(crate) fn new(weight: Arc<Weight>) -> Self {
        Self { parts: vec![weight], precision: MatmulPrecision::F32 }
    }

    /// Joins matrices that read the same input into one layer with their outputs side by side.
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
        Self { parts: joined.into_iter().map(Arc::new).collect(), precision: MatmulPrecision::F32 }
    }

    /// Returns a layer with the same weights and another precision of large products.
    pub(crate) fn with_matmul_precision(&self, precision: MatmulPrecision) -> Self {
        Self { parts: self.parts.clone(), precision }
    }

    /// Returns the precision of products of many rows.
    pub(crate) fn matmul_precision(&self) -> MatmulPrecision {
        self.precision
    }

    pub(crate) fn inputs(&self) -> usize {
        self.parts.first().map_or(0, |part| part.inputs())
    }

    /// Returns the number of outputs of a row.
    pub(crate) fn outputs(&self) -> usize {
        self.parts.iter().map(|part| part.outputs()).sum()
    }

    /// Iterates over the matrices, in the order of their outputs.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Weight> {
        self.parts.iter().map(AsRef::as_ref)
    }

    /// Returns the bytes that the weights take in memory.
    pub(crate) fn size(&self) -> usize {
        self.parts.iter().map(|part| part.size()).sum()
    }

    /// Iterates over the matrices, each with the column where its outputs begin.
    fn parts_with_offsets(&self) -> impl Iterator<Item = (&Weight, usize)> {
        let mut start = 0;
        self.parts.iter().map(move |part| {
            start += part.outputs();
            (part.as_ref(), start - part.outputs())
        })
    }

    /// Computes y `[rows, outputs]` from x `[rows, inputs]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = rows::read(x)?;
        let (rows, outputs) = (x.count(), self.outputs());
        let mut y = vec![0.0; rows * outputs];
        if rows <= SMALL_BATCH {
            self.forward_rows(x.all(), &mut y, &mut Scratch::default());
            return tensor(y, outputs);
        }
        let input = Matrix::new(x.all(), rows, x.width, x.width);
        for (part, start) in self.parts_with_offsets() {
            tiles(part, |tile, weights| {
                let target = MatrixMut::new(&mut y[start + tile.start..], rows, tile.len(), outputs);
                let weights = Matrix::new(weights, tile.len(), x.width, x.width).transposed();
                self.precision.multiply(target, false, input, weights);
            });
        }
        tensor(y, outputs)
    }

    /// Returns the gradient of x `[rows, inputs]` from that of y `[rows, outputs]`: dx = dy W.
    pub(crate) fn backward(&self, dy: &Tensor) -> Result<Tensor> {
        let dy = rows::read(dy)?;
        let (rows, inputs) = (dy.count(), self.inputs());
        let mut dx = vec![0.0; rows * inputs];
        let mut add = false;
        for (part, start) in self.parts_with_offsets() {
            tiles(part, |tile, weights| {
                let gradient = Matrix::new(&dy.all()[start + tile.start..], rows, tile.len(), dy.width);
                let weights = Matrix::new(weights, tile.len(), inputs, inputs);
                let target = MatrixMut::new(&mut dx, rows, inputs, inputs);
                self.precision.multiply(target, add, gradient, weights);
                add = true;
            });
        }
        tensor(dx, inputs)
    }

    /// Computes y from x, both as rows one after the other: at most some hundred rows. Overwrites `scratch`.
    fn forward_rows(&self, x: &[f32], y: &mut [f32], scratch: &mut Scratch) {
        if x.len() == self.inputs() {
            self.matrix_vector(x, y);
        } else {
            self.small_batch(x, y, scratch);
        }
    }

    /// Splits the layer's outputs into ranges of at most `size`, each with the matrix that it belongs to.
    fn output_ranges(&self, size: usize) -> impl Iterator<Item = (&Weight, Range<usize>)> {
        self.parts_with_offsets().flat_map(move |(part, _)| {
            let end = part.outputs();
            (0..end).step_by(size).map(move |from| (part, from..(from + size).min(end)))
        })
    }

    /// Multiplies W with one row. Reading W takes the time, so every row of W is read once, from where it is stored.
    fn matrix_vector(&self, x: &[f32], y: &mut [f32]) {
        let size = (self.outputs() / (8 * rayon::current_num_threads())).clamp(MIN_OUTPUTS, 16 * MIN_OUTPUTS);
        let mut rest = y;
        let mut tasks = Vec::new();
        for (part, outputs) in self.output_ranges(size) {
            let (y, after) = std::mem::take(&mut rest).split_at_mut(outputs.len());
            tasks.push((part, outputs, y));
            rest = after;
        }
        // One by one, so that a thread that is late delays one task.
        tasks.into_par_iter().with_max_len(1).for_each(|(part, outputs, y)| part.dot(outputs, x, y));
    }

    /// Computes the same as [`Linear::forward_rows`] and leaves the outputs transposed.
    pub(crate) fn forward_columns<'s>(&self, x: &[f32], scratch: &'s mut Scratch) -> OutputColumns<'s> {
        if x.len() == self.inputs() {
            let y = grown(&mut scratch.outputs, self.outputs());
            self.matrix_vector(x, y);
            return OutputColumns::new(y, 1);
        }
        self.product_columns(x, scratch)
    }

    fn small_batch(&self, x: &[f32], y: &mut [f32], scratch: &mut Scratch) {
        let outputs = self.outputs();
        let columns = self.product_columns(x, scratch);
        let parts = y.par_chunks_mut(8 * outputs).enumerate();
        parts.for_each(|(part, y)| columns.unpack(outputs, 8 * part, y));
    }

    /// Computes the transposed outputs of a small batch. Of a few rows, the products are computed directly from where the
    /// weights are stored. Of more, each task dequantizes the weights of a few outputs, which stay in its core's cache,
    /// and multiplies all rows with them.
    fn product_columns<'s>(&self, x: &[f32], scratch: &'s mut Scratch) -> OutputColumns<'s> {
        let (inputs, Scratch { inputs: packed, outputs }) = (self.inputs(), scratch);
        let rows = x.len() / inputs;
        if (1..=FEW_ROWS).contains(&rows) {
            let work = |part: &Weight, outputs, columns: &mut [f32]| part.dots(outputs, x, columns, rows);
            return self.columns(rows, outputs, work);
        }
        let panels = PackedPanels::pack(x, inputs, packed);
        self.columns(panels.stride(), outputs, |part, outputs, columns| {
            part.with_dequantized_rows(outputs, Threads::One, |weights| panels.multiply(weights, columns));
        })
    }

    /// Has tasks of a few outputs each compute these outputs' columns, `[outputs, stride]`.
    fn columns<'s>(
        &self,
        stride: usize,
        buffer: &'s mut Vec<f32>,
        work: impl Fn(&Weight, Range<usize>, &mut [f32]) + Sync,
    ) -> OutputColumns<'s> {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let most = (MAX_CACHED_WEIGHTS / inputs.max(1)).max(MIN_OUTPUTS);
        let size = outputs
            .div_ceil(4 * rayon::current_num_threads())
            .clamp(MIN_OUTPUTS, most)
            .next_multiple_of(OUTPUTS);
        let all = grown(buffer, outputs * stride);
        let mut rest = &mut *all;
        let mut tasks = Vec::new();
        for (part, outputs) in self.output_ranges(size) {
            let (columns, after) = std::mem::take(&mut rest).split_at_mut(outputs.len() * stride);
            tasks.push((part, outputs, columns));
            rest = after;
        }
        tasks
            .into_par_iter()
            .with_max_len(1)
            .for_each(|(part, outputs, columns)| work(part, outputs, columns));
        OutputColumns::new(all, stride)
    }
}

/// Returns the first `size` numbers of a buffer, which grows to that size first.
pub(crate) fn grown(buffer: &mut Vec<f32>, size: usize) -> &mut [f32] {
    if buffer.len() < size {
        buffer.resize(size, 0.0);
    }
    &mut buffer[..size]
}

/// Passes a matrix to `work` tile by tile, as f32.
fn tiles(weight: &Weight, mut work: impl FnMut(Range<usize>, &[f32])) {
    for start in (0..weight.outputs()).step_by(weight.tile_rows()) {
        let tile = start..(start + weight.tile_rows()).min(weight.outputs());
        weight.with_dequantized_rows(tile.clone(), Threads::All, |weights| work(tile, weights));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::super::weight::{Format, QuantizedBlocks};
    use super::*;
    use candle_core::quantized::{GgmlDType, QTensor};

    fn dense(weights: &Tensor) -> Weight {
        Weight::dense(weights.flatten_all().unwrap().to_vec1().unwrap(), weights.dims()[1])
    }

    /// Returns a layer of two matrices in different formats, and its weights as f32.
    fn mixed() -> (Linear, Tensor) {
        let parts: Vec<(Weight, Tensor)> =
            [(Format::Q4_1, GgmlDType::Q4_1, 70, 1), (Format::Q8_0, GgmlDType::Q8_0, 200, 2)]
                .into_iter()
                .map(|(format, kind, outputs, seed)| {
                    let stored = QTensor::quantize(&random(&[outputs, 64], seed), kind).unwrap();
                    let blocks =
                        QuantizedBlocks::new(format, stored.data().unwrap().into_owned(), 64).unwrap();
                    (Weight::Quantized(blocks), stored.dequantize(&candle_core::Device::Cpu).unwrap())
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
            for rows in [1, 3, SMALL_BATCH, SMALL_BATCH + 1] {
                let x = random(&[rows, weights.dims()[1]], 4);
                let y = layer.forward(&x).unwrap();
                assert!(error(&y, &x.matmul(&weights.t().unwrap()).unwrap()) < 1e-4, "{rows} rows");
                let dx = layer.backward(&y).unwrap();
                assert!(error(&dx, &y.matmul(&weights).unwrap()) < 1e-3, "{rows} rows back");
            }
        }
    }
}
