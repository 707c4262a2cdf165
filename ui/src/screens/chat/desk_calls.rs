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
        self.put_desk(conversation, preset.desk);
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
                        self.failure.set(Some(failure));
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
        self.failure.set(None);
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
    /// [`Self::leave_out_oldest`], unless another conversation is open by now.
    pub(super) fn refuse(self, conversation: Option<Id>, failure: Failure, again: Later) {
        let is_open = conversation.is_some() && self.store.turns.open.get_untracked() == conversation;
        let is_too_long = failure.code == Code::ContextFull;
        self.refused.set_value((is_too_long && is_open).then_some(again));
        self.failure.set(Some(failure));
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
