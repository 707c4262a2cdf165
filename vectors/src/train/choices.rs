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

/// A pair as a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The question with both answers under it.
    pub question: String,
    /// The letter of the wanted answer.
    pub wanted: char,
    /// The letter of the opposite answer.
    pub opposite: char,
}

/// Pairs as the choices that a model is trained on with this seed: the letters are drawn in the pairs' order.
#[must_use]
pub fn as_choices(pairs: &[PreferencePair], seed: u64) -> Vec<Choice> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let choice = |pair: &PreferencePair| {
        if generator.random_bool(0.5) {
            let question = question(&pair.prompt, &pair.wanted, &pair.opposite);
            Choice { question, wanted: 'A', opposite: 'B' }
        } else {
            let question = question(&pair.prompt, &pair.opposite, &pair.wanted);
            Choice { question, wanted: 'B', opposite: 'A' }
        }
    };
    pairs.iter().map(choice).collect()
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
    let encode = |pair: &PreferencePair, choice: &Choice| {
        Ok(EncodedPair {
            prompt: model.encode_prompt(system, pair, &choice.question)?,
            wanted: letter(model, choice.wanted)?,
            opposite: letter(model, choice.opposite)?,
        })
    };
    let shown = as_choices(pairs, seed);
    let all = pairs.iter().zip(&shown).enumerate();
    all.map(|(index, (pair, choice))| encode(pair, choice).map_err(|error| (index, error))).collect()
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

    #[test]
    fn letters_are_drawn_by_the_seed_and_about_half_are_a() {
        let pair = PreferencePair {
            prompt: "?".into(),
            wanted: "w".into(),
            opposite: "o".into(),
            ..PreferencePair::default()
        };
        let pairs = vec![pair; 400];
        let drawn = as_choices(&pairs, 7);
        assert_eq!(drawn, as_choices(&pairs, 7));
        assert_ne!(drawn, as_choices(&pairs, 8));
        let of_a = drawn.iter().filter(|choice| choice.wanted == 'A').count();
        assert!((150..250).contains(&of_a), "{of_a} of 400");
        for choice in &drawn {
            assert!(choice.question.contains(&format!("({}) w", choice.wanted)), "{choice:?}");
            assert!(choice.question.contains(&format!("({}) o", choice.opposite)), "{choice:?}");
        }
    }
}
