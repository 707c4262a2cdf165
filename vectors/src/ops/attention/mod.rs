//! Causal grouped-query attention over packed sequences.
//!
//! One task computes one group of rows (sequences that see each other) and one key-value head with the query heads
//! that share it. No two tasks write the same number, so every sum has one order, whatever the number of threads. A
//! task drops its scores at its end: the backward pass computes them again from the log-sum-exp of each row, as
//! `FlashAttention` does.

mod backward;
mod spans;

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use super::rows::{self, tensor};
use super::simd::{exponentials, vectorized};
use super::softcap::softcap;
use crate::packing::{Group, Span};
pub(crate) use backward::backward;
use spans::{
    HeadColumns, columns_mut, group_and_kv_head_tasks, rows_in_group, scatter_columns, scores, weighted_sum,
};

/// The heads in a row of queries, keys and values: all query heads come first, then the key heads, then the value
/// heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the names that transformers has")]
pub(crate) struct Heads {
    pub(crate) query_heads: usize,
    pub(crate) kv_heads: usize,
    pub(crate) head_size: usize,
}

impl Heads {
    pub(crate) fn width(&self) -> usize {
        (self.query_heads + 2 * self.kv_heads) * self.head_size
    }

    /// Returns how many query heads share one key-value head (transformers: `num_key_value_groups`).
    pub(crate) fn queries_per_kv(&self) -> usize {
        self.query_heads / self.kv_heads
    }

    fn query(&self, head: usize) -> usize {
        head * self.head_size
    }

    pub(crate) fn key(&self, kv: usize) -> usize {
        (self.query_heads + kv) * self.head_size
    }

    pub(crate) fn value(&self, kv: usize) -> usize {
        (self.query_heads + self.kv_heads + kv) * self.head_size
    }
}

/// The settings of a block's attention.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attention {
    pub(crate) heads: Heads,
    /// The factor of the products of queries and keys, usually 1 / sqrt(head size).
    pub(crate) scale: f32,
    /// The limit of the soft cap on scores (transformers: `attn_logit_softcapping`); `None` leaves scores uncapped.
    pub(crate) logit_softcap: Option<f32>,
    /// The number of rows that a row sees, counted back from itself; `None` lets it see all rows before it.
    pub(crate) sliding_window: Option<usize>,
}

impl Attention {
    /// Returns the index of the first row that the last of `rows` rows sees.
    pub(crate) fn first_visible(&self, rows: usize) -> usize {
        self.sliding_window.map_or(0, |window| rows.saturating_sub(window))
    }
}

/// The output of attention, with what the backward pass needs.
pub(crate) struct AttentionOutput {
    /// The weighted values, `[rows, query_heads * head_size]`.
    pub(crate) output: Tensor,
    /// The log-sum-exp of every row's scores, `[rows * query_heads]`.
    log_sums: Vec<f32>,
}

/// Computes attention from queries, keys and values side by side, `[rows, heads.width()]`, after the rotary
/// embedding.
pub(crate) fn forward(qkv: &Tensor, groups: &[Group], attention: Attention) -> Result<AttentionOutput> {
    let heads = attention.heads;
    let qkv = rows::read(qkv)?;
    let all = HeadColumns { data: qkv.all(), width: qkv.width, size: heads.head_size };
    let parts: Vec<(Vec<f32>, Vec<f32>)> = group_and_kv_head_tasks(groups, heads)
        .into_par_iter()
        .map(|(group, kv)| {
            let width = heads.queries_per_kv() * heads.head_size;
            let mut output = vec![0.0; group.rows.len() * width];
            let mut log_sums = vec![0.0; group.rows.len() * heads.queries_per_kv()];
            for span in &group.spans {
                for shared in 0..heads.queries_per_kv() {
                    let mut scores = scores(all, span, kv * heads.queries_per_kv() + shared, kv, attention);
                    if let Some(cap) = attention.logit_softcap {
                        softcap(&mut scores, cap);
                    }
                    let local = rows_in_group(&span.rows, group);
                    let inverse = softmax(&mut scores, span, attention, |row, log_sum| {
                        log_sums[(local.start + row) * heads.queries_per_kv() + shared] = log_sum;
                    });
                    let target = columns_mut(
                        &mut output,
                        width,
                        local.clone(),
                        shared * heads.head_size,
                        heads.head_size,
                    );
                    weighted_sum(target, false, &scores, span, |rows| all.at(rows, heads.value(kv)));
                    for (row, inverse) in local.zip(inverse) {
                        let start = row * width + shared * heads.head_size;
                        output[start..start + heads.head_size].iter_mut().for_each(|x| *x *= inverse);
                    }
                }
            }
            (output, log_sums)
        })
        .collect();
    let width = heads.query_heads * heads.head_size;
    let (mut output, mut log_sums) =
        (vec![0.0; qkv.count() * width], vec![0.0; qkv.count() * heads.query_heads]);
    for ((group, kv), (part, sums)) in group_and_kv_head_tasks(groups, heads).into_iter().zip(parts) {
        let shared = heads.queries_per_kv();
        scatter_columns(
            &part,
            &mut output,
            width,
            &group.rows,
            kv * shared * heads.head_size,
            shared * heads.head_size,
            0,
        );
        scatter_columns(&sums, &mut log_sums, heads.query_heads, &group.rows, kv * shared, shared, 0);
    }
    Ok(AttentionOutput { output: tensor(output, width)?, log_sums })
}

/// Replaces each visible score by e^(score - max) and each invisible one by 0. Returns 1 / sum for every row and
/// passes each row's log-sum-exp to `log_sum`.
fn softmax(
    scores: &mut [f32],
    span: &Span,
    attention: Attention,
    mut log_sum: impl FnMut(usize, f32),
) -> Vec<f32> {
    let columns = (span.prefix.len() + span.rows.len()).max(1);
    let rows = scores.chunks_exact_mut(columns).enumerate();
    rows.map(|(i, row)| {
        let (seen, unseen) = row.split_at_mut(span.prefix.len() + i + 1);
        unseen.fill(0.0);
        let (unseen, seen) = seen.split_at_mut(attention.first_visible(seen.len()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{assert_gradient, random};
    use crate::packing::Packing;
    use crate::pairs::EncodedPair;
    use candle_core::{D, IndexOp};

    const HEADS: Heads = Heads { query_heads: 4, kv_heads: 2, head_size: 6 };
    /// Full causal attention, a sliding window, and a soft cap that is tight enough to matter.
    const KINDS: [Attention; 3] = [
        Attention { heads: HEADS, scale: 0.408_248_3, logit_softcap: None, sliding_window: None },
        Attention { heads: HEADS, scale: 0.5, logit_softcap: None, sliding_window: Some(3) },
        Attention { heads: HEADS, scale: 0.7, logit_softcap: Some(0.8), sliding_window: Some(4) },
    ];

    fn packing() -> Packing {
        let mut packing = Packing::default();
        packing.push_pair(&EncodedPair { prompt: vec![0; 3], wanted: vec![0; 4], opposite: vec![0; 3] });
        packing.push_pair(&EncodedPair { prompt: vec![0; 2], wanted: vec![0; 1], opposite: vec![0; 2] });
        packing.push_sequence(&[0; 4]);
        packing
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let groups = packing().groups;
        for kind in KINDS {
            assert_gradient(
                &random(&[packing().rows(), HEADS.width()], 1),
                |x| Ok(forward(x, &groups, kind)?.output),
                |x, dy| backward(x, &forward(x, &groups, kind)?, dy, &groups, kind),
            );
        }
    }

    /// Computes the same attention with candle's own operations, one sequence at a time.
    fn plain(sequence: &Tensor, kind: Attention) -> Tensor {
        let n = sequence.dims()[0];
        let head =
            |first: usize| sequence.i((.., first * HEADS.head_size..(first + 1) * HEADS.head_size)).unwrap();
        let window = kind.sliding_window.unwrap_or(n);
        let is_seen = |i: usize| i % n <= i / n && i / n - i % n < window;
        let mask: Vec<f32> = (0..n * n).map(|i| if is_seen(i) { 0.0 } else { f32::NEG_INFINITY }).collect();
        let mask = Tensor::from_vec(mask, (n, n), sequence.device()).unwrap();
        let outputs: Vec<Tensor> = (0..HEADS.query_heads)
            .map(|q| {
                let kv = q / HEADS.queries_per_kv();
                let mut scores =
                    (head(q).matmul(&head(4 + kv).t().unwrap()).unwrap() * f64::from(kind.scale)).unwrap();
                if let Some(cap) = kind.logit_softcap.map(f64::from) {
                    scores = ((scores / cap).unwrap().tanh().unwrap() * cap).unwrap();
                }
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
        for kind in KINDS {
            let ours = forward(&x, &packing.groups, kind).unwrap().output;
            // The first pair: its prompt with the wanted answer, and its prompt with the opposite one.
            for rows in [
                vec![0, 1, 2, 3, 4, 5],
                vec![0, 1, 2, 6, 7],
                vec![8, 9],
                vec![8, 9, 10],
                vec![11, 12, 13, 14],
            ] {
                let indices: Vec<u32> = rows.iter().map(|row| *row as u32).collect();
                let indices = Tensor::new(indices, x.device()).unwrap();
                let expected = plain(&x.index_select(&indices, 0).unwrap(), kind);
                let found = ours.index_select(&indices, 0).unwrap();
                let error =
                    (found - expected).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
                assert!(error < 1e-5, "{kind:?}, rows {rows:?}: {error}");
            }
        }
    }
}
