//! The question that is being typed, with the vectors and the multipliers for its answers.

use ipc::Failure;
use ipc::command::Ask;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::vector_mix::VectorMix;
use crate::bridge;
use crate::format;
use crate::state::Store;

/// The multipliers at first.
const MULTIPLIERS: &str = "\u{2212}1 0 +1";
/// The most tokens an answer may take.
pub(super) const MOST_TOKENS: u32 = 200;

/// The question that is being typed. It outlives the screen. Copies point to the same signals.
#[derive(Clone, Copy)]
pub struct Draft {
    pub(super) text: RwSignal<String>,
    pub(super) multipliers: RwSignal<String>,
    pub(super) mix: VectorMix,
    pub(super) failure: RwSignal<Option<Failure>>,
}

impl Draft {
    /// Returns an empty question.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes signals, which belong to the running window")]
    pub fn new() -> Self {
        Self {
            text: RwSignal::default(),
            multipliers: RwSignal::new(MULTIPLIERS.into()),
            mix: VectorMix::new(),
            failure: RwSignal::new(None),
        }
    }

    /// Leaves only the vector in use among those that steer.
    pub fn use_alone(self) {
        self.mix.clear();
    }

    /// Asks another question than the one that is being typed.
    pub(super) fn ask(self, store: Store, question: &str) {
        let typed = self.text.get_untracked();
        self.text.set(question.to_owned());
        self.send(store);
        self.text.set(typed);
    }

    /// Asks the question, at every multiplier, with the vectors of the mix.
    pub(super) fn send(self, store: Store) {
        let text = self.text.get_untracked();
        let Ok(multipliers) = format::read_multipliers(&self.multipliers.read_untracked()) else { return };
        if text.trim().is_empty() {
            return;
        }
        self.failure.set(None);
        let terms = untrack(|| self.mix.terms(store));
        spawn_local(async move {
            let asked = Ask { text: text.clone(), terms, multipliers, max_new_tokens: MOST_TOKENS };
            match bridge::call(asked).await {
                // The text that was typed meanwhile is the next question.
                Ok(_) => self.text.update(|typed| {
                    if *typed == text {
                        typed.clear();
                    }
                }),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }
}
