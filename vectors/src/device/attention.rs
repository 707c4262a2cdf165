//! Attention by candle's operations: all heads of some rows in one product, with a mask for what a row does not see.
//!
//! Query heads that share a key-value head stand one after the other as more rows of it: `[keys, shared * rows, size]`.

use candle_core::{D, Result, Tensor};

use crate::ops::attention::{Attention, Heads};

/// The queries of `[rows, heads.width()]`: `[keys, shared * rows, size]`.
pub(super) fn queries(qkv: &Tensor, heads: Heads) -> Result<Tensor> {
    group_by_kv_head(&qkv.narrow(1, 0, heads.query_heads * heads.head_size)?, heads)
}

/// The keys: `[keys, rows, size]`.
pub(super) fn keys(qkv: &Tensor, heads: Heads) -> Result<Tensor> {
    kv_heads(qkv, heads.key(0), heads)
}

/// The values: `[keys, rows, size]`.
pub(super) fn values(qkv: &Tensor, heads: Heads) -> Result<Tensor> {
    kv_heads(qkv, heads.value(0), heads)
}

fn kv_heads(qkv: &Tensor, start: usize, heads: Heads) -> Result<Tensor> {
    let part = qkv.narrow(1, start, heads.kv_heads * heads.head_size)?.contiguous()?;
    part.reshape(((), heads.kv_heads, heads.head_size))?.transpose(0, 1)?.contiguous()
}

/// What lies in a row as query heads, `[rows, queries * size]`, by key-value head.
pub(super) fn group_by_kv_head(x: &Tensor, heads: Heads) -> Result<Tensor> {
    let x = x.contiguous()?.reshape(((), heads.kv_heads, heads.queries_per_kv(), heads.head_size))?;
    x.permute((1, 2, 0, 3))?.contiguous()?.flatten(1, 2)
}

/// The way back of [`group_by_kv_head`].
pub(super) fn ungroup(x: &Tensor, heads: Heads) -> Result<Tensor> {
    let rows = x.dim(1)? / heads.queries_per_kv();
    let x = x.reshape((heads.kv_heads, heads.queries_per_kv(), rows, heads.head_size))?;
    x.permute((2, 0, 1, 3))?.contiguous()?.flatten_from(1)
}

/// The way back of [`keys`] and [`values`].
fn concat_kv_heads(x: &Tensor) -> Result<Tensor> {
    x.transpose(0, 1)?.contiguous()?.flatten_from(1)
}

/// Scores, capped where they are, and the softmax of what the mask `[rows, seen rows]` leaves of them:
/// `[keys, shared * rows, seen rows]` both. The mask is added.
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

/// What every row gathers, `[rows, queries * size]`.
pub(super) fn attend(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    mask: &Tensor,
    attention: Attention,
) -> Result<Tensor> {
    ungroup(&weights(q, k, mask, attention)?.1.matmul(v)?, attention.heads)
}

/// The gradient of `[rows, heads.width()]` from that of what its rows gathered.
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
