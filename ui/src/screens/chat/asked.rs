//! What the palette asks of the Chat screen: a conversation in the list, a vector on the desk, a preset.

use ipc::Id;
use ipc::vector::Vector;
use leptos::prelude::*;

use super::desk_changes::add_strip;
use super::state::Chat;
use crate::widgets::focus;

/// The most strips of a desk. Every vector costs time at every token.
const MOST_STRIPS: usize = 16;

/// What is asked of the list of conversations, which may not be shown yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListAct {
    /// Renames this conversation.
    Rename(Id),
    /// Exports this conversation.
    Export(Id),
    /// Imports conversations.
    Import,
}

impl Chat {
    /// Shows the list with the focus in the name of a conversation.
    pub fn rename(self, conversation: Id) {
        self.ask_list(ListAct::Rename(conversation));
    }

    /// Shows the list with the form that exports a conversation.
    pub fn export(self, conversation: Id) {
        self.ask_list(ListAct::Export(conversation));
    }

    pub(super) fn ask_list(self, act: ListAct) {
        self.has_list.set(true);
        // A field in the list keeps what is typed when it loses the focus: it must not get it before the sheet gives it back.
        focus::once_uncovered(move || self.asked_of_list.set(Some(act)));
    }

    /// Whether a strip can be added for a vector.
    #[must_use]
    pub fn can_add(self, vector: Id) -> bool {
        self.store.vectors.read().iter().any(|known| known.id == vector && self.has_place_for(known))
    }

    /// Whether the desk has a place for a vector: one of the model in use that has no strip yet.
    pub(super) fn has_place_for(self, vector: &Vector) -> bool {
        let desk = self.desk.read();
        let is_free = desk.strips.iter().all(|strip| strip.vector != vector.id);
        let model = self.store.model().map(|model| model.id);
        is_free && desk.strips.len() < MOST_STRIPS && model == Some(vector.model)
    }

    /// Adds a strip for a vector, and shows the desk.
    pub fn add_vector(self, id: Id) {
        let found = self.store.vectors.with_untracked(|all| all.iter().find(|one| one.id == id).cloned());
        if let Some(vector) = found {
            self.has_desk.set(true);
            self.change(|desk| add_strip(desk, &vector));
        }
    }

    /// Lays a preset that is kept on the desk.
    pub fn apply_kept(self, preset: Id) {
        let found = self.store.presets.with_untracked(|all| all.iter().find(|one| one.id == preset).cloned());
        if let Some(preset) = found {
            self.apply(preset);
        }
    }
}
