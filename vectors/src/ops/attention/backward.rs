//! The backward pass of attention.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::spans::{
    HeadColumns, columns_mut, group_and_kv_head_tasks, product_with_visible, rows_in_group, scatter_columns,
    scores, split_at_prefix, weighted_sum,
};
use super::{Attention, AttentionOutput};
use crate::ops::gemm::{Threads, multiply};
use crate::ops::rows::{self, tensor};
use crate::ops::simd::{dot, exp, vectorized};
use crate::ops::softcap::{softcap, softcap_derivative};
use crate::packing::Group;

/// Returns the gradient of queries, keys and values `[rows, heads.width()]` from the gradient of the attention output
/// `[rows, query_heads * head_size]`.
///
/// With P the attention weights, dP = dO Vᵀ and D the row sums of dO ⊙ O: dS = P ⊙ (dP - D); dQ = dS K, dK = dSᵀ Q,
/// dV = Pᵀ dO (Dao 2023, arXiv 2307.08691, algorithm 2). Where scores are soft-capped, dS is also multiplied by the
/// derivative of the soft cap.
pub(crate) fn backward(
    qkv: &Tensor,
    attended: &AttentionOutput,
    gradient: &Tensor,
    groups: &[Group],
    attention: Attention,
) -> Result<Tensor> {
    let heads = attention.heads;
    let (qkv, output, gradient) = (rows::read(qkv)?, rows::read(&attended.output)?, rows::read(gradient)?);
    let all = HeadColumns { data: qkv.all(), width: qkv.width, size: heads.head_size };
    let out = HeadColumns { data: output.all(), width: output.width, size: heads.head_size };
    let d_out = HeadColumns { data: gradient.all(), width: gradient.width, size: heads.head_size };
    let (shared, size) = (heads.queries_per_kv(), heads.head_size);
    // One task computes the columns of its query heads, of its key head and of its value head.
    let (width, key, value) = ((shared + 2) * size, shared * size, (shared + 1) * size);
    let parts: Vec<Vec<f32>> = group_and_kv_head_tasks(groups, heads)
        .into_par_iter()
        .map(|(group, kv)| {
            let mut part = vec![0.0; group.rows.len() * width];
            for span in &group.spans {
                let own = rows_in_group(&span.rows, group);
                let prefix = rows_in_group(&span.prefix, group);
                let columns = span.prefix.len() + span.rows.len();
                for q in 0..shared {
                    let head = kv * shared + q;
                    let column = heads.query(head);
                    let mut weights = scores(all, span, head, kv, attention);
                    if let Some(cap) = attention.logit_softcap {
                        softcap(&mut weights, cap);
                    }
                    let mut d_scores = vec![0.0; weights.len()];
                    product_with_visible(
                        &mut d_scores,
                        span,
                        d_out.at(span.rows.clone(), column),
                        |rows| all.at(rows, heads.value(kv)),
                        1.0,
                    );
                    let rows = weights.chunks_exact_mut(columns).zip(d_scores.chunks_exact_mut(columns));
                    for (i, (weights, d_scores)) in rows.enumerate() {
                        let row = span.rows.start + i;
                        let log_sum = attended.log_sums[row * heads.query_heads + head];
                        let end = span.prefix.len() + i + 1;
                        let seen = attention.first_visible(end)..end;
                        let (d_out, out) = (d_out.row(row, column), out.row(row, column));
                        backward_row(
                            &mut weights[seen.clone()],
                            &mut d_scores[seen.clone()],
                            d_out,
                            out,
                            log_sum,
                            attention.scale,
                            attention.logit_softcap,
                        );
                        for matrix in [weights, d_scores] {
                            matrix[..seen.start].fill(0.0);
                            matrix[seen.end..].fill(0.0);
                        }
                    }
                    let d_query = columns_mut(&mut part, width, own.clone(), q * size, size);
                    weighted_sum(d_query, false, &d_scores, span, |rows| all.at(rows, heads.key(kv)));
                    for (matrix, target, rows) in [
                        (&d_scores, key, all.at(span.rows.clone(), column)),
                        (&weights, value, d_out.at(span.rows.clone(), column)),
                    ] {
                        let (before, within) = split_at_prefix(matrix, span);
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
    for ((group, kv), part) in group_and_kv_head_tasks(groups, heads).into_iter().zip(parts) {
        scatter_columns(
            &part,
            &mut d_qkv,
            qkv.width,
            &group.rows,
            heads.query(kv * shared),
            shared * size,
            0,
        );
        scatter_columns(&part, &mut d_qkv, qkv.width, &group.rows, heads.key(kv), size, key);
        scatter_columns(&part, &mut d_qkv, qkv.width, &group.rows, heads.value(kv), size, value);
    }
    tensor(d_qkv, qkv.width)
}

vectorized! {
    /// Replaces a row's scores by the attention weights P, and dP by dS.
    fn backward_row<'a>(
        weights: &'a mut [f32],
        d_scores: &'a mut [f32],
        d_out: &'a [f32],
        out: &'a [f32],
        log_sum: f32,
        scale: f32,
        cap: Option<f32>,
    ) -> () {
        let output_dot_gradient = dot::<FUSED>(d_out, out);
        if let Some(cap) = cap {
            let inverse = 1.0 / cap;
            for (w, d) in weights.iter_mut().zip(d_scores) {
                let derivative = softcap_derivative(*w, inverse);
                *w = exp(*w - log_sum);
                *d = *w * (*d - output_dot_gradient) * derivative * scale;
            }
        } else {
            for (w, d) in weights.iter_mut().zip(d_scores) {
                *w = exp(*w - log_sum);
                *d = *w * (*d - output_dot_gradient) * scale;
            }
        }
    }
}
