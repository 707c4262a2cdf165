//! How changes of the desk come to the application, and what waits for that.

use ipc::command::ChangeDesk;
use ipc::conversation::{Column, Desk, Preset};
use ipc::{Code, Command, Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{Chat, Later, shown_desk};
use crate::bridge;
use crate::state::DeskChange;

impl Chat {
    /// Returns a column as it is shown.
    pub(super) fn column(self, id: u32) -> Option<Column> {
        self.desk.read().column(id).cloned()
    }

    /// Changes the desk here and in the store. Answers that grow follow from their next token on.
    pub(super) fn change(self, change: impl FnOnce(&mut Desk)) {
        let before = self.desk.get_untracked();
        let mut desk = before.clone();
        change(&mut desk);
        if desk != before {
            self.set_desk(desk);
        }
    }

    /// Lays a preset on the desk. Ctrl+Z brings the desk before it back.
    pub(super) fn apply(self, preset: Preset) {
        let before = self.desk.get_untracked();
        if preset.desk == before {
            return;
        }
        let conversation = self.store.turns.open.get_untracked();
        let mut desk = preset.desk;
        let used = self.store.turns.tree.with_untracked(|tree| tree.columns().collect::<Vec<_>>());
        rename_closed(&mut desk, &before, &used);
        self.put_desk(conversation, desk);
        self.store.was_applied(&preset.name, conversation, before);
    }

    /// Changes the desk of a conversation as it is shown, open or not. Returns whether that was done.
    pub(super) fn change_shown(self, conversation: Option<Id>, change: DeskChange) -> bool {
        let mut desk = untrack(|| shown_desk(self.store, self.new_desk, self.edits, conversation));
        let is_done = change(&mut desk);
        if is_done {
            self.put_desk(conversation, desk);
        }
        is_done
    }

    /// Changes the desk of the conversation that is open.
    pub(super) fn set_desk(self, desk: Desk) {
        self.put_desk(self.store.turns.open.get_untracked(), desk);
    }

    /// Changes the desk of a conversation, or with `None` of the one that has not begun.
    fn put_desk(self, conversation: Option<Id>, desk: Desk) {
        match conversation {
            None => self.new_desk.set(Some(desk)),
            Some(conversation) => {
                if let Some(call) = self.edits.try_update(|edits| edits.edit(conversation, desk)).flatten() {
                    self.store_desks(call);
                }
            }
        }
    }

    fn store_desks(self, first: (Id, Desk)) {
        spawn_local(async move {
            let mut next = Some(first);
            while let Some((conversation, desk)) = next {
                let stored = match bridge::call(ChangeDesk { conversation, desk }).await {
                    Ok(changed) => Some(changed.desk),
                    Err(failure) => {
                        self.fail(failure);
                        None
                    }
                };
                let known = self.store.conversations.try_read_untracked().and_then(|all| {
                    all.iter().find(|known| known.id == conversation).map(|known| known.desk.clone())
                });
                let answered = self.edits.try_update(|edits| {
                    let next = edits.answered(stored);
                    // The event about the change may have come before the answer.
                    if let Some(known) = &known {
                        edits.settle(conversation, known);
                    }
                    next
                });
                next = answered.flatten();
            }
            let waiting = self.after_edits.try_update_value(std::mem::take).unwrap_or_default();
            for act in waiting {
                act();
            }
        });
    }

    /// Does something once the desk that is shown is stored.
    pub(super) fn after_edits(self, act: impl FnOnce() + Send + Sync + 'static) {
        if self.edits.read_untracked().are_stored() {
            act();
        } else {
            self.after_edits.update_value(|all| all.push(Box::new(act)));
        }
    }

    /// Calls a command that works with the desk as it is shown. A failure is shown above the message.
    pub(super) fn ask<C: Command + Clone + Send + Sync + 'static>(self, request: C) {
        self.forget_failure();
        let conversation = self.store.turns.open.get_untracked();
        self.after_edits(move || {
            spawn_local(async move {
                if let Err(failure) = bridge::call(request.clone()).await {
                    self.refuse(conversation, failure, Box::new(move || self.ask(request)));
                }
            });
        });
    }

    /// Shows why something was refused. Where it was for its length, what asks for the same again is kept for
    /// [`Self::leave_out_oldest`], unless another conversation is open by now, or there is nothing more to leave out.
    pub(super) fn refuse(self, conversation: Option<Id>, failure: Failure, again: Later) {
        let is_open = conversation.is_some() && self.store.turns.open.get_untracked() == conversation;
        let has_older = self.store.turns.tree.with_untracked(|tree| !tree.is_empty())
            && !self.desk.with_untracked(|desk| desk.leaves_out_oldest);
        let can_be_shorter = failure.code == Code::ContextFull && is_open && has_older;
        self.refused.set_value(can_be_shorter.then_some(again));
        self.failure.set(Some(failure));
    }

    /// Shows what failed, in the place of what was refused before.
    pub(super) fn fail(self, failure: Failure) {
        self.refused.set_value(None);
        self.failure.set(Some(failure));
    }

    /// Forgets what failed or was refused last.
    pub(super) fn forget_failure(self) {
        self.refused.set_value(None);
        self.failure.set(None);
    }

    /// Leaves out the oldest turns from now on, and asks once more for what was refused for its length.
    pub(super) fn leave_out_oldest(self) {
        let again = self.refused.try_update_value(Option::take).flatten();
        self.change(|desk| desk.leaves_out_oldest = true);
        self.failure.set(None);
        if let Some(again) = again {
            again();
        }
    }

    /// Lays another desk for the conversation that has not begun, `None` for the usual one: what was on it is over.
    pub(super) fn lay_new(self, desk: Option<Desk>) {
        self.store.new_desk_is_left();
        self.new_desk.set(desk);
    }
}

/// Gives the columns of a desk that was made elsewhere new ids where a column with the same id was closed here: its turns are another
/// column's. `used` are the columns that have turns.
fn rename_closed(desk: &mut Desk, before: &Desk, used: &[u32]) {
    let ids = desk.columns.iter().chain(&before.columns).map(|column| column.id).chain(used.iter().copied());
    let mut last = ids.max().unwrap_or_default();
    for column in &mut desk.columns {
        if before.column(column.id).is_none() && used.contains(&column.id) {
            last += 1;
            column.id = last;
        }
    }
}

#[cfg(test)]
mod tests {
    use ipc::conversation::SamplingSettings;

    use super::*;

    #[test]
    fn a_preset_does_not_bring_back_what_a_closed_column_said() {
        let desk = |ids: &[u32]| {
            let column = |id: &u32| Column {
                id: *id,
                name: String::new(),
                factors: vec![],
                system_prompt: String::new(),
                sampling: SamplingSettings::exact(),
            };
            Desk { columns: ids.iter().map(column).collect(), ..Desk::default() }
        };
        let laid = |preset: &[u32], before: &[u32], used: &[u32]| {
            let mut laid = desk(preset);
            rename_closed(&mut laid, &desk(before), used);
            laid.columns.iter().map(|column| column.id).collect::<Vec<_>>()
        };
        assert_eq!(laid(&[1, 2], &[2, 3], &[1, 2, 3]), [4, 2], "1 was closed");
        assert_eq!(laid(&[1, 2], &[1, 2], &[1, 2]), [1, 2]);
        assert_eq!(laid(&[1, 5], &[3], &[3]), [1, 5], "neither has turns");
        assert_eq!(laid(&[], &[], &[]), [] as [u32; 0]);
    }
}
