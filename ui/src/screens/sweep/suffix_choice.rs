//! The fields for the suffixes that are added to prompts. Those of a data set are kept with it.

use ipc::Id;
use ipc::command::SetSuffixes;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::{Form, lines};
use crate::bridge;
use crate::state::store;
use crate::t;

/// The suffixes of each data set that is measured on, and of the prompts of the list.
#[component]
pub(super) fn SuffixChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let sets = Memo::new(move |_| form.chosen_sets(store));
    let has_list = move || !form.list_of_prompts().is_empty();
    view! {
        <details>
            <summary data-testid="sweep-suffixes-open">{t!("sweep-suffixes")}</summary>
            <div class="fields">
                <p class="quiet small">{t!("sweep-suffixes-note")}</p>
                <For each=move || sets.get() key=|set| *set children=move |id| view! { <SuffixesOfSet id /> } />
                <Show when=has_list>
                    <label class="field">
                        <span class="label small">{t!("sweep-suffixes-of-prompts")}</span>
                        <textarea class="prose" rows="2" dir="auto" data-testid="sweep-list-suffixes" aria-label=t!("sweep-suffixes-of-prompts") spellcheck="false" prop:value=form.suffixes
                            on:input=move |event| form.suffixes.set(event_target_value(&event))></textarea>
                    </label>
                </Show>
                <label class="row">
                    <input type="checkbox" data-testid="sweep-has-suffixes" prop:checked=form.has_suffixes
                        on:change=move |event| form.has_suffixes.set(event_target_checked(&event)) />
                    <span>{t!("sweep-suffixes-are-measured")}</span>
                </label>
            </div>
        </details>
    }
}

/// The suffixes of one data set.
#[component]
fn SuffixesOfSet(id: Id) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let set = Memo::new(move |_| store.data_sets.read().iter().find(|set| set.id == id).cloned());
    let change = move |event: leptos::ev::Event| {
        let suffixes = lines(&event_target_value(&event));
        spawn_local(async move {
            form.failure.set(bridge::call(SetSuffixes { data_set: id, suffixes }).await.err());
        });
    };
    let text = move || set.read().as_ref().map(|set| set.suffixes.join("\n")).unwrap_or_default();
    let label = move || {
        let set = set.read();
        let (name, count) = set.as_ref().map_or(("", 0), |set| (set.name.as_str(), set.suffixes.len()));
        t!("sweep-suffixes-of-set", name = name.to_owned(), count = count)
    };
    view! {
        <label class="field">
            <span class="label small">{label}</span>
            <textarea class="prose" rows="2" dir="auto" data-testid="sweep-suffixes" aria-label=label spellcheck="false" prop:value=text on:change=change></textarea>
        </label>
    }
}
