//! The Chat screen: a question and its answers at several multipliers of one vector or more, side by side.

mod draft;
mod mix_lines;
mod vector_mix;

pub use draft::Draft;

use ipc::Id;
use ipc::answer::{Answer, AnswerEnd, Question, SteeringRecord};
use ipc::command::{DeleteQuestion, StopAnswers};
use leptos::html;
use leptos::prelude::*;

use crate::actions::Screen;
use crate::format;
use crate::state::store;
use crate::widgets::Term;
use crate::widgets::{FailureCard, FieldFaults};
use draft::MOST_TOKENS;
use mix_lines::MixLines;

/// The distance from the end, in pixels, within which the list follows what is written.
const NEARLY_AT_THE_END: i32 = 48;
/// A question whose answers differ with most behaviours.
const FIRST_QUESTION: &str = "What should I do with a free afternoon?";

/// The Chat screen.
#[component]
pub fn ChatScreen() -> impl IntoView {
    let (store, draft) = (store(), expect_context::<Draft>());
    let frame = NodeRef::<html::Div>::new();
    let ids =
        Memo::new(move |_| store.questions.read().iter().map(|question| question.id).collect::<Vec<_>>());
    let follows = StoredValue::new(true);
    // A new question comes into view.
    Effect::new(move |_| {
        ids.track();
        follows.set_value(true);
    });
    // The answers stay in view while they grow, unless the person has scrolled up.
    Effect::new(move |_| {
        store.questions.track();
        let is_shown = store.screen.get() == Screen::Chat;
        request_animation_frame(move || {
            if let Some(frame) = frame.try_get_untracked().flatten()
                && is_shown
                && follows.try_get_value() == Some(true)
            {
                frame.set_scroll_top(frame.scroll_height());
            }
        });
    });
    let scrolled = move |_| {
        if let Some(frame) = frame.get_untracked().filter(|frame| frame.client_height() > 0) {
            let below = frame.scroll_height() - frame.scroll_top() - frame.client_height();
            follows.set_value(below < NEARLY_AT_THE_END);
        }
    };
    view! {
        <div class="chat" node_ref=frame data-testid="chat-frame" on:scroll=scrolled>
            <Show when=move || ids.read().is_empty()>
                <div class="empty">
                    <h2>"Ask the steered model"</h2>
                    <p>"Every question is answered several times at once: unsteered, and with the vector at the strengths below. Reading the answers side by side shows what the vector does."</p>
                    <button class="button primary" data-testid="empty-ask" disabled=move || !store.model_is_ready() on:click=move |_| draft.ask(store, FIRST_QUESTION)>{format!("Ask \u{201c}{FIRST_QUESTION}\u{201d}")}</button>
                </div>
            </Show>
            <For each=move || ids.get() key=|id| *id children=move |id| view! { <QuestionCard id /> } />
        </div>
        <Composer />
    }
}

/// One question with its answers.
#[component]
fn QuestionCard(id: Id) -> impl IntoView {
    let store = store();
    let question =
        Memo::new(move |_| store.questions.read().iter().find(|question| question.id == id).cloned());
    let is_open = Memo::new(move |_| {
        question
            .read()
            .as_ref()
            .is_some_and(|question| question.answers.iter().any(|answer| answer.end == AnswerEnd::Open))
    });
    let steered_by = move || question.read().as_ref().map(steered_by);
    // With a vector that always steers, no answer comes from the unsteered model.
    let is_steered_at_zero = Memo::new(move |_| {
        question.read().as_ref().is_some_and(|question| question.steering.iter().any(|part| part.fixed))
    });
    let count = Memo::new(move |_| question.read().as_ref().map_or(0, |question| question.answers.len()));
    view! {
        <article class="question" data-testid="question">
            <div class="row">
                <p class="asked grow" dir="auto">{move || question.get().map(|question| question.text)}</p>
                <span class="quiet small steered-by" data-testid="steered-by" title=steered_by>{steered_by}</span>
                <Show when=move || is_open.get() fallback=move || view! {
                    <button class="link" data-testid="chat-delete" title="Deletes the question with its answers; Ctrl+Z brings it back"
                        on:click=move |_| store.delete(DeleteQuestion { question: id })>"Delete"</button>
                }>
                    <button class="button" data-testid="chat-stop" on:click=move |_| store.send(StopAnswers { question: id })>"Stop"</button>
                </Show>
            </div>
            <div class="answers">
                {move || (0..count.get()).map(|index| view! {
                    <OneAnswer is_steered_at_zero answer=Memo::new(move |_| question.read().as_ref().and_then(|question| question.answers.get(index).cloned())) />
                }).collect_view()}
            </div>
        </article>
    }
}

/// Returns the vectors that steered, as they were then.
fn steered_by(question: &Question) -> String {
    let part = |part: &SteeringRecord| {
        let is_plain = part.weight.to_bits() == 1.0_f64.to_bits();
        let weight =
            if is_plain { String::new() } else { format!(" \u{d7} {}", format::multiplier(part.weight)) };
        format!("{}{weight}{}", part.name, if part.fixed { " always" } else { "" })
    };
    match question.steering.as_slice() {
        [] => "no vector".into(),
        parts => parts.iter().map(part).collect::<Vec<_>>().join(" + "),
    }
}

#[component]
fn OneAnswer(answer: Memo<Option<Answer>>, is_steered_at_zero: Memo<bool>) -> impl IntoView {
    let multiplier = move || answer.read().as_ref().map_or(0.0, |answer| answer.multiplier);
    let end = move || answer.read().as_ref().map_or("open", |answer| end_key(&answer.end));
    let note = move || answer.get().map(|answer| note(&answer));
    view! {
        <section class="answer" data-testid="answer" data-multiplier=move || multiplier().to_string() data-end=end>
            <div class="head">
                <b>{move || if multiplier() == 0.0 && !is_steered_at_zero.get() { "0, unsteered".into() } else { format::multiplier(multiplier()) }}</b>
                <span>{note}</span>
            </div>
            <p class="body" dir="auto">{move || answer.get().map(|answer| answer.text)}</p>
        </section>
    }
}

fn end_key(end: &AnswerEnd) -> &'static str {
    match end {
        AnswerEnd::Open => "open",
        AnswerEnd::EndOfTurn => "end_of_turn",
        AnswerEnd::Length => "length",
        AnswerEnd::Stopped => "stopped",
        AnswerEnd::Failed { .. } => "failed",
    }
}

/// Returns the length of an answer, and why it ended unless the model ended it.
fn note(answer: &Answer) -> String {
    let tokens = format::plural(answer.tokens as usize, "token");
    match &answer.end {
        AnswerEnd::Open if answer.tokens == 0 => "waits".into(),
        AnswerEnd::Open | AnswerEnd::EndOfTurn => tokens,
        AnswerEnd::Length => format!("{tokens}, cut at the limit"),
        AnswerEnd::Stopped => format!("{tokens}, stopped"),
        AnswerEnd::Failed { failure } => failure.message.clone(),
    }
}

/// Where the next question is typed.
#[component]
fn Composer() -> impl IntoView {
    let (store, draft) = (store(), expect_context::<Draft>());
    let wrong = move || format::read_multipliers(&draft.multipliers.read()).err();
    let has_vector = Memo::new(move |_| !store.vectors.read().is_empty());
    let faults = FieldFaults::provide();
    let why_not = move || {
        if !store.model_is_ready() {
            return Some("No model is in memory yet.".to_owned());
        }
        wrong().or_else(|| faults.reason())
    };
    let send = move || {
        if untrack(|| why_not().is_none()) {
            draft.send(store);
        }
    };
    view! {
        <form class="composer" on:submit=move |event| { event.prevent_default(); send(); }>
            <FailureCard failure=draft.failure />
            <Show when=move || has_vector.get()><MixLines /></Show>
            <div class="row">
                <Show when=move || has_vector.get() fallback=|| view! { <span class="quiet grow">"Without a vector, the plain model answers."</span> }>
                    <label class="row"><span class="quiet"><Term name="Multiplier" text="at" /></span>
                        <input class="narrow" type="text" data-testid="chat-multipliers" aria-label="Multipliers" prop:value=draft.multipliers
                            aria-invalid=move || wrong().is_some().to_string()
                            on:input=move |event| draft.multipliers.set(event_target_value(&event)) />
                    </label>
                    <span class="grow"></span>
                </Show>
                <span class="quiet small">{move || why_not().unwrap_or_else(|| format!("Greedy, at most {MOST_TOKENS} tokens"))}</span>
            </div>
            <div class="row">
                <textarea class="grow" data-testid="chat-input" rows="1" dir="auto" placeholder="Ask something" aria-label="Your question"
                    prop:value=draft.text
                    on:input=move |event| draft.text.set(event_target_value(&event))
                    on:keydown=move |event| {
                        // Enter that ends a composition (Chinese, Japanese) belongs to the input method.
                        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                            event.prevent_default();
                            send();
                        }
                    }></textarea>
                <button class="button primary" type="submit" data-testid="chat-send"
                    disabled=move || why_not().is_some() || draft.text.read().trim().is_empty()>"Send"</button>
            </div>
        </form>
    }
}
