//! The columns of the conversation, side by side, and what stands in their place before the first message.

use ipc::Id;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::column::ColumnView;
use super::column_drag::ColumnDrag;
use super::state::Chat;
use crate::actions::Screen;
use crate::state::store;
use crate::t;

/// The row of columns. It scrolls sideways where they need more room than there is.
#[component]
pub(super) fn Columns() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let row = NodeRef::<html::Div>::new();
    let drag = ColumnDrag::new(chat, row);
    // Another conversation is rendered anew, so that nothing of a column's state goes over to it.
    let ids = Memo::new(move |_| {
        let open = store.turns.open.get();
        chat.desk.read().columns.iter().map(|column| (open, column.id)).collect::<Vec<_>>()
    });
    show_added(ids, row);
    let is_empty = Memo::new(move |_| store.turns.is_read.get() && store.turns.tree.read().is_empty());
    view! {
        <div class="chat-columns-box" class:is-empty=move || is_empty.get()>
            <Show when=move || is_empty.get()><FirstQuestion /></Show>
            <div class="chat-columns" node_ref=row data-testid="chat-columns"
                on:pointermove=move |event| drag.follow(&event)
                on:pointerup=move |_| drag.end()
                on:pointercancel=move |_| drag.end()>
                <For each=move || ids.get() key=|id| *id children=move |(_, id)| view! { <ColumnView id drag /> } />
            </div>
        </div>
    }
}

/// Scrolls to a column that is added to the conversation, as far as it must, so that the one beside it stays in view.
fn show_added(ids: Memo<Vec<(Option<Id>, u32)>>, row: NodeRef<html::Div>) {
    Effect::new(move |before: Option<Vec<(Option<Id>, u32)>>| {
        let now = ids.get();
        let is_same = |before: &&Vec<(Option<Id>, u32)>| {
            before.first().zip(now.first()).is_some_and(|(before, now)| before.0 == now.0)
        };
        let added =
            before.as_ref().filter(is_same).and_then(|before| now.iter().find(|id| !before.contains(id)));
        if let Some((_, id)) = added {
            let selector = format!(".chat-column[data-column=\"{id}\"]");
            request_animation_frame(move || {
                let Some(row) = row.try_get_untracked().flatten() else { return };
                let column = row.query_selector(&selector).ok().flatten();
                if let Some(column) = column.and_then(|column| column.dyn_into::<web_sys::HtmlElement>().ok())
                {
                    let (left, right) = (column.offset_left(), column.offset_left() + column.offset_width());
                    let from_left = left.min(row.scroll_left());
                    row.set_scroll_left(from_left.max(right - row.client_width()));
                }
            });
        }
        now
    });
}

/// Says what the columns are for, and asks a first question, whose answers differ with most behaviours.
#[component]
fn FirstQuestion() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let is_steered = move || !chat.desk.read().strips.is_empty();
    let cannot = move || !store.model_is_ready() || chat.is_sending.get();
    view! {
        <div class="chat-empty" data-testid="chat-empty">
            <div class="empty">
                <h2>{t!("chat-empty-title")}</h2>
                <Show when=is_steered fallback=move || view! {
                    <p>{t!("chat-empty-plain")}</p>
                    <button class="link" type="button" data-testid="empty-start" on:click=move |_| store.go(Screen::Start)>{t!("chat-empty-start")}</button>
                }>
                    <p>{t!("chat-empty-about")}</p>
                </Show>
                <button class="button primary" type="button" data-testid="empty-ask" disabled=cannot
                    on:click=move |_| chat.say(t!("chat-first-question"), Box::new(move || chat.write()))>{t!("chat-empty-ask", question = t!("chat-first-question"))}</button>
            </div>
        </div>
    }
}
