//! The projections of prompts on a direction, from which the threshold of a gate is chosen.

use super::ROWS_AT_ONCE;
use crate::gate;
use crate::layer::Layer;
use crate::model::{Model, ModelError, Part};
use crate::ops::{on_pool, rows};
use crate::packing::Packing;
use crate::progress::{Progress, continue_unless_halting, tell};
use crate::steering::GateError;

/// The projections of one prompt on the unit vector of a direction, in units of the residual stream.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PromptProjection {
    /// The largest one over its tokens but the first: an attention sink, whose residual stream is many times as long as the
    /// others' (Sun et al. 2024, arXiv 2402.17762). A prompt of one token has that token's.
    pub largest: f64,
    /// The one at its last token, by which a gate at the prompt is decided.
    pub last: f64,
}

/// Projects the residual stream of the unsteered model after block `layer` on a direction, `[hidden_size]`, for every prompt.
/// `progress` counts prompts.
///
/// # Errors
/// Where the model has no such block, the direction is of another size or has no direction, a prompt is empty or too long, a
/// projection is not finite, or `progress` says stop.
pub fn prompt_projections(
    model: &Model,
    prompts: &[Vec<u32>],
    direction: &[f32],
    layer: usize,
    mut progress: Progress<'_>,
) -> Result<Vec<PromptProjection>, ModelError> {
    model.check_layer(layer)?;
    let (expected, found) = (model.facts().hidden_size, direction.len());
    if expected != found {
        return Err(ModelError::ConditionSize { expected, found });
    }
    let unit = gate::unit(direction).ok_or(GateError::Condition)?;
    prompts.iter().try_for_each(|prompt| model.check_tokens(prompt))?;
    let mut all = Vec::with_capacity(prompts.len());
    while all.len() < prompts.len() {
        continue_unless_halting(&mut progress, all.len(), prompts.len())?;
        let mut packing = Packing::default();
        for prompt in &prompts[all.len()..] {
            if packing.rows() > 0 && packing.rows() + prompt.len() > ROWS_AT_ONCE {
                break;
            }
            packing.push_sequence(prompt);
        }
        let x = on_pool(|| model.decoder.forward_prefix(Layer(layer).prefix(), &packing))?;
        let x = rows::read(&x)?;
        for group in &packing.groups {
            let along = |row: usize| crate::algebra::dot(x.row(row), &unit);
            let last = along(group.rows.end - 1);
            let first = group.rows.start + usize::from(group.rows.len() > 1);
            let largest = (first..group.rows.end).map(along).fold(f64::NEG_INFINITY, f64::max);
            Part::Prompt.check(all.len(), [last, largest])?;
            all.push(PromptProjection { largest, last });
        }
    }
    let _ = tell(&mut progress, prompts.len(), prompts.len());
    Ok(all)
}
