//! Caches the token counts of pairs by their content, for one model and one system prompt.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use data::pair_index::{Key, Tokens};
use ipc::data::PairTokens;
use vectors::model::Model;
use vectors::tokens::TokenError;

/// The most texts whose counts are remembered. Each takes about 40 bytes.
const MOST_KNOWN: usize = 500_000;

/// The known token counts, and the number of the latest counting thread.
#[derive(Default)]
pub(crate) struct TokenCounts {
    turn: AtomicU64,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The model and the system prompt of the counts, and how many others there were before.
    model: Weak<Model>,
    system_prompt: String,
    with: u64,
    tokens: HashMap<Key, Tokens>,
}

impl TokenCounts {
    /// Begins a count and returns its number. The earlier count ends.
    pub(super) fn begin(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Returns whether this is the latest count.
    pub(super) fn is_latest(&self, turn: u64) -> bool {
        self.turn.load(Ordering::SeqCst) == turn
    }

    /// Returns the number of this model with this system prompt. The counts of another one are dropped.
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

    /// Returns the token counts of a pair. If they are unknown, `count` computes them.
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
