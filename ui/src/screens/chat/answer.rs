//! The body of an answer: its text with marks where steering changed, how it ended, and what steered it.

use ipc::answer::AnswerEnd;
use ipc::conversation::{ModelTurn, Said, SteeringChange};
use leptos::prelude::*;

use super::observed_text::ObservedText;
use super::steering_marks::{parts, terms};
use super::turn::TurnState;
use crate::t;
use crate::widgets::{FailureNote, MarkdownText, whole_markdown};

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In parts that wait for changes. It stays so when the answer has ended: thoughts that a reader has opened stay open.
    Growing,
    /// Ended, with tinted tokens.
    Tinted,
    /// Ended. A long conversation has many of these, so that they are made and taken away quickly.
    Whole,
}

impl Form {
    fn next(before: Option<Self>, is_open: bool, is_tinted: bool) -> Self {
        if before == Some(Self::Growing) || is_open {
            Self::Growing
        } else if is_tinted {
            Self::Tinted
        } else {
            Self::Whole
        }
    }
}

/// An answer, while it grows and afterwards.
#[component]
pub(super) fn AnswerBody(
    /// The turn.
    state: TurnState,
) -> impl IntoView {
    let form = Memo::new(move |before: Option<&Form>| {
        let is_open = with_answer(state, |answer| answer.end == AnswerEnd::Open);
        Form::next(before.copied(), is_open, is_tinted(state))
    });
    move || match form.get() {
        Form::Growing => view! { <GrowingAnswer state /> }.into_any(),
        Form::Tinted => {
            let note = with_answer(state, |answer| Some(whole_note(state, answer)));
            view! { <div data-testid="answer-text"><ObservedText state /></div>{note} }.into_any()
        }
        Form::Whole => with_answer(state, |answer| {
            let (text, note) = (whole_text(answer), whole_note(state, answer));
            Some(view! { {text}{note} })
        })
        .into_any(),
    }
}

/// Reads an answer; the answer of a person's message is the default of the result.
pub(super) fn with_answer<T: Default>(state: TurnState, read: impl FnOnce(&ModelTurn) -> T) -> T {
    state.turn.with(|turn| match &turn.said {
        Said::Model(answer) => read(answer),
        Said::Person { .. } => T::default(),
    })
}

/// Whether the tokens of an answer are tinted now.
fn is_tinted(state: TurnState) -> bool {
    state.column.is_tinted.get()
        && with_answer(state, |answer| !answer.observed.is_empty() && !answer.text.is_empty())
}

/// Stands where a text will be.
fn no_text() -> AnyView {
    view! { <p class="quiet" aria-hidden="true">"\u{2026}"</p> }.into_any()
}

/// The text of an answer that has ended. Nothing in it waits for a change.
fn whole_text(answer: &ModelTurn) -> AnyView {
    if answer.text.is_empty() {
        return no_text();
    }
    let parts = parts(answer);
    let part = |at: usize| {
        let part = &parts[at];
        let text = answer.text.get(part.from..part.until).unwrap_or_default();
        let mark = part.change.clone().map(|change| view! { <Mark change /> });
        let (is_inline, is_spaced) = (part.is_inline, part.is_spaced);
        let is_followed = parts.get(at + 1).is_some_and(|next| next.is_inline);
        view! { <div class="part" class:inline=is_inline class:followed=is_followed class:spaced=is_spaced>{mark}{whole_markdown(text)}</div> }
    };
    let views: Vec<_> = (0..parts.len()).map(part).collect();
    view! { <div data-testid="answer-text"><div class="parts">{views}</div></div> }.into_any()
}

/// What stands below an answer that has ended.
fn whole_note(state: TurnState, answer: &ModelTurn) -> AnyView {
    let parts = [note(answer).into_any(), left_out(answer).into_any(), failure(answer).into_any()];
    end_note(state, parts)
}

/// An answer in parts that wait for changes.
#[component]
fn GrowingAnswer(state: TurnState) -> impl IntoView {
    let is_tinted = Memo::new(move |_| is_tinted(state));
    let is_empty = move || with_answer(state, |answer| answer.text.is_empty());
    let parts = [
        (move || with_answer(state, note)).into_any(),
        (move || with_answer(state, left_out)).into_any(),
        (move || with_answer(state, failure)).into_any(),
    ];
    view! {
        <Show when=move || !is_empty() fallback=no_text>
            <div data-testid="answer-text">
                <Show when=move || is_tinted.get() fallback=move || view! { <Parts state /> }><ObservedText state /></Show>
            </div>
        </Show>
        {end_note(state, parts)}
    }
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

/// How long the answer is and how it ended, how many turns were left out, and what steered it where the column is steered
/// otherwise now; and why it failed.
fn end_note(state: TurnState, [note, left_out, failure]: [AnyView; 3]) -> AnyView {
    let steering = move || {
        steered_otherwise(state).map(|then| {
            view! { <span data-testid="answer-steering" dir="auto">{t!("chat-answer-steering", steering = then)}</span> }
        })
    };
    view! {
        <p class="end-note quiet small"><span data-testid="answer-note">{note}</span>{left_out}{steering}</p>
        {failure}
    }
    .into_any()
}

/// Returns what steered an answer at its end, where its column is steered otherwise now.
fn steered_otherwise(state: TurnState) -> Option<String> {
    let now = state.column.steering.read();
    let now = now.as_ref()?;
    let then = with_answer(state, |answer| answer.steering.last().map(steered))?;
    (then != *now).then_some(then)
}

fn steered(change: &SteeringChange) -> String {
    terms(&change.terms)
}

/// Says how many turns an answer did not see.
fn left_out(answer: &ModelTurn) -> Option<AnyView> {
    let count = answer.left_out;
    let words = || {
        view! { <span data-testid="answer-left-out">{t!("chat-answer-left-out", count = count)}</span> }
            .into_any()
    };
    (count > 0).then(words)
}

/// Says why an answer failed.
fn failure(answer: &ModelTurn) -> Option<AnyView> {
    match &answer.end {
        AnswerEnd::Failed { failure } => Some(view! { <FailureNote failure=failure.clone() /> }.into_any()),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_has_grown_in_the_page_is_not_made_anew_at_its_end() {
        let next = Form::next;
        assert_eq!(next(None, true, false), Form::Growing);
        assert_eq!(next(Some(Form::Growing), false, true), Form::Growing);
        assert_eq!((next(None, false, true), next(None, false, false)), (Form::Tinted, Form::Whole));
        assert_eq!(next(Some(Form::Whole), true, false), Form::Growing, "it is continued");
        assert_eq!(next(Some(Form::Tinted), false, false), Form::Whole, "the tint is switched off");
    }
}
