//! Solves linear systems with a symmetric positive definite matrix in f64, by a blocked Cholesky factorisation.
//!
//! Within a diagonal block the sums run one number at a time; everything outside it is a matrix product. Both have a fixed
//! order, whatever the number of threads.

use std::ops::Range;

use rayon::prelude::*;

use crate::ops::gemm::{Matrix, MatrixMut, Threads, multiply};

/// The rows of a diagonal block: 64 x 64 numbers fit the first-level cache.
const BLOCK: usize = 64;
/// The columns of the trailing matrix that are updated together: only those up to the diagonal are needed.
const STRIP: usize = 256;

/// The lower triangular L of A = L Lᵀ.
pub(super) struct CholeskyFactor {
    size: usize,
    /// `[size, size]`, row by row; the numbers above the diagonal have no meaning.
    lower: Vec<f64>,
}

impl CholeskyFactor {
    /// Factors `matrix` + `shift` I. `matrix` is `[size, size]`, row by row; only its lower triangle is read. `None` where the
    /// sum is not positive definite or not finite.
    pub(super) fn new(matrix: &[f64], size: usize, shift: f64) -> Option<Self> {
        let mut lower = matrix.to_vec();
        (0..size).for_each(|place| lower[place * (size + 1)] += shift);
        for block in blocks(size) {
            factor_block(&mut lower, size, &block)?;
            let (above, below) = lower.split_at_mut(block.end * size);
            below.par_chunks_exact_mut(size).for_each(|row| forward(above, size, &block, row));
            let (panel, width, rest) = (columns(below, size, &block), block.len(), size - block.end);
            for first in (0..rest).step_by(STRIP) {
                let count = STRIP.min(rest - first);
                let target = &mut below[first * size + block.end + first..];
                let left = Matrix::new(&panel[first * width..], rest - first, width, width);
                let right = Matrix::new(&panel[first * width..], count, width, width).transposed();
                let target = MatrixMut::new(target, rest - first, count, size);
                multiply(target, true, -1.0, left, right, Threads::All);
            }
        }
        Some(Self { size, lower })
    }

    /// Solves x A = b for every row b, `[rows, size]`, in place.
    pub(super) fn solve(&self, rows: &mut [f64]) {
        let (size, lower) = (self.size, self.lower.as_slice());
        let count = rows.len() / size.max(1);
        // z Lᵀ = b, from the first number to the last.
        for block in blocks(size) {
            rows.par_chunks_exact_mut(size).for_each(|row| forward(lower, size, &block, row));
            let rest = size - block.end;
            if rest > 0 {
                let solved = columns(rows, size, &block);
                let left = Matrix::new(&solved, count, block.len(), block.len());
                let below = &lower[block.end * size + block.start..];
                let right = Matrix::new(below, rest, block.len(), size).transposed();
                let target = MatrixMut::new(&mut rows[block.end..], count, rest, size);
                multiply(target, true, -1.0, left, right, Threads::All);
            }
        }
        // x L = z, from the last number to the first.
        for block in blocks(size).rev() {
            rows.par_chunks_exact_mut(size).for_each(|row| backward(lower, size, &block, row));
            let solved = columns(rows, size, &block);
            let left = Matrix::new(&solved, count, block.len(), block.len());
            let right = Matrix::new(&lower[block.start * size..], block.len(), block.start, size);
            let target = MatrixMut::new(rows, count, block.start, size);
            multiply(target, true, -1.0, left, right, Threads::All);
        }
    }
}

fn blocks(size: usize) -> impl DoubleEndedIterator<Item = Range<usize>> {
    (0..size.div_ceil(BLOCK)).map(move |block| block * BLOCK..((block + 1) * BLOCK).min(size))
}

/// Factors a diagonal block in place; `None` where it is not positive definite.
fn factor_block(lower: &mut [f64], size: usize, block: &Range<usize>) -> Option<()> {
    for place in block.clone() {
        let (above, rest) = lower.split_at_mut(place * size);
        let row = &mut rest[..=place];
        forward(above, size, &(block.start..place), row);
        let square = row[place] - row[block.start..place].iter().map(|x| x * x).sum::<f64>();
        if !square.is_finite() || square <= 0.0 {
            return None;
        }
        row[place] = square.sqrt();
    }
    Some(())
}

/// Forward substitution: the block's numbers of one row of z, from z Lᵀ = b.
fn forward(lower: &[f64], size: usize, block: &Range<usize>, row: &mut [f64]) {
    for place in block.clone() {
        let factor_row = &lower[place * size + block.start..=place * size + place];
        let known = row[block.start..place].iter().zip(factor_row).map(|(z, l)| z * l).sum::<f64>();
        row[place] = (row[place] - known) / factor_row[place - block.start];
    }
}

/// Backward substitution: the block's numbers of one row of x, from x L = z.
fn backward(lower: &[f64], size: usize, block: &Range<usize>, row: &mut [f64]) {
    for place in block.clone().rev() {
        let factor_row = &lower[place * size + block.start..=place * size + place];
        let (before, rest) = row[block.start..].split_at_mut(place - block.start);
        rest[0] /= factor_row[place - block.start];
        before.iter_mut().zip(factor_row).for_each(|(z, l)| *z -= rest[0] * l);
    }
}

/// Copies a range of columns to a matrix of its own.
fn columns(rows: &[f64], size: usize, block: &Range<usize>) -> Vec<f64> {
    rows.chunks_exact(size.max(1)).flat_map(|row| row[block.clone()].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Returns a Gram matrix of random rows, and a right side.
    fn system(size: usize, seed: u32) -> (Vec<f64>, Vec<f64>) {
        let number = |i: usize| {
            f64::from((i as u32).wrapping_add(seed).wrapping_mul(2_654_435_761) >> 8) / 8_388_608.0 - 1.0
        };
        let rows: Vec<f64> = (0..(size + 3) * size).map(|i| number(i * 7 + 1)).collect();
        let mut gram = vec![0.0; size * size];
        for row in rows.chunks_exact(size.max(1)) {
            for i in 0..size {
                for j in 0..size {
                    gram[i * size + j] += row[i] * row[j];
                }
            }
        }
        (gram, (0..3 * size).map(|i| number(i * 13 + 5)).collect())
    }

    proptest! {
        // Sizes on both sides of one, two and five blocks.
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_solution_satisfies_the_equations(size in 1_usize..330, seed in any::<u32>()) {
            let (gram, right) = system(size, seed);
            let shift = 0.5;
            let mut x = right.clone();
            CholeskyFactor::new(&gram, size, shift).expect("it is positive definite").solve(&mut x);
            for (x, b) in x.chunks_exact(size).zip(right.chunks_exact(size)) {
                let largest = x.iter().fold(1.0_f64, |most, x| most.max(x.abs()));
                for (place, b) in b.iter().enumerate() {
                    let row = &gram[place * size..(place + 1) * size];
                    let sum: f64 = row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>() + shift * x[place];
                    prop_assert!((sum - b).abs() < 1e-10 * size as f64 * largest, "{} beside {b}", sum);
                }
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let (gram, right) = system(300, 7);
        let solved = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut x = right.clone();
                CholeskyFactor::new(&gram, 300, 0.1).unwrap().solve(&mut x);
                x
            })
        };
        let one = solved(1);
        assert!(solved(2) == one && solved(5) == one);
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_factor() {
        assert!(CholeskyFactor::new(&[1.0, 2.0, 2.0, 1.0], 2, 0.0).is_none());
        assert!(CholeskyFactor::new(&[1.0, 2.0, 2.0, 1.0], 2, 2.0).is_some());
        assert!(CholeskyFactor::new(&[f64::NAN], 1, 1.0).is_none());
        assert!(CholeskyFactor::new(&[0.0; 9], 3, 0.0).is_none());
    }
}
