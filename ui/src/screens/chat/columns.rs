//! The columns of the conversation, side by side, and what stands in their place before the first message.

use leptos::html;
use leptos::prelude::*;

use super::column::ColumnView;
use super::column_drag::ColumnDrag;
use super::state::Chat;
use crate::actions::Screen;
use crate::state::store;

/// A question whose answers differ with most behaviours.
const FIRST_QUESTION: &str = "What should I do with a free afternoon?";

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

/// Says what the columns are for, and asks a first question.
#[component]
fn FirstQuestion() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let is_steered = move || !chat.desk.read().strips.is_empty();
    let cannot = move || !store.model_is_ready() || chat.is_sending.get();
    view! {
        <div class="chat-empty" data-testid="chat-empty">
            <div class="empty">
                <h2>"Feel the vector"</h2>
                <Show when=is_steered fallback=move || view! {
                    <p>"Without a vector the plain model answers."</p>
                    <button class="link" type="button" data-testid="empty-start" on:click=move |_| store.go(Screen::Start)>"Make a vector on Start"</button>
                }>
                    <p>"Every message goes to all columns at once, and each answers under its own steering. Move a slider of the mixing desk while the answers grow, and read what changes."</p>
                </Show>
                <button class="button primary" type="button" data-testid="empty-ask" disabled=cannot
                    on:click=move |_| chat.say(FIRST_QUESTION.to_owned(), || ())>{format!("Ask \u{201c}{FIRST_QUESTION}\u{201d}")}</button>
            </div>
        </div>
    }
}
