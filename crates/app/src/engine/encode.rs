//! Pairs as tokens.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use ipc::data::{PairContent, Split, Turn};
use vectors::model::{Model, ModelError};
use vectors::pairs::{EncodedPair, PreferencePair};
use vectors::tokens::Message;

use crate::Error;
use data::content::Snapshot;

/// A data set's pairs as tokens.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    pub(crate) train: Vec<EncodedPair>,
    pub(crate) held_out: Vec<EncodedPair>,
}

impl Encoded {
    /// Turns pairs into tokens. An error names the pair by its number, from 1.
    pub(crate) fn of(
        model: &Model,
        system_prompt: &str,
        pairs: &[PairContent],
        progress: vectors::Progress<'_>,
    ) -> Result<Self, Error> {
        let mut encoded = Self::default();
        for (index, content) in pairs.iter().enumerate() {
            if progress(index, pairs.len()) == ControlFlow::Break(()) {
                return Err(Error::Compute(ModelError::Stopped));
            }
            let pair = model
                .encode_pair(system_prompt, &preference(content))
                .map_err(|source| Error::Tokens { pair: Some(index + 1), source })?;
            check_length(index + 1, &pair, model.facts().context_length)?;
            match content.split {
                Split::Train => encoded.train.push(pair),
                Split::HeldOut => encoded.held_out.push(pair),
            }
        }
        Ok(encoded)
    }
}

/// Refuses a pair that the model cannot read whole.
pub(super) fn check_length(number: usize, pair: &EncodedPair, limit: usize) -> Result<(), Error> {
    let tokens = pair.prompt.len() + pair.wanted.len().max(pair.opposite.len());
    if tokens > limit {
        let message =
            format!("Pair {number} is too long: {tokens} tokens, and the model reads at most {limit}.");
        return Err(Error::invalid(message, "Shorten the pair under Data, or delete it."));
    }
    Ok(())
}

/// A pair as the engine takes it.
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

/// Tokens in whole sequences: prompt and one answer.
pub(crate) fn tokens(pairs: &[EncodedPair]) -> usize {
    pairs.iter().map(|pair| 2 * pair.prompt.len() + pair.wanted.len() + pair.opposite.len()).sum()
}

/// The pairs that were turned into tokens last: an estimate is asked for at every change of a setting, of the same
/// pairs.
#[derive(Default)]
pub(crate) struct Encodings {
    last: Mutex<Option<Last>>,
}

struct Last {
    model: Arc<Model>,
    system_prompt: String,
    hash: String,
    encoded: Arc<Encoded>,
}

impl Encodings {
    /// The pairs as tokens, from the last time where nothing has changed.
    pub(crate) fn get(
        &self,
        model: &Arc<Model>,
        system_prompt: &str,
        pairs: &[PairContent],
    ) -> Result<Arc<Encoded>, Error> {
        let hash = Snapshot::of(pairs)?.hash;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &*last
            && Arc::ptr_eq(&last.model, model)
            && last.system_prompt == system_prompt
            && last.hash == hash
        {
            return Ok(Arc::clone(&last.encoded));
        }
        let encoded =
            Arc::new(Encoded::of(model, system_prompt, pairs, &mut |_, _| ControlFlow::Continue(()))?);
        let system_prompt = system_prompt.to_owned();
        *last = Some(Last { model: Arc::clone(model), system_prompt, hash, encoded: Arc::clone(&encoded) });
        Ok(encoded)
    }

    /// Forgets a model that leaves memory.
    pub(crate) fn clear(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
