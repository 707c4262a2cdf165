//! The weights of a layer: f32 numbers, or the quantized blocks of the model file.
//!
//! Quantized matrices are never dequantized as a whole. One row of input is multiplied directly with the blocks. For
//! many rows, a tile of the matrix is dequantized into a buffer that stays in the caches and is reused for the next
//! tile, in the forward and in the backward pass.

mod blocks;
mod dequantize;
mod few_rows;
mod q4_1;
mod weight_bytes;

use std::cell::Cell;
use std::ops::Range;

pub(crate) use blocks::{Format, QuantizedBlocks};
pub(crate) use few_rows::FEW_ROWS;
pub(crate) use weight_bytes::WeightBytes;

use rayon::prelude::*;

use super::gemm::Threads;
use super::simd::{dot, vectorized};

/// Numbers in a tile: 4 MiB, which the last cache holds on every current processor.
const TILE_WEIGHTS: usize = 1 << 20;

/// The rows that one task dequantizes.
const ROWS_PER_TASK: usize = 64;

/// A weight matrix, `[outputs, inputs]`.
pub(crate) enum Weight {
    Dense { values: Vec<f32>, inputs: usize },
    Quantized(QuantizedBlocks),
}

thread_local! {
    /// The buffer is taken and put back, never borrowed. A task that rayon runs on a waiting thread finds none and
    /// makes its own.
    static BUFFER: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

impl Weight {
    pub(crate) fn dense(values: Vec<f32>, inputs: usize) -> Self {
        Self::Dense { values, inputs }
    }

    pub(crate) fn inputs(&self) -> usize {
        match self {
            Self::Dense { inputs, .. } => *inputs,
            Self::Quantized(blocks) => blocks.inputs(),
        }
    }

    pub(crate) fn outputs(&self) -> usize {
        match self {
            Self::Dense { values, inputs } => values.len() / inputs,
            Self::Quantized(blocks) => blocks.outputs(),
        }
    }

    /// Returns the bytes that the weights take in memory.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Dense { values, .. } => size_of_val(values.as_slice()),
            Self::Quantized(blocks) => blocks.size(),
        }
    }

    /// Returns how many rows of the matrix are processed at a time: all of them where nothing is dequantized.
    pub(crate) fn tile_rows(&self) -> usize {
        match self {
            Self::Dense { .. } => self.outputs().max(1),
            Self::Quantized(_) => (TILE_WEIGHTS / self.inputs()).max(64),
        }
    }

    /// Passes some rows of the matrix to `work` as f32; `threads` dequantize them.
    pub(crate) fn with_dequantized_rows<R>(
        &self,
        rows: Range<usize>,
        threads: Threads,
        work: impl FnOnce(&[f32]) -> R,
    ) -> R {
        let inputs = self.inputs();
        match self {
            Self::Dense { values, .. } => work(&values[rows.start * inputs..rows.end * inputs]),
            Self::Quantized(blocks) => {
                let mut buffer = BUFFER.take();
                let size = rows.len() * inputs;
                if buffer.len() < size {
                    buffer.resize(size, 0.0);
                }
                let first = rows.start;
                let dequantize = |(part, weights): (usize, &mut [f32])| {
                    let start = first + part * ROWS_PER_TASK;
                    blocks.dequantize(start..start + weights.len() / inputs, weights);
                };
                let parts = buffer[..size].par_chunks_mut(ROWS_PER_TASK * inputs).enumerate();
                match threads {
                    Threads::All if rows.len() > ROWS_PER_TASK => parts.for_each(dequantize),
                    _ => blocks.dequantize(rows, &mut buffer[..size]),
                }
                let result = work(&buffer[..size]);
                BUFFER.set(buffer);
                result
            }
        }
    }

    /// Copies one row of the matrix, as f32.
    pub(crate) fn read_row(&self, index: usize, row: &mut [f32]) {
        match self {
            Self::Dense { values, inputs } => {
                row.copy_from_slice(&values[index * inputs..(index + 1) * inputs]);
            }
            Self::Quantized(blocks) => blocks.dequantize(index..index + 1, row),
        }
    }

    /// Computes the dot products of some rows of the matrix with x.
    pub(crate) fn dot(&self, rows: Range<usize>, x: &[f32], y: &mut [f32]) {
        match self {
            Self::Quantized(blocks) => blocks.dot(rows, x, y),
            Self::Dense { values, inputs } => dots(&values[rows.start * inputs..rows.end * inputs], x, y),
        }
    }

    /// Computes the dot products of some rows of the matrix with each of up to [`FEW_ROWS`] rows of x. `y` is `[rows,
    /// stride]`, with a column for each row of x. A product has the bits that [`Weight::dot`] gives it.
    pub(crate) fn dots(&self, rows: Range<usize>, x: &[f32], y: &mut [f32], stride: usize) {
        match self {
            Self::Quantized(blocks) => blocks.dots(rows, x, y, stride),
            Self::Dense { values, inputs } => {
                let weights = values[rows.start * inputs..rows.end * inputs].chunks_exact(*inputs);
                for (weights, y) in weights.zip(y.chunks_mut(stride)) {
                    dots(x, weights, y);
                }
            }
        }
    }
}

vectorized! {
    fn dots<'a>(rows: &'a [f32], x: &'a [f32], y: &'a mut [f32]) -> () {
        for (row, y) in rows.chunks_exact(x.len()).zip(y) {
            *y = dot::<FUSED>(row, x);
        }
    }
}
