//! Ridge regression from rows to rows, by the smaller of the two Gram matrices.
//!
//! W minimises |X W − Y|² + λ |W|². With at least as many rows as columns, `W = (XᵀX + λI)⁻¹ XᵀY` (primal form); with fewer,
//! `W = Xᵀ (XXᵀ + λI)⁻¹ Y`, which is the same W (dual form; Saunders, Gammerman and Vovk 1998). W itself is never computed:
//! only r W for a few rows r is needed.

use super::cholesky::CholeskyFactor;
use crate::ops::gemm::{Matrix, MatrixMut, Threads, multiply};

/// A matrix of f64, row by row.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) values: Vec<f64>,
    pub(super) width: usize,
}

impl Rows {
    pub(super) fn count(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    fn view(&self) -> Matrix<'_, f64> {
        Matrix::new(&self.values, self.count(), self.width, self.width)
    }

    /// Returns the squared Frobenius norm.
    pub(super) fn square_norm(&self) -> f64 {
        self.values.iter().map(|x| x * x).sum()
    }
}

fn product(left: Matrix<'_, f64>, right: Matrix<'_, f64>, rows: usize, width: usize) -> Rows {
    let mut values = vec![0.0; rows * width];
    let target = MatrixMut::new(&mut values, rows, width, width);
    multiply(target, false, 1.0, left, right, Threads::All);
    Rows { values, width }
}

/// The centred rows X of a regression, and their Gram matrix.
pub(super) struct Ridge {
    x: Rows,
    is_dual: bool,
    gram: Rows,
}

impl Ridge {
    pub(super) fn new(x: Rows) -> Self {
        let is_dual = x.count() < x.width;
        Self::with_form(x, is_dual)
    }

    fn with_form(x: Rows, is_dual: bool) -> Self {
        let (view, size) = (x.view(), if is_dual { x.count() } else { x.width });
        let gram = if is_dual {
            product(view, view.transposed(), size, size)
        } else {
            product(view.transposed(), view, size, size)
        };
        Self { x, is_dual, gram }
    }

    /// Returns the mean eigenvalue of `XᵀX`, the unit of λ.
    pub(super) fn mean_eigenvalue(&self) -> f64 {
        self.x.square_norm() / self.x.width as f64
    }

    /// Returns the Cholesky factor of the Gram matrix + λI; `None` where it is not positive definite.
    pub(super) fn factor(&self, lambda: f64) -> Option<CholeskyFactor> {
        CholeskyFactor::new(&self.gram.values, self.gram.width, lambda)
    }

    /// Returns the right-hand side of the equations: `XᵀY` in the primal form, Y in the dual.
    pub(super) fn right_side(&self, y: &Rows) -> Rows {
        if self.is_dual {
            y.clone()
        } else {
            product(self.x.view().transposed(), y.view(), self.x.width, y.width)
        }
    }

    /// r W for every row r.
    pub(super) fn map(&self, factor: &CholeskyFactor, right_side: &Rows, rows: &Rows) -> Rows {
        let mut left = if self.is_dual {
            product(rows.view(), self.x.view().transposed(), rows.count(), self.x.count())
        } else {
            rows.clone()
        };
        factor.solve(&mut left.values);
        product(left.view(), right_side.view(), left.count(), right_side.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(count: usize, width: usize, seed: u32) -> Rows {
        let number = |i: usize| {
            f64::from((i as u32).wrapping_add(seed).wrapping_mul(2_654_435_761) >> 8) / 8_388_608.0 - 1.0
        };
        Rows { values: (0..count * width).map(|i| number(i * 3)).collect(), width }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn primal_and_dual_form_give_one_map_and_satisfy_the_normal_equations(
            count in 2_usize..90, width in 1_usize..90, out in 1_usize..12, seed in any::<u32>(), share in 1e-3_f64..10.0,
        ) {
            let (x, y) = (rows(count, width, seed), rows(count, out, seed.wrapping_add(99)));
            // The map itself: the images of the unit vectors.
            let mut unit = Rows { values: vec![0.0; width * width], width };
            (0..width).for_each(|i| unit.values[i * (width + 1)] = 1.0);
            let mut maps = [false, true].map(|is_dual| {
                let ridge = Ridge::with_form(x.clone(), is_dual);
                let factor = ridge.factor(share * ridge.mean_eigenvalue()).expect("it is positive definite");
                ridge.map(&factor, &ridge.right_side(&y), &unit)
            }).into_iter();
            let (primal, dual) = (maps.next().unwrap(), maps.next().unwrap());
            let size = primal.square_norm().sqrt() + 1.0;
            prop_assert!(primal.values.iter().zip(&dual.values).all(|(a, b)| (a - b).abs() < 1e-9 * size));
            // Xᵀ(XW − Y) + λW = 0.
            let lambda = share * x.square_norm() / width as f64;
            let mut residual = product(x.view(), primal.view(), count, out);
            residual.values.iter_mut().zip(&y.values).for_each(|(r, y)| *r -= y);
            let gradient = product(x.view().transposed(), residual.view(), width, out);
            let scale = x.square_norm() * size;
            prop_assert!(gradient.values.iter().zip(&primal.values).all(|(g, w)| (g + lambda * w).abs() < 1e-11 * scale));
        }
    }
}
