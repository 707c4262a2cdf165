//! Stores what is typed into the open pair: half a second after the last key, the draft becomes an edit.

use std::collections::HashSet;
use std::time::Duration;

use ipc::Id;
use ipc::data::{Edited, PairContent};
use ipc::list::PairChange;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edits::{Edit, EditQueue};
use super::pairs::{Pairs, SaveState};

/// The pause after the last key before typed text is stored.
const PAUSE: Duration = Duration::from_millis(500);

impl Pairs {
    /// Changes the draft of the open pair. It is stored after a pause.
    pub fn typed(self, change: impl FnOnce(&mut PairContent)) {
        self.draft.update(change);
        self.is_typed.set_value(true);
        self.status.set(None);
        self.saved.set(SaveState::Saving);
        self.stop_timer();
        self.timer.set_value(set_timeout_with_handle(move || self.save_typed(), PAUSE).ok());
    }

    /// Stores the typed text now, without waiting for the pause.
    pub fn save_typed(self) {
        self.stop_timer();
        let is_typed = self.is_typed.try_update_value(std::mem::take) == Some(true);
        if let Some(pair) = self.open.get_untracked().filter(|_| is_typed) {
            self.make(Edit::Change { pair, content: self.draft.get_untracked() });
        }
    }

    /// Tries again to store the typed text. A refused edit is not repeated automatically.
    pub(super) fn save_again(self) {
        if self.is_typed.get_value() {
            self.save_typed();
        } else {
            self.saved.set(SaveState::Saved);
        }
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    /// Changes the open pair and stores it at once.
    pub(super) fn change(self, change: impl FnOnce(&mut PairContent)) {
        self.typed(change);
        self.save_typed();
    }

    pub(super) fn make(self, edit: Edit) {
        let Some(data_set) = self.data_set.get_untracked() else { return };
        self.saved.set(SaveState::Saving);
        self.status.set(None);
        let is_busy = self.queue.try_update_value(|queue| {
            queue.push(data_set, edit);
            std::mem::replace(&mut queue.is_busy, true)
        });
        if is_busy == Some(false) {
            spawn_local(self.work());
        }
    }

    /// Sends the queued edits, one after another.
    async fn work(self) {
        let mut refused = None;
        while let Some((data_set, edit)) = self.queue.try_update_value(EditQueue::pop).flatten() {
            match edit.clone().make(data_set).await {
                Ok(Some(edited)) => self.apply_answer(data_set, &edit, edited),
                Ok(None) => (),
                Err(failure) => {
                    // The edits that follow were made on top of the refused one.
                    self.queue.update_value(EditQueue::clear);
                    self.is_typed.set_value(matches!(edit, Edit::Change { .. }));
                    refused = Some(failure);
                }
            }
        }
        self.queue.update_value(|queue| queue.is_busy = false);
        self.saved.set(match refused {
            Some(failure) => SaveState::Failed(failure),
            None if self.is_typed.get_value() => SaveState::Saving,
            None => SaveState::Saved,
        });
    }

    /// Applies the answer to an edit to the list, and opens the pair that the edit was about.
    #[expect(clippy::needless_pass_by_value, reason = "the answer is used up here")]
    fn apply_answer(self, data_set: Id, edit: &Edit, edited: Edited) {
        if self.data_set.get_untracked() != Some(data_set) {
            return;
        }
        let is_many = edited.is_many || edited.order;
        if is_many {
            self.find(data_set, matches!(edit, Edit::Undo | Edit::Redo));
        } else {
            self.rows_turn.update(|turn| *turn += 1);
            self.find_counts(data_set);
        }
        match edit {
            Edit::Change { .. } => {}
            Edit::Add { .. } => self.head_for(Some(edited.pair_id)),
            Edit::Many { change: PairChange::Delete, then, .. } => {
                self.selected.set(HashSet::new());
                self.head_for(*then);
            }
            Edit::Many { .. } => self.reopen(),
            Edit::Undo | Edit::Redo => {
                let verb = if *edit == Edit::Undo { "Undone" } else { "Done again" };
                self.status
                    .set(Some(format!("{verb}: {}", edited.title)).filter(|_| !edited.title.is_empty()));
                if edited.pair.is_some() {
                    self.head_for(Some(edited.pair_id));
                } else if self.current() == Some(edited.pair_id) {
                    // If the pair was deleted, its neighbour is opened.
                    self.head_for(self.neighbour(edited.pair_id));
                } else {
                    self.reopen();
                }
            }
        }
    }

    /// Returns whether nothing typed is unsent and no edit waits.
    #[must_use]
    pub fn is_quiet(self) -> bool {
        !self.is_typed.get_value() && self.queue.with_value(EditQueue::is_empty)
    }
}
