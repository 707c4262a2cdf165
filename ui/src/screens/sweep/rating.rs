//! Rates answers with the keys 1 to 4, one at a time, without showing where they come from.

use ipc::command::{RateAnswer, ReadAgreement, ReadUnratedAnswers};
use ipc::sweep::{Agreement, UnratedAnswer};
use ipc::{Failure, Id};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::shown_sweeps::ShownSweeps;
use crate::actions::Screen;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::FailureCard;

/// The answers of one sweep that a person rates. Copies point to the same signals.
#[derive(Clone, Copy)]
struct Ratings {
    sweep: Memo<Option<Id>>,
    /// The answers that are not rated yet, the next one first; `None` until they are read.
    waiting: RwSignal<Option<Vec<UnratedAnswer>>>,
    /// The answers that were rated since this opened, the last one last.
    rated: RwSignal<Vec<UnratedAnswer>>,
    agreement: RwSignal<Agreement>,
    failure: RwSignal<Option<Failure>>,
}

impl Ratings {
    fn new(shown: ShownSweeps) -> Self {
        let ratings = Self {
            sweep: Memo::new(move |_| shown.sweep.read().as_ref().map(|sweep| sweep.id)),
            waiting: RwSignal::new(None),
            rated: RwSignal::default(),
            agreement: RwSignal::default(),
            failure: RwSignal::new(None),
        };
        // Answers that are generated meanwhile are also requested.
        let made = Memo::new(move |_| shown.sweep.read().as_ref().map(ipc::sweep::Sweep::measured_points));
        Effect::new(move |before: Option<Option<Id>>| {
            made.with(|_| ());
            let asked = ratings.sweep.get();
            if before != Some(asked) {
                ratings.waiting.set(None);
                ratings.rated.update(Vec::clear);
                ratings.failure.set(None);
            }
            if let Some(sweep) = asked {
                ratings.read(sweep);
            }
            asked
        });
        ratings
    }

    fn read(self, sweep: Id) {
        spawn_local(async move {
            match bridge::call(ReadUnratedAnswers { sweep }).await {
                Ok(all) => drop(self.waiting.try_set(Some(all))),
                Err(refused) => drop(self.failure.try_set(Some(refused))),
            }
            match bridge::call(ReadAgreement { sweep }).await {
                Ok(found) => drop(self.agreement.try_set(found)),
                Err(refused) => drop(self.failure.try_set(Some(refused))),
            }
        });
    }

    /// Rates the next answer.
    fn rate(self, rating: u8) {
        let Some(sweep) = self.sweep.get_untracked() else { return };
        let next = self.waiting.try_update(|waiting| {
            let waiting = waiting.as_mut().filter(|waiting| !waiting.is_empty())?;
            Some(waiting.remove(0))
        });
        let Some(one) = next.flatten() else { return };
        self.rated.update(|rated| rated.push(one.clone()));
        spawn_local(async move {
            let (answers, place) = (one.answers.clone(), one.place);
            match bridge::call(RateAnswer { sweep, answers, place, rating }).await {
                Ok(found) => drop(self.agreement.try_set(found)),
                Err(refused) => {
                    self.rated.try_update(|rated| rated.retain(|known| *known != one));
                    self.wait_first(one);
                    self.failure.try_set(Some(refused));
                }
            }
        });
    }

    /// Shows the last rated answer again. Its new rating replaces the old one.
    fn back(self) {
        if let Some(one) = self.rated.try_update(Vec::pop).flatten() {
            self.wait_first(one);
        }
    }

    fn wait_first(self, one: UnratedAnswer) {
        self.waiting.try_update(|waiting| waiting.get_or_insert_default().insert(0, one));
    }

    fn next(self) -> Option<UnratedAnswer> {
        self.waiting.get().and_then(|waiting| waiting.first().cloned())
    }

    /// Returns a sentence on how many are rated, and how well the ratings agree with the judge.
    fn summary(self) -> String {
        let found = self.agreement.get();
        let rated = t!("sweep-rate-rated", rated = found.rated, count = found.answers);
        let same = format::percent(found.same);
        match (found.both, found.kappa) {
            (0, _) => rated,
            (both, None) => t!("sweep-rate-same", rated = rated, same = same, both = both),
            (both, Some(kappa)) => {
                let kappa = format::number(kappa, 2);
                t!("sweep-rate-kappa", rated = rated, same = same, both = both, kappa = kappa)
            }
        }
    }
}

/// The answer that is to be rated next, and how the ratings agree with the judge's verdicts.
#[component]
pub(super) fn Rating() -> impl IntoView {
    let store = store();
    let ratings = Ratings::new(expect_context::<ShownSweeps>());
    let keys = window_event_listener(ev::keydown, move |event| {
        let is_here = store.screen.get_untracked() == Screen::Sweep && store.sheet.get_untracked().is_none();
        let is_plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key();
        let in_field = document()
            .active_element()
            .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
        if !is_here || !is_plain || in_field {
            return;
        }
        let key = event.key();
        if let Some(rating) = key.parse().ok().filter(|rating| (1..=4).contains(rating)) {
            event.prevent_default();
            ratings.rate(rating);
        } else if key == "Backspace" {
            event.prevent_default();
            ratings.back();
        }
    });
    on_cleanup(move || keys.remove());
    view! {
        <section class="reveal">
            <div class="rate" data-testid="rate">
                <div class="row">
                    <h3>{t!("sweep-rate-title")}</h3>
                    <span class="quiet small grow" data-testid="rate-agreement">{move || ratings.summary()}</span>
                    <button class="link" data-testid="rate-back" disabled=move || ratings.rated.read().is_empty() title=t!("sweep-rate-back-hint")
                        on:click=move |_| ratings.back()>{t!("back")}</button>
                </div>
                <FailureCard failure=ratings.failure />
                {move || match ratings.next() {
                    Some(one) => view! { <AnswerToRate one ratings /> }.into_any(),
                    None if ratings.waiting.read().is_none() => view! { <p class="quiet">{t!("sweep-rate-reading")}</p> }.into_any(),
                    None => view! { <p class="quiet">{t!("sweep-rate-done")}</p> }.into_any(),
                }}
            </div>
        </section>
    }
}

#[component]
fn AnswerToRate(one: UnratedAnswer, ratings: Ratings) -> impl IntoView {
    let button = move |rating: u8| {
        view! {
            <button class="button" data-testid=format!("rate-{rating}") on:click=move |_| ratings.rate(rating)>{rating}</button>
        }
    };
    view! {
        <p class="quiet text prose" tabindex="0" data-testid="rate-prompt">{one.prompt}</p>
        <p class="text prose" tabindex="0" data-testid="rate-answer">{one.answer}</p>
        <div class="row">
            {(1..=4).map(button).collect_view()}
            <span class="quiet small">{t!("sweep-rate-keys")}</span>
        </div>
    }
}
