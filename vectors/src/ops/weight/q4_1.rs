//! Dot products of `Q4_1` rows with a few rows of x, without a multiplication by each weight's scale: Σ (d q + m) x = d
//! Σ q x + m Σ x, and Σ x is the same for every row of W. `Q4_1` is the starter model's format.
#![expect(
    clippy::inline_always,
    reason = "must be inlined to be compiled for the dispatched instruction set"
)]

use pulp::NullaryFnOnce;

use super::dequantize::half_at;
use crate::ops::simd::{has_fused, multiply_add};

/// The bytes of a block, and the number of its weights.
const BYTES: usize = 20;
const WEIGHTS: usize = 32;
/// The lanes of a sum: each takes four weights of a block.
const LANES: usize = 8;

/// Computes the dot products of the rows of W in `bytes` with each of `R` rows of x, which lie one after the other.
/// `y` is `[outputs, stride]`. A product has the same bits for every `R`.
pub(super) fn dots<const R: usize>(bytes: &[u8], row_bytes: usize, x: &[f32], y: &mut [f32], stride: usize) {
    let width = row_bytes / BYTES * WEIGHTS;
    let (mut blocks, mut sums) =
        (vec![[[0.0; WEIGHTS]; R]; row_bytes / BYTES], vec![[0.0; R]; row_bytes / BYTES]);
    for (row, x) in x.chunks_exact(width).enumerate() {
        for ((block, sum), x) in blocks.iter_mut().zip(&mut sums).zip(x.as_chunks().0) {
            block[row] = *x;
            sum[row] = x.iter().fold(0.0, |sum, x| sum + x);
        }
    }
    let (x, sums_of_x) = (&*blocks, &*sums);
    if has_fused() {
        pulp::Arch::new().dispatch(Dots::<true, R> { bytes, row_bytes, x, sums_of_x, y, stride });
    } else {
        pulp::Arch::new().dispatch(Dots::<false, R> { bytes, row_bytes, x, sums_of_x, y, stride });
    }
}

/// The dot products of every row of W with `R` rows of x.
struct Dots<'a, const FUSED: bool, const R: usize> {
    bytes: &'a [u8],
    row_bytes: usize,
    /// The blocks of x, each with its part of every row.
    x: &'a [[[f32; WEIGHTS]; R]],
    sums_of_x: &'a [[f32; R]],
    y: &'a mut [f32],
    stride: usize,
}

impl<const FUSED: bool, const R: usize> NullaryFnOnce for Dots<'_, FUSED, R> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { bytes, row_bytes, x, sums_of_x, y, stride } = self;
        for (row, y) in bytes.chunks_exact(row_bytes).zip(y.chunks_mut(stride)) {
            let (mut sums, mut minima) = ([[0.0_f32; LANES]; R], [0.0; R]);
            for ((block, x), sum_of_x) in row.as_chunks::<BYTES>().0.iter().zip(x).zip(sums_of_x) {
                let (d, m) = (half_at(block, 0), half_at(block, 2));
                let mut products = [[0.0_f32; LANES]; R];
                for half in 0..2 {
                    let (mut low, mut high) = ([0.0_f32; LANES], [0.0_f32; LANES]);
                    for lane in 0..LANES {
                        let q = i32::from(block[4 + half * LANES + lane]);
                        low[lane] = (q & 15) as f32;
                        high[lane] = (q >> 4) as f32;
                    }
                    for row in 0..R {
                        for lane in 0..LANES {
                            let x = x[row][half * LANES + lane];
                            products[row][lane] = multiply_add::<FUSED>(low[lane], x, products[row][lane]);
                        }
                        for lane in 0..LANES {
                            let x = x[row][16 + half * LANES + lane];
                            products[row][lane] = multiply_add::<FUSED>(high[lane], x, products[row][lane]);
                        }
                    }
                }
                for row in 0..R {
                    for lane in 0..LANES {
                        sums[row][lane] = multiply_add::<FUSED>(products[row][lane], d, sums[row][lane]);
                    }
                    minima[row] = multiply_add::<FUSED>(m, sum_of_x[row], minima[row]);
                }
            }
            for (row, y) in y.iter_mut().take(R).enumerate() {
                let mut sum = minima[row];
                for lane in std::hint::black_box(sums[row]) {
                    sum += lane;
                }
                *y = sum;
            }
        }
    }
}
