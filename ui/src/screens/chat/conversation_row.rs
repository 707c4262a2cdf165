//! A conversation in the list: its name, what it holds, and what can be done with it.

use ipc::Id;
use ipc::command::{PinConversation, RenameConversation};
use ipc::conversation::Conversation;
use leptos::html;
use leptos::prelude::*;

use super::conversation_list::{List, Panel};
use crate::format;
use crate::state::store;
use crate::t;

/// Returns the name of a conversation as it is shown.
#[must_use]
pub fn title(name: &str) -> String {
    if name.trim().is_empty() { t!("chat-conversation-unnamed") } else { name.to_owned() }
}

/// Returns what a conversation holds, in a line.
fn facts(conversation: &Conversation) -> String {
    t!(
        "chat-conversation-facts",
        day = format::day(conversation.changed),
        columns = t!("chat-count-columns", count = conversation.desk.columns.len()),
        turns = t!("chat-count-turns", count = conversation.turns)
    )
}

/// A row of the list.
#[component]
pub(super) fn Row(
    /// The conversation.
    id: Id,
    /// The list.
    list: List,
) -> impl IntoView {
    let store = store();
    let own = Memo::new(move |_| store.conversations.read().iter().find(|known| known.id == id).cloned());
    let name = move || own.read().as_ref().map(|own| title(&own.name)).unwrap_or_default();
    let is_pinned = move || own.read().as_ref().is_some_and(|own| own.pinned);
    let is_open = move || list.open.get() == Some(id);
    let is_renamed = Memo::new(move |_| list.renaming.get() == Some(id));
    let line = move || own.read().as_ref().map(facts);
    view! {
        <li class="conversation" class:chosen-row=is_open data-testid="conversation">
            <Show when=move || !is_renamed.get() fallback=move || view! { <NameField id name=own.read_untracked().as_ref().map(|own| own.name.clone()).unwrap_or_default() list /> }>
                <button class="conversation-name" type="button" data-testid="conversation-open" data-conversation=id.to_string() title=name
                    aria-current=move || if is_open() { "true" } else { "false" } tabindex=move || if list.leads_to(id) { "0" } else { "-1" }
                    on:focus=move |_| list.focused.set(Some(id)) on:click=move |_| list.open.set(Some(id)) on:dblclick=move |_| list.renaming.set(Some(id))>
                    <span class="ellipsis" dir="auto" data-testid="conversation-name"><Show when=is_pinned><span role="img" aria-label=t!("chat-pinned") title=t!("chat-pinned")>"\u{2605} "</span></Show>{name}</span>
                    <span class="quiet small ellipsis">{line}</span>
                </button>
            </Show>
            <Show when=move || is_open() && !is_renamed.get()>
                <div class="conversation-actions" role="group" aria-label=move || t!("chat-conversation-actions", name = name())>
                    <button class="link" type="button" data-testid="conversation-rename" title="F2" on:click=move |_| list.renaming.set(Some(id))>{t!("rename")}</button>
                    <button class="link" type="button" data-testid="conversation-pin" title=t!("chat-pin-title")
                        on:click=move |_| store.send(PinConversation { conversation: id, pinned: !is_pinned() })>{move || if is_pinned() { t!("chat-unpin") } else { t!("chat-pin") }}</button>
                    <button class="link" type="button" data-testid="conversation-export-open" on:click=move |_| list.show(Some(Panel::Export(id)))>{t!("export-more")}</button>
                    <button class="link" type="button" data-testid="conversation-delete" data-once="true" title=t!("chat-conversation-delete-title") on:click=move |_| list.delete(id)>{t!("delete")}</button>
                </div>
            </Show>
        </li>
    }
}

/// The field in which a conversation is renamed. Enter and leaving it keep the name, Escape does not.
#[component]
fn NameField(
    /// The conversation.
    id: Id,
    /// Its name.
    name: String,
    /// The list.
    list: List,
) -> impl IntoView {
    let (store, field) = (store(), NodeRef::<html::Input>::new());
    let before = StoredValue::new(name.clone());
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // The field has the name only in the next frame.
            request_animation_frame(move || {
                let _ = field.focus();
                field.select();
            });
        }
    });
    // The field loses the focus when it goes, too.
    let end = move |keeps: bool| {
        if list.renaming.get_untracked() != Some(id) {
            return;
        }
        let typed = field.get_untracked().map(|field| field.value()).unwrap_or_default();
        list.renaming.set(None);
        let name = typed.trim().to_owned();
        if keeps && before.with_value(|before| *before != name) {
            store.send(RenameConversation { conversation: id, name });
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        event.stop_propagation();
        // Enter that ends the spelling of a Chinese word does not end the name.
        if event.is_composing() || !matches!(event.key().as_str(), "Enter" | "Escape") {
            return;
        }
        event.prevent_default();
        end(event.key() == "Enter");
        list.focus_on(id);
    };
    view! {
        <input type="text" dir="auto" class="conversation-rename" data-testid="conversation-rename-field" aria-label=t!("chat-conversation-rename") autocomplete="off"
            placeholder=t!("chat-conversation-rename-placeholder") node_ref=field prop:value=name on:keydown=on_key on:blur=move |_| end(true) />
    }
}
