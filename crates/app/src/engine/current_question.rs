//! Holds the trial that is being answered, and the trials that wait. The thread that answers and the command that stops it
//! share this.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ipc::Id;

/// The trial that is being answered, and whether a person has stopped it.
#[derive(Default)]
pub(crate) struct CurrentQuestion {
    current: Mutex<Option<(Id, bool)>>,
    trials: Mutex<Trials>,
}

/// The trials so far. The store does not know them, so that they are stopped and counted here.
#[derive(Default)]
struct Trials {
    /// How many there were since the start.
    count: Id,
    /// Those that wait for their turn, and whether a person has stopped them.
    waiting: HashMap<Id, bool>,
}

impl CurrentQuestion {
    /// Returns the id of a new trial, which waits from now on. Ids of trials are below 0.
    pub(crate) fn new_trial(&self) -> Id {
        let mut trials = self.trials();
        trials.count += 1;
        let id = -trials.count;
        trials.waiting.insert(id, false);
        id
    }

    /// Begins to answer a trial. Returns whether it was stopped while it waited.
    pub(super) fn begin_trial(&self, trial: Id) -> bool {
        // The lock is held until the trial is the current one, so that a stop meets it in one place or the other.
        let mut trials = self.trials();
        self.set(Some(trial));
        trials.waiting.remove(&trial).unwrap_or(false)
    }

    /// Stops the answers to a trial, whether it waits or is being answered.
    pub(crate) fn stop_trial(&self, trial: Id) {
        match self.trials().waiting.get_mut(&trial) {
            Some(stopped) => *stopped = true,
            None => drop(self.stop(trial)),
        }
    }

    /// Stops the answers to a trial. Returns `false` if another one or none is being answered.
    fn stop(&self, question: Id) -> bool {
        let mut current = self.lock();
        let current = current.as_mut().filter(|(id, _)| *id == question);
        if let Some((_, stopped)) = current {
            *stopped = true;
            return true;
        }
        false
    }

    /// Returns whether a person has stopped the trial that is being answered.
    pub(super) fn is_stopped(&self) -> bool {
        self.lock().is_some_and(|(_, stopped)| stopped)
    }

    /// Sets the trial that is being answered. `None` means that none is.
    pub(super) fn set(&self, question: Option<Id>) {
        *self.lock() = question.map(|id| (id, false));
    }

    fn trials(&self) -> MutexGuard<'_, Trials> {
        self.trials.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Id, bool)>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trial_is_stopped_while_it_waits_and_while_it_is_answered() {
        let questions = CurrentQuestion::default();
        let [first, second, third] = [(); 3].map(|()| questions.new_trial());
        assert_eq!([first, second, third], [-1, -2, -3]);
        questions.stop_trial(second);
        assert!(!questions.begin_trial(first), "another one was stopped");
        questions.stop_trial(first);
        assert!(questions.is_stopped());
        assert!(questions.begin_trial(second), "it was stopped while it waited");
        questions.stop_trial(first);
        assert!(!questions.begin_trial(third) && !questions.is_stopped(), "what is over stops nothing");
    }

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
