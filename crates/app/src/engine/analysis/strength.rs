//! Measures how strong a vector is at several multipliers, in units that compare across vectors.

use std::sync::Arc;

use ipc::Id;
use ipc::analysis::Finding;
use ipc::steering::InterventionOp;
use store::{origins, vectors as vector_rows};
use vectors::score::DivergenceScorer;

use super::{Work, compared};
use crate::Error;
use crate::engine::job::{Interrupt, continue_unless_halting, report_progress, reporter};
use crate::engine::pace::Phase;

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
    let prefix = steering.prefix();
    let model = Arc::clone(&work.model);
    let scorer =
        DivergenceScorer::prepare(model, &held_out, prefix, Some(&mut reporter(state, "Preparing", "pair")))
            .map_err(|error| work.at_multiplier(error, 0.0))?;
    let norm = steering.parts.first().map_or(0.0, vectors::steering::SteeringVector::norm);
    let mut phase = Phase::new("Measuring strength", "multiplier");
    for (place, multiplier) in multipliers.iter().enumerate() {
        report_progress(state, &mut phase, place, multipliers.len());
        let is_known = |finding: &Finding| matches!(finding, Finding::Strength { multiplier: of, .. } if of.total_cmp(multiplier).is_eq());
        if work.findings.iter().any(is_known) {
            continue;
        }
        let divergence = scorer
            .divergence(&steering.terms(*multiplier as f32), Some(&mut |_, _| continue_unless_halting(state)))
            .map_err(|error| work.at_multiplier(error, *multiplier))?;
        // The effect of a projection or an adapter depends on the row, so only an added vector has a norm.
        let share = (steering.intervention.op == InterventionOp::Add && steering.adapter.is_none())
            .then(|| multiplier.abs() * norm / scorer.residual_norm());
        work.found(Finding::Strength { multiplier: *multiplier, share, divergence })?;
    }
    Ok(())
}
