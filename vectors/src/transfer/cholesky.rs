//! Solves linear systems with a symmetric positive definite matrix in f64, by faer's Cholesky decomposition.
//!
//! faer works on the calling thread, and right-hand sides are solved in parallel in groups of a fixed size, so the number
//! of threads changes no bit.

use faer::linalg::solvers::{Llt, SolveCore};
use faer::{Conj, MatMut, MatRef, Side};
use rayon::prelude::*;

/// The right-hand sides that are solved together.
const ROWS_AT_ONCE: usize = 64;

/// The lower triangular L of A = L Lᵀ.
pub(super) struct CholeskyFactor(Llt<f64>);

impl CholeskyFactor {
    /// Factors `matrix` + `shift` I. `matrix` is `[size, size]`, row by row; only its lower triangle is read. `None` where the
    /// sum is not positive definite or not finite.
    pub(super) fn new(matrix: &[f64], size: usize, shift: f64) -> Option<Self> {
        let mut sum = MatRef::from_row_major_slice(matrix, size, size).to_owned();
        (0..size).for_each(|place| sum[(place, place)] += shift);
        Llt::new(sum.as_ref(), Side::Lower).ok().map(Self)
    }

    /// Solves x A = b for every row b, `[rows, size]`, in place.
    pub(super) fn solve(&self, rows: &mut [f64]) {
        let size = self.0.L().nrows();
        // A is symmetric, so a row b is the right-hand side of A x = b, and rows one after the other are its columns.
        rows.par_chunks_mut(ROWS_AT_ONCE * size.max(1)).for_each(|rows| {
            let count = rows.len() / size;
            self.0.solve_in_place_with_conj(Conj::No, MatMut::from_column_major_slice_mut(rows, size, count));
        });
    }
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
