//! Reads the prompts of a session.

use std::sync::Mutex;

use candle_core::{Result as CandleResult, Tensor};

use super::prompts::GroupSteering;
use crate::adapter::AdapterOnRows;
use crate::layer::PrefixBlocks;
use crate::model::{BlockSteering, KvCache, Model, ModelError, Stage, Visit};
use crate::ops::rows;
use crate::packing::Packing;
use crate::steering::SteeringPlan;

/// Reads whole prompts, each under its plan, in one pass over packed rows. Returns their KV caches and the logits of their
/// next tokens, `[prompts, vocabulary]`. `visit` sees the last row of each prompt behind every block.
pub(super) fn read_whole(
    model: &Model,
    prompts: &[(&[u32], &SteeringPlan)],
    visit: &mut Visit<'_>,
) -> Result<(Vec<KvCache>, Tensor), ModelError> {
    let decoder = &model.decoder;
    let mut packing = Packing::default();
    for (tokens, _) in prompts {
        packing.push_sequence(tokens);
    }
    let ends: Vec<usize> = packing.groups.iter().map(|group| group.rows.end - 1).collect();
    let steering = Watched {
        steering: GroupSteering(prompts.iter().map(|(_, plan)| *plan).collect()),
        ends: &ends,
        visit: Mutex::new(visit),
    };
    let mut caches = vec![decoder.empty_kv_cache(); prompts.len()];
    let x = decoder.forward_prefix(PrefixBlocks::NONE, &packing)?;
    let append = |block: usize, _: &Tensor, saved: crate::model::SavedActivations| {
        for (cache, group) in caches.iter_mut().zip(&packing.groups) {
            let rows: Vec<usize> = group.rows.clone().collect();
            cache.append(block, saved.qkv(), &rows, decoder.heads())?;
        }
        Ok(())
    };
    let x = decoder.forward_after_prefix_with(PrefixBlocks::NONE, x, &packing, &steering, append)?;
    let last = rows::gather(&x, ends.iter().copied())?;
    Ok((caches, decoder.logits(&last)?))
}

/// Steers packed prompts, and shows their last rows behind every block.
struct Watched<'a, 'v> {
    steering: GroupSteering<'a>,
    ends: &'a [usize],
    visit: Mutex<&'a mut Visit<'v>>,
}

impl Watched<'_, '_> {
    fn show(&self, block: usize, stage: Stage, x: &Tensor) -> CandleResult<()> {
        let last = rows::gather(x, self.ends.iter().copied())?;
        let mut visit = self.visit.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (*visit)(block, stage, &last)
    }
}

impl BlockSteering for Watched<'_, '_> {
    fn adapters_in(&self, block: usize, packing: &Packing) -> Vec<AdapterOnRows<'_>> {
        self.steering.adapters_in(block, packing)
    }

    fn apply_after(&self, x: Tensor, block: usize, packing: &Packing) -> CandleResult<Tensor> {
        self.show(block, Stage::Output, &x)?;
        let x = self.steering.apply_after(x, block, packing)?;
        self.show(block, Stage::Edited, &x)?;
        Ok(x)
    }
}
