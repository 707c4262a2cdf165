//! The search of the hub: a field whose words are sent when a person presses Enter, and what the hub has found.

use ipc::catalogue::{FoundModel, HubSearch};
use ipc::command::SearchHub;
use ipc::download::{Hub, TokenSource};
use ipc::{Code, Failure};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::hub_token::TokenField;
use super::library::library;
use crate::bridge;
use crate::format;
use crate::t;
use crate::text::said;
use crate::widgets::FailureCard;

/// The field and the results.
#[component]
pub(super) fn HubSearchForm(hub: RwSignal<Option<Hub>>) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(None::<HubSearch>);
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let search = move || {
        if is_busy.get_untracked() {
            return;
        }
        failure.set(None);
        is_busy.set(true);
        spawn_local(async move {
            match bridge::call(SearchHub { words: words.get_untracked() }).await {
                Ok(answer) => drop(found.try_set(Some(answer))),
                Err(refused) => {
                    found.try_set(None);
                    failure.try_set(Some(refused));
                }
            }
            is_busy.try_set(false);
        });
    };
    let contacts = move || match hub.get() {
        Some(Hub { host, token: TokenSource::None, .. }) => t!("models-search-contacts", host = host),
        Some(Hub { host, .. }) => t!("models-search-contacts-token", host = host),
        None => String::new(),
    };
    let wants_token =
        move || failure.read().as_ref().is_some_and(|failure| failure.code == Code::TokenWanted);
    view! {
        <form class="field" on:submit=move |event| { event.prevent_default(); search(); }>
            <label class="label" for="find-words">{t!("models-search-label")}</label>
            <span class="row">
                <input id="find-words" type="search" data-testid="find-words" autocomplete="off" spellcheck="false" maxlength="200"
                    placeholder=t!("models-search-hint") prop:value=words
                    on:input=move |event| words.set(event_target_value(&event)) />
                <button class="button primary" type="submit" data-testid="find-search"
                    disabled=move || is_busy.get() || words.read().trim().is_empty()>{move || if is_busy.get() { t!("models-download-asking") } else { t!("search") }}</button>
            </span>
            <span class="quiet small" data-testid="find-contacts">{contacts}</span>
        </form>
        <FailureCard failure />
        <Show when=wants_token>
            <TokenField hub kept=Callback::new(move |()| search()) />
        </Show>
        <div role="status">{move || found.get().map(|found| view! { <Found found /> })}</div>
    }
}

/// What the hub has found. A click opens the sheet with the files of the repository.
#[component]
fn Found(found: HubSearch) -> impl IntoView {
    let library = library();
    if found.models.is_empty() {
        return view! { <p class="quiet" data-testid="find-nothing">{t!("models-search-nothing", host = found.host)}</p> }
            .into_any();
    }
    let row = move |model: FoundModel| {
        let (address, name) = (model.repository.clone(), model.repository.clone());
        let is_usable = model.unusable.is_none();
        let note = match model.unusable {
            Some(why) => said(&why),
            None if model.is_gated => t!("models-search-gated"),
            None => String::new(),
        };
        view! {
            <tr data-testid="find-result">
                <td class="path" class:quiet=!is_usable>{model.repository}{(!note.is_empty()).then(|| view! { <div class="quiet small">{note}</div> })}</td>
                <td class="number">{model.parameters.map(format::count)}</td>
                <td class="number">{model.downloads.map(format::whole)}</td>
                <td class="number">{model.updated}</td>
                <td><button class="button" type="button" data-testid="find-files" aria-label=t!("models-search-files-of", name = name)
                    on:click=move |_| library.list_on_hub(address.clone())>{t!("models-search-files")}</button></td>
            </tr>
        }
    };
    view! {
        <div class="table-box found">
            <table data-testid="find-results">
                <thead><tr>
                    <th scope="col">{t!("model")}</th>
                    <th scope="col" class="number">{t!("models-weights")}</th>
                    <th scope="col" class="number">{t!("models-search-downloads")}</th>
                    <th scope="col" class="number">{t!("models-search-updated")}</th>
                    <th scope="col">{t!("models-download-files")}</th>
                </tr></thead>
                <tbody>{found.models.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
