//! Reads the prompts of a session on a device, where no rows are kept between answers.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{Result as CandleResult, Tensor};

use super::RowsRead;
use super::lane::Lane;
use super::prompt_record::PromptRecord;
use super::prompts::GroupSteering;
use super::reading::{Read, Wanted};
use crate::adapter::AdapterOnRows;
use crate::layer::PrefixBlocks;
use crate::model::{BlockSteering, Model, ModelError, SavedActivations, Stage};
use crate::ops::rows;
use crate::packing::Packing;
use crate::steering::Openings;

/// Reads whole prompts, each under its plan, in one pass over packed rows.
pub(super) fn read_whole(model: &Model, wanted: &[Wanted<'_>]) -> Result<(Vec<Read>, RowsRead), ModelError> {
    let decoder = &model.decoder;
    let mut packing = Packing::default();
    for of in wanted {
        packing.push_begun(of.prompt, of.begun);
    }
    let ends: Vec<usize> = packing.groups.iter().map(|group| group.rows.end - 1).collect();
    let steering = Recorded {
        steering: GroupSteering(wanted.iter().map(|of| &*of.plan).collect()),
        wanted,
        ends: &ends,
        records: Mutex::new(wanted.iter().map(|of| PromptRecord::new(model, of.begun)).collect()),
    };
    let mut caches = vec![decoder.empty_kv_cache(); wanted.len()];
    let x = decoder.forward_prefix(PrefixBlocks::NONE, &packing)?;
    let append = |block: usize, _: &Tensor, saved: SavedActivations| {
        for (cache, group) in caches.iter_mut().zip(&packing.groups) {
            let rows: Vec<usize> = group.rows.clone().collect();
            cache.append(block, saved.qkv(), &rows, decoder.heads())?;
        }
        Ok(())
    };
    let x = decoder.forward_after_prefix_with(PrefixBlocks::NONE, x, &packing, &steering, append)?;
    let logits = decoder.logits(&rows::gather(&x, ends.iter().copied())?)?;
    let logits = rows::read(&logits)?;
    let records = steering.records.into_inner().unwrap_or_else(PoisonError::into_inner);
    let read = caches.into_iter().zip(records).zip(wanted).enumerate();
    let read = read.map(|(place, ((cache, record), of))| {
        let mut lane = Lane::new(cache, model.facts().hidden_size);
        lane.set_prompt(of.prompt, of.begun, 0, &Arc::clone(&of.plan), record.outputs);
        Read { lane, logits: logits.row(place).to_vec(), projection: record.projection }
    });
    Ok((read.collect(), RowsRead { trunk: 0, behind_trunk: packing.rows() }))
}

/// Steers packed prompts, and records their ends and last rows.
struct Recorded<'a> {
    steering: GroupSteering<'a>,
    wanted: &'a [Wanted<'a>],
    ends: &'a [usize],
    records: Mutex<Vec<PromptRecord>>,
}

impl Recorded<'_> {
    fn record(&self, block: usize, stage: Stage, x: &Tensor) -> CandleResult<()> {
        let pairs = self.ends.iter().zip(self.wanted).flat_map(|(last, of)| [last - of.begun, *last]);
        let both = rows::gather(x, pairs)?;
        let both = rows::read(&both)?;
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        for (place, (record, of)) in records.iter_mut().zip(self.wanted).enumerate() {
            record.see(block, stage, [both.row(2 * place), both.row(2 * place + 1)], of.along);
        }
        Ok(())
    }
}

impl BlockSteering for Recorded<'_> {
    fn adapters_in(&self, block: usize, packing: &Packing) -> Vec<AdapterOnRows<'_>> {
        self.steering.adapters_in(block, packing)
    }

    fn apply_after(
        &self,
        x: Tensor,
        block: usize,
        packing: &Packing,
        openings: &mut Openings,
    ) -> CandleResult<Tensor> {
        self.record(block, Stage::Output, &x)?;
        let x = self.steering.apply_after(x, block, packing, openings)?;
        self.record(block, Stage::Edited, &x)?;
        Ok(x)
    }
}
