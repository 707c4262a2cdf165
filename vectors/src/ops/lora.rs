//! A pair of low-rank matrices beside a frozen layer: y += s B (A x), with A `[rank, inputs]` and B `[outputs, rank]`
//! (`LoRA`; Hu et al. 2021, arXiv 2106.09685). A and B are trained, so the backward pass returns their gradients too.

use super::gemm::{Matrix, MatrixMut, Threads, multiply};

/// The two matrices of one `LoRA` pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoraPair<'a> {
    /// `[rank, inputs]`.
    pub(crate) a: &'a [f32],
    /// `[outputs, rank]`.
    pub(crate) b: &'a [f32],
    pub(crate) rank: usize,
}

/// The columns of a row that a pair's outputs are added to, from `start` on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LoraColumns {
    /// The numbers in a row.
    pub(crate) width: usize,
    pub(crate) start: usize,
    /// The size of a head whose two halves are interleaved in the row; `None` where they are not. A pair's outputs
    /// (0, 1, .. | n, n + 1, ..) then go to columns (0, n, 1, n + 1, ..).
    pub(crate) interleaved: Option<usize>,
}

impl LoraColumns {
    /// Returns the column of one output.
    pub(crate) fn column(self, output: usize) -> usize {
        let Some(size) = self.interleaved else { return self.start + output };
        let (head, within, half) = (output / size, output % size, size / 2);
        self.start + head * size + 2 * (within % half) + within / half
    }

    /// Reads the columns of a pair's outputs from rows of this layout, in the outputs' order.
    fn gather(self, rows: &[f32], outputs: usize) -> Vec<f32> {
        let columns: Vec<usize> = (0..outputs).map(|output| self.column(output)).collect();
        let row = |row: &[f32]| columns.iter().map(|column| row[*column]).collect::<Vec<f32>>();
        rows.chunks_exact(self.width).flat_map(row).collect()
    }
}

/// The buffers to which the gradients of A and B are added, each of its matrix's size.
pub(crate) struct LoraGradients<'a> {
    pub(crate) a: &'a mut [f32],
    pub(crate) b: &'a mut [f32],
}

impl LoraPair<'_> {
    fn inputs(&self) -> usize {
        self.a.len() / self.rank
    }

    fn outputs(&self) -> usize {
        self.b.len() / self.rank
    }

    fn a(&self) -> Matrix<'_> {
        Matrix::new(self.a, self.rank, self.inputs(), self.inputs())
    }

    fn b(&self) -> Matrix<'_> {
        Matrix::new(self.b, self.outputs(), self.rank, self.rank)
    }

    /// Computes A x of every row: `[rows, rank]`.
    fn inner(&self, x: &[f32], threads: Threads) -> Vec<f32> {
        let rows = x.len() / self.inputs();
        let mut inner = vec![0.0; rows * self.rank];
        let x = Matrix::new(x, rows, self.inputs(), self.inputs());
        let target = MatrixMut::new(&mut inner, rows, self.rank, self.rank);
        multiply(target, false, 1.0, x, self.a().transposed(), threads);
        inner
    }

    /// Adds `scale` B (A x) to the first rows of `y`, as many as x has.
    pub(crate) fn add(&self, x: &[f32], y: &mut [f32], target: LoraColumns, scale: f32, threads: Threads) {
        let (inner, outputs) = (self.inner(x, threads), self.outputs());
        let rows = inner.len() / self.rank;
        let mut added = vec![0.0; rows * outputs];
        let matrix = MatrixMut::new(&mut added, rows, outputs, outputs);
        let inner = Matrix::new(&inner, rows, self.rank, self.rank);
        multiply(matrix, false, scale, inner, self.b().transposed(), threads);
        for (y, added) in y.chunks_exact_mut(target.width).zip(added.chunks_exact(outputs)) {
            for (output, added) in added.iter().enumerate() {
                y[target.column(output)] += added;
            }
        }
    }

    /// The backward pass of [`LoraPair::add`]: from the gradient of y, adds the gradient of x to `dx` and those of A
    /// and B to `gradients`.
    pub(crate) fn backward(
        &self,
        x: &[f32],
        dy: &[f32],
        target: LoraColumns,
        scale: f32,
        dx: &mut [f32],
        gradients: &mut LoraGradients<'_>,
    ) {
        let (rank, inputs, outputs) = (self.rank, self.inputs(), self.outputs());
        let inner = self.inner(x, Threads::All);
        let rows = inner.len() / rank;
        let inner = Matrix::new(&inner, rows, rank, rank);
        let dy = target.gather(dy, outputs);
        let dy = Matrix::new(&dy, rows, outputs, outputs);
        let d_b = MatrixMut::new(gradients.b, outputs, rank, rank);
        multiply(d_b, true, scale, dy.transposed(), inner, Threads::All);
        let mut d_inner = vec![0.0; rows * rank];
        multiply(MatrixMut::new(&mut d_inner, rows, rank, rank), false, scale, dy, self.b(), Threads::All);
        let d_inner = Matrix::new(&d_inner, rows, rank, rank);
        let x = Matrix::new(x, rows, inputs, inputs);
        multiply(
            MatrixMut::new(gradients.a, rank, inputs, inputs),
            true,
            1.0,
            d_inner.transposed(),
            x,
            Threads::All,
        );
        multiply(MatrixMut::new(dx, rows, inputs, inputs), true, 1.0, d_inner, self.a(), Threads::All);
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::{self, tensor};
    use super::super::testing::{assert_gradient, random};
    use super::*;
    use candle_core::Tensor;

    const RANK: usize = 2;
    const INPUTS: usize = 5;
    const OUTPUTS: usize = 8;
    const ROWS: usize = 3;
    const COLUMNS: [LoraColumns; 2] = [
        LoraColumns { width: 11, start: 3, interleaved: None },
        LoraColumns { width: 9, start: 0, interleaved: Some(4) },
    ];

    fn numbers(tensor: &Tensor) -> Vec<f32> {
        tensor.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn halves_of_a_head_lie_interleaved() {
        let columns: Vec<usize> = (0..OUTPUTS).map(|output| COLUMNS[1].column(output)).collect();
        assert_eq!(columns, [0, 2, 1, 3, 4, 6, 5, 7]);
        assert_eq!(COLUMNS[0].column(2), 5);
    }

    #[test]
    fn gradients_of_rows_and_matrices_agree_with_finite_differences() {
        let (x, a, b) = (random(&[ROWS, INPUTS], 1), random(&[RANK, INPUTS], 2), random(&[OUTPUTS, RANK], 3));
        for target in COLUMNS {
            let forward = |x: &Tensor, a: &Tensor, b: &Tensor| {
                let (a, b) = (numbers(a), numbers(b));
                let mut y = vec![0.25; ROWS * target.width];
                LoraPair { a: &a, b: &b, rank: RANK }.add(&numbers(x), &mut y, target, 1.5, Threads::All);
                tensor(y, target.width)
            };
            let backward = |x: &Tensor, a: &Tensor, b: &Tensor, dy: &Tensor| {
                let (a, b) = (numbers(a), numbers(b));
                let (mut dx, mut da, mut db) =
                    (vec![0.0; ROWS * INPUTS], vec![0.0; a.len()], vec![0.0; b.len()]);
                let (pair, dy) =
                    (LoraPair { a: &a, b: &b, rank: RANK }, rows::read(dy).unwrap().all().to_vec());
                let mut gradients = LoraGradients { a: &mut da, b: &mut db };
                pair.backward(&numbers(x), &dy, target, 1.5, &mut dx, &mut gradients);
                [tensor(dx, INPUTS), tensor(da, INPUTS), tensor(db, RANK)].map(Result::unwrap)
            };
            assert_gradient(&x, |x| forward(x, &a, &b), |x, dy| Ok(backward(x, &a, &b, dy)[0].clone()));
            assert_gradient(&a, |a| forward(&x, a, &b), |a, dy| Ok(backward(&x, a, &b, dy)[1].clone()));
            assert_gradient(&b, |b| forward(&x, &a, b), |b, dy| Ok(backward(&x, &a, b, dy)[2].clone()));
        }
    }
}
