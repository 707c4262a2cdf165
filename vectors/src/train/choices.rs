//! Turns preference pairs into two-way choices, the training data of contrastive activation addition (CAA).
//!
//! Rimsky et al. (2024, arXiv 2312.06681) list both answers under the question, labelled (A) and (B), append one of the
//! labels as the model's answer, and take the difference of the activations at the letter's token. The letters are drawn
//! at random for every pair, so that they cancel out of the mean.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use steering_types::ListedChoice;

use crate::model::Model;
use crate::pairs::{EncodedPair, PreferencePair};
use crate::tokens::TokenError;

/// Returns the prompt of a two-way choice: `first` is labelled (A), `second` (B).
pub(crate) fn choice_prompt(prompt: &str, first: &str, second: &str) -> String {
    format!("{}\n\nChoices:\n (A) {}\n (B) {}", prompt.trim_end(), first.trim(), second.trim())
}

/// A preference pair as a two-way choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The question with both answers listed under it.
    pub question: String,
    /// The letter of the wanted answer.
    pub wanted: char,
    /// The letter of the opposite answer.
    pub opposite: char,
}

/// Returns the choices of a training run with this seed. The letters are drawn in the pairs' order. A pair that is a choice
/// already stays as it is written, with its own letters: CAA's files and model-written evaluations.
#[must_use]
pub fn as_choices(pairs: &[PreferencePair], seed: u64) -> Vec<Choice> {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    let choice = |pair: &PreferencePair| {
        // The letters of a pair are drawn in any case, so that those of the others do not depend on it.
        let is_wanted_first = generator.random_bool(0.5);
        if let Some(own) = ListedChoice::read(&pair.prompt, &pair.wanted, &pair.opposite) {
            let question = pair.prompt.trim_end().to_owned();
            return Choice { question, wanted: own.wanted, opposite: own.opposite() };
        }
        if is_wanted_first {
            let question = choice_prompt(&pair.prompt, &pair.wanted, &pair.opposite);
            Choice { question, wanted: 'A', opposite: 'B' }
        } else {
            let question = choice_prompt(&pair.prompt, &pair.opposite, &pair.wanted);
            Choice { question, wanted: 'B', opposite: 'A' }
        }
    };
    pairs.iter().map(choice).collect()
}

/// The reason why a pair cannot be encoded as a choice.
#[derive(Debug, thiserror::Error)]
#[error("pair {}: {source}", pair + 1)]
pub struct ChoiceError {
    /// The index of the pair.
    pub pair: usize,
    /// The refusal of the chat template or the tokenizer.
    pub source: TokenError,
}

/// Returns the tokenized pairs that [`super::Method::Caa`] trains on: the prompt is the choice, the answers are the
/// letters. An encoded answer ends with the letter's token and the closing token; the closing token has no row, so the
/// answer's last row is that of the letter.
///
/// # Errors
/// Where the chat template or the tokenizer refuses a text.
pub fn encode_choices(
    model: &Model,
    system: &str,
    pairs: &[PreferencePair],
    seed: u64,
) -> Result<Vec<EncodedPair>, ChoiceError> {
    let encode = |pair: &PreferencePair, choice: &Choice| {
        Ok(EncodedPair {
            prompt: model.encode_prompt(system, pair, &choice.question)?,
            wanted: encode_letter(model, choice.wanted)?,
            opposite: encode_letter(model, choice.opposite)?,
        })
    };
    let choices = as_choices(pairs, seed);
    let all = pairs.iter().zip(&choices).enumerate();
    all.map(|(index, (pair, choice))| {
        encode(pair, choice).map_err(|source| ChoiceError { pair: index, source })
    })
    .collect()
}

/// Returns the tokens of "(A)" up to the one that contains the letter, then the closing token.
pub(crate) fn encode_letter(model: &Model, letter: char) -> Result<Vec<u32>, TokenError> {
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
        let text = choice_prompt("What now? ", "Run.", " Stay.\n");
        assert_eq!(text, "What now?\n\nChoices:\n (A) Run.\n (B) Stay.");
    }

    #[test]
    fn a_choice_is_not_listed_a_second_time() {
        let pair = |prompt: &str, wanted: &str, opposite: &str| PreferencePair {
            prompt: prompt.into(),
            wanted: wanted.into(),
            opposite: opposite.into(),
            ..PreferencePair::default()
        };
        let written = "Would you?\n\nChoices:\n (A) Yes\n (B) No\n\nAnswer:";
        let pairs = [pair("Free?", "w", "o"), pair(written, " (B)", " (A)"), pair("Free?", "w", "o")];
        for seed in 0..8 {
            let drawn = as_choices(&pairs, seed);
            let own = Choice { question: written.into(), wanted: 'B', opposite: 'A' };
            assert_eq!(drawn[1], own, "whatever the seed draws");
            // What is no choice is listed, with the letters that it had beside any other pair.
            let beside = [pairs[0].clone(), pairs[0].clone(), pairs[2].clone()];
            assert_eq!(drawn[2], as_choices(&beside, seed)[2]);
        }
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
