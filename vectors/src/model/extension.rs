//! Extends sequences behind their KV caches: all new rows of all sequences pass through the blocks at once. It has a loop
//! over the blocks of its own, because its rows attend to KV caches in place of packed rows; the rest of a block is
//! [`super::block::Block`]'s.

use std::ops::Range;

use candle_core::{Error, Result, Tensor};

use super::decoder::{Backend, Decoder};
use super::kv_cache::{KvCache, cached_attention};
use crate::packing::Segment;
use crate::steering::{Openings, Roles, RowPart, apply_to_rows, part_adapters};

/// The moment at which a pass shows the rows `[rows, hidden]` behind a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The block's output, before any edit.
    Output,
    /// The residual stream after the edits, as the next block reads it.
    Edited,
}

/// Sees the rows behind every block of a pass.
pub(crate) type Visit<'v> = dyn FnMut(usize, Stage, &Tensor) -> Result<()> + Send + 'v;

/// The new rows of all sequences, sequence after sequence.
pub(crate) struct NewRows<'a> {
    /// The residual stream before the first block of the pass, `[rows, hidden]`.
    pub(crate) x: Tensor,
    /// The position of each row in its sequence.
    pub(crate) positions: Vec<u32>,
    pub(crate) segments: Vec<Segment>,
    /// The rows of each sequence, and what acts on them. Where gates are not decided yet, the prompt's end is among them.
    pub(crate) parts: Vec<RowPart<'a>>,
    /// The KV cache of each sequence, which holds the rows before the new ones.
    pub(crate) caches: Vec<&'a mut KvCache>,
}

impl Decoder {
    /// Runs new rows through some blocks, and appends them to the KV caches of these blocks. Behind other blocks, the edits
    /// after the last of these come first. Returns the residual stream. Only blocks in main memory do it.
    pub(crate) fn extend(
        &self,
        range: Range<usize>,
        NewRows { mut x, positions, segments, parts, caches }: NewRows<'_>,
        visit: &mut Visit<'_>,
    ) -> Result<Tensor> {
        let Backend::Host(blocks) = &self.backend else {
            return Err(Error::Msg("rows behind others are read in main memory only".into()));
        };
        let mut caches = caches.into_iter().map(KvCache::host_mut).collect::<Result<Vec<_>>>()?;
        let counts: Vec<usize> = parts.iter().map(|part| part.rows).collect();
        let prompt_ends = prompt_ends(&parts, &segments);
        let mut openings = Openings::default();
        let mut edit = |x: Tensor, block: usize| {
            let roles = Roles { segments: &segments, prompt_ends: &prompt_ends };
            apply_to_rows(x, block, roles, parts.iter().copied(), &mut openings)
        };
        if let Some(before) = range.start.checked_sub(1) {
            x = edit(x, before)?;
            visit(before, Stage::Edited, &x)?;
        }
        for index in range {
            let (block, adapters) = (&blocks[index], part_adapters(index, &parts));
            let attend = |qkv: &Tensor| cached_attention(qkv, index, &mut caches, &counts, block.attention);
            x = block.step(&x, &positions, &adapters, attend)?;
            visit(index, Stage::Output, &x)?;
            x = edit(x, index)?;
            visit(index, Stage::Edited, &x)?;
        }
        Ok(x)
    }
}

/// Returns for every row the prompt's end in its part, where a gate is decided in this pass.
fn prompt_ends(parts: &[RowPart<'_>], segments: &[Segment]) -> Vec<Option<usize>> {
    if !parts.iter().any(|part| part.decided.is_none() && part.plan.decides_at_prompt()) {
        return Vec::new();
    }
    let mut end = 0;
    let of_part = |part: &RowPart<'_>| {
        let rows = end..end + part.rows;
        end = rows.end;
        std::iter::repeat_n(rows.rev().find(|row| segments[*row] == Segment::PromptEnd), part.rows)
    };
    parts.iter().flat_map(of_part).collect()
}
