//! Matrix products over borrowed, strided data: the one place that calls the `gemm` crate directly.
//!
//! candle's matmul takes tensors, so a head inside a row of queries, keys and values, or a slice of the vocabulary
//! that adds to a sum, would have to be copied first. Here they are views.

use gemm::Parallelism;

/// A matrix that is read: element (i, j) is `data[i * row_stride + j * column_stride]`.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a, T = f32> {
    pub(super) data: &'a [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// Views `rows` rows of `columns` adjacent numbers, `stride` apart. Panics where the data is too short.
    pub(crate) fn new(data: &'a [T], rows: usize, columns: usize, stride: usize) -> Self {
        check(data.len(), rows, columns, stride);
        Self { data, rows, columns, row_stride: stride, column_stride: 1 }
    }

    /// Returns the transposed view of the same numbers.
    pub(crate) fn transposed(self) -> Self {
        Self {
            data: self.data,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

/// A matrix that is written, with rows of adjacent numbers.
pub(crate) struct MatrixMut<'a, T = f32> {
    pub(super) data: &'a mut [T],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) stride: usize,
}

impl<'a, T> MatrixMut<'a, T> {
    /// Views `rows` rows of `columns` adjacent numbers, `stride` apart. Panics where the data is too short.
    pub(crate) fn new(data: &'a mut [T], rows: usize, columns: usize, stride: usize) -> Self {
        check(data.len(), rows, columns, stride);
        Self { data, rows, columns, stride }
    }

    /// Borrows the matrix again, for one more product into it.
    pub(crate) fn again(&mut self) -> MatrixMut<'_, T> {
        MatrixMut { data: self.data, rows: self.rows, columns: self.columns, stride: self.stride }
    }
}

fn check(length: usize, rows: usize, columns: usize, stride: usize) {
    assert!(columns <= stride || rows <= 1, "rows of {columns} overlap at stride {stride}");
    let needed = if rows == 0 || columns == 0 { 0 } else { (rows - 1) * stride + columns };
    assert!(needed <= length, "a matrix of {needed} numbers in {length}");
}

/// The threads that compute a product.
#[derive(Clone, Copy)]
pub(crate) enum Threads {
    /// The calling thread, for products inside a parallel loop.
    One,
    /// All threads of rayon's pool.
    All,
}

/// A number type of matrices: f32 for a model's rows, f64 where a system of equations is solved.
pub(crate) trait Element: Copy + From<f32> + 'static {}
impl Element for f32 {}
impl Element for f64 {}

/// Computes `target = scale * left * right`, or adds it to `target` where `add` is set.
#[expect(clippy::needless_pass_by_value, reason = "the view is used up: what it borrows is written")]
pub(crate) fn multiply<T: Element>(
    target: MatrixMut<'_, T>,
    add: bool,
    scale: T,
    left: Matrix<'_, T>,
    right: Matrix<'_, T>,
    threads: Threads,
) {
    assert_eq!((target.rows, left.columns, right.columns), (left.rows, right.rows, target.columns), "shapes");
    if target.rows == 0 || target.columns == 0 {
        return;
    }
    let parallelism = match threads {
        Threads::One => Parallelism::None,
        Threads::All => Parallelism::Rayon(rayon::current_num_threads()),
    };
    // SAFETY: `check` proved when the views were made that every (row, column) lies inside its slice, the shapes were
    // compared above, and `target` is borrowed mutably, so it overlaps neither operand.
    #[expect(unsafe_code, reason = "gemm takes raw pointers")]
    unsafe {
        gemm::gemm(
            target.rows,
            target.columns,
            left.columns,
            target.data.as_mut_ptr(),
            1,
            target.stride as isize,
            add,
            left.data.as_ptr(),
            left.column_stride as isize,
            left.row_stride as isize,
            right.data.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            T::from(1.0),
            scale,
            false,
            false,
            false,
            parallelism,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strided_and_transposed_products_are_right() {
        // left is 2x3 inside rows of 4; right is the transpose of a 2x3.
        let left = [1.0, 2.0, 3.0, 9.0, 4.0, 5.0, 6.0, 9.0];
        let right = [1.0, 0.0, 2.0, 0.0, 1.0, 1.0];
        let mut target = [10.0, 10.0, 7.0, 10.0, 10.0];
        multiply(
            MatrixMut::new(&mut target, 2, 2, 3),
            true,
            2.0,
            Matrix::new(&left, 2, 3, 4),
            Matrix::new(&right, 2, 3, 3).transposed(),
            Threads::One,
        );
        assert_eq!(target, [10.0 + 14.0, 10.0 + 10.0, 7.0, 10.0 + 32.0, 10.0 + 22.0]);
    }

    #[test]
    #[should_panic(expected = "a matrix of 8 numbers in 7")]
    fn a_view_past_the_end_is_refused() {
        let _ = Matrix::new(&[0.0_f32; 7], 2, 4, 4);
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let (m, k, n) = (123, 576, 960);
        let left: Vec<f32> = (0..m * k).map(|i| (i as f32 * 0.37).sin()).collect();
        let right: Vec<f32> = (0..k * n).map(|i| (i as f32 * 0.73).cos()).collect();
        let product = |threads: usize| {
            let mut target = vec![0.0; m * n];
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let target = MatrixMut::new(&mut target, m, n, n);
                multiply(
                    target,
                    false,
                    1.0,
                    Matrix::new(&left, m, k, k),
                    Matrix::new(&right, k, n, n),
                    Threads::All,
                );
            });
            target
        };
        let one = product(1);
        assert!(product(2) == one && product(5) == one);
    }

    #[test]
    fn doubles_are_multiplied_as_doubles_whatever_the_number_of_threads() {
        let (m, k, n) = (123, 401, 96);
        let left: Vec<f64> = (0..m * k).map(|i| (f64::from(i as u32) * 0.37).sin()).collect();
        let right: Vec<f64> = (0..k * n).map(|i| (f64::from(i as u32) * 0.73).cos()).collect();
        let product = |threads: usize| {
            let mut target = vec![0.0; m * n];
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let target = MatrixMut::new(&mut target, m, n, n);
                let (left, right) = (Matrix::new(&left, m, k, k), Matrix::new(&right, k, n, n));
                multiply(target, false, 1.0, left, right, Threads::All);
            });
            target
        };
        let one = product(1);
        let expected: f64 = (0..k).map(|i| left[7 * k + i] * right[i * n + 11]).sum();
        assert!((one[7 * n + 11] - expected).abs() < 1e-12);
        assert!(product(2) == one && product(5) == one);
    }
}
