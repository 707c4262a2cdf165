//! Caches the token counts of pairs, keyed by what the pairs say, for one model and one system prompt.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use data::pair_index::{Key, Tokens};
use ipc::data::PairTokens;
use vectors::model::Model;
use vectors::tokens::TokenError;

/// Texts whose tokens are remembered: some 40 bytes each.
const MOST_KNOWN: usize = 500_000;

/// The token counts that are known, and which counting thread is the latest.
#[derive(Default)]
pub(crate) struct TokenCounts {
    turn: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The model and the system prompt that they were counted with, and how many there were before these.
    model: Weak<Model>,
    system_prompt: String,
    with: u64,
    tokens: HashMap<Key, Tokens>,
}

impl TokenCounts {
    /// Begins a counting and returns its turn; the counting before it ends.
    pub(super) fn begin(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Whether no counting has begun since this one.
    pub(super) fn is_latest(&self, turn: u64) -> bool {
        self.turn.load(Ordering::SeqCst) == turn
    }

    /// Returns the number of this model with this system prompt. Counts of another one are forgotten.
    pub(super) fn with(&self, model: &Arc<Model>, system_prompt: &str) -> u64 {
        let mut known = self.lock();
        let is_same =
            Weak::as_ptr(&known.model) == Arc::as_ptr(model) && known.system_prompt == system_prompt;
        if !is_same {
            let (model, system_prompt) = (Arc::downgrade(model), system_prompt.to_owned());
            *known = Known { model, system_prompt, with: known.with + 1, tokens: HashMap::new() };
        }
        known.with
    }

    /// Returns the tokens of a pair, counted by `count` where they are not known.
    pub(super) fn tokens(&self, key: Key, count: impl FnOnce() -> Result<PairTokens, TokenError>) -> Tokens {
        if let Some(tokens) = self.lock().tokens.get(&key) {
            return *tokens;
        }
        let tokens = count().map_or(Tokens::Refused, Tokens::Known);
        let mut known = self.lock();
        if known.tokens.len() >= MOST_KNOWN {
            known.tokens.clear();
        }
        known.tokens.insert(key, tokens);
        tokens
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
