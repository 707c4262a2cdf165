//! Causal attention over packed sequences, with grouped heads.
//!
//! One task takes one group of rows (sequences that see each other) and one key-value head with the query heads that
//! share it, so that no two tasks write the same number and the sums have one order whatever the number of threads.
//! Scores are kept for no longer than a task: the derivative computes them again from the log-sum-exp of each row.

use std::ops::Range;

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::gemm::{Matrix, MatrixMut, Threads, multiply};
use super::rows::{self, tensor};
use super::simd::{dot, exp, exponentials, vectorized};
use crate::packing::{Group, Span};

/// How the numbers of a row divide into heads: queries, then keys, then values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heads {
    pub(crate) queries: usize,
    pub(crate) keys: usize,
    pub(crate) size: usize,
}

impl Heads {
    pub(crate) fn width(&self) -> usize {
        (self.queries + 2 * self.keys) * self.size
    }

    pub(crate) fn scale(&self) -> f32 {
        1.0 / (self.size as f32).sqrt()
    }

    /// Query heads that share a key-value head.
    pub(crate) fn shared(&self) -> usize {
        self.queries / self.keys
    }

    fn query(&self, head: usize) -> usize {
        head * self.size
    }

    pub(crate) fn key(&self, kv: usize) -> usize {
        (self.queries + kv) * self.size
    }

    pub(crate) fn value(&self, kv: usize) -> usize {
        (self.queries + self.keys + kv) * self.size
    }
}

/// What attention gives, and what its derivative needs of it.
pub(crate) struct Attended {
    /// `[rows, query heads * head size]`.
    pub(crate) output: Tensor,
    /// The log-sum-exp of every row's scores, `[rows * query heads]`.
    log_sums: Vec<f32>,
}

/// A part of a matrix of rows, as strided views of some of its columns.
#[derive(Clone, Copy)]
struct Columns<'a> {
    data: &'a [f32],
    width: usize,
    size: usize,
}

impl<'a> Columns<'a> {
    fn at(&self, rows: Range<usize>, column: usize) -> Matrix<'a> {
        if rows.is_empty() {
            return Matrix::new(&[], 0, self.size, self.width);
        }
        let data =
            &self.data[rows.start * self.width + column..(rows.end - 1) * self.width + column + self.size];
        Matrix::new(data, rows.len(), self.size, self.width)
    }

    fn row(&self, row: usize, column: usize) -> &'a [f32] {
        &self.data[row * self.width + column..][..self.size]
    }
}

fn columns_mut(
    data: &mut [f32],
    width: usize,
    rows: Range<usize>,
    column: usize,
    size: usize,
) -> MatrixMut<'_> {
    if rows.is_empty() {
        return MatrixMut::new(&mut [], 0, size, width);
    }
    let data = &mut data[rows.start * width + column..(rows.end - 1) * width + column + size];
    MatrixMut::new(data, rows.len(), size, width)
}

/// Queries, keys and values side by side `[rows, heads.width()]`, rotated already, to what every row gathers.
pub(crate) fn forward(qkv: &Tensor, groups: &[Group], heads: Heads) -> Result<Attended> {
    let qkv = rows::read(qkv)?;
    let all = Columns { data: qkv.all(), width: qkv.width, size: heads.size };
    let parts: Vec<(Vec<f32>, Vec<f32>)> = tasks(groups, heads)
        .into_par_iter()
        .map(|(group, kv)| {
            let width = heads.shared() * heads.size;
            let mut output = vec![0.0; group.rows.len() * width];
            let mut log_sums = vec![0.0; group.rows.len() * heads.shared()];
            for span in &group.spans {
                for shared in 0..heads.shared() {
                    let mut scores = scores(all, span, kv * heads.shared() + shared, kv, heads);
                    let local = local(&span.rows, group);
                    let inverse = softmax(&mut scores, span, |row, log_sum| {
                        log_sums[(local.start + row) * heads.shared() + shared] = log_sum;
                    });
                    let target =
                        columns_mut(&mut output, width, local.clone(), shared * heads.size, heads.size);
                    weigh(target, false, &scores, span, |rows| all.at(rows, heads.value(kv)));
                    for (row, inverse) in local.zip(inverse) {
                        let start = row * width + shared * heads.size;
                        output[start..start + heads.size].iter_mut().for_each(|x| *x *= inverse);
                    }
                }
            }
            (output, log_sums)
        })
        .collect();
    let width = heads.queries * heads.size;
    let (mut output, mut log_sums) = (vec![0.0; qkv.count() * width], vec![0.0; qkv.count() * heads.queries]);
    for ((group, kv), (part, sums)) in tasks(groups, heads).into_iter().zip(parts) {
        let shared = heads.shared();
        place(&part, &mut output, width, &group.rows, kv * shared * heads.size, shared * heads.size, 0);
        place(&sums, &mut log_sums, heads.queries, &group.rows, kv * shared, shared, 0);
    }
    Ok(Attended { output: tensor(output, width)?, log_sums })
}

/// The gradient of queries, keys and values from that of the output.
///
/// With P the weights, dP = dO Vᵀ and D the row sums of dO ⊙ O: dS = P ⊙ (dP - D); dQ = dS K, dK = dSᵀ Q, dV = Pᵀ dO
/// (Dao 2023, arXiv 2307.08691, algorithm 2).
pub(crate) fn backward(
    qkv: &Tensor,
    attended: &Attended,
    gradient: &Tensor,
    groups: &[Group],
    heads: Heads,
) -> Result<Tensor> {
    let (qkv, output, gradient) = (rows::read(qkv)?, rows::read(&attended.output)?, rows::read(gradient)?);
    let all = Columns { data: qkv.all(), width: qkv.width, size: heads.size };
    let out = Columns { data: output.all(), width: output.width, size: heads.size };
    let d_out = Columns { data: gradient.all(), width: gradient.width, size: heads.size };
    let (shared, size) = (heads.shared(), heads.size);
    // A task's columns: its query heads, its key head, its value head.
    let (width, key, value) = ((shared + 2) * size, shared * size, (shared + 1) * size);
    let parts: Vec<Vec<f32>> = tasks(groups, heads)
        .into_par_iter()
        .map(|(group, kv)| {
            let mut part = vec![0.0; group.rows.len() * width];
            for span in &group.spans {
                let own = local(&span.rows, group);
                let prefix = local(&span.prefix, group);
                let columns = span.prefix.len() + span.rows.len();
                for q in 0..shared {
                    let head = kv * shared + q;
                    let column = heads.query(head);
                    let mut weights = scores(all, span, head, kv, heads);
                    let mut d_scores = vec![0.0; weights.len()];
                    product(
                        &mut d_scores,
                        span,
                        d_out.at(span.rows.clone(), column),
                        |rows| all.at(rows, heads.value(kv)),
                        1.0,
                    );
                    let rows = weights.chunks_exact_mut(columns).zip(d_scores.chunks_exact_mut(columns));
                    for (i, (weights, d_scores)) in rows.enumerate() {
                        let row = span.rows.start + i;
                        let log_sum = attended.log_sums[row * heads.queries + head];
                        let seen = span.prefix.len() + i + 1;
                        let (d_out, out) = (d_out.row(row, column), out.row(row, column));
                        backward_row(
                            &mut weights[..seen],
                            &mut d_scores[..seen],
                            d_out,
                            out,
                            log_sum,
                            heads.scale(),
                        );
                        weights[seen..].fill(0.0);
                        d_scores[seen..].fill(0.0);
                    }
                    let d_query = columns_mut(&mut part, width, own.clone(), q * size, size);
                    weigh(d_query, false, &d_scores, span, |rows| all.at(rows, heads.key(kv)));
                    for (matrix, target, rows) in [
                        (&d_scores, key, all.at(span.rows.clone(), column)),
                        (&weights, value, d_out.at(span.rows.clone(), column)),
                    ] {
                        let (before, within) = halves(matrix, span);
                        multiply(
                            columns_mut(&mut part, width, prefix.clone(), target, size),
                            true,
                            1.0,
                            before.transposed(),
                            rows,
                            Threads::One,
                        );
                        multiply(
                            columns_mut(&mut part, width, own.clone(), target, size),
                            true,
                            1.0,
                            within.transposed(),
                            rows,
                            Threads::One,
                        );
                    }
                }
            }
            part
        })
        .collect();
    let mut d_qkv = vec![0.0; qkv.all().len()];
    for ((group, kv), part) in tasks(groups, heads).into_iter().zip(parts) {
        place(&part, &mut d_qkv, qkv.width, &group.rows, heads.query(kv * shared), shared * size, 0);
        place(&part, &mut d_qkv, qkv.width, &group.rows, heads.key(kv), size, key);
        place(&part, &mut d_qkv, qkv.width, &group.rows, heads.value(kv), size, value);
    }
    tensor(d_qkv, qkv.width)
}

fn tasks(groups: &[Group], heads: Heads) -> Vec<(&Group, usize)> {
    groups.iter().flat_map(|group| (0..heads.keys).map(move |kv| (group, kv))).collect()
}

fn local(rows: &Range<usize>, group: &Group) -> Range<usize> {
    rows.start - group.rows.start..rows.end - group.rows.start
}

/// The scores of a span's rows against its prefix and itself, `[span, prefix + span]`, unmasked.
fn scores(all: Columns<'_>, span: &Span, head: usize, kv: usize, heads: Heads) -> Vec<f32> {
    let mut scores = vec![0.0; span.rows.len() * (span.prefix.len() + span.rows.len())];
    let queries = all.at(span.rows.clone(), heads.query(head));
    product(&mut scores, span, queries, |rows| all.at(rows, heads.key(kv)), heads.scale());
    scores
}

/// `target = scale * left * [right(prefix); right(span)]ᵀ`.
fn product<'a>(
    target: &mut [f32],
    span: &Span,
    left: Matrix<'_>,
    right: impl Fn(Range<usize>) -> Matrix<'a>,
    scale: f32,
) {
    let (n, m) = (span.rows.len(), span.prefix.len());
    if m > 0 {
        let before = columns_mut(target, m + n, 0..n, 0, m);
        multiply(before, false, scale, left, right(span.prefix.clone()).transposed(), Threads::One);
    }
    let within = columns_mut(target, m + n, 0..n, m, n);
    multiply(within, false, scale, left, right(span.rows.clone()).transposed(), Threads::One);
}

/// `target = weights * [values(prefix); values(span)]`, or `target += ...` where `add` is set.
fn weigh<'a>(
    mut target: MatrixMut<'_>,
    add: bool,
    weights: &[f32],
    span: &Span,
    values: impl Fn(Range<usize>) -> Matrix<'a>,
) {
    let (before, within) = halves(weights, span);
    if !span.prefix.is_empty() {
        multiply(target.again(), add, 1.0, before, values(span.prefix.clone()), Threads::One);
    }
    multiply(target, add || !span.prefix.is_empty(), 1.0, within, values(span.rows.clone()), Threads::One);
}

/// A span's weights on its prefix and on itself.
fn halves<'a>(weights: &'a [f32], span: &Span) -> (Matrix<'a>, Matrix<'a>) {
    let (n, m) = (span.rows.len(), span.prefix.len());
    if n == 0 {
        return (Matrix::new(&[], 0, m, m), Matrix::new(&[], 0, n, n));
    }
    (Matrix::new(weights, n, m, m + n), Matrix::new(&weights[m..], n, n, m + n))
}

/// Turns scores into e^(score - max) where a row may look and 0 elsewhere. Returns 1 / sum for every row and reports
/// each row's log-sum-exp.
fn softmax(scores: &mut [f32], span: &Span, mut log_sum: impl FnMut(usize, f32)) -> Vec<f32> {
    let columns = (span.prefix.len() + span.rows.len()).max(1);
    let rows = scores.chunks_exact_mut(columns).enumerate();
    rows.map(|(i, row)| {
        let (seen, unseen) = row.split_at_mut(span.prefix.len() + i + 1);
        unseen.fill(0.0);
        let (max, sum) = softmax_row(seen);
        log_sum(i, max + sum.ln());
        1.0 / sum
    })
    .collect()
}

vectorized! {
    /// Replaces every score by e^(score - max); returns the maximum and the sum.
    fn softmax_row<'a>(scores: &'a mut [f32]) -> (f32, f32) {
        exponentials(scores)
    }
}

vectorized! {
    /// Turns a row's scores into weights P, and dP into dS.
    fn backward_row<'a>(
        weights: &'a mut [f32],
        d_scores: &'a mut [f32],
        d_out: &'a [f32],
        out: &'a [f32],
        log_sum: f32,
        scale: f32,
    ) -> () {
        let along = dot::<FUSED>(d_out, out);
        for (w, d) in weights.iter_mut().zip(d_scores) {
            *w = exp(*w - log_sum);
            *d = *w * (*d - along) * scale;
        }
    }
}

/// Copies a task's columns to their place in the rows of the whole.
fn place(
    part: &[f32],
    whole: &mut [f32],
    width: usize,
    rows: &Range<usize>,
    column: usize,
    size: usize,
    from: usize,
) {
    let part_width = part.len() / rows.len().max(1);
    for (row, part) in rows.clone().zip(part.chunks_exact(part_width.max(1))) {
        whole[row * width + column..][..size].copy_from_slice(&part[from..from + size]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, random};
    use super::*;
    use crate::packing::Packing;
    use crate::pairs::EncodedPair;
    use candle_core::{D, IndexOp};

    const HEADS: Heads = Heads { queries: 4, keys: 2, size: 6 };

    fn packing() -> Packing {
        let mut packing = Packing::default();
        packing.push_pair(&EncodedPair { prompt: vec![0; 3], wanted: vec![0; 4], opposite: vec![0; 3] });
        packing.push_pair(&EncodedPair { prompt: vec![0; 2], wanted: vec![0; 1], opposite: vec![0; 2] });
        packing.push_sequence(&[0; 4]);
        packing
    }

    #[test]
    fn gradient_agrees_with_finite_differences() {
        let groups = packing().groups;
        let x = random(&[packing().rows(), HEADS.width()], 1);
        assert_gradient(
            &x,
            |x| Ok(forward(x, &groups, HEADS)?.output),
            |x, dy| backward(x, &forward(x, &groups, HEADS)?, dy, &groups, HEADS),
        );
    }

    /// The same attention in candle's own operations, one sequence at a time.
    fn plain(sequence: &Tensor) -> Tensor {
        let n = sequence.dims()[0];
        let head = |first: usize| sequence.i((.., first * HEADS.size..(first + 1) * HEADS.size)).unwrap();
        let mask: Vec<f32> =
            (0..n * n).map(|i| if i % n > i / n { f32::NEG_INFINITY } else { 0.0 }).collect();
        let mask = Tensor::from_vec(mask, (n, n), sequence.device()).unwrap();
        let outputs: Vec<Tensor> = (0..HEADS.queries)
            .map(|q| {
                let kv = q / HEADS.shared();
                let scores =
                    (head(q).matmul(&head(4 + kv).t().unwrap()).unwrap() * f64::from(HEADS.scale())).unwrap();
                let weights =
                    candle_nn::ops::softmax(&scores.broadcast_add(&mask).unwrap(), D::Minus1).unwrap();
                weights.matmul(&head(6 + kv).contiguous().unwrap()).unwrap()
            })
            .collect();
        Tensor::cat(&outputs, 1).unwrap()
    }

    #[test]
    fn packed_rows_equal_sequences_of_their_own() {
        let packing = packing();
        let x = random(&[packing.rows(), HEADS.width()], 2);
        let ours = forward(&x, &packing.groups, HEADS).unwrap().output;
        // The first pair: its prompt with the wanted answer, and its prompt with the opposite one.
        for rows in
            [vec![0, 1, 2, 3, 4, 5], vec![0, 1, 2, 6, 7], vec![8, 9], vec![8, 9, 10], vec![11, 12, 13, 14]]
        {
            let indices: Vec<u32> = rows.iter().map(|row| *row as u32).collect();
            let indices = Tensor::new(indices, x.device()).unwrap();
            let expected = plain(&x.index_select(&indices, 0).unwrap());
            let found = ours.index_select(&indices, 0).unwrap();
            let error =
                (found - expected).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
            assert!(error < 1e-5, "rows {rows:?}: {error}");
        }
    }
}
