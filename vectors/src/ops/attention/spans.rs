//! Views of packed rows, and the products of a span with the rows that it sees: its prefix and itself.

use std::ops::Range;

use super::{Attention, Heads};
use crate::ops::gemm::{Matrix, MatrixMut, Threads, multiply};
use crate::packing::{Group, Span};

/// A matrix of rows, read one head (`size` adjacent columns) at a time.
#[derive(Clone, Copy)]
pub(super) struct HeadColumns<'a> {
    pub(super) data: &'a [f32],
    pub(super) width: usize,
    pub(super) size: usize,
}

impl<'a> HeadColumns<'a> {
    pub(super) fn at(&self, rows: Range<usize>, column: usize) -> Matrix<'a> {
        if rows.is_empty() {
            return Matrix::new(&[], 0, self.size, self.width);
        }
        let data =
            &self.data[rows.start * self.width + column..(rows.end - 1) * self.width + column + self.size];
        Matrix::new(data, rows.len(), self.size, self.width)
    }

    pub(super) fn row(&self, row: usize, column: usize) -> &'a [f32] {
        &self.data[row * self.width + column..][..self.size]
    }
}

pub(super) fn columns_mut(
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

pub(super) fn group_and_kv_head_tasks(groups: &[Group], heads: Heads) -> Vec<(&Group, usize)> {
    groups.iter().flat_map(|group| (0..heads.kv_heads).map(move |kv| (group, kv))).collect()
}

pub(super) fn rows_in_group(rows: &Range<usize>, group: &Group) -> Range<usize> {
    rows.start - group.rows.start..rows.end - group.rows.start
}

/// Returns the scores of a span's rows against its prefix and itself, `[span, prefix + span]`, before mask and soft
/// cap.
pub(super) fn scores(
    all: HeadColumns<'_>,
    span: &Span,
    head: usize,
    kv: usize,
    attention: Attention,
) -> Vec<f32> {
    let heads = attention.heads;
    let mut scores = vec![0.0; span.rows.len() * (span.prefix.len() + span.rows.len())];
    let queries = all.at(span.rows.clone(), heads.query(head));
    product_with_visible(&mut scores, span, queries, |rows| all.at(rows, heads.key(kv)), attention.scale);
    scores
}

/// Computes `target = scale * left * [right(prefix); right(span)]ᵀ`.
pub(super) fn product_with_visible<'a>(
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

/// Computes `target = weights * [values(prefix); values(span)]`, or adds it to `target` where `add` is set.
pub(super) fn weighted_sum<'a>(
    mut target: MatrixMut<'_>,
    add: bool,
    weights: &[f32],
    span: &Span,
    values: impl Fn(Range<usize>) -> Matrix<'a>,
) {
    let (before, within) = split_at_prefix(weights, span);
    if !span.prefix.is_empty() {
        multiply(target.again(), add, 1.0, before, values(span.prefix.clone()), Threads::One);
    }
    multiply(target, add || !span.prefix.is_empty(), 1.0, within, values(span.rows.clone()), Threads::One);
}

/// Splits a span's weights `[span, prefix + span]` into those on the prefix and those on the span itself.
pub(super) fn split_at_prefix<'a>(weights: &'a [f32], span: &Span) -> (Matrix<'a>, Matrix<'a>) {
    let (n, m) = (span.rows.len(), span.prefix.len());
    if n == 0 {
        return (Matrix::new(&[], 0, m, m), Matrix::new(&[], 0, n, n));
    }
    (Matrix::new(weights, n, m, m + n), Matrix::new(&weights[m..], n, n, m + n))
}

/// Copies the columns that one task computed into the rows of the whole matrix.
pub(super) fn scatter_columns(
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
