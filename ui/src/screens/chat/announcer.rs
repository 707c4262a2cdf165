//! Reads answers out to a screen reader, each one when it has ended: tokens would be read one by one.

use std::collections::BTreeSet;

use ipc::Id;
use leptos::prelude::*;

use super::desk_changes::name_of;
use super::state::Chat;
use crate::state::store;

/// The text that a screen reader reads.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let open = Memo::new(move |_| store.turns.tree.read().open_answers());
    let text = RwSignal::new(String::new());
    let read_out = move |id: Id| {
        let turn = store.turns.turn(id)?.get_untracked();
        let desk = chat.desk.read_untracked();
        let name = desk.column(turn.column).map(|column| name_of(&desk, column))?;
        Some(format!("{name}: {}", super::turn::said(&turn)))
    };
    Effect::new(move |before: Option<BTreeSet<Id>>| {
        let now = open.get();
        let ended: Vec<String> = before
            .iter()
            .flatten()
            .filter(|id| !now.contains(id))
            .filter_map(|id| untrack(|| read_out(*id)))
            .collect();
        if !ended.is_empty() {
            text.set(ended.join("\n"));
        }
        now
    });
    view! { <div class="out-of-sight" aria-live="polite" data-testid="chat-announcer">{text}</div> }
}
