//! The KV cache of sequences on a device.
//!
//! Sequences that are decoded together share one pool: a token takes one product for all of them, with a mask that
//! lets each see its own rows. With one product for each sequence, a card would wait for the next one to be launched.

use candle_core::{Device, Result, Tensor};

use super::attention;
use super::attention_mask::MASKED;
use crate::ops::attention::Heads;

/// The KV cache of one sequence, until it joins a [`KvPool`].
#[derive(Clone, Default)]
pub(crate) struct DeviceKvCache {
    /// The keys and values `[kv_heads, rows, head_size]` of every block that has any.
    blocks: Vec<Option<(Tensor, Tensor)>>,
    /// The sequence's number in the pool that it has joined, which owns its rows since then.
    sequence: Option<usize>,
}

impl DeviceKvCache {
    /// Appends some rows of a block's queries, keys and values, `[rows, heads.width()]`.
    pub(crate) fn append(&mut self, block: usize, qkv: &Tensor, rows: &[usize], heads: Heads) -> Result<()> {
        let rows: Vec<u32> = rows.iter().map(|row| *row as u32).collect();
        let qkv = qkv.index_select(&Tensor::new(rows, qkv.device())?, 0)?;
        let fresh = (attention::keys(&qkv, heads)?, attention::values(&qkv, heads)?);
        if self.blocks.len() <= block {
            self.blocks.resize(block + 1, None);
        }
        self.blocks[block] = Some(match self.blocks[block].take() {
            None => fresh,
            Some((k, v)) => (Tensor::cat(&[k, fresh.0], 1)?, Tensor::cat(&[v, fresh.1], 1)?),
        });
        Ok(())
    }

    fn rows(&self) -> usize {
        self.blocks.iter().flatten().next().map_or(0, |(k, _)| k.dims()[1])
    }
}

/// The KV cache of all sequences that are decoded together.
#[derive(Default)]
pub(crate) struct KvPool {
    /// The keys and values of every block, `[kv_heads, rows, head_size]`.
    blocks: Vec<(Tensor, Tensor)>,
    /// The sequence of each row, and its position in that sequence.
    owners: Vec<(usize, u32)>,
    next_sequence: usize,
}

impl KvPool {
    /// Adds the sequences that have not joined yet, and drops the rows of ended sequences once they are more than
    /// half. Returns the sequences' numbers.
    pub(super) fn admit(
        &mut self,
        caches: &mut [&mut DeviceKvCache],
        blocks: usize,
        device: &Device,
    ) -> Result<Vec<usize>> {
        let staying: Vec<usize> = caches.iter().filter_map(|cache| cache.sequence).collect();
        let staying_rows: Vec<usize> =
            (0..self.owners.len()).filter(|row| staying.contains(&self.owners[*row].0)).collect();
        if 2 * staying_rows.len() < self.owners.len() {
            let rows = Tensor::new(staying_rows.iter().map(|row| *row as u32).collect::<Vec<_>>(), device)?;
            self.owners = staying_rows.iter().map(|row| self.owners[*row]).collect();
            if staying_rows.is_empty() {
                self.blocks.clear();
            }
            for (k, v) in &mut self.blocks {
                (*k, *v) = (k.index_select(&rows, 1)?, v.index_select(&rows, 1)?);
            }
        }
        let mut joining: Vec<Vec<Option<(Tensor, Tensor)>>> = Vec::new();
        for cache in caches.iter_mut().filter(|cache| cache.sequence.is_none()) {
            cache.sequence = Some(self.next_sequence);
            self.owners.extend((0..cache.rows()).map(|row| (self.next_sequence, row as u32)));
            joining.push(std::mem::take(&mut cache.blocks));
            self.next_sequence += 1;
        }
        if !joining.is_empty() {
            let known = std::mem::take(&mut self.blocks);
            for block in 0..blocks {
                let parts = known
                    .get(block)
                    .into_iter()
                    .chain(joining.iter().filter_map(|cache| cache[block].as_ref()));
                let (k, v): (Vec<&Tensor>, Vec<&Tensor>) = parts.map(|(k, v)| (k, v)).unzip();
                self.blocks.push((Tensor::cat(&k, 1)?, Tensor::cat(&v, 1)?));
            }
        }
        Ok(caches.iter().filter_map(|cache| cache.sequence).collect())
    }

    /// Records a new row of each sequence; [`KvPool::append`] then adds its keys and values block by block.
    pub(super) fn add_rows(&mut self, sequences: &[usize], positions: &[u32]) {
        self.owners.extend(sequences.iter().copied().zip(positions.iter().copied()));
    }

    /// Returns the attention mask of the sequences' new rows, `[sequences, rows]`: 0 or [`MASKED`].
    pub(super) fn mask(
        &self,
        sequences: &[usize],
        positions: &[u32],
        window: Option<usize>,
        device: &Device,
    ) -> Result<Tensor> {
        let mut mask = Vec::with_capacity(sequences.len() * self.owners.len());
        for (sequence, position) in sequences.iter().zip(positions) {
            let first = window.map_or(0, |window| (*position as usize + 1).saturating_sub(window));
            let sees = |(owner, row): &(usize, u32)| owner == sequence && *row as usize >= first;
            mask.extend(self.owners.iter().map(|row| if sees(row) { 0.0 } else { MASKED }));
        }
        Tensor::from_vec(mask, (sequences.len(), self.owners.len()), device)
    }

    /// Appends a block's new keys and values; returns all of them.
    pub(super) fn append(&mut self, block: usize, k: &Tensor, v: &Tensor) -> Result<(Tensor, Tensor)> {
        let (keys, values) = &mut self.blocks[block];
        (*keys, *values) = (Tensor::cat(&[&*keys, k], 1)?, Tensor::cat(&[&*values, v], 1)?);
        Ok((keys.clone(), values.clone()))
    }
}
