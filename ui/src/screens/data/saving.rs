//! Stores what is typed into the open pair: half a second after the last key, the draft becomes an edit.

use std::collections::HashSet;
use std::time::Duration;

use ipc::data::{Edited, PairContent};
use ipc::list::PairChange;
use ipc::{Code, Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::edits::{Edit, EditQueue, UnsavedTexts};
use super::pairs::{HistoryStep, Pairs, SaveState};
use crate::state::{Storing, UndoDelete};
use crate::t;

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

    /// Tries again to store what was typed, in other pairs as well. What else was refused is not repeated.
    pub(super) fn save_again(self) {
        let texts = self.unsaved.try_update_value(UnsavedTexts::take_edits).unwrap_or_default();
        for (data_set, edit) in texts {
            self.send(data_set, edit);
        }
        if self.is_typed.get_value() {
            self.save_typed();
        } else if self.is_quiet() {
            self.saved.set(SaveState::Saved);
        }
    }

    /// Whether something that was typed into another pair is not stored.
    pub(super) fn has_unsaved_elsewhere(self) -> bool {
        self.unsaved.with_value(|unsaved| unsaved.why().is_some())
    }

    /// Keeps what is typed into the open pair, because another pair takes its place: in the store, or here where the store
    /// has refused it.
    pub(super) fn set_typed_aside(self) {
        let SaveState::Failed(why) = self.saved.get_untracked() else { return self.save_typed() };
        self.stop_timer();
        let is_typed = self.is_typed.try_update_value(std::mem::take) == Some(true);
        if let (true, Some(data_set), Some(pair)) =
            (is_typed, self.data_set.get_untracked(), self.open.get_untracked())
        {
            let content = self.draft.get_untracked();
            self.unsaved.update_value(|unsaved| unsaved.keep(data_set, pair, content, why));
        }
    }

    /// Puts back what was typed into a pair and could not be stored.
    pub(super) fn put_typed_back(self, pair: Id) {
        let text = self.unsaved.try_update_value(|unsaved| unsaved.take(pair)).flatten();
        if let Some((content, why)) = text {
            self.draft.set(content);
            self.is_typed.set_value(true);
            self.saved.set(SaveState::Failed(why));
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
        if let Some(data_set) = self.data_set.get_untracked() {
            self.send(data_set, edit);
        }
    }

    fn send(self, data_set: Id, edit: Edit) {
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
                Ok(edited) => {
                    if let Some(edited) = edited {
                        self.apply_answer(data_set, &edit, edited);
                    }
                    // Storing works again, so that what could not be stored before is tried once more.
                    if refused.is_none() && self.queue.with_value(EditQueue::is_empty) {
                        let texts =
                            self.unsaved.try_update_value(UnsavedTexts::take_edits).unwrap_or_default();
                        self.queue.update_value(|queue| {
                            for (data_set, edit) in texts {
                                queue.push(data_set, edit);
                            }
                        });
                    }
                }
                Err(failure) => {
                    self.keep_refused(data_set, edit, &failure);
                    refused = Some(failure);
                }
            }
        }
        self.queue.update_value(|queue| queue.is_busy = false);
        let why = refused.or_else(|| self.unsaved.with_value(UnsavedTexts::why));
        self.saved.set(match why {
            Some(failure) => SaveState::Failed(failure),
            None if self.is_typed.get_value() => SaveState::Saving,
            None => SaveState::Saved,
        });
        // A text that was put back has no timer, and storing works again.
        let is_put_back = self.is_typed.get_value() && self.timer.with_value(Option::is_none);
        if is_put_back && self.saved.get_untracked() == SaveState::Saving {
            self.save_typed();
        }
    }

    /// Keeps the texts of an edit that was refused, and of those that follow it, which were made on top of it.
    fn keep_refused(self, data_set: Id, edit: Edit, failure: &Failure) {
        let mut texts = match edit {
            // The text of a pair that is gone has no place.
            Edit::Change { .. } if failure.code == Code::NotFound => vec![],
            Edit::Change { pair, content } => vec![(data_set, pair, content)],
            _ => vec![],
        };
        texts.extend(self.queue.try_update_value(EditQueue::take_texts).unwrap_or_default());
        for (data_set, pair, content) in texts {
            if self.open.get_untracked() == Some(pair) {
                // The open pair's fields have it, or something newer.
                self.is_typed.set_value(true);
            } else {
                self.unsaved.update_value(|unsaved| unsaved.keep(data_set, pair, content, failure.clone()));
            }
        }
    }

    /// Applies the answer to an edit to the list, and opens the pair that the edit was about.
    #[expect(clippy::needless_pass_by_value, reason = "the answer is used up here")]
    fn apply_answer(self, data_set: Id, edit: &Edit, edited: Edited) {
        self.store.pairs_were_edited(data_set);
        if let Some(title) = self.deleted_by(edit, edited.pairs) {
            self.store.was_deleted(title, UndoDelete::Pairs { data_set });
        }
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
                let step = HistoryStep { is_undo: *edit == Edit::Undo, title: edited.title.clone() };
                self.status.set(Some(step).filter(|step| !step.title.is_empty()));
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

    /// Returns the name of what an edit has deleted: pairs or a tag. `None` where it has deleted nothing.
    fn deleted_by(self, edit: &Edit, pairs: u32) -> Option<String> {
        match edit {
            Edit::Many { change: PairChange::Delete, .. } => Some(t!("count-pairs", count = pairs)),
            Edit::Many { change: PairChange::Untag { tag }, .. } => {
                Some(t!("data-deleted-tag", tag = tag.clone()))
            }
            Edit::Change { pair, content } => {
                let is_it =
                    |(of, tag): &(Id, String)| of == pair && content.tags.iter().all(|known| known != tag);
                let untagged =
                    self.untagged.try_update_value(|untagged| untagged.take_if(|untagged| is_it(&*untagged)));
                untagged.flatten().map(|(_, tag)| t!("data-deleted-tag", tag = tag))
            }
            _ => None,
        }
    }

    /// Whether nothing typed is unsent and no edit waits or is being made.
    fn is_quiet(self) -> bool {
        !self.is_typed.get_value() && self.queue.with_value(|queue| queue.is_empty() && !queue.is_busy)
    }

    /// Stores all that is typed now, and says how far that is. The window asks until it is no longer under way.
    pub(super) fn store_all(self, is_first: bool) -> Storing {
        if is_first {
            self.save_again();
        }
        let is_busy = self.queue.with_value(|queue| queue.is_busy);
        match self.saved.get_untracked() {
            SaveState::Failed(failure) if !is_busy => Storing::Failed(failure),
            _ if is_busy || !self.is_quiet() => Storing::UnderWay,
            _ => Storing::Done,
        }
    }
}
