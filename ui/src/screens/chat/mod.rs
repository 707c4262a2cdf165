//! The Chat screen: conversations with the steered model, answered in several columns side by side.

mod announcer;
mod answer;
mod answer_preset;
mod asked;
mod change_acts;
mod column;
mod column_drag;
mod column_head;
mod column_menu;
mod columns;
mod composer;
mod conversation_files;
mod conversation_list;
mod conversation_order;
mod conversation_row;
mod correction;
mod desk_calls;
mod desk_changes;
mod desk_edits;
mod drift;
mod drift_lines;
mod faults;
mod file_panel;
mod mixing_desk;
mod moved_columns;
mod observed;
mod observed_text;
mod pair_form;
mod preset_files;
mod presets;
mod repeats;
mod sampling_form;
mod state;
mod steering_marks;
mod strip;
mod strip_columns;
mod strip_slider;
mod token_panel;
mod turn;
mod turn_actions;
mod turn_list;
mod turn_window;

pub use conversation_row::title;
pub use state::Chat;

use leptos::prelude::*;

use crate::state::store;
use crate::t;
use announcer::Announcer;
use columns::Columns;
use composer::Composer;
use conversation_list::ConversationList;
use drift::DriftPanel;
use mixing_desk::MixingDesk;

/// The Chat screen.
#[component]
pub fn ChatScreen() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    faults::collect_as(faults::Part::Screen);
    view! {
        <div class="chat">
            <Show when=move || chat.has_list.get()>
                <aside class="chat-list" aria-label=t!("chat-conversations")><ConversationList open=store.turns.open /></aside>
            </Show>
            <section class="chat-main" aria-label=t!("chat-conversation")>
                <ChatBar />
                <Columns />
                <Show when=move || chat.has_drift.get()><DriftPanel /></Show>
                <MixingDesk />
                <Composer />
            </section>
            <Announcer />
        </div>
    }
}

/// The line above the columns: which conversation is open, and what concerns all of it.
#[component]
fn ChatBar() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let name = move || {
        let open = store.turns.open.get();
        let all = store.conversations.read();
        let name = all.iter().find(|known| Some(known.id) == open).map(|known| known.name.clone());
        conversation_row::title(&name.unwrap_or_default())
    };
    let grows = Memo::new(move |_| !store.turns.tree.read().growing().is_empty());
    let is_full = move || chat.desk.read().columns.len() >= ipc::conversation::MAX_COLUMNS;
    view! {
        <div class="toolbar chat-bar">
            <button class="button" type="button" data-testid="chat-list-toggle" aria-expanded=move || chat.has_list.get().to_string()
                title=t!("chat-list-toggle-title") on:click=move |_| chat.has_list.update(|has| *has = !*has)>{t!("chat-conversations")}</button>
            <h2 class="grow ellipsis" dir="auto" data-testid="chat-name" title=name>{name}</h2>
            <Show when=move || grows.get()>
                <button class="button" type="button" data-testid="chat-stop" title=t!("chat-stop-all-title") on:click=move |_| chat.stop(None)>{t!("chat-stop-all")}</button>
            </Show>
            <button class="button" type="button" data-testid="drift-toggle" aria-expanded=move || chat.has_drift.get().to_string()
                title=t!("chat-drift-title") on:click=move |_| chat.has_drift.update(|has| *has = !*has)>{t!("chat-drift")}</button>
            <button class="button" type="button" data-testid="column-add" disabled=is_full title=t!("chat-column-add-title")
                on:click=move |_| chat.add_column()>{t!("chat-column-add")}</button>
        </div>
    }
}
