//! Predicts whether a data set will steer a model. Every block runs once over the pairs, and nothing is trained.

use ipc::analysis::Finding;
use ipc::data::Split;
use ipc::train::{AnswerPosition, SYSTEM_PROMPT};
use vectors::train::steerability;

use super::Work;
use crate::engine::job::{Interrupt, reporter};

/// The most pairs that are read. More pairs change the prediction little and take longer.
const MOST_PAIRS: usize = 256;
/// A pair whose difference vector has a smaller cosine with the mean of the others is reported.
const WEAK: f64 = 0.1;
/// The most such pairs that are reported.
const MOST_ODD: usize = 12;
/// The number of letters of a prompt that name its pair.
const FIRST_LETTERS: usize = 120;

pub(super) fn run(work: &mut Work<'_>, position: AnswerPosition) -> Result<(), Interrupt> {
    let mut pairs = work.encoded(SYSTEM_PROMPT)?.train;
    pairs.truncate(MOST_PAIRS);
    let mut progress = reporter(work.state, "Reading activations", "pair");
    let found = steerability(&work.model, &pairs, position, Some(&mut progress))
        .map_err(|error| work.numbers().interrupt(error))?;
    drop(progress);
    for layer in found.layers {
        work.found(Finding::Layer {
            layer: layer.layer as u32,
            agreement: layer.agreement,
            separation: layer.separation,
            right_side: layer.leave_one_out_accuracy,
            share: layer.relative_norm,
        })?;
    }
    let mut odd: Vec<_> = found.pairs.into_iter().filter(|pair| pair.agreement < WEAK).collect();
    odd.sort_by(|one, other| one.agreement.total_cmp(&other.agreement));
    let train = work.contents.iter().enumerate().filter(|(_, content)| content.split == Split::Train);
    let train: Vec<(u32, String)> = train
        .map(|(index, content)| (index as u32 + 1, content.prompt.chars().take(FIRST_LETTERS).collect()))
        .collect();
    for pair in odd.into_iter().take(MOST_ODD) {
        if let Some((number, prompt)) = train.get(pair.pair) {
            let (number, prompt) = (*number, prompt.clone());
            work.found(Finding::OddPair { number, prompt, agreement: pair.agreement })?;
        }
    }
    Ok(())
}
