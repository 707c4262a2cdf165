//! The first half of the Start screen: three behaviours, a question, and its answers against and with the vector.

use ipc::behaviour::STARTER_BEHAVIOURS;
use leptos::prelude::*;

use super::answers::{AnswerColumn, times};
use super::starter_vector::StarterVector;
use super::state::{Start, is_open};
use crate::actions::Screen;
use crate::format;
use crate::screens::models::ModelLibrary;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::{FailureCard, Term};

/// The largest multiplier of the slider, and its step, which is also the smallest.
const MOST: &str = "2";
const STEP: &str = "0.25";

/// The choice, the question, and the answers.
#[component]
pub(super) fn Behaviours() -> impl IntoView {
    let start = expect_context::<Start>();
    let is_shown = Memo::new(move |_| start.shown.get().is_some() || start.is_wanted.get());
    view! {
        <section class="card" aria-label=t!("start-see")>
            <div class="behaviours" role="group" aria-label=t!("start-behaviour")>
                {(0..STARTER_BEHAVIOURS.len()).map(|place| view! { <Behaviour place /> }).collect_view()}
            </div>
            <AskForm />
            <FailureCard failure=start.failure />
            <Missing />
            <Show when=move || is_shown.get()><Answers /><Strength /></Show>
        </section>
    }
}

#[component]
fn Behaviour(place: usize) -> impl IntoView {
    let start = expect_context::<Start>();
    let behaviour = &STARTER_BEHAVIOURS[place];
    let [minus, _, plus] = behaviour.words.map(said);
    view! {
        <button type="button" data-testid=format!("start-{}", behaviour.file)
            aria-pressed=move || (start.behaviour.get() == place).to_string() on:click=move |_| start.choose(place)>
            <b>{behaviour.vector}</b>
            <span class="quiet small">{format!("{minus} \u{2194} {plus}")}</span>
        </button>
    }
}

#[component]
fn AskForm() -> impl IntoView {
    let start = expect_context::<Start>();
    let is_empty = move || start.question.read().trim().is_empty();
    // While the model is loaded the click counts: the answers come as soon as it is there.
    let cannot = move || {
        is_empty()
            || !matches!(start.vector.get(), StarterVector::Ready { .. } | StarterVector::Loading { .. })
    };
    view! {
        <form class="row" on:submit=move |event| { event.prevent_default(); if !untrack(cannot) { start.show(); } }>
            <input type="text" class="grow ask prose" data-testid="start-question" aria-label=t!("start-question") placeholder=t!("start-question-hint") dir="auto" autocomplete="off"
                prop:value=start.question on:input=move |event| start.question.set(event_target_value(&event)) />
            <button class="button primary large" type="submit" data-testid="start-show" disabled=cannot>{t!("start-show")}</button>
        </form>
    }
}

/// Says what is awaited or missing, with the button for the next step.
#[component]
fn Missing() -> impl IntoView {
    let (store, start) = (store(), expect_context::<Start>());
    let library = expect_context::<ModelLibrary>();
    let next = move || {
        match start.vector.get() {
        StarterVector::NotInUse { model, .. } => Some(view! {
            <button class="button" type="button" data-testid="start-use-model" on:click=move |_| { library.load(model); start.show(); }>{t!("start-use-model")}</button>
        }.into_any()),
        StarterVector::Unusable { .. } => Some(view! {
            <button class="button" type="button" data-testid="start-models" on:click=move |_| store.go(Screen::Models)>{t!("go-to-models")}</button>
        }.into_any()),
        StarterVector::Ready { .. } | StarterVector::Loading { .. } | StarterVector::Deleted => None,
    }
    };
    move || {
        start.vector.get().sentence().map(|sentence| {
            view! { <div class="row wrap" role="status" data-testid="start-missing"><span class="quiet">{sentence}</span>{next()}</div> }
        })
    }
}

/// The three answers.
#[component]
fn Answers() -> impl IntoView {
    let start = expect_context::<Start>();
    let trial = Memo::new(move |_| start.trial());
    let words = Memo::new(move |_| {
        let place = start.shown.get().map_or(start.behaviour.get(), |(_, place)| place);
        STARTER_BEHAVIOURS[place].words
    });
    let column = move |place: usize| {
        let answer =
            Memo::new(move |_| trial.read().as_ref().and_then(|trial| trial.answers.get(place).cloned()));
        let note = move || answer.read().as_ref().map(|answer| times(answer.multiplier)).unwrap_or_default();
        view! {
            <AnswerColumn testid="start-answer" answer note=Signal::derive(note)
                word=Signal::derive(move || said(words.get()[place])) />
        }
    };
    view! {
        <div class="answers three-answers" aria-live="polite" aria-busy=move || trial.read().as_ref().is_none_or(is_open).to_string()>
            {(0..3).map(column).collect_view()}
        </div>
    }
}

/// The slider that asks again at another multiplier.
#[component]
fn Strength() -> impl IntoView {
    let start = expect_context::<Start>();
    let read = move |event: &web_sys::Event| {
        if let Ok(value) = event_target_value(event).parse::<f64>() {
            start.multiplier.set(value);
        }
    };
    view! {
        <label class="row strength">
            <span><Term name="Multiplier" text=t!("start-strength") /></span>
            <input type="range" class="grow" data-testid="start-strength" aria-label=t!("start-strength") aria-valuetext=move || around(start.multiplier.get()) min=STEP max=MOST step=STEP prop:value=move || start.multiplier.get().to_string()
                on:input=move |event| read(&event)
                on:change=move |event| { read(&event); start.show_again(); } />
            <span class="number" data-testid="start-multiplier">{move || around(start.multiplier.get())}</span>
        </label>
    }
}

/// Writes a multiplier and its negative as one number.
fn around(multiplier: f64) -> String {
    format!("\u{b1}{}", format::number(multiplier, 2))
}
