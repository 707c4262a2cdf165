//! The queue of edits. They are sent to the store one after another, in the order in which they were made.

use std::collections::VecDeque;

use ipc::data::{Edited, PairContent};
use ipc::list::{Ids, PairChange};
use ipc::{Failure, Id, command};

use crate::bridge;

/// A change of a data set.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Edit {
    /// Replaces the content of a pair.
    Change { pair: Id, content: PairContent },
    /// Adds a pair after another one, or at the end.
    Add { after: Option<Id>, content: PairContent },
    /// Changes many pairs, then opens the pair `then`.
    Many { pairs: Ids, change: PairChange, then: Option<Id> },
    /// Undoes the last edit.
    Undo,
    /// Redoes the last undone edit.
    Redo,
}

impl Edit {
    /// Sends the edit to the store. `None` where there was nothing to undo, to redo or to change.
    pub(super) async fn make(self, data_set: Id) -> Result<Option<Edited>, Failure> {
        match self {
            Self::Change { pair, content } => {
                bridge::call(command::EditPair { pair, content }).await.map(Some)
            }
            Self::Add { after, content } => {
                bridge::call(command::AddPair { data_set, after, content }).await.map(Some)
            }
            Self::Many { pairs, change, .. } => {
                bridge::call(command::ChangePairs { data_set, pairs, change }).await
            }
            Self::Undo => bridge::call(command::Undo { data_set }).await,
            Self::Redo => bridge::call(command::Redo { data_set }).await,
        }
    }
}

/// The queue of edits, each with its data set.
#[derive(Debug, Default)]
pub(super) struct EditQueue {
    edits: VecDeque<(Id, Edit)>,
    /// Whether an edit is being sent now.
    pub(super) is_busy: bool,
}

impl EditQueue {
    /// Appends an edit. A change of the pair whose change waits at the end replaces that one.
    pub(super) fn push(&mut self, data_set: Id, edit: Edit) {
        if let (Edit::Change { pair, .. }, Some((_, Edit::Change { pair: last, .. }))) =
            (&edit, self.edits.back())
            && pair == last
        {
            self.edits.pop_back();
        }
        self.edits.push_back((data_set, edit));
    }

    /// Takes the next edit from the queue.
    pub(super) fn pop(&mut self) -> Option<(Id, Edit)> {
        self.edits.pop_front()
    }

    /// Empties the queue, because an earlier edit was refused.
    pub(super) fn clear(&mut self) {
        self.edits.clear();
    }

    /// Returns whether the queue is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_on_replaces_the_change_that_waits() {
        let change = |pair, prompt: &str| Edit::Change {
            pair,
            content: PairContent { prompt: prompt.into(), ..PairContent::default() },
        };
        let mut waiting = EditQueue::default();
        waiting.push(1, change(7, "a"));
        waiting.push(1, change(7, "ab"));
        waiting.push(1, Edit::Undo);
        waiting.push(1, change(7, "abc"));
        let order: Vec<Edit> = std::iter::from_fn(|| waiting.pop().map(|(_, edit)| edit)).collect();
        assert_eq!(order, [change(7, "ab"), Edit::Undo, change(7, "abc")]);
        assert!(waiting.is_empty());
    }
}
