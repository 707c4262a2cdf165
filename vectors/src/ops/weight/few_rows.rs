//! Dot products of quantized rows with a few rows of x: every block is dequantized once, into a buffer that stays in
//! the first cache.
#![expect(
    clippy::inline_always,
    reason = "must be inlined to be compiled for the dispatched instruction set"
)]

use std::marker::PhantomData;

use pulp::{Simd, WithSimd};

use super::dequantize::Dequantize;
use crate::ops::simd::{LANES, multiply_add, sum_of_lanes};

/// The most rows of x whose products are computed directly from the blocks. With more, it is faster to transpose them
/// first (`small_batch_gemm.rs`).
pub(crate) const FEW_ROWS: usize = 4;

/// The weights that [`FewRowDots`] dequantizes at a time.
const AT_ONCE: usize = 256;

/// Computes the dot product of every row with `R` rows of x. Each product is added up in the same lanes as a row's
/// alone, so that it has the same bits.
pub(super) struct FewRowDots<'a, U, const R: usize, const B: usize, const N: usize> {
    pub(super) bytes: &'a [u8],
    pub(super) row_bytes: usize,
    pub(super) x: [&'a [f32]; R],
    /// `[outputs, stride]`, of which each row of x takes a column.
    pub(super) y: &'a mut [f32],
    pub(super) stride: usize,
    pub(super) format: PhantomData<U>,
}

impl<U: Dequantize<B, N>, const R: usize, const B: usize, const N: usize> WithSimd
    for FewRowDots<'_, U, R, B, N>
{
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { bytes, row_bytes, x, y, stride, .. } = self;
        let mut weights = [0.0; AT_ONCE];
        for (row, y) in bytes.chunks_exact(row_bytes).zip(y.chunks_mut(stride)) {
            let mut sums = [[0.0_f32; LANES]; R];
            let mut start = 0;
            for blocks in row.as_chunks::<B>().0.chunks(AT_ONCE / N) {
                for (block, weights) in blocks.iter().zip(weights.as_chunks_mut::<N>().0) {
                    U::dequantize(std::hint::black_box(block), weights);
                }
                let (end, weights) = (start + blocks.len() * N, &weights[..blocks.len() * N]);
                let mut part = [weights; R];
                for row in 0..R {
                    part[row] = &x[row][start..end];
                }
                add_products::<S, R, N>(simd, weights, part, &mut sums);
                start = end;
            }
            for (y, sums) in y.iter_mut().zip(sums) {
                *y = sum_of_lanes(sums);
            }
        }
    }
}

/// Adds the products of weights with `R` parts of x to each part's sums, in the lanes that one row's are added in.
#[inline(always)]
fn add_products<S: Simd, const R: usize, const N: usize>(
    simd: S,
    weights: &[f32],
    x: [&[f32]; R],
    sums: &mut [[f32; LANES]; R],
) {
    if N < S::F32_LANES {
        // A block does not fill a register. All processors with such registers have fused multiply-add.
        for (block, weights) in weights.as_chunks::<N>().0.iter().enumerate() {
            for row in 0..R {
                for (lane, x) in x[row][block * N..(block + 1) * N].iter().enumerate() {
                    sums[row][lane] = multiply_add::<true>(weights[lane], *x, sums[row][lane]);
                }
            }
        }
        return;
    }
    let weights = S::as_simd_f32s(weights).0;
    let mut rows = [weights; R];
    for row in 0..R {
        rows[row] = S::as_simd_f32s(x[row]).0;
    }
    let registers = N.min(LANES) / S::F32_LANES;
    if registers == 1 {
        return add_lanes::<S, R, 1>(simd, weights, rows, sums, 0, 1);
    }
    // Two registers of the sums at a time, so that those of four rows stay in the processor's registers.
    for first in (0..registers).step_by(2) {
        add_lanes::<S, R, 2>(simd, weights, rows, sums, first, registers);
    }
}

/// Adds the products of every `of`th register from `first` on, and of the `V - 1` behind each.
#[inline(always)]
fn add_lanes<S: Simd, const R: usize, const V: usize>(
    simd: S,
    weights: &[S::f32s],
    x: [&[S::f32s]; R],
    sums: &mut [[f32; LANES]; R],
    first: usize,
    of: usize,
) {
    let mut totals = [[simd.splat_f32s(0.0); V]; R];
    for row in 0..R {
        totals[row].copy_from_slice(&S::as_simd_f32s(&sums[row]).0[first..first + V]);
    }
    let mut at = first;
    while at + V <= weights.len() {
        for column in 0..V {
            let weight = weights[at + column];
            for row in 0..R {
                totals[row][column] = simd.mul_add_e_f32s(weight, x[row][at + column], totals[row][column]);
            }
        }
        at += of;
    }
    for row in 0..R {
        S::as_mut_simd_f32s(&mut sums[row]).0[first..first + V].copy_from_slice(&totals[row]);
    }
}
