//! Fields for the context before a pair's prompt: a system prompt of its own, and earlier turns.

use ipc::data::{Role, Turn};
use ipc::train::SYSTEM_PROMPT;
use leptos::prelude::*;

use super::pairs::Pairs;
use super::text_field::TextField;
use crate::t;
use crate::widgets::Term;

/// The system prompt and the earlier turns, where the pair has them.
#[component]
pub(super) fn PromptContext() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let has_system = Memo::new(move |_| pairs.draft.read().system.is_some());
    let turns = Memo::new(move |_| pairs.draft.read().turns.len());
    let system = Memo::new(move |_| pairs.draft.read().system.clone().unwrap_or_default());
    let set = Callback::new(move |new: String| pairs.typed(|content| content.system = Some(new)));
    view! {
        <Show when=move || has_system.get()>
            <div class="field">
                <span class="label">
                    <span><Term name="System prompt" />" "<span class="quiet">{t!("data-system-hint")}</span></span>
                    <button class="link small" data-testid="system-remove" title=t!("data-system-remove-title") on:click=move |_| pairs.change(|content| content.system = None)>{t!("remove")}</button>
                </span>
                <TextField testid="pair-system" label=t!("system-prompt") value=system set />
            </div>
        </Show>
        <Show when=move || { turns.get() > 0 }>
            <div class="field">
                <span class="label"><span>{t!("data-turns")}" "<span class="quiet">{t!("data-turns-hint")}</span></span></span>
                <For each=move || 0..turns.get() key=|at| *at let(at)><EarlierTurn at /></For>
            </div>
        </Show>
    }
}

/// One earlier turn, by its place.
#[component]
fn EarlierTurn(at: usize) -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let text = Memo::new(move |_| {
        pairs.draft.read().turns.get(at).map(|turn| turn.text.clone()).unwrap_or_default()
    });
    let is_user =
        Memo::new(move |_| pairs.draft.read().turns.get(at).is_some_and(|turn| turn.role == Role::User));
    let set = Callback::new(move |new: String| {
        pairs.typed(|content| {
            if let Some(turn) = content.turns.get_mut(at) {
                turn.text = new;
            }
        });
    });
    let turn_role = move |_| {
        pairs.change(|content| {
            if let Some(turn) = content.turns.get_mut(at) {
                turn.role = if turn.role == Role::User { Role::Assistant } else { Role::User };
            }
        });
    };
    let remove = move |_| {
        pairs.change(|content| {
            if at < content.turns.len() {
                content.turns.remove(at);
            }
        });
    };
    view! {
        <div class="turn" data-testid="pair-turn">
            <button class="button small" data-testid="turn-role" title=t!("data-turn-role-title") on:click=turn_role>{move || if is_user.get() { t!("data-turn-user") } else { t!("data-turn-assistant") }}</button>
            <TextField testid="turn-text" label=t!("data-turn", number = at + 1) value=text set />
            <button class="button small" data-testid="turn-remove" data-once="true" aria-label=t!("data-turn-remove") title=t!("data-turn-remove") on:click=remove>"\u{00d7}"</button>
        </div>
    }
}

/// The buttons that add them.
#[component]
pub(super) fn ContextButtons() -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let has_system = Memo::new(move |_| pairs.draft.read().system.is_some());
    let add_turn = move |_| {
        pairs.change(|content| {
            // Turns alternate; the one before the prompt is the model's.
            let role = match content.turns.last().map(|turn| turn.role) {
                Some(Role::User) => Role::Assistant,
                _ => Role::User,
            };
            content.turns.push(Turn { role, text: String::new() });
        });
    };
    view! {
        <Show when=move || !has_system.get()>
            <button class="link small" data-testid="system-add" title=t!("data-system-add-title") on:click=move |_| pairs.change(|content| content.system = Some(SYSTEM_PROMPT.to_owned()))>{t!("data-system-add")}</button>
        </Show>
        <button class="link small" data-testid="turn-add" title=t!("data-turn-add-title") on:click=add_turn>{t!("data-turn-add")}</button>
    }
}
