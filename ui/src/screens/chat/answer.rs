//! The body of an answer: its text with marks where steering changed, how it ended, and what steered it.

use ipc::answer::AnswerEnd;
use ipc::conversation::{ModelTurn, Said, SteeringChange};
use leptos::prelude::*;

use super::observed::Tint;
use super::observed_text::ObservedText;
use super::state::Chat;
use super::steering_marks::{parts, terms};
use super::turn::TurnState;
use crate::t;
use crate::widgets::MarkdownText;

/// An answer, while it grows and afterwards.
#[component]
pub(super) fn AnswerBody(
    /// The turn.
    state: TurnState,
) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let is_tinted = Memo::new(move |_| {
        chat.desk.read().observes
            && chat.tint.get() != Tint::None
            && with_answer(state, |answer| !answer.observed.is_empty())
    });
    let is_empty = move || with_answer(state, |answer| answer.text.is_empty());
    view! {
        <Show when=move || !is_empty() fallback=|| view! { <p class="quiet" aria-hidden="true">"\u{2026}"</p> }>
            <div data-testid="answer-text">
                <Show when=move || is_tinted.get() fallback=move || view! { <Parts state /> }><ObservedText state /></Show>
            </div>
        </Show>
        <EndNote state />
    }
}

/// Reads an answer; the answer of a person's message is the default of the result.
pub(super) fn with_answer<T: Default>(state: TurnState, read: impl FnOnce(&ModelTurn) -> T) -> T {
    state.turn.with(|turn| match &turn.said {
        Said::Model(answer) => read(answer),
        Said::Person { .. } => T::default(),
    })
}

/// The text, with a mark wherever steering changed.
#[component]
fn Parts(state: TurnState) -> impl IntoView {
    let all = Memo::new(move |_| with_answer(state, parts));
    let count = Memo::new(move |_| all.read().len());
    let is_growing = Memo::new(move |_| with_answer(state, |answer| answer.end == AnswerEnd::Open));
    let keys = move || 0..count.get();
    let part = move |at: usize| {
        let part = Memo::new(move |_| all.read().get(at).cloned());
        let text = Memo::new(move |_| {
            let part = part.read();
            let Some(part) = part.as_ref() else { return String::new() };
            with_answer(state, |answer| answer.text.get(part.from..part.until).unwrap_or_default().to_owned())
        });
        let is_spaced = move || part.read().as_ref().is_some_and(|part| part.is_spaced);
        let change = move || part.read().as_ref().and_then(|part| part.change.clone());
        let is_inline = move || part.read().as_ref().is_some_and(|part| part.is_inline);
        // Before the next part goes on in the same paragraph, this one's last line stays open.
        let is_followed = move || all.read().get(at + 1).is_some_and(|next| next.is_inline);
        view! {
            <div class="part" class:inline=is_inline class:followed=is_followed class:spaced=is_spaced>
                {move || change().map(|change| view! { <Mark change /> })}
                <MarkdownText text is_growing=Signal::derive(move || is_growing.get() && at + 1 == count.get()) />
            </div>
        }
    };
    view! {
        <div class="parts">
            <For each=keys key=|at| *at children=part />
        </div>
    }
}

/// A thin mark: from here on something else steered.
#[component]
pub(super) fn Mark(
    /// What steers.
    change: String,
) -> impl IntoView {
    let note = t!("chat-steering-mark", steering = change);
    view! {
        <span class="steering-mark" tabindex="0" role="note" data-testid="steering-mark" aria-label=note.clone() data-note=note.clone() title=note></span>
    }
}

/// How long the answer is, how it ended, and what steered it where the column is steered otherwise now.
#[component]
fn EndNote(state: TurnState) -> impl IntoView {
    let chat = expect_context::<Chat>();
    let steering = move || {
        let then = with_answer(state, |answer| answer.steering.last().map(steered))?;
        let desk = chat.desk.read();
        let now = super::desk_changes::steered_by(&desk, desk.column(state.column.id)?);
        (then != now).then_some(then)
    };
    let left_out = move || Some(with_answer(state, |answer| answer.left_out)).filter(|count| *count > 0);
    let failure = move || {
        with_answer(state, |answer| match &answer.end {
            AnswerEnd::Failed { failure } => Some(failure.clone()),
            _ => None,
        })
    };
    view! {
        <p class="end-note quiet small">
            <span data-testid="answer-note">{move || with_answer(state, note)}</span>
            {move || left_out().map(|count| view! { <span data-testid="answer-left-out">{t!("chat-answer-left-out", count = count)}</span> })}
            {move || steering().map(|then| view! { <span data-testid="answer-steering" dir="auto">{t!("chat-answer-steering", steering = then)}</span> })}
        </p>
        {move || failure().map(|failure| view! { <crate::widgets::FailureNote failure /> })}
    }
}

fn steered(change: &SteeringChange) -> String {
    terms(&change.terms)
}

/// Returns the length of an answer, and why it ended unless the model ended it.
fn note(answer: &ModelTurn) -> String {
    let tokens = t!("count-tokens", count = answer.tokens);
    match &answer.end {
        AnswerEnd::Open if answer.tokens == 0 => t!("chat-answer-waits"),
        AnswerEnd::EndOfTurn if answer.tokens == 0 && !answer.text.is_empty() => t!("chat-answer-given"),
        AnswerEnd::Open | AnswerEnd::EndOfTurn => tokens,
        AnswerEnd::Length => t!("chat-answer-cut", tokens = tokens),
        AnswerEnd::Stopped => t!("chat-answer-stopped", tokens = tokens),
        AnswerEnd::Failed { .. } => t!("chat-answer-failed", tokens = tokens),
    }
}
