//! Where the answers of a conversation lie along a vector, turn by turn.

use std::ops::Range;

use super::blocks::{Pass, unit_of, visit_blocks};
use crate::algebra::dot;
use crate::model::{Model, ModelError, Part};
use crate::ops::rows;
use crate::packing::Packing;
use crate::progress::Progress;
use crate::steering::SteeringVector;

/// What was said in a conversation, with the places of its answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialogue {
    /// All tokens, prompts and answers.
    pub tokens: Vec<u32>,
    /// The tokens of each answer. The token before them is the last one of its prompt.
    pub answers: Vec<Range<usize>>,
}

/// Where a turn lies along a vector, in units of the residual stream.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TurnProjection {
    /// The projection at the prompt's last token, which has read everything before the answer.
    pub prompt: f64,
    /// The mean over the answer's tokens; `None` for an answer without a token.
    pub answer: Option<f64>,
}

/// Projects the turns of dialogues on the unit vector of a direction, after its block, as the unsteered model reads them. Each
/// dialogue takes one forward pass. `progress` counts blocks.
///
/// # Errors
/// Where the direction does not fit the model or is zero, a dialogue is empty or too long, an answer has no prompt or lies outside of
/// the tokens, a projection is not finite, or `progress` says stop.
pub fn turn_projections(
    model: &Model,
    dialogues: &[Dialogue],
    along: &SteeringVector,
    mut progress: Progress<'_>,
) -> Result<Vec<Vec<TurnProjection>>, ModelError> {
    let unit = unit_of(model, along)?;
    for dialogue in dialogues {
        model.check_tokens(&dialogue.tokens)?;
        let fits = |answer: &Range<usize>| answer.start > 0 && answer.end <= dialogue.tokens.len();
        if !dialogue.answers.iter().all(fits) {
            return Err(ModelError::EmptyPrompt);
        }
    }
    let mut all = Vec::with_capacity(dialogues.len());
    for (index, dialogue) in dialogues.iter().enumerate() {
        let mut packing = Packing::default();
        packing.push_sequence(&dialogue.tokens);
        let pass = Pass { index, count: dialogues.len() };
        let mut turns = Vec::with_capacity(dialogue.answers.len());
        visit_blocks(model, along.layer + 1, &packing, pass, &mut progress, |block, x| {
            if block == along.layer {
                let rows = rows::read(x)?;
                let at = |row: usize| dot(rows.row(row), &unit);
                turns.extend(dialogue.answers.iter().map(|answer| {
                    let sum: f64 = answer.clone().map(at).sum();
                    let mean = (!answer.is_empty()).then(|| sum / answer.len() as f64);
                    TurnProjection { prompt: at(answer.start - 1), answer: mean }
                }));
            }
            Ok(())
        })?;
        let numbers = turns.iter().flat_map(|turn| std::iter::once(turn.prompt).chain(turn.answer));
        Part::Prompt.check(index, numbers)?;
        all.push(turns);
    }
    Ok(all)
}
