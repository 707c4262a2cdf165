//! One turn of a column: a person's message or an answer, with its variants and what can be done with it.

use ipc::Id;
use ipc::answer::AnswerEnd;
use ipc::command::ShowVariant;
use ipc::conversation::{Said, Turn};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::answer::AnswerBody;
use super::column::ColumnState;
use super::correction::Correction;
use super::state::Chat;
use super::turn_actions::{TurnAction, TurnActions, act};
use crate::state::{Store, store};
use crate::t;

/// The letters in a line of a column, the height of a line, and that of what stands around the text, in pixels.
const LETTERS_IN_A_LINE: usize = 42;
const LINE_HEIGHT: usize = 20;
const TURN_FRAME: usize = 48;

/// What the parts of a turn share. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct TurnState {
    /// The turn's id.
    pub(super) id: Id,
    /// The turn.
    pub(super) turn: RwSignal<Turn>,
    /// Its column.
    pub(super) column: ColumnState,
    /// Whether the model said it.
    pub(super) by_model: bool,
    /// Whether its text is being changed.
    pub(super) is_edited: RwSignal<bool>,
    /// Whether the form that makes a pair of it is open.
    pub(super) has_pair_form: RwSignal<bool>,
    /// Whether the form that makes a preset of it is open.
    pub(super) has_preset_form: RwSignal<bool>,
    /// The text that was copied last.
    pub(super) copied: RwSignal<Option<String>>,
}

/// A turn. With the focus on it, the arrow keys go to the turns and variants beside it.
#[component]
pub(super) fn TurnView(
    /// The turn.
    turn: Id,
    /// Its column.
    state: ColumnState,
) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    // A turn that has just been deleted is in the list for one moment more.
    let Some(signal) = store.turns.turn(turn) else { return ().into_any() };
    let by_model = matches!(signal.read_untracked().said, Said::Model(_));
    let state = TurnState {
        id: turn,
        turn: RwSignal::from(signal),
        column: state,
        by_model,
        is_edited: RwSignal::new(false),
        has_pair_form: RwSignal::new(false),
        has_preset_form: RwSignal::new(false),
        copied: RwSignal::new(None),
    };
    let height = likely_height(&state.turn.read_untracked());
    // A screen reader says how far in the conversation the turn stands, of which the page has only a part.
    let place = state.column.place_of(turn);
    let tab_index = move || if state.column.is_reached(turn) { "0" } else { "-1" };
    let has_actions = Memo::new(move |_| state.column.has_actions(turn) && !state.is_edited.get());
    let has_variants = Memo::new(move |_| store.turns.tree.read().variants(turn).len() > 1);
    let on_key = move |event: web_sys::KeyboardEvent| {
        // Keys in a field or on a button of the turn belong to those.
        if event.target() != event.current_target() || event.ctrl_key() || event.meta_key() || event.alt_key()
        {
            return;
        }
        if let Some(action) = TurnAction::of_key(&event.key()) {
            event.prevent_default();
            return act(store, chat, state, action);
        }
        let article = event.current_target().and_then(|article| article.dyn_into::<web_sys::Element>().ok());
        let Some(article) = article else { return };
        let beside = match event.key().as_str() {
            "ArrowUp" => article.previous_element_sibling(),
            "ArrowDown" => article.next_element_sibling(),
            _ => return,
        };
        event.prevent_default();
        if let Some(beside) = beside.and_then(|beside| beside.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = beside.focus();
        }
    };
    let content = move || {
        if state.is_edited.get() {
            view! { <Correction state /> }.into_any()
        } else if by_model {
            view! { <AnswerBody state /> }.into_any()
        } else {
            view! { <p class="said prose" dir="auto">{said(&state.turn.read())}</p> }.into_any()
        }
    };
    // A scrolled conversation makes many turns: nothing is made here that a turn does not show yet.
    view! {
        <article class="chat-turn" class:by-model=by_model tabindex=tab_index aria-label=if by_model { t!("answer") } else { t!("chat-message") }
            aria-posinset=place.map(|place| place.to_string()) aria-setsize=move || state.column.length.get().to_string()
            data-testid=if by_model { "answer" } else { "message" } data-turn=turn.to_string()
            style=format!("contain-intrinsic-size: auto {height}px") data-column=state.column.id.to_string() data-end=move || end_key(&state.turn.read())
            on:keydown=on_key>
            {content}
            <div class="turn-foot">
                {move || has_variants.get().then(|| view! { <Variants state /> })}
                {move || has_actions.get().then(|| view! { <TurnActions state /> })}
            </div>
            {move || state.has_pair_form.get().then(|| view! { <super::pair_form::PairForm state /> })}
            {move || state.has_preset_form.get().then(|| view! { <super::answer_preset::AnswerPreset state /> })}
        </article>
    }
    .into_any()
}

/// Returns the text of a turn.
pub(super) fn said(turn: &Turn) -> String {
    match &turn.said {
        Said::Person { text } => text.clone(),
        Said::Model(answer) => answer.text.clone(),
    }
}

/// Returns how high a turn probably is, in pixels: what is not in view yet has this height, and the list hardly jumps when it
/// comes into view.
fn likely_height(turn: &Turn) -> usize {
    let lines: usize = said(turn).lines().map(|line| 1 + line.chars().count() / LETTERS_IN_A_LINE).sum();
    TURN_FRAME + LINE_HEIGHT * lines
}

/// Returns how an answer ended, for tests; empty for a message.
fn end_key(turn: &Turn) -> &'static str {
    let Said::Model(answer) = &turn.said else { return "" };
    match answer.end {
        AnswerEnd::Open => "open",
        AnswerEnd::EndOfTurn => "end_of_turn",
        AnswerEnd::Length => "length",
        AnswerEnd::Stopped => "stopped",
        AnswerEnd::Failed { .. } => "failed",
    }
}

/// Which variant of the turn is shown, with buttons for those beside it.
#[component]
fn Variants(state: TurnState) -> impl IntoView {
    let (store, chat) = (store(), expect_context::<Chat>());
    let place = Memo::new(move |_| {
        let tree = store.turns.tree.read();
        let all = tree.variants(state.id);
        (all.iter().position(|id| *id == state.id).unwrap_or(0), all.len())
    });
    let go = move |step| act(store, chat, state, step);
    view! {
        <span class="variants" role="group" aria-label=t!("chat-variants")>
            <button type="button" data-testid="variant-previous" aria-label=t!("chat-variant-previous") disabled=move || place.get().0 == 0
                on:click=move |_| go(TurnAction::Variant(-1))>"\u{2039}"</button>
            <span data-testid="variant">{move || format!("{}/{}", place.get().0 + 1, place.get().1)}</span>
            <button type="button" data-testid="variant-next" aria-label=t!("chat-variant-next") disabled=move || place.get().0 + 1 == place.get().1
                on:click=move |_| go(TurnAction::Variant(1))>"\u{203a}"</button>
        </span>
    }
}

/// Shows the variant that stands `step` places beside a turn. It takes the focus if the turn has it.
pub(super) fn show_variant(chat: Chat, store: Store, state: TurnState, step: isize) {
    let turn = state.id;
    let next = store.turns.tree.with_untracked(|tree| {
        let all = tree.variants(turn);
        let at = all.iter().position(|id| *id == turn)?;
        all.get(at.checked_add_signed(step)?).copied()
    });
    if let (Some(next), Some(conversation)) = (next, store.turns.open.get_untracked()) {
        if state.column.active.get_untracked() == Some(turn) {
            state.column.to_focus.set(Some(next));
        }
        chat.ask(ShowVariant { conversation, turn: next });
    }
}
