//! What a steered model is distilled from: pairs and the neutral text, and which of them are held out.

use data::benchmarks::neutral_text;
use vectors::distil::Sample;
use vectors::model::Model;
use vectors::pairs::EncodedPair;
use vectors::tokens::TokenError;

/// Every so many samples one is held out, where the data do not say which.
const EVERY: usize = 5;
/// The most tokens of a neutral text.
const TEXT_TOKENS: usize = 512;

/// The samples of a distillation.
#[derive(Debug, Default)]
pub struct Samples {
    /// Those that are learned from.
    pub train: Vec<Sample>,
    /// Those that the divergence is measured on.
    pub held_out: Vec<Sample>,
}

impl Samples {
    /// Takes encoded pairs, each with whether the data hold it out, and encodes the neutral text. Where no pair is held out,
    /// every fifth one is.
    ///
    /// # Errors
    /// Where the neutral text cannot be encoded.
    pub fn new(model: &Model, pairs: Vec<(EncodedPair, bool)>) -> Result<Self, TokenError> {
        let mut samples = Self::default();
        let says = pairs.iter().any(|(_, is_held_out)| *is_held_out);
        for (index, (pair, is_held_out)) in pairs.into_iter().enumerate() {
            samples.push(Sample::Pair(pair), if says { is_held_out } else { is_nth(index) });
        }
        for (index, text) in neutral_text().into_iter().enumerate() {
            let mut tokens = model.encode_text(text)?;
            tokens.truncate(TEXT_TOKENS.min(model.facts().context_length));
            samples.push(Sample::Text(tokens), is_nth(index));
        }
        Ok(samples)
    }

    fn push(&mut self, sample: Sample, is_held_out: bool) {
        (if is_held_out { &mut self.held_out } else { &mut self.train }).push(sample);
    }
}

fn is_nth(index: usize) -> bool {
    index % EVERY == EVERY - 1
}
