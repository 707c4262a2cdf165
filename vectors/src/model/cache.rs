//! What a sequence keeps of the rows it has read: keys and values of every block.

use candle_core::{Result, Tensor};
use rayon::prelude::*;

use crate::ops::attention::Heads;
use crate::ops::rows::{self, tensor};
use crate::ops::simd::{dot, exponentials, multiply_add, vectorized};

/// Multiplications that are worth a task of their own.
const WORTH_A_TASK: usize = 1 << 17;

/// A sequence's keys and values, block by block.
#[derive(Clone)]
pub(crate) struct Cache {
    blocks: Vec<KeysValues>,
}

/// A block's keys and values, head by head: `[head][row * head size]`.
#[derive(Clone, Default)]
struct KeysValues {
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
}

impl Cache {
    pub(crate) fn new(blocks: usize, heads: Heads) -> Self {
        let empty = || vec![Vec::new(); heads.keys];
        Self { blocks: (0..blocks).map(|_| KeysValues { keys: empty(), values: empty() }).collect() }
    }

    /// Rows read so far.
    fn rows(&self, block: usize, heads: Heads) -> usize {
        self.blocks[block].keys.first().map_or(0, |keys| keys.len() / heads.size)
    }

    /// Appends a row of queries, keys and values to a block.
    pub(crate) fn push(&mut self, block: usize, qkv: &[f32], heads: Heads) {
        let kept = &mut self.blocks[block];
        for kv in 0..heads.keys {
            kept.keys[kv].extend_from_slice(&qkv[heads.key(kv)..][..heads.size]);
            kept.values[kv].extend_from_slice(&qkv[heads.value(kv)..][..heads.size]);
        }
    }
}

/// One new row for each sequence: its keys and values join the sequence's cache, then it gathers from all of it.
pub(super) fn attend(qkv: &Tensor, block: usize, caches: &mut [&mut Cache], heads: Heads) -> Result<Tensor> {
    let qkv = rows::read(qkv)?;
    for (row, cache) in caches.iter_mut().enumerate() {
        cache.push(block, qkv.row(row), heads);
    }
    let width = heads.queries * heads.size;
    let mut output = vec![0.0; caches.len() * width];
    let part = heads.shared() * heads.size;
    let longest = caches.iter().map(|cache| cache.rows(block, heads)).max().unwrap_or(0);
    let alone = WORTH_A_TASK.div_ceil(2 * longest.max(1) * part);
    output.par_chunks_mut(part).enumerate().with_min_len(alone).for_each(|(task, output)| {
        let (row, kv) = (task / heads.keys, task % heads.keys);
        let kept = &caches[row].blocks[block];
        let queries = &qkv.row(row)[kv * part..(kv + 1) * part];
        gather(queries, &kept.keys[kv], &kept.values[kv], output, heads);
    });
    tensor(output, width)
}

vectorized! {
    /// What the query heads that share a key-value head gather.
    fn gather<'a>(queries: &'a [f32], keys: &'a [f32], values: &'a [f32], output: &'a mut [f32], heads: Heads) -> () {
        let mut weights = vec![0.0; keys.len() / heads.size];
        for (query, output) in queries.chunks_exact(heads.size).zip(output.chunks_exact_mut(heads.size)) {
            for (weight, key) in weights.iter_mut().zip(keys.chunks_exact(heads.size)) {
                *weight = dot::<FUSED>(query, key) * heads.scale();
            }
            let (_, sum) = exponentials(&mut weights);
            for (weight, value) in weights.iter().zip(values.chunks_exact(heads.size)) {
                let weight = weight / sum;
                for (x, v) in output.iter_mut().zip(value) {
                    *x = multiply_add::<FUSED>(weight, *v, *x);
                }
            }
        }
    }
}
