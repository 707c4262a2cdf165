//! What was deleted and can be taken back, the last first: by the toast's button, and by Ctrl+Z on every screen.

use std::time::Duration;

use ipc::command::{DescribeVector, LoadModel, RestoreDrafts, RestoreModel, Undo, UndoDeletion};
use ipc::conversation::{Column, Desk, Factor, MAX_COLUMNS, Strip};
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
    /// It was taken from a vector.
    Tag {
        /// The vector.
        vector: Id,
        /// Its place among the tags.
        place: usize,
        /// The tag.
        tag: String,
    },
    /// It was closed; its turns are still in the store.
    Column {
        /// The conversation.
        conversation: Id,
        /// Its place among the columns.
        place: usize,
        /// The column.
        column: Box<Column>,
    },
    /// It was taken off the mixing desk.
    Strip {
        /// The conversation; `None` for the one that has not begun.
        conversation: Option<Id>,
        /// Its place among the strips.
        place: usize,
        /// The strip.
        strip: Box<Strip>,
        /// How much of it acted in which column.
        factors: Vec<(u32, f64)>,
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
            UndoDelete::Tag { vector, place, tag } => {
                let known =
                    self.vectors.with_untracked(|all| all.iter().find(|known| known.id == vector).cloned());
                let Some(known) = known else { return };
                // What was changed since, as the note, stays as it is.
                let tags = with_tag(known.tags, place, tag);
                self.send(DescribeVector { vector, tags, note: known.note });
            }
            UndoDelete::Strip { conversation, place, strip, factors } => {
                let put_back = move |desk: &mut Desk| {
                    put_strip(desk, place, *strip, &factors);
                    true
                };
                if !self.change_desk(conversation, Box::new(put_back)) {
                    return;
                }
            }
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

/// Puts a strip that was taken off back, with what it did in the columns that are still there.
fn put_strip(desk: &mut Desk, place: usize, strip: Strip, factors: &[(u32, f64)]) {
    let of_columns = desk.columns.iter().flat_map(|column| &column.factors).map(|factor| factor.strip);
    let known: Vec<u32> = desk.strips.iter().map(|strip| strip.id).chain(of_columns).collect();
    // One that was added since may have its id.
    let last = known.iter().max().copied().unwrap_or(0);
    let id = if known.contains(&strip.id) { last + 1 } else { strip.id };
    for (column, factor) in factors {
        if let Some(column) = desk.columns.iter_mut().find(|known| known.id == *column) {
            column.factors.push(Factor { strip: id, factor: *factor });
        }
    }
    desk.strips.insert(place.min(desk.strips.len()), Strip { id, ..strip });
}

/// Returns tags with one that was taken away at this place.
fn with_tag(mut tags: Vec<String>, place: usize, tag: String) -> Vec<String> {
    if !tags.contains(&tag) {
        tags.insert(place.min(tags.len()), tag);
    }
    tags
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
    fn a_tag_comes_back_beside_those_that_were_given_since() {
        let tags = |all: &[&str]| all.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        assert_eq!(with_tag(tags(&["a", "c", "new"]), 1, "b".into()), tags(&["a", "b", "c", "new"]));
        assert_eq!(with_tag(tags(&["b"]), 3, "b".into()), tags(&["b"]), "it was given again");
        assert_eq!(with_tag(tags(&[]), 3, "b".into()), tags(&["b"]));
    }

    #[test]
    fn a_strip_comes_back_with_what_it_did_in_the_columns() {
        let strip = |id| Strip {
            id,
            vector: 1,
            name: String::new(),
            hash: String::new(),
            value: 0.5,
            muted: true,
            solo: false,
            gate: None,
            caps: None,
        };
        let column = |id, factors: &[(u32, f64)]| Column {
            id,
            name: String::new(),
            factors: factors
                .iter()
                .map(|(strip, factor)| Factor { strip: *strip, factor: *factor })
                .collect(),
            system_prompt: String::new(),
            sampling: SamplingSettings::exact(),
        };
        let before = Desk {
            strips: vec![strip(1), strip(2)],
            columns: vec![column(1, &[(1, -1.0), (2, 1.0)]), column(2, &[(2, 1.0)])],
            ..Desk::default()
        };
        let mut desk = before.clone();
        desk.strips.remove(0);
        desk.columns[0].factors.remove(0);
        put_strip(&mut desk, 0, strip(1), &[(1, -1.0), (9, 1.0)]);
        assert_eq!(desk.strips, before.strips, "a column that was closed since is left out");
        assert_eq!(desk.columns[0].factors.len(), 2);
        assert_eq!(desk.columns[1], before.columns[1]);
        // Another strip has its id.
        put_strip(&mut desk, 9, strip(2), &[(2, 2.0)]);
        assert_eq!(desk.strips.last(), Some(&strip(3)));
        assert_eq!(desk.columns[1].factors.last(), Some(&Factor { strip: 3, factor: 2.0 }));
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
