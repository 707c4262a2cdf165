//! Dot products of `Q4_1` rows with x, without a multiplication by each weight's scale: Σ (d q + m) x = d Σ q x + m Σ
//! x, and Σ x is the same for every row. `Q4_1` is the starter model's format.

use super::dequantize::half_at;
use crate::ops::simd::{multiply_add, vectorized};

/// The bytes of a block, and the number of its weights.
const BYTES: usize = 20;
const WEIGHTS: usize = 32;
/// The lanes of a sum: each takes four weights of a block.
const LANES: usize = 8;

vectorized! {
    /// Computes the dot product of every row with x.
    pub(super) fn dots<'a>(bytes: &'a [u8], row_bytes: usize, x: &'a [f32], y: &'a mut [f32]) -> () {
        let x = x.as_chunks::<WEIGHTS>().0;
        let mut sums_of_x = vec![0.0_f32; x.len()];
        for (sum, x) in sums_of_x.iter_mut().zip(x) {
            for x in x {
                *sum += x;
            }
        }
        for (row, y) in bytes.chunks_exact(row_bytes).zip(y) {
            let (mut sums, mut minima) = ([0.0_f32; LANES], 0.0);
            for ((block, x), sum_of_x) in row.as_chunks::<BYTES>().0.iter().zip(x).zip(&sums_of_x) {
                let (d, m) = (half_at(block, 0), half_at(block, 2));
                let mut products = [0.0_f32; LANES];
                for half in 0..2 {
                    let (mut low, mut high) = ([0.0_f32; LANES], [0.0_f32; LANES]);
                    for lane in 0..LANES {
                        let q = i32::from(block[4 + half * LANES + lane]);
                        low[lane] = (q & 15) as f32;
                        high[lane] = (q >> 4) as f32;
                    }
                    for lane in 0..LANES {
                        let x = x[half * LANES + lane];
                        products[lane] = multiply_add::<FUSED>(low[lane], x, products[lane]);
                    }
                    for lane in 0..LANES {
                        let x = x[16 + half * LANES + lane];
                        products[lane] = multiply_add::<FUSED>(high[lane], x, products[lane]);
                    }
                }
                for lane in 0..LANES {
                    sums[lane] = multiply_add::<FUSED>(products[lane], d, sums[lane]);
                }
                minima = multiply_add::<FUSED>(m, *sum_of_x, minima);
            }
            let mut sum = minima;
            for lane in std::hint::black_box(sums) {
                sum += lane;
            }
            *y = sum;
        }
    }
}
