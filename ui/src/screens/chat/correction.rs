//! Changes the text of a turn in its place. What was there stays as a variant.

use leptos::html;
use leptos::prelude::*;

use super::state::Chat;
use super::turn::{TurnState, said};
use crate::t;
use crate::widgets::{LongText, PartChoice, TextBehind, focus};

/// The field with the text. Enter keeps a message, Ctrl+Enter an answer as well; Escape leaves the text as it was.
#[component]
pub(super) fn Correction(
    /// The turn.
    state: TurnState,
) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let field = NodeRef::<html::Textarea>::new();
    let before = said(&state.turn.read_untracked());
    let text = RwSignal::new(before.clone());
    let long = LongText::new(text.into(), Callback::new(move |new| text.set(new)));
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            focus::give_to(field.into());
        }
    });
    let leave = move || {
        state.is_edited.set(false);
        // The field is gone; the keys act on the turn again.
        state.column.to_focus.set(Some(state.id));
    };
    let keep = move || {
        let text = text.get_untracked();
        if text == before || text.trim().is_empty() {
            leave();
            return;
        }
        state.column.hand_on_focus(state.id);
        // The text stays in the field until it is kept: it may be refused.
        let kept = move || {
            state.is_edited.try_set(false);
        };
        chat.edit(vec![state.id], text, Box::new(kept));
    };
    let keep = Callback::new(move |()| keep());
    let on_key = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() && (event.ctrl_key() || (!state.by_model && !event.shift_key())) => {
            event.prevent_default();
            // Ctrl+Enter accepts a pair on another screen.
            event.stop_propagation();
            keep.run(());
        }
        "Escape" => {
            event.stop_propagation();
            leave();
        }
        _ => (),
    };
    view! {
        <div class="correction">
            <div class="text-field prose">
                <TextBehind>{move || long.shown.get()}</TextBehind>
                <textarea node_ref=field rows="1" dir="auto" data-testid="turn-text" aria-label=t!("chat-turn-text") prop:value=long.shown
                    on:input=move |event| long.typed(&event) on:keydown=on_key></textarea>
                <PartChoice testid="turn-text" text=long />
            </div>
            <div class="row">
                <button class="button" type="button" data-testid="turn-save" disabled=move || text.read().trim().is_empty() on:click=move |_| keep.run(())>
                    {if state.by_model { t!("save") } else { t!("chat-turn-save-message") }}
                </button>
                <button class="link" type="button" data-testid="turn-cancel" on:click=move |_| leave()>{t!("cancel")}</button>
            </div>
        </div>
    }
}
