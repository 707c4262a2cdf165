//! Counts the requests and tokens of an endpoint, and computes their price.

use std::sync::atomic::{AtomicU64, Ordering};

use super::ChatReply;

/// Counts the tokens of requests that several threads make.
#[derive(Debug, Default)]
pub struct Tally {
    requests: AtomicU64,
    prompt_tokens: AtomicU64,
    answer_tokens: AtomicU64,
}

/// The requests and tokens that were counted so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// The number of answered requests.
    pub requests: u64,
    /// The number of tokens read.
    pub prompt_tokens: u64,
    /// The number of tokens written.
    pub answer_tokens: u64,
}

impl Tally {
    /// Counts an answer. A server counts (and bills) an answer even where it is useless.
    pub fn add(&self, reply: &ChatReply) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.prompt_tokens.fetch_add(reply.prompt_tokens, Ordering::Relaxed);
        self.answer_tokens.fetch_add(reply.answer_tokens, Ordering::Relaxed);
    }

    /// Returns the counts so far.
    pub fn usage(&self) -> Usage {
        Usage {
            requests: self.requests.load(Ordering::Relaxed),
            prompt_tokens: self.prompt_tokens.load(Ordering::Relaxed),
            answer_tokens: self.answer_tokens.load(Ordering::Relaxed),
        }
    }
}

impl Usage {
    #[allow(dead_code, reason = "what is only drafted is not billed by a price that anyone has typed")]
    /// Computes the price from the prices of a million tokens read and of a million tokens written, in their currency.
    pub fn cost(&self, prompt_price: f64, answer_price: f64) -> f64 {
        (self.prompt_tokens as f64 * prompt_price + self.answer_tokens as f64 * answer_price) / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Finish;

    #[test]
    fn a_million_tokens_cost_their_price() {
        let tally = Tally::default();
        let reply = ChatReply {
            text: String::new(),
            finish: Finish::EndOfTurn,
            prompt_tokens: 250_000,
            answer_tokens: 500_000,
            top_log_probs: vec![],
        };
        (0..2).for_each(|_| tally.add(&reply));
        assert_eq!(tally.usage().requests, 2);
        assert!((tally.usage().cost(0.5, 2.0) - 2.25).abs() < 1e-12);
    }
}
