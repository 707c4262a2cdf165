//! Measures the held-out score of every epoch of a run at several multipliers.

use ipc::Id;
use ipc::analysis::Finding;
use ipc::steering::{Intervention, InterventionOp};
use store::steering::steering;
use store::{epoch_vectors, epochs, runs};
use vectors::layer::{Layer, PrefixBlocks};
use vectors::score::Scorer;

use super::{Work, mean_margin};
use crate::Error;
use crate::engine::job::{Interrupt, continue_unless_halting, report_progress, reporter};
use crate::engine::pace::Phase;
use crate::engine::train::vector::sizes;

pub(super) fn run(work: &mut Work<'_>, run: Id, multipliers: &[f64]) -> Result<(), Interrupt> {
    let state = work.state;
    let (run, kept, measured) = state.block_on(async {
        let read = state.store.read();
        let run_row = runs::find(read, run).await?;
        Ok::<_, Error>((run_row, epoch_vectors::list(read, run).await?, epochs::list(read, run).await?))
    })?;
    let held_out = work.encoded(&run.settings.system_prompt)?.held_out;
    let adapter = state.block_on(async { sizes(&mut *state.store.read().acquire().await?, &run).await })?;
    let prefix = match adapter {
        Some(_) => PrefixBlocks::NONE,
        None => Layer(run.settings.lowest_layer() as usize).prefix(),
    };
    let scorer = Scorer::prepare(
        work.model.clone(),
        &held_out,
        prefix,
        Some(&mut reporter(state, "Preparing", "pair")),
    )
    .map_err(|error| work.at_multiplier(error, 0.0))?;
    let intervention = Intervention { positions: run.settings.positions, op: InterventionOp::Add };
    let total = kept.len() * multipliers.len();
    let (mut phase, mut plain) = (Phase::new("Measuring epochs", "score"), None);
    for (place, epoch) in kept.iter().enumerate() {
        let (_, numbers) = state.block_on(epoch_vectors::find(state.store.read(), run.id, *epoch))?;
        let steering = steering(adapter.as_ref(), &run.settings.layers, &numbers, intervention)?;
        let point = measured.iter().find(|point| point.epoch == *epoch);
        for (index, multiplier) in multipliers.iter().enumerate() {
            report_progress(state, &mut phase, place * multipliers.len() + index, total);
            let is_known = |finding: &Finding| {
                matches!(finding, Finding::Epoch { epoch: of, multiplier: at, .. }
                    if of == epoch && at.total_cmp(multiplier).is_eq())
            };
            if work.findings.iter().any(is_known) {
                continue;
            }
            let measure = || {
                let scores = scorer.log_probs(
                    &steering.terms(*multiplier as f32),
                    Some(&mut |_, _| continue_unless_halting(state)),
                );
                scores
                    .map(|scores| mean_margin(&scores))
                    .map_err(|error| work.at_multiplier(error, *multiplier))
            };
            // The run itself has measured both signs, and at multiplier 0 every epoch equals the unsteered model.
            let score = match (point, *multiplier) {
                (Some(point), 1.0) => point.plus,
                (Some(point), -1.0) => point.minus,
                (_, 0.0) => match plain {
                    Some(score) => score,
                    None => *plain.insert(measure()?),
                },
                _ => measure()?,
            };
            work.found(Finding::Epoch { epoch: *epoch, multiplier: *multiplier, score })?;
        }
    }
    Ok(())
}
