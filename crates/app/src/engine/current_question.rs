//! Holds the question that is being answered. The thread that answers and the command that stops it share this.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ipc::Id;

/// The question that is being answered, and whether a person has stopped it.
#[derive(Default)]
pub(crate) struct CurrentQuestion {
    current: Mutex<Option<(Id, bool)>>,
}

impl CurrentQuestion {
    /// Stops the answers to a question. Returns `false` if another question or none is being answered.
    pub(crate) fn stop(&self, question: Id) -> bool {
        let mut current = self.lock();
        let current = current.as_mut().filter(|(id, _)| *id == question);
        if let Some((_, stopped)) = current {
            *stopped = true;
            return true;
        }
        false
    }

    /// Returns whether a person has stopped the question that is being answered.
    pub(super) fn is_stopped(&self) -> bool {
        self.lock().is_some_and(|(_, stopped)| stopped)
    }

    /// Sets the question that is being answered. `None` means that none is.
    pub(super) fn set(&self, question: Option<Id>) {
        *self.lock() = question.map(|id| (id, false));
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Id, bool)>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_question_being_answered_can_be_stopped() {
        let current_question = CurrentQuestion::default();
        assert!(!current_question.stop(1));
        current_question.set(Some(1));
        assert!(!current_question.stop(2));
        assert!(!current_question.is_stopped());
        assert!(current_question.stop(1) && current_question.is_stopped());
        current_question.set(Some(2));
        assert!(!current_question.is_stopped(), "a stop is for one question");
    }
}
