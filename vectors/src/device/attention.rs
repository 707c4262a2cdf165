//! Grouped-query attention with candle's operations: one product for all heads of some rows, with a mask for the rows
//! that a row does not see.
//!
//! The query heads that share a key-value head are stacked as more rows of it: `[kv_heads, queries_per_kv * rows,
//! head_size]`.

use candle_core::{D, Result, Tensor};

use crate::ops::attention::{Attention, Heads};

/// Reads the queries of `[rows, heads.width()]` as `[kv_heads, queries_per_kv * rows, head_size]`.
pub(super) fn queries(qkv: &Tensor, heads: Heads) -> Result<Tensor> {
    group_by_kv_head(&qkv.narrow(1, 0, heads.query_heads * heads.head_size)?, heads)
}

/// Reads the keys of `[rows, heads.width()]` as `[kv_heads, rows, head_size]`.
pub(super) fn keys(qkv: &Tensor, heads: Heads) -> Result<Tensor> {
    kv_heads(qkv, heads.key(0), heads)
}

/// Reads the values of `[rows, heads.width()]` as `[kv_heads, rows, head_size]`.
pub(super) fn values(qkv: &Tensor, heads: Heads) -> Result<Tensor> {
    kv_heads(qkv, heads.value(0), heads)
}

fn kv_heads(qkv: &Tensor, start: usize, heads: Heads) -> Result<Tensor> {
    let part = qkv.narrow(1, start, heads.kv_heads * heads.head_size)?.contiguous()?;
    part.reshape(((), heads.kv_heads, heads.head_size))?.transpose(0, 1)?.contiguous()
}

/// Turns `[rows, query_heads * head_size]` into `[kv_heads, queries_per_kv * rows, head_size]`.
pub(super) fn group_by_kv_head(x: &Tensor, heads: Heads) -> Result<Tensor> {
    let x = x.contiguous()?.reshape(((), heads.kv_heads, heads.queries_per_kv(), heads.head_size))?;
    x.permute((1, 2, 0, 3))?.contiguous()?.flatten(1, 2)
}

/// Reverses [`group_by_kv_head`].
pub(super) fn ungroup(x: &Tensor, heads: Heads) -> Result<Tensor> {
    let rows = x.dim(1)? / heads.queries_per_kv();
    let x = x.reshape((heads.kv_heads, heads.queries_per_kv(), rows, heads.head_size))?;
    x.permute((2, 0, 1, 3))?.contiguous()?.flatten_from(1)
}

/// Reverses [`keys`] and [`values`].
fn concat_kv_heads(x: &Tensor) -> Result<Tensor> {
    x.transpose(0, 1)?.contiguous()?.flatten_from(1)
}

/// Returns the scores, soft-capped where the block does so, and the softmax of scores + mask, both `[kv_heads,
/// queries_per_kv * rows, visible rows]`. The mask is `[rows, visible rows]`.
fn weights(q: &Tensor, k: &Tensor, mask: &Tensor, attention: Attention) -> Result<(Tensor, Tensor)> {
    let mut scores = (q.matmul(&k.t()?)? * f64::from(attention.scale))?;
    if let Some(cap) = attention.logit_softcap.map(f64::from) {
        scores = ((scores / cap)?.tanh()? * cap)?;
    }
    let (rows, seen) = mask.dims2()?;
    let masked = scores.reshape(((), rows, seen))?.broadcast_add(mask)?;
    let masked = masked.broadcast_sub(&masked.max_keepdim(D::Minus1)?)?.exp()?;
    let weights = masked.broadcast_div(&masked.sum_keepdim(D::Minus1)?)?;
    let weights = weights.reshape(scores.shape())?;
    Ok((scores, weights))
}

/// Returns the attention output, `[rows, query_heads * head_size]`.
pub(super) fn attend(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    mask: &Tensor,
    attention: Attention,
) -> Result<Tensor> {
    ungroup(&weights(q, k, mask, attention)?.1.matmul(v)?, attention.heads)
}

/// Returns the gradient of queries, keys and values `[rows, heads.width()]` from that of the attention output.
pub(super) fn backward(qkv: &Tensor, dy: &Tensor, mask: &Tensor, attention: Attention) -> Result<Tensor> {
    let heads = attention.heads;
    let (q, k, v) = (queries(qkv, heads)?, keys(qkv, heads)?, values(qkv, heads)?);
    let (scores, weights) = weights(&q, &k, mask, attention)?;
    let dy = group_by_kv_head(dy, heads)?;
    let d_values = weights.t()?.matmul(&dy)?;
    let d_weights = dy.matmul(&v.t()?)?;
    let row_sums = (&d_weights * &weights)?.sum_keepdim(D::Minus1)?;
    let mut d_scores = (weights * d_weights.broadcast_sub(&row_sums)?)?;
    if let Some(cap) = attention.logit_softcap.map(f64::from) {
        d_scores = (d_scores * (scores / cap)?.sqr()?.affine(-1.0, 1.0)?)?;
    }
    let d_scores = (d_scores * f64::from(attention.scale))?;
    let (d_queries, d_keys) = (d_scores.matmul(&k)?, d_scores.t()?.matmul(&q)?);
    Tensor::cat(&[ungroup(&d_queries, heads)?, concat_kv_heads(&d_keys)?, concat_kv_heads(&d_values)?], 1)
}
