//! Encodes pairs as tokens.

use ipc::data::{PairContent, Split, Turn};
use vectors::model::Model;
use vectors::pairs::{EncodedPair, PreferencePair};
use vectors::tokens::Message;

use crate::Error;

/// The encoded pairs of a data set, split into training pairs and held-out pairs.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    pub(crate) train: Vec<EncodedPair>,
    pub(crate) held_out: Vec<EncodedPair>,
}

impl Encoded {
    /// Encodes a pair and adds it. An error names the pair by its `number`, from 1.
    pub(super) fn add(
        &mut self,
        model: &Model,
        system_prompt: &str,
        number: usize,
        content: &PairContent,
    ) -> Result<(), Error> {
        let pair = model
            .encode_pair(system_prompt, &preference(content))
            .map_err(|source| Error::Tokens { pair: Some(number), source })?;
        check_length(number, &pair, model.facts().context_length)?;
        match content.split {
            Split::Train => self.train.push(pair),
            Split::HeldOut => self.held_out.push(pair),
        }
        Ok(())
    }
}

/// Refuses a pair that is longer than the model's context.
pub(super) fn check_length(number: usize, pair: &EncodedPair, limit: usize) -> Result<(), Error> {
    let tokens = pair.prompt.len() + pair.wanted.len().max(pair.opposite.len());
    if tokens > limit {
        let message =
            format!("Pair {number} is too long: {tokens} tokens, and the model reads at most {limit}.");
        return Err(Error::invalid(message, "Shorten the pair under Data, or delete it."));
    }
    Ok(())
}

/// Converts a pair to the engine's type.
#[must_use]
pub fn preference(content: &PairContent) -> PreferencePair {
    PreferencePair {
        prompt: content.prompt.clone(),
        wanted: content.wanted.clone(),
        opposite: content.opposite.clone(),
        system: content.system.clone(),
        turns: content.turns.iter().map(message).collect(),
    }
}

fn message(turn: &Turn) -> Message {
    Message::new(turn.role, turn.text.clone())
}

/// Counts the tokens of all sequences. A sequence is the prompt with one of the two answers.
pub(crate) fn tokens(pairs: &[EncodedPair]) -> usize {
    pairs.iter().map(|pair| 2 * pair.prompt.len() + pair.wanted.len() + pair.opposite.len()).sum()
}
