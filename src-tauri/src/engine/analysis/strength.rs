//! Measures how strong a vector is at several multipliers, in units that compare across vectors.

use std::sync::Arc;

use ipc::Id;
use ipc::steering::How;
use ipc::study::Finding;
use vectors::strength::Gauge;

use super::{Work, compared};
use crate::Error;
use crate::engine::job::{Interrupt, go_on, reporter, say};
use crate::engine::pace::Phase;
use crate::store::origins;
use crate::store::vectors as vector_rows;

pub(super) fn run(work: &mut Work<'_>, vector: Id, multipliers: &[f64]) -> Result<(), Interrupt> {
    let state = work.state;
    let (steering, system_prompt) = state.block_on(async {
        let read = state.store.read();
        Ok::<_, Error>((
            vector_rows::steering(read, vector).await?,
            origins::system_prompt(read, vector).await?,
        ))
    })?;
    let held_out = compared(work.encoded(&system_prompt)?.held_out);
    let lowest = steering.lowest();
    let model = Arc::clone(&work.model);
    let gauge = Gauge::prepare(model, &held_out, lowest, &mut reporter(state, "Preparing", "pair"))?;
    let norm = steering.parts.first().map_or(0.0, vectors::steering::SteeringVector::norm);
    let mut phase = Phase::new("Measuring strength", "multiplier");
    for (place, multiplier) in multipliers.iter().enumerate() {
        say(state, &mut phase, place, multipliers.len());
        let is_known = |finding: &Finding| matches!(finding, Finding::Strength { multiplier: of, .. } if of.total_cmp(multiplier).is_eq());
        if work.findings.iter().any(is_known) {
            continue;
        }
        let divergence = gauge.divergence(&steering.terms(*multiplier), &mut |_, _| go_on(state))?;
        // What a projection or an adapter changes depends on the row: only what is added has a norm.
        let share = (steering.acts.how == How::Add && steering.adapter.is_none())
            .then(|| multiplier.abs() * norm / gauge.residual_norm());
        work.found(Finding::Strength { multiplier: *multiplier, share, divergence })?;
    }
    Ok(())
}
