//! Preference pairs as two-way choices: what contrastive activation addition reads.
//!
//! Rimsky et al. (2024, arXiv 2312.06681) put both answers under the question, labelled (A) and (B), let the model's
//! answer be one of the labels, and take the difference of the activations at the letter's token. Which answer gets
//! which letter is drawn for every pair, so that the letters themselves cancel out of the mean.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::model::Model;
use crate::pairs::{EncodedPair, PreferencePair};
use crate::tokens::TokenError;

/// A pair's question as a choice. `first` stands under (A).
pub(crate) fn question(prompt: &str, first: &str, second: &str) -> String {
    format!("{}\n\nChoices:\n (A) {}\n (B) {}", prompt.trim_end(), first.trim(), second.trim())
}

/// The pairs that [`super::Method::Caa`] trains on: the question with both answers under it as the prompt, the letter
/// of each answer as the answer. An encoded answer ends with the letter's token (and the closing token, which is never
/// read), so that its last row is the one the method takes.
///
/// # Errors
/// Where the chat template or the tokenizer refuses a text; the number is the pair's place in the list.
pub fn choices(
    model: &Model,
    system: &str,
    pairs: &[PreferencePair],
    seed: u64,
) -> Result<Vec<EncodedPair>, (usize, TokenError)> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let encode = |pair: &PreferencePair, wanted_first: bool| {
        let (first, second) =
            if wanted_first { (&pair.wanted, &pair.opposite) } else { (&pair.opposite, &pair.wanted) };
        let (wanted, opposite) = if wanted_first { ('A', 'B') } else { ('B', 'A') };
        Ok(EncodedPair {
            prompt: model.encode_question(system, &question(&pair.prompt, first, second))?,
            wanted: letter(model, wanted)?,
            opposite: letter(model, opposite)?,
        })
    };
    let encoded = pairs
        .iter()
        .enumerate()
        .map(|(index, pair)| encode(pair, generator.random_bool(0.5)).map_err(|error| (index, error)));
    encoded.collect()
}

/// The tokens of "(A)" up to the one that holds the letter, and the closing token.
pub(crate) fn letter(model: &Model, letter: char) -> Result<Vec<u32>, TokenError> {
    let mut ids = model.tokenizer().encode(&format!("({letter})"))?;
    let holds = |count: &usize| model.decode(&ids[..*count]).contains(letter);
    let count = (1..=ids.len()).find(holds).unwrap_or(ids.len());
    ids.truncate(count);
    ids.push(model.tokenizer().end_of_turn());
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_answers_stand_under_the_question() {
        let text = question("What now? ", "Run.", " Stay.\n");
        assert_eq!(text, "What now?\n\nChoices:\n (A) Run.\n (B) Stay.");
    }
}
