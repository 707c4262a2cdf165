//! An observed answer: its tokens tinted by what steering did to them, the numbers of one of them, and the line of the
//! projection. It is shown as it was written, without Markdown.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::answer::{Mark, with_answer};
use super::observed::{LINE, color, largest, line, pieces, strength};
use super::state::Chat;
use super::token_panel::TokenPanel;
use super::turn::TurnState;
use crate::t;

/// The tokens, the numbers of the one under the pointer or with the focus, and the line.
#[component]
pub(super) fn ObservedText(
    /// The turn.
    state: TurnState,
) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let all = Memo::new(move |_| with_answer(state, pieces));
    let most = Memo::new(move |_| with_answer(state, largest));
    // The token under the pointer, and the one that the keys reach.
    let (hovered, focused) = (RwSignal::new(None::<usize>), RwSignal::new(None::<usize>));
    let has_focus = RwSignal::new(false);
    let frame = NodeRef::<html::Div>::new();
    let first = Memo::new(move |_| all.read().iter().find_map(|piece| piece.token));
    let at = Memo::new(move |_| hovered.get().or(focused.get().filter(|_| has_focus.get())));
    let piece = move |(place, is_token): (usize, bool)| {
        let piece = Memo::new(move |_| all.read().get(place).cloned());
        let text = move || piece.read().as_ref().map(|piece| piece.text.clone());
        let token = move || piece.read().as_ref().and_then(|piece| piece.token);
        let mark = move || {
            let change = piece.read().as_ref().and_then(|piece| piece.change.clone());
            change.map(|change| view! { <Mark change /> })
        };
        if !is_token {
            return view! { {mark}<span>{text}</span> }.into_any();
        }
        let tint = move || {
            let token = token()?;
            let strength = with_answer(state, |answer| {
                answer.observed.get(token).map(|token| strength(chat.tint.get(), token, most.get()))
            });
            strength.map(color)
        };
        let is_reached = move || token() == focused.get().or(first.get());
        view! {
            {mark}
            <span class="observed-token" role="button" data-testid="observed-token" style:background=tint tabindex=move || if is_reached() { "0" } else { "-1" }
                on:mouseenter=move |_| hovered.set(token()) on:mouseleave=move |_| hovered.set(None)
                on:focus=move |_| { focused.set(token()); has_focus.set(true); } on:blur=move |_| has_focus.set(false)>{text}</span>
        }
        .into_any()
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let Some(frame) = frame.get_untracked() else { return };
        let to = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        step(&frame, to);
    };
    let shown = move || at.get().and_then(|at| with_answer(state, |answer| answer.observed.get(at).cloned()));
    let keys = move || all.read().iter().map(|piece| piece.token.is_some()).enumerate().collect::<Vec<_>>();
    let path = Memo::new(move |_| with_answer(state, line));
    view! {
        <div class="observed" node_ref=frame on:keydown=on_key>
            <p class="said prose" dir="auto"><For each=keys key=|key| *key children=piece /></p>
            {move || shown().map(|token| view! { <TokenPanel token /> })}
        </div>
        {move || path.get().map(|(path, zero)| view! {
            <svg class="projection" data-testid="projection-line" viewBox=format!("0 0 {} {}", LINE[0], LINE[1]) preserveAspectRatio="none" role="img"
                aria-label=t!("chat-projection-line")>
                <path class="ground" d=format!("M0 {zero:.1}H{}", LINE[0]) />
                <path d=path />
            </svg>
        })}
    }
}

/// Moves the focus to the token beside the one that has it.
fn step(frame: &web_sys::HtmlElement, by: isize) {
    let Ok(tokens) = frame.query_selector_all(".observed-token") else { return };
    let tokens: Vec<web_sys::HtmlElement> =
        (0..tokens.length()).filter_map(|at| tokens.item(at)?.dyn_into().ok()).collect();
    let focused = crate::widgets::focus::focused();
    let at = tokens.iter().position(|token| focused.as_ref() == Some(token));
    if let Some(token) = at.and_then(|at| tokens.get(at.checked_add_signed(by)?)) {
        let _ = token.focus();
    }
}
