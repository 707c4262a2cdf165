//! Which desks a person has changed and the application has not stored yet. One call is under way at a time, and of the changes
//! that come meanwhile only the last one of each conversation is sent.

use std::collections::{BTreeMap, BTreeSet};

use ipc::Id;
use ipc::conversation::Desk;

/// The desks that differ from those of the store.
#[derive(Debug, Clone, Default)]
pub(super) struct DeskEdits {
    /// The desks as they are shown.
    shown: BTreeMap<Id, Desk>,
    /// The conversations whose desk is still to be sent.
    waiting: BTreeSet<Id>,
    /// The conversation whose desk is being stored.
    under_way: Option<Id>,
}

impl DeskEdits {
    /// Returns the desk of a conversation, if it is not the store's.
    pub(super) fn shown(&self, conversation: Id) -> Option<&Desk> {
        self.shown.get(&conversation)
    }

    /// Shows the desk of a conversation that has just begun, until the store has it.
    pub(super) fn begun(&mut self, conversation: Id, desk: Desk) {
        self.shown.insert(conversation, desk);
    }

    /// Changes a desk. Returns the call that is to be made now, if none is under way.
    pub(super) fn edit(&mut self, conversation: Id, desk: Desk) -> Option<(Id, Desk)> {
        self.shown.insert(conversation, desk);
        self.waiting.insert(conversation);
        self.next()
    }

    /// Takes the answer of the call: the desk as it is stored, or `None` where it was refused. Returns the next call.
    pub(super) fn answered(&mut self, stored: Option<Desk>) -> Option<(Id, Desk)> {
        if let Some(conversation) = self.under_way.take().filter(|id| !self.waiting.contains(id)) {
            match stored {
                Some(desk) => drop(self.shown.insert(conversation, desk)),
                None => drop(self.shown.remove(&conversation)),
            }
        }
        self.next()
    }

    /// Forgets a change that the store has told back.
    pub(super) fn settle(&mut self, conversation: Id, stored: &Desk) {
        let is_stored = self.shown.get(&conversation) == Some(stored);
        if is_stored && self.under_way != Some(conversation) && !self.waiting.contains(&conversation) {
            self.shown.remove(&conversation);
        }
    }

    /// Whether every change is stored.
    pub(super) fn are_stored(&self) -> bool {
        self.under_way.is_none() && self.waiting.is_empty()
    }

    /// Whether nothing but the store's desks is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    fn next(&mut self) -> Option<(Id, Desk)> {
        if self.under_way.is_some() {
            return None;
        }
        let conversation = self.waiting.pop_first()?;
        let desk = self.shown.get(&conversation)?.clone();
        self.under_way = Some(conversation);
        Some((conversation, desk))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(observes: bool, strips: usize) -> Desk {
        let vector = crate::samples::vector(1);
        let mut desk = Desk { observes, ..Desk::default() };
        for _ in 0..strips {
            super::super::desk_changes::add_strip(&mut desk, &vector);
        }
        desk
    }

    #[test]
    fn of_the_changes_during_a_call_the_last_one_is_sent() {
        let mut edits = DeskEdits::default();
        assert_eq!(edits.edit(1, desk(false, 1)), Some((1, desk(false, 1))));
        assert_eq!(edits.edit(1, desk(false, 2)), None, "one call is under way");
        assert_eq!(edits.edit(1, desk(false, 3)), None);
        assert_eq!(edits.answered(Some(desk(false, 1))), Some((1, desk(false, 3))));
        assert_eq!(edits.shown(1), Some(&desk(false, 3)), "the slider does not jump back");
        assert_eq!(edits.answered(Some(desk(false, 3))), None);
        assert!(edits.are_stored());
        edits.settle(1, &desk(false, 1));
        assert!(!edits.is_empty(), "an earlier event changes nothing");
        edits.settle(1, &desk(false, 3));
        assert!(edits.is_empty());
    }

    #[test]
    fn a_change_that_was_told_back_before_its_answer_is_forgotten_with_it() {
        let mut edits = DeskEdits::default();
        edits.edit(1, desk(false, 1));
        edits.settle(1, &desk(false, 1));
        assert!(!edits.is_empty(), "the call is under way");
        edits.answered(Some(desk(false, 1)));
        edits.settle(1, &desk(false, 1));
        assert!(edits.is_empty(), "what the store says next is shown");
    }

    #[test]
    fn a_refused_change_is_taken_back() {
        let mut edits = DeskEdits::default();
        edits.edit(1, desk(true, 0));
        edits.edit(2, desk(true, 1));
        assert_eq!(edits.answered(None), Some((2, desk(true, 1))), "the other conversation's is sent");
        assert_eq!((edits.shown(1), edits.shown(2)), (None, Some(&desk(true, 1))));
    }
}
