//! The KV cache: keys and values of the rows that a sequence has read. It holds 2 x `kv_heads` x `head_size` numbers
//! per token and block.

use std::ops::Range;

use candle_core::{Error, Result, Tensor};
use rayon::prelude::*;

use crate::device::DeviceKvCache;
use crate::ops::attention::{Attention, Heads};
use crate::ops::rows;
use crate::ops::simd::{LANES, exponentials, multiply_add, vectorized};
use crate::ops::softcap::softcap;

/// Rows whose keys are stored together, so that one query is multiplied with all of them at once.
const PANEL: usize = 16;

const ON_DEVICE: &str = "the rows that were read lie on another device";

/// The KV cache of one sequence.
#[derive(Clone)]
pub(crate) enum KvCache {
    /// In main memory, block by block.
    Host(Vec<BlockKvCache>),
    /// On the device of the decoder's blocks.
    Device(DeviceKvCache),
}

/// The keys and values of one block.
#[derive(Clone, Default)]
pub(crate) struct BlockKvCache {
    /// `[kv head][panel][dimension][row in the panel]`. What fills the last panel behind the last row is not read.
    keys: Vec<Vec<f32>>,
    /// `[kv head][row][dimension]`.
    values: Vec<Vec<f32>>,
}

impl KvCache {
    /// Makes an empty cache for a decoder whose blocks are in main memory.
    pub(super) fn on_host(blocks: usize, heads: Heads) -> Self {
        let empty = || vec![Vec::new(); heads.kv_heads];
        Self::Host((0..blocks).map(|_| BlockKvCache { keys: empty(), values: empty() }).collect())
    }

    /// Appends the keys and values of some rows of `qkv`, `[rows, heads.width()]`.
    pub(crate) fn append(&mut self, block: usize, qkv: &Tensor, rows: &[usize], heads: Heads) -> Result<()> {
        match self {
            Self::Device(cache) => cache.append(block, qkv, rows, heads),
            Self::Host(blocks) => {
                let qkv = rows::read(qkv)?;
                blocks[block].reserve(rows.len(), heads)?;
                for row in rows {
                    blocks[block].push(qkv.row(*row), heads);
                }
                Ok(())
            }
        }
    }

    /// Drops all rows but the first ones in some blocks.
    pub(crate) fn truncate(&mut self, blocks: Range<usize>, rows: usize, heads: Heads) -> Result<()> {
        self.host_mut()?[blocks].iter_mut().for_each(|block| block.truncate(rows, heads));
        Ok(())
    }

    /// Copies the first rows of another cache in some blocks, in place of all that is there.
    pub(crate) fn copy(
        &mut self,
        from: &Self,
        blocks: Range<usize>,
        rows: usize,
        heads: Heads,
    ) -> Result<()> {
        let Self::Host(from) = from else { return Err(Error::Msg(ON_DEVICE.into())) };
        let mut pairs = self.host_mut()?[blocks.clone()].iter_mut().zip(&from[blocks]);
        pairs.try_for_each(|(to, from)| to.copy(from, rows, heads))
    }

    /// Takes some blocks of another cache in place of its own.
    pub(crate) fn take_blocks(&mut self, from: &mut Self, blocks: Range<usize>) -> Result<()> {
        self.host_mut()?[blocks.clone()].swap_with_slice(&mut from.host_mut()?[blocks]);
        Ok(())
    }

    /// Returns the bytes in main memory.
    pub(crate) fn bytes(&self) -> usize {
        let Self::Host(blocks) = self else { return 0 };
        let numbers =
            blocks.iter().flat_map(|block| block.keys.iter().chain(&block.values)).map(Vec::capacity);
        numbers.sum::<usize>() * size_of::<f32>()
    }

    /// Returns the blocks' caches in main memory; refuses a cache on a device.
    pub(super) fn host_mut(&mut self) -> Result<&mut [BlockKvCache]> {
        match self {
            Self::Host(blocks) => Ok(blocks),
            Self::Device(_) => Err(Error::Msg(ON_DEVICE.into())),
        }
    }

    /// Returns the cache on a device; refuses one in main memory.
    pub(super) fn device_mut(&mut self) -> Result<&mut DeviceKvCache> {
        match self {
            Self::Device(cache) => Ok(cache),
            Self::Host(_) => Err(Error::Msg("the rows that were read lie in main memory".into())),
        }
    }
}

impl BlockKvCache {
    fn rows(&self, heads: Heads) -> usize {
        self.values.first().map_or(0, |values| values.len() / heads.head_size)
    }

    /// Drops all rows but the first ones.
    fn truncate(&mut self, rows: usize, heads: Heads) {
        for keys in &mut self.keys {
            keys.truncate(rows.next_multiple_of(PANEL) * heads.head_size);
        }
        for values in &mut self.values {
            values.truncate(rows * heads.head_size);
        }
    }

    /// Copies the first rows of another cache, which are at least as many.
    fn copy(&mut self, from: &Self, rows: usize, heads: Heads) -> Result<()> {
        self.truncate(0, heads);
        self.reserve(rows, heads)?;
        for (to, from) in self.keys.iter_mut().zip(&from.keys) {
            to.extend_from_slice(&from[..rows.next_multiple_of(PANEL) * heads.head_size]);
        }
        for (to, from) in self.values.iter_mut().zip(&from.values) {
            to.extend_from_slice(&from[..rows * heads.head_size]);
        }
        Ok(())
    }

    /// Makes room for further rows. A refusal of the system is an error here; later it would end the process.
    fn reserve(&mut self, rows: usize, heads: Heads) -> Result<()> {
        for numbers in self.keys.iter_mut().chain(&mut self.values) {
            let refused =
                |_| Error::Msg("there is not enough memory for the keys and values of the text".into());
            numbers.try_reserve((rows + PANEL) * heads.head_size).map_err(refused)?;
        }
        Ok(())
    }

    /// Appends the keys and values of one row.
    fn push(&mut self, qkv: &[f32], heads: Heads) {
        let Self { keys, values } = self;
        for (kv, (keys, values)) in keys.iter_mut().zip(values).enumerate() {
            let row = values.len() / heads.head_size;
            let (panel, place) = (row / PANEL * PANEL * heads.head_size, row % PANEL);
            if place == 0 {
                keys.resize(panel + PANEL * heads.head_size, 0.0);
            }
            let key = &qkv[heads.key(kv)..][..heads.head_size];
            for (lane, key) in keys[panel..].chunks_exact_mut(PANEL).zip(key) {
                lane[place] = *key;
            }
            values.extend_from_slice(&qkv[heads.value(kv)..][..heads.head_size]);
        }
    }
}

/// Computes attention for the new rows of each sequence: appends their keys and values from `qkv`,
/// `[rows, heads.width()]`, to the sequence's cache, then each row attends to the cache up to itself. `counts` are the new rows
/// of each sequence. Returns `[rows, query_heads * head_size]`.
pub(super) fn cached_attention(
    qkv: &Tensor,
    block: usize,
    caches: &mut [&mut [BlockKvCache]],
    counts: &[usize],
    attention: Attention,
) -> Result<Tensor> {
    let (qkv, heads) = (rows::read(qkv)?, attention.heads);
    let qkv = qkv.all();
    let mut new = qkv.chunks_exact(heads.width());
    // The sequence of each row, and the rows that the cache has up to it.
    let mut places = Vec::with_capacity(counts.iter().sum());
    for (sequence, (cache, count)) in caches.iter_mut().zip(counts).enumerate() {
        let cache = &mut cache[block];
        if *count > 1 {
            cache.reserve(*count, heads)?;
        }
        let first = cache.rows(heads) + 1;
        new.by_ref().take(*count).for_each(|row| cache.push(row, heads));
        places.extend((first..first + count).map(|rows| (sequence, rows)));
    }
    // A single row is split into tasks by heads; of several rows, each is one task.
    let width = heads.query_heads * heads.head_size;
    let part = if places.len() == 1 { heads.head_size } else { width };
    let caches: &[&mut [BlockKvCache]] = caches;
    let mut output = vec![0.0; places.len() * width];
    output.par_chunks_mut(part).enumerate().with_max_len(1).for_each(|(task, output)| {
        let mut weights = Vec::new();
        let (row, first) = (task * part / width, task * part % width / heads.head_size);
        let (sequence, rows) = places[row];
        let cache = &caches[sequence][block];
        let queries = qkv[row * heads.width()..].chunks_exact(heads.head_size).skip(first);
        for (index, (output, query)) in output.chunks_exact_mut(heads.head_size).zip(queries).enumerate() {
            let kv = (first + index) / heads.queries_per_kv();
            let keys = &cache.keys[kv][..rows.next_multiple_of(PANEL) * heads.head_size];
            let values = &cache.values[kv][..rows * heads.head_size];
            // Panels before the sliding window are skipped.
            let first = attention.first_visible(rows);
            let (panels, unseen) = (first / PANEL * PANEL, first % PANEL);
            let (keys, values) = (&keys[panels * heads.head_size..], &values[panels * heads.head_size..]);
            weights.resize(keys.len() / heads.head_size, 0.0);
            attention_scores(query, keys, attention.scale, &mut weights);
            if let Some(cap) = attention.logit_softcap {
                softcap(&mut weights, cap);
            }
            let seen = unseen..values.len() / heads.head_size;
            weighted_values(&mut weights[seen], &values[unseen * heads.head_size..], output);
        }
    });
    rows::tensor(output, width)
}

vectorized! {
    /// Computes the scores of one query with all keys, panel by panel. `scores` has a number for each key and for the
    /// padding of the last panel.
    fn attention_scores<'a>(query: &'a [f32], keys: &'a [f32], scale: f32, scores: &'a mut [f32]) -> () {
        for (panel, scores) in keys.chunks_exact(PANEL * query.len()).zip(scores.as_chunks_mut::<PANEL>().0) {
            let mut sums = [0.0_f32; PANEL];
            for (key, q) in panel.as_chunks::<PANEL>().0.iter().zip(query) {
                for lane in 0..PANEL {
                    sums[lane] = multiply_add::<FUSED>(*q, key[lane], sums[lane]);
                }
            }
            for lane in 0..PANEL {
                scores[lane] = sums[lane] * scale;
            }
        }
    }
}

vectorized! {
    /// Computes one query's output: the sum of the values, weighted by the softmax of the scores.
    fn weighted_values<'a>(weights: &'a mut [f32], values: &'a [f32], output: &'a mut [f32]) -> () {
        let size = output.len();
        let (_, sum) = exponentials(weights);
        let inverse = 1.0 / sum;
        // The sums of some dimensions at a time stay in registers over all rows.
        let mut first = 0;
        while first + LANES <= size {
            let mut sums = [0.0_f32; LANES];
            for (weight, value) in weights.iter().zip(values.chunks_exact(size)) {
                let value = &value[first..first + LANES];
                for lane in 0..LANES {
                    sums[lane] = multiply_add::<FUSED>(*weight, value[lane], sums[lane]);
                }
            }
            for lane in 0..LANES {
                output[first + lane] = sums[lane] * inverse;
            }
            first += LANES;
        }
        for (dimension, x) in output.iter_mut().enumerate().skip(first) {
            let mut sum = 0.0;
            for (weight, value) in weights.iter().zip(values.chunks_exact(size)) {
                sum = multiply_add::<FUSED>(*weight, value[dimension], sum);
            }
            *x = sum * inverse;
        }
    }
}
