//! What was deleted and can be taken back, the last first: by the toast's button, and by Ctrl+Z on every screen.

use std::time::Duration;

use ipc::command::{DescribeVector, LoadModel, RestoreDrafts, RestoreModel, Undo, UndoDeletion};
use ipc::conversation::{Column, Desk, MAX_COLUMNS};
use ipc::deletion::Deletion;
use ipc::{Command, Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{DeskChange, Store};
use crate::actions::{PairAction, Screen};
use crate::bridge;

/// The time for which the toast is shown: long enough to reach its button by keys. Ctrl+Z works afterwards as well.
const SHOWN_FOR: Duration = Duration::from_mins(1);

/// Something that was deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct Deleted {
    /// Its name: "the vector V", "3 pairs".
    pub title: String,
    /// How it comes back.
    pub undo: UndoDelete,
}

/// How something that was deleted comes back.
#[derive(Debug, Clone, PartialEq)]
pub enum UndoDelete {
    /// The application has recorded what was deleted.
    Deletion(Id),
    /// It was the last edit of this data set.
    Pairs {
        /// The data set.
        data_set: Id,
    },
    /// They were rejected.
    Drafts {
        /// The data set.
        data_set: Id,
        /// The drafts.
        drafts: Vec<Id>,
    },
    /// It was removed from the list.
    Model {
        /// The model.
        model: Id,
        /// Whether it was the one in use.
        was_used: bool,
    },
    /// The tags that a vector had before.
    Tags(DescribeVector),
    /// It was closed; its turns are still in the store.
    Column {
        /// The conversation.
        conversation: Id,
        /// Its place among the columns.
        place: usize,
        /// The column.
        column: Box<Column>,
    },
    /// A preset has taken its place.
    Desk {
        /// The conversation; `None` for the one that has not begun.
        conversation: Option<Id>,
        /// The desk before.
        desk: Box<Desk>,
    },
}

/// The text of the toast.
#[derive(Debug, Clone, PartialEq)]
pub enum UndoToast {
    /// This was deleted and can be taken back.
    Deleted(String),
    /// The preset of this name has replaced the desk, which can be taken back.
    Applied(String),
    /// This was taken back.
    PutBack(String),
    /// Something else was done, as a sentence.
    Said(String),
}

impl Store {
    /// Deletes something. The toast offers to take it back.
    pub fn delete<C: Command<Answer = Deletion> + 'static>(self, request: C) {
        self.delete_then(request, move |done| {
            if let Err(failure) = done {
                self.failure.set(Some(failure));
            }
        });
    }

    /// Deletes something, and then says whether it was deleted.
    pub fn delete_then<C: Command<Answer = Deletion> + 'static>(
        self,
        request: C,
        then: impl FnOnce(Result<(), Failure>) + 'static,
    ) {
        spawn_local(async move {
            then(bridge::call(request).await.map(|deletion| {
                self.was_deleted(deletion.title, UndoDelete::Deletion(deletion.id));
            }));
        });
    }

    /// Remembers what was deleted, and says so.
    pub fn was_deleted(self, title: String, undo: UndoDelete) {
        self.remember(UndoToast::Deleted(title.clone()), Deleted { title, undo });
    }

    pub(super) fn remember(self, toast: UndoToast, deleted: Deleted) {
        self.was_edited_since.set(false);
        self.show_toast(toast);
        self.deleted.update(|all| all.push(deleted));
    }

    /// Notes that pairs were edited: now Ctrl+Z on the Data screen undoes that edit.
    pub fn pairs_were_edited(self, data_set: Id) {
        self.was_edited_since.set(true);
        let is_pairs = |deleted: &Deleted| deleted.undo == UndoDelete::Pairs { data_set };
        if self.deleted.read_untracked().last().is_some_and(is_pairs)
            && matches!(self.toast.get_untracked(), Some(UndoToast::Deleted(_)))
        {
            self.toast.set(None);
        }
        // The edit's own history brings them back.
        self.deleted.update(|all| all.retain(|deleted| !is_pairs(deleted)));
    }

    /// Returns whether the last thing that the person did and can undo here was to delete something.
    #[must_use]
    pub fn can_undo_deletion(self) -> bool {
        let is_covered = self.screen.get() == Screen::Data && self.was_edited_since.get();
        !self.deleted.read().is_empty() && !is_covered
    }

    /// Takes the last deletion back.
    pub fn undo_deletion(self) {
        let Some(Deleted { title, undo }) = self.deleted.try_update(Vec::pop).flatten() else { return };
        match undo {
            UndoDelete::Deletion(deletion) => {
                self.toast.set(None);
                spawn_local(async move {
                    match bridge::call(UndoDeletion { deletion }).await {
                        Ok(()) => self.show_toast(UndoToast::PutBack(title)),
                        Err(failure) => self.failure.set(Some(failure)),
                    }
                });
                return;
            }
            UndoDelete::Pairs { data_set } => {
                let shown = untrack(|| self.data_set()).map(|set| set.id);
                match self.on_pairs.get_value() {
                    Some(act) if shown == Some(data_set) => act.run(PairAction::Undo),
                    _ => self.send(Undo { data_set }),
                }
            }
            UndoDelete::Drafts { data_set, drafts } => self.send(RestoreDrafts { data_set, drafts }),
            UndoDelete::Model { model, was_used } => {
                spawn_local(async move {
                    if let Err(failure) = bridge::call(RestoreModel { model }).await {
                        self.failure.set(Some(failure));
                    } else if was_used {
                        self.change_settings(|settings| settings.model = Some(model));
                        self.send(LoadModel { model });
                    }
                });
            }
            UndoDelete::Tags(tags) => self.send(tags),
            UndoDelete::Column { conversation, place, column } => {
                let put_back = move |desk: &mut Desk| put_column(desk, place, *column);
                if !self.change_desk(Some(conversation), Box::new(put_back)) {
                    return;
                }
            }
            UndoDelete::Desk { conversation, desk } => {
                let put_back = move |now: &mut Desk| {
                    *now = *desk;
                    true
                };
                if !self.change_desk(conversation, Box::new(put_back)) {
                    return;
                }
            }
        }
        self.show_toast(UndoToast::PutBack(title));
    }

    /// Changes the desk of a conversation that is still there. Returns whether that was done.
    fn change_desk(self, conversation: Option<Id>, change: DeskChange) -> bool {
        let is_known = |id| self.conversations.read_untracked().iter().any(|known| known.id == id);
        let act = self.on_desk.get_value().filter(|_| conversation.is_none_or(is_known));
        act.is_some_and(|act| act.run((conversation, change)))
    }

    /// Says that something was done.
    pub fn say(self, text: String) {
        self.show_toast(UndoToast::Said(text));
    }

    fn show_toast(self, toast: UndoToast) {
        let turn = self.toast_turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        self.toast.set(Some(toast));
        set_timeout(
            move || {
                if self.toast_turn.try_get_value() == turn {
                    self.toast.try_set(None);
                }
            },
            SHOWN_FOR,
        );
    }
}

/// Puts a column that was closed back. Returns `false` where it stands there already, or no further one has room.
fn put_column(desk: &mut Desk, place: usize, column: Column) -> bool {
    let is_there = desk.columns.iter().any(|known| known.id == column.id);
    let has_room = !is_there && desk.columns.len() < MAX_COLUMNS;
    if has_room {
        desk.columns.insert(place.min(desk.columns.len()), column);
    }
    has_room
}

#[cfg(test)]
mod tests {
    use ipc::conversation::SamplingSettings;

    use super::*;

    fn deleted(title: &str, undo: UndoDelete) -> Deleted {
        Deleted { title: title.into(), undo }
    }

    #[test]
    fn the_last_thing_that_was_done_is_undone_first() {
        let owner = Owner::new();
        owner.set();
        let store = Store::new();
        let can = move || untrack(|| store.can_undo_deletion());
        assert!(!can(), "nothing was deleted");
        store.screen.set(Screen::Data);
        store.deleted.set(vec![
            deleted("the vector V", UndoDelete::Deletion(1)),
            deleted("2 pairs", UndoDelete::Pairs { data_set: 1 }),
        ]);
        assert!(can());
        store.pairs_were_edited(1);
        assert!(!can(), "on the Data screen the edit comes first");
        assert_eq!(*store.deleted.read_untracked(), [deleted("the vector V", UndoDelete::Deletion(1))]);
        store.screen.set(Screen::Chat);
        assert!(can(), "on another screen there is no edit to undo");
    }

    #[test]
    fn a_closed_column_comes_back_once_and_where_it_stood() {
        let column = |id| Column {
            id,
            name: String::new(),
            factors: vec![],
            system_prompt: String::new(),
            sampling: SamplingSettings::exact(),
        };
        let desk =
            |ids: &[u32]| Desk { columns: ids.iter().copied().map(column).collect(), ..Desk::default() };
        let put = |before: &[u32], place, id| {
            let mut desk = desk(before);
            let is_done = put_column(&mut desk, place, column(id));
            (is_done, desk.columns.iter().map(|column| column.id).collect::<Vec<_>>())
        };
        assert_eq!(put(&[1, 3], 1, 2), (true, vec![1, 2, 3]));
        assert_eq!(put(&[1], 4, 2), (true, vec![1, 2]), "others were closed since");
        assert_eq!(put(&[1, 2], 1, 2), (false, vec![1, 2]));
        let full = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(put(&full, 1, 9), (false, full.to_vec()));
    }
}
