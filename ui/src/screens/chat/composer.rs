//! Where the next message is typed, with the beginning of the answers if a person gives one.

use ipc::Id;
use leptos::html;
use leptos::prelude::*;

use super::faults;
use super::state::Chat;
use crate::screens::models::LoadModelButton;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::{FailureCard, LongText, PartChoice, TextBehind, focus};

/// The field, and what stands beside it.
#[component]
pub(super) fn Composer() -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let field = NodeRef::<html::Textarea>::new();
    let text = LongText::new(chat.text.into(), Callback::new(move |text| chat.text.set(text)));
    Effect::new(move |before: Option<u32>| {
        let count = chat.to_composer.get();
        if let Some(field) = field.get_untracked().filter(|_| before.is_some_and(|before| before != count)) {
            focus::give_to(field.into());
        }
        count
    });
    let why_not = Memo::new(move |_| why_not(store, chat));
    let is_correcting = move || !chat.correcting.read().is_empty();
    // Whoever asks for the beginning of the answers goes on in its field. It is also there when a conversation is opened for which
    // it was asked for before.
    let is_asked_for = StoredValue::new(false);
    let toggle_prefill = move |_| {
        let has = !chat.has_prefill.get_untracked();
        is_asked_for.set_value(has && !untrack(is_correcting));
        chat.has_prefill.set(has);
    };
    let is_too_long = move || chat.failure.read().is_some() && chat.refused.with_value(Option::is_some);
    let send = move || {
        let text = chat.text.get_untracked();
        if why_not.get_untracked().is_some() || text.trim().is_empty() {
            return;
        }
        if untrack(is_correcting) {
            correct(chat, &text);
        } else {
            let sent = text.clone();
            // The text that was typed meanwhile is the next message.
            let taken = move || {
                chat.text.update(|typed| {
                    if *typed == sent {
                        typed.clear();
                    }
                });
            };
            chat.say(text, Box::new(taken));
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        // Enter that ends a composition (Chinese, Japanese) belongs to the input method.
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            send();
        }
        "ArrowUp" if chat.text.read_untracked().is_empty() && !event.is_composing() => {
            event.prevent_default();
            begin_correction(store, chat);
        }
        "Escape" if untrack(is_correcting) => {
            event.stop_propagation();
            leave_correction(chat);
        }
        _ => (),
    };
    view! {
        <form class="composer" data-testid="composer" on:submit=move |event| { event.prevent_default(); send(); }>
            <FailureCard failure=chat.failure />
            <Show when=is_too_long>
                <p class="row small">
                    <button class="button" type="button" data-testid="leave-out-oldest" disabled=move || why_not.read().is_some()
                        on:click=move |_| chat.leave_out_oldest()>{t!("chat-leave-out-oldest")}</button>
                    <span class="quiet grow">{t!("chat-leave-out-oldest-note")}</span>
                </p>
            </Show>
            <Show when=is_correcting>
                <p class="row small" data-testid="composer-correcting">
                    <span class="quiet grow">{t!("chat-correcting")}</span>
                    <button class="link" type="button" on:click=move |_| leave_correction(chat)>{t!("chat-correcting-leave")}</button>
                </p>
            </Show>
            <Show when=move || chat.has_prefill.get() && !is_correcting()><Prefill is_asked_for /></Show>
            <div class="row">
                <div class="text-field grow prose">
                    <TextBehind>{move || text.shown.get()}</TextBehind>
                    <textarea node_ref=field data-testid="chat-input" rows="1" dir="auto" placeholder=t!("chat-input-placeholder") aria-label=t!("chat-message")
                        prop:value=text.shown on:input=move |event| text.typed(&event) on:keydown=on_key></textarea>
                    <PartChoice testid="chat-input" text />
                </div>
                <button class="button primary" type="submit" data-testid="chat-send"
                    disabled=move || why_not.read().is_some() || chat.text.read().trim().is_empty()>{t!("chat-send")}</button>
            </div>
            <div class="row small">
                <button class="link" type="button" data-testid="prefill-toggle" aria-expanded=move || chat.has_prefill.get().to_string()
                    title=t!("chat-prefill-toggle-title") on:click=toggle_prefill>{t!("chat-prefill-toggle")}</button>
                <span class="quiet grow ends" role="status" data-testid="chat-why">{move || why_not.get().unwrap_or_else(|| t!("chat-input-keys"))}</span>
                <LoadModelButton testid="chat-load" />
            </div>
        </form>
    }
}

/// The field for the beginning of the answers. It takes the focus if it was just asked for.
#[component]
fn Prefill(is_asked_for: StoredValue<bool>) -> impl IntoView {
    let (chat, field) = (expect_context::<Chat>(), NodeRef::<html::Input>::new());
    Effect::new(move |_| {
        if let Some(field) = field.get()
            && is_asked_for.try_update_value(std::mem::take) == Some(true)
        {
            focus::give_to(field.into());
        }
    });
    view! {
        <label class="row small"><span class="quiet nowrap">{t!("chat-prefill")}</span>
        <input type="text" dir="auto" class="grow prose" node_ref=field data-testid="chat-prefill" aria-label=t!("chat-prefill") placeholder=t!("chat-prefill-placeholder") autocomplete="off"
            prop:value=chat.prefill on:input=move |event| chat.prefill.set(event_target_value(&event)) /></label>
    }
}

/// Returns why no message can be sent now.
fn why_not(store: Store, chat: Chat) -> Option<String> {
    if !store.model_is_ready() {
        return Some(t!("chat-wait-model"));
    }
    if chat.is_sending.get() {
        return Some(t!("chat-wait-sending"));
    }
    let growing = store.turns.tree.read().growing();
    let open = chat.desk.read().columns.iter().filter(|column| growing.contains(&column.id)).count();
    match open {
        0 => faults::reason(chat).or_else(|| foreign_strip(store, chat)),
        open => Some(t!("chat-wait-growing", count = open)),
    }
}

/// Says which strip steers although its vector is gone or belongs to another model.
fn foreign_strip(store: Store, chat: Chat) -> Option<String> {
    let (desk, vectors) = (chat.desk.read(), store.vectors.read());
    let model = store.model()?;
    let mut steering = desk.columns.iter().flat_map(|column| desk.steering(column));
    steering.find_map(|(strip, _)| match vectors.iter().find(|vector| vector.id == strip.vector) {
        None => Some(t!("chat-wait-deleted-vector", vector = strip.name.clone())),
        Some(vector) if vector.model != model.id => {
            Some(t!("chat-wait-other-model", vector = vector.name.clone(), model = model.name.clone()))
        }
        Some(_) => None,
    })
}

/// Puts the last message into the field, to be changed in every column that has the same.
fn begin_correction(store: Store, chat: Chat) {
    let tree = store.turns.tree.read_untracked();
    let desk = chat.desk.read_untracked();
    let last = desk.columns.iter().filter_map(|column| tree.last_message(column.id));
    let last: Vec<(Id, String)> = last.filter_map(|id| Some((id, store.turns.text(id)?))).collect();
    let Some(text) = last.iter().max_by_key(|(id, _)| *id).map(|(_, text)| text.clone()) else { return };
    let same = last.into_iter().filter(|(_, said)| *said == text).map(|(id, _)| id).collect();
    drop((tree, desk));
    chat.correcting.set(same);
    chat.text.set(text);
}

fn leave_correction(chat: Chat) {
    chat.correcting.set(vec![]);
    chat.text.set(String::new());
}

/// Sends the changed message in the place of the last one, to all columns at once.
fn correct(chat: Chat, text: &str) {
    let turns = chat.correcting.get_untracked();
    let sent = text.to_owned();
    // What was refused stays in the field, and what was typed meanwhile as well.
    let taken = move || {
        if chat.text.with_untracked(|typed| *typed == sent) {
            leave_correction(chat);
        }
        chat.correcting.set(vec![]);
    };
    chat.edit(turns, text.to_owned(), Box::new(taken));
}
