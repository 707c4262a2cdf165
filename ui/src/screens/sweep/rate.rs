//! Rating answers without knowing where they come from: one at a time, by the keys 1 to 4.

use ipc::Failure;
use ipc::command::{RateAnswer, ReadAgreement, ReadToRate};
use ipc::sweep::{Agreement, ToRate};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::Form;
use super::outcome::Outcomes;
use crate::bridge;
use crate::format;
use crate::screens::Screen;
use crate::shell::FailureCard;
use crate::state::store;

/// The answer that is to be rated next, and how the ratings agree with the judge's verdicts.
#[component]
pub(super) fn Rate() -> impl IntoView {
    let (store, form, shown) = (store(), expect_context::<Form>(), expect_context::<Outcomes>());
    let queue = RwSignal::new(None::<Vec<ToRate>>);
    let agreement = RwSignal::new(Agreement::default());
    let failure = RwSignal::new(None::<Failure>);
    let sweep = Memo::new(move |_| shown.sweep.read().as_ref().map(|sweep| sweep.id));
    Effect::new(move |_| {
        let Some(sweep) = sweep.get() else { return };
        queue.set(None);
        spawn_local(async move {
            match bridge::call(ReadToRate { sweep }).await {
                Ok(all) => drop(queue.try_set(Some(all))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            if let Ok(found) = bridge::call(ReadAgreement { sweep }).await {
                agreement.try_set(found);
            }
        });
    });
    let rate = move |rating: u8| {
        let Some(sweep) = sweep.get_untracked() else { return };
        let Some(one) = queue
            .try_update(|queue| {
                let queue = queue.as_mut().filter(|queue| !queue.is_empty())?;
                Some(queue.remove(0))
            })
            .flatten()
        else {
            return;
        };
        spawn_local(async move {
            let (answers, place) = (one.answers.clone(), one.place);
            match bridge::call(RateAnswer { sweep, answers, place, rating }).await {
                Ok(found) => drop(agreement.try_set(found)),
                Err(refused) => {
                    // The answer comes back to the front: it is not rated.
                    queue.try_update(|queue| {
                        if let Some(queue) = queue {
                            queue.insert(0, one);
                        }
                    });
                    failure.try_set(Some(refused));
                }
            }
        });
    };
    let keys = window_event_listener(ev::keydown, move |event| {
        let is_here = store.screen.get_untracked() == Screen::Sweep && store.sheet.get_untracked().is_none();
        let is_plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key();
        let in_field = document()
            .active_element()
            .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
        if let Some(rating) = event.key().parse().ok().filter(|rating| (1..=4).contains(rating))
            && is_here
            && is_plain
            && !in_field
        {
            event.prevent_default();
            rate(rating);
        }
    });
    on_cleanup(move || keys.remove());
    let says = move || {
        let found = agreement.get();
        let rated = format!("{} of {} rated", found.rated, format::plural(found.answers as usize, "answer"));
        match (found.both, found.kappa) {
            (0, _) => rated,
            (both, None) => {
                format!("{rated}; {} the same as the judge\u{2019}s over {both}", format::percent(found.same))
            }
            (both, Some(kappa)) => format!(
                "{rated}; over {both} that were judged too: {} the same, weighted \u{3ba} {}",
                format::percent(found.same),
                format::number(kappa, 2)
            ),
        }
    };
    let current = move || queue.get().and_then(|queue| queue.first().cloned());
    view! {
        <section class="rate" data-testid="rate">
            <div class="row">
                <h3>"Rate blind"</h3>
                <span class="quiet small grow" data-testid="rate-agreement">{says}</span>
                <button class="link" on:click=move |_| form.view.is_rating.set(false)>"Close"</button>
            </div>
            <FailureCard failure />
            {move || match current() {
                Some(one) => view! {
                    <p class="quiet text" data-testid="rate-prompt">{one.prompt}</p>
                    <p class="text" data-testid="rate-answer">{one.answer}</p>
                    <div class="row">
                        {(1..=4_u8).map(|rating| view! {
                            <button class="button" data-testid=format!("rate-{rating}") on:click=move |_| rate(rating)>{rating}</button>
                        }).collect_view()}
                        <span class="quiet small">"Keys 1 to 4: 1 shows nothing of the behaviour, 4 shows it strongly."</span>
                    </div>
                }.into_any(),
                None if queue.read().is_none() => view! { <p class="quiet">"Reading the answers."</p> }.into_any(),
                None => view! { <p class="quiet">"Every answer of this sweep is rated."</p> }.into_any(),
            }}
        </section>
    }
}
