//! One column: its head and its turns, and what these share.

use ipc::Id;
use leptos::prelude::*;

use super::column_drag::ColumnDrag;
use super::column_head::ColumnHead;
use super::desk_changes::{color_of, name_of, steered_by};
use super::observed::Tint;
use super::state::Chat;
use super::turn_list::TurnList;
use crate::state::{Store, store};
use crate::t;

/// What the turns of a column share, so that no turn finds it out by itself. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct ColumnState {
    /// The column.
    pub(super) id: u32,
    /// The turns that are shown.
    pub(super) path: Memo<Vec<Id>>,
    /// The number of them.
    pub(super) length: Memo<usize>,
    /// The turn that the keys act on.
    pub(super) active: RwSignal<Option<Id>>,
    /// The turn under the pointer.
    pub(super) pointed: RwSignal<Option<Id>>,
    /// The last turn.
    last: Memo<Option<Id>>,
    /// The turn to which Tab leads.
    reached: Memo<Option<Id>>,
    /// What steers in the column now; `None` where the column is not on the desk.
    pub(super) steering: Memo<Option<String>>,
    /// Whether the tokens of observed answers are tinted.
    pub(super) is_tinted: Memo<bool>,
    /// Whether an answer grows in the column.
    pub(super) grows: Memo<bool>,
    /// The turn that takes the focus as soon as it is in the page.
    pub(super) to_focus: RwSignal<Option<Id>>,
    /// The turn with the focus that is about to make way for another one, and its place.
    makes_way: StoredValue<Option<(usize, Id)>>,
}

impl ColumnState {
    fn new(store: Store, chat: Chat, id: u32) -> Self {
        let tree = store.turns.tree;
        let path = Memo::new(move |_| tree.read().path(id));
        let last = Memo::new(move |_| path.read().last().copied());
        let active = RwSignal::new(None);
        Self {
            id,
            path,
            length: Memo::new(move |_| path.read().len()),
            active,
            pointed: RwSignal::new(None),
            last,
            reached: Memo::new(move |_| active.get().or(last.get())),
            steering: Memo::new(move |_| {
                let desk = chat.desk.read();
                desk.column(id).map(|column| steered_by(&desk, column))
            }),
            is_tinted: Memo::new(move |_| chat.desk.read().observes && chat.tint.get() != Tint::None),
            grows: Memo::new(move |_| tree.read().growing().contains(&id)),
            to_focus: RwSignal::new(None),
            makes_way: StoredValue::new(None),
        }
    }

    /// Whether Tab leads to a turn.
    pub(super) fn is_reached(self, turn: Id) -> bool {
        self.reached.get() == Some(turn)
    }

    /// Whether what can be done with a turn is shown: it is the last one, or has the focus or the pointer. A column has many
    /// turns, and each has a dozen buttons.
    pub(super) fn has_actions(self, turn: Id) -> bool {
        let turn = Some(turn);
        self.last.get() == turn || self.active.get() == turn || self.pointed.get() == turn
    }

    /// Returns the place of a turn among all turns of the column, from 1 on. It stays the same as long as the turn is there.
    pub(super) fn place_of(self, turn: Id) -> Option<usize> {
        place_in(&self.path.read_untracked(), turn)
    }

    /// Lets what comes to the place of a turn have the focus, if the turn has it.
    pub(super) fn hand_on_focus(self, turn: Id) {
        if self.active.get_untracked() == Some(turn) {
            let place = self.path.read_untracked().iter().position(|id| *id == turn);
            self.makes_way.set_value(place.map(|place| (place, turn)));
        }
    }

    /// Gives the focus of the turn that has made way to the one at its place, or to the last one.
    fn follow_focus(self) {
        Effect::new(move |_| {
            let path = self.path.get();
            let Some((place, turn)) = self.makes_way.get_value() else { return };
            if path.get(place) != Some(&turn) {
                self.makes_way.set_value(None);
                self.to_focus.set(path.get(place).or(path.last()).copied());
            }
        });
    }
}

/// A column.
#[component]
pub(super) fn ColumnView(
    /// Its id.
    id: u32,
    /// The drag that moves columns.
    drag: ColumnDrag,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let state = ColumnState::new(store, chat, id);
    state.follow_focus();
    let label = move || {
        let desk = chat.desk.read();
        desk.column(id).map(|column| t!("chat-column-label", name = name_of(&desk, column)))
    };
    let style = format!("--column: {}", color_of(id));
    view! {
        <section class="chat-column" style=style data-testid="chat-column" data-column=id.to_string() aria-label=label
            class:moving=move || drag.moving.get() == Some(id)>
            <ColumnHead id drag grows=state.grows />
            <TurnList state />
        </section>
    }
}

/// Returns the place of a turn in a path, from 1 on. A later turn has a larger id, so that no walk through the path is needed.
fn place_in(path: &[Id], turn: Id) -> Option<usize> {
    path.binary_search(&turn).ok().map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_counted_from_the_beginning_of_the_conversation() {
        let path = [2, 5, 6, 40];
        assert_eq!((place_in(&path, 2), place_in(&path, 40)), (Some(1), Some(4)));
        assert_eq!(place_in(&path, 7), None);
    }
}
