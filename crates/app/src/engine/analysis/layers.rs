//! Compares layers for a method that takes no steps. One pass gives the vectors of all layers; each is measured on
//! held-out pairs at the same share of its layer's residual norm.

use std::sync::Arc;

use ipc::analysis::Finding;
use ipc::steering::{Intervention, InterventionOp};
use ipc::train::TrainSettings;
use vectors::layer::Layer;
use vectors::score::Scorer;
use vectors::steering::Term;
use vectors::train::Training;

use super::{Work, compared, mean_margin};
use crate::engine::job::{Interrupt, continue_unless_halting, report_progress, reporter};
use crate::engine::pace::Phase;
use crate::engine::train::settings::training_pairs;

pub(super) fn run(work: &mut Work<'_>, settings: &TrainSettings, share: f64) -> Result<(), Interrupt> {
    let state = work.state;
    let pairs = work.encoded(&settings.system_prompt)?;
    let held_out = compared(pairs.held_out);
    let train = training_pairs(&work.model, settings, &work.contents, pairs.train)?;
    let extracted = Training::new(Arc::clone(&work.model), &train, settings.clone())
        .progress(&mut reporter(state, "Reading activations", "pair"))
        .prepare()
        .map_err(|error| work.numbers().interrupt(error))?;
    let (vectors, norms) = (extracted.vectors(), extracted.residual_norms().to_vec());
    let intervention = Intervention { positions: settings.positions, op: InterventionOp::Add };
    let mut phase = Phase::new("Measuring layers", "layer");
    for (place, (vector, residual_norm)) in vectors.iter().zip(&norms).enumerate() {
        report_progress(state, &mut phase, place, vectors.len());
        let layer = vector.layer as u32;
        if work
            .findings
            .iter()
            .any(|found| matches!(found, Finding::Effect { layer: of, .. } if *of == layer))
        {
            continue;
        }
        let mut go = |_: usize, _: usize| continue_unless_halting(state);
        let norm = vector.norm();
        let multiplier = if norm > 0.0 { share * residual_norm / norm } else { 0.0 };
        let prefix = Layer(vector.layer).prefix();
        let scorer = Scorer::prepare(Arc::clone(&work.model), &held_out, prefix, Some(&mut go))
            .map_err(|error| work.at_multiplier(error, 0.0))?;
        let mut margin = |multiplier: f64| {
            let term = Term::Vector {
                vector: vector.clone(),
                multiplier: multiplier as f32,
                intervention,
                gate: None,
            };
            let scores = scorer.log_probs(&[term], Some(&mut go));
            scores.map(|scores| mean_margin(&scores)).map_err(|error| work.at_multiplier(error, multiplier))
        };
        let (plus, minus) = (margin(multiplier)?, margin(-multiplier)?);
        work.found(Finding::Effect { layer, plus, minus, norm, residual_norm: *residual_norm })?;
    }
    Ok(())
}
