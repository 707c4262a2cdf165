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

    /// Empties the queue, because an earlier edit was refused. Returns the typed texts in it: they are kept, while what else
    /// was to follow is not done.
    pub(super) fn take_texts(&mut self) -> Vec<(Id, Id, PairContent)> {
        let text = |(data_set, edit)| match edit {
            Edit::Change { pair, content } => Some((data_set, pair, content)),
            _ => None,
        };
        self.edits.drain(..).filter_map(text).collect()
    }

    /// Returns whether the queue is empty.
    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }
}

/// The texts that could not be stored and whose pairs are no longer open. They are kept until they are stored.
#[derive(Debug, Default)]
pub(super) struct UnsavedTexts(Vec<UnsavedText>);

#[derive(Debug)]
struct UnsavedText {
    data_set: Id,
    pair: Id,
    content: PairContent,
    why: Failure,
}

impl UnsavedTexts {
    /// Keeps a text. A newer one of the same pair takes its place.
    pub(super) fn keep(&mut self, data_set: Id, pair: Id, content: PairContent, why: Failure) {
        self.0.retain(|known| known.pair != pair);
        self.0.push(UnsavedText { data_set, pair, content, why });
    }

    /// Takes the text of a pair, which is opened again.
    pub(super) fn take(&mut self, pair: Id) -> Option<(PairContent, Failure)> {
        let at = self.0.iter().position(|known| known.pair == pair)?;
        let text = self.0.remove(at);
        Some((text.content, text.why))
    }

    /// Takes all texts, as edits that are to be made again.
    pub(super) fn take_edits(&mut self) -> Vec<(Id, Edit)> {
        let edit =
            |text: UnsavedText| (text.data_set, Edit::Change { pair: text.pair, content: text.content });
        self.0.drain(..).map(edit).collect()
    }

    /// Why the last one could not be stored. `None` if there is none.
    pub(super) fn why(&self) -> Option<Failure> {
        self.0.last().map(|text| text.why.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Failure {
        Failure::new(ipc::Code::Storage, "The disk is full.")
    }

    #[test]
    fn a_text_that_was_refused_is_there_when_its_pair_is_opened_again() {
        let text = |prompt: &str| PairContent { prompt: prompt.into(), ..PairContent::default() };
        let mut unsaved = UnsavedTexts::default();
        unsaved.keep(1, 7, text("a"), refused());
        unsaved.keep(1, 8, text("b"), refused());
        unsaved.keep(1, 7, text("abc"), refused());
        assert_eq!(unsaved.take(7).map(|(content, _)| content), Some(text("abc")));
        assert_eq!(unsaved.take(7), None);
        assert_eq!(unsaved.why(), Some(refused()));
        assert_eq!(unsaved.take_edits(), [(1, Edit::Change { pair: 8, content: text("b") })]);
        assert_eq!(unsaved.why(), None);
    }

    #[test]
    fn what_waits_behind_a_refusal_keeps_its_texts() {
        let text = |prompt: &str| PairContent { prompt: prompt.into(), ..PairContent::default() };
        let mut waiting = EditQueue::default();
        waiting.push(1, Edit::Change { pair: 7, content: text("a") });
        waiting.push(1, Edit::Undo);
        waiting.push(1, Edit::Change { pair: 8, content: text("b") });
        assert_eq!(waiting.take_texts(), [(1, 7, text("a")), (1, 8, text("b"))]);
        assert!(waiting.is_empty());
    }

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
