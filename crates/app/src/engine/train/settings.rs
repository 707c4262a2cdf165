//! Prepares the pairs of a run in the form that its method reads.

use ipc::data::{PairContent, Split};
use ipc::train::{Method, TrainSettings};
use vectors::model::Model;
use vectors::pairs::EncodedPair;
use vectors::train::encode_choices;

use crate::Error;
use crate::engine::encode::{check_length, preference};

/// Returns the pairs that a vector is made from. `encoded` are the encoded training pairs, which every method but CAA
/// reads. CAA reads the pairs as two-way choices.
pub(crate) fn training_pairs(
    model: &Model,
    settings: &TrainSettings,
    contents: &[PairContent],
    encoded: Vec<EncodedPair>,
) -> Result<Vec<EncodedPair>, Error> {
    if settings.method != Method::Caa {
        return Ok(encoded);
    }
    let train = || contents.iter().enumerate().filter(|(_, content)| content.split == Split::Train);
    let pairs: Vec<_> = train().map(|(_, content)| preference(content)).collect();
    let numbers: Vec<usize> = train().map(|(index, _)| index + 1).collect();
    let number = |index: usize| numbers.get(index).copied();
    let choices = encode_choices(model, &settings.system_prompt, &pairs, settings.seed)
        .map_err(|error| Error::Tokens { pair: number(error.pair), source: error.source })?;
    // A choice contains both answers, so it is longer than the pair.
    for (index, pair) in choices.iter().enumerate() {
        check_length(number(index).unwrap_or(index + 1), pair, model.facts().context_length)?;
    }
    Ok(choices)
}
