//! The sheet that downloads a model: it chooses the repository and its files, and says which host is contacted.

use std::collections::HashSet;

use ipc::command::{ListRepository, StartDownload};
use ipc::download::{Hub, HubChoice, HubFile, HubListing};
use ipc::{Code, Failure};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::hub_token::{TokenField, read_hub};
use super::library::parts;
use crate::actions::Screen;
use crate::bridge;
use crate::format;
use crate::t;
use crate::text::said;
use crate::widgets::{FailureCard, SheetFrame};

/// The sheet that downloads a model.
#[component]
pub fn DownloadSheet() -> impl IntoView {
    let (store, library) = parts();
    let wanted = library.wanted.try_update(Option::take).flatten();
    let address = RwSignal::new(wanted.clone().unwrap_or_default());
    let hub = RwSignal::new(None::<Hub>);
    let listing = RwSignal::new(None::<HubListing>);
    let chosen = RwSignal::new(HashSet::<String>::new());
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    read_hub(hub, failure);
    let list = move || {
        failure.set(None);
        listing.set(None);
        is_busy.set(true);
        spawn_local(async move {
            match bridge::call(ListRepository { address: address.get_untracked() }).await {
                Ok(found) => {
                    let suggested = found.suggested.and_then(|at| found.choices.get(at as usize));
                    chosen.try_set(suggested.map(files).unwrap_or_default());
                    listing.try_set(Some(found));
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    // A person has clicked on this model to see its files.
    if wanted.is_some() {
        list();
    }
    let start = move |_| {
        let Some(found) = listing.get_untracked() else { return };
        failure.set(None);
        is_busy.set(true);
        // The files keep the listing's order, whatever was ticked first.
        let files = found.files.iter().map(|file| file.path.clone());
        let files = files.filter(|path| chosen.read_untracked().contains(path)).collect();
        let request = StartDownload { repository: found.repository, commit: found.commit, files };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(_) => {
                    store.sheet.set(None);
                    store.go(Screen::Models);
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let wants_token = move || {
        let is_refused = failure.read().as_ref().is_some_and(|failure| failure.code == Code::TokenWanted);
        is_refused || listing.read().as_ref().is_some_and(|listing| listing.is_gated)
    };
    let contacts = move || {
        let host = hub.read().as_ref().map(|hub| hub.host.clone()).unwrap_or_default();
        t!("models-download-contacts", host = host)
    };
    view! {
        <SheetFrame label=t!("models-download-title") testid="download-sheet" wide=true>
            <h2>{t!("models-download-title")}</h2>
            <form class="field" on:submit=move |event| { event.prevent_default(); list(); }>
                <label class="label" for="download-address">{t!("model")}</label>
                <span class="row">
                    <input id="download-address" type="text" data-testid="download-address" autocomplete="off" spellcheck="false"
                        placeholder=t!("models-download-address-hint") prop:value=address
                        on:input=move |event| address.set(event_target_value(&event)) />
                    <button class="button primary" type="submit" data-testid="download-list"
                        disabled=move || is_busy.get() || address.read().trim().is_empty()>{move || if is_busy.get() { t!("models-download-asking") } else { t!("models-download-list") }}</button>
                </span>
                <span class="quiet small" data-testid="download-contacts">{contacts}</span>
            </form>
            <FailureCard failure />
            <Show when=wants_token>
                <TokenField hub kept=Callback::new(move |()| list()) />
            </Show>
            {move || listing.get().map(|listing| view! { <FileChoice listing chosen /> })}
            {move || listing.read().is_some().then(|| view! { <DownloadSummary hub listing chosen /> })}
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="download-cancel" on:click=move |_| store.sheet.set(None)>{t!("cancel")}</button>
                <button class="button primary" type="button" data-testid="download-do" on:click=start
                    disabled=move || is_busy.get() || listing.read().is_none() || chosen.read().is_empty()>{t!("models-download-do")}</button>
            </div>
        </SheetFrame>
    }
}

fn files(choice: &HubChoice) -> HashSet<String> {
    choice.files.iter().cloned().collect()
}

/// The choices of files: whole models, and every single file.
#[component]
fn FileChoice(listing: HubListing, chosen: RwSignal<HashSet<String>>) -> impl IntoView {
    let choices = listing.choices.clone();
    let row = move |choice: HubChoice| {
        let own = files(&choice);
        let (picked, by_key, name) = (own.clone(), own.clone(), choice.name.clone());
        let is_chosen = move || *chosen.read() == own;
        let is_usable = choice.unusable.is_none();
        view! {
            <tr class="link-row" data-testid="download-choice" tabindex="0" aria-label=name aria-selected=move || is_chosen().to_string()
                on:click=move |_| if is_usable { chosen.set(picked.clone()) }
                on:keydown=move |event| if is_usable && event.key() == "Enter" { chosen.set(by_key.clone()) }>
                <td class:quiet=!is_usable>{choice.name}</td>
                <td class="number" class:quiet=!is_usable>{format::bytes(choice.bytes)}</td>
                <td class="quiet">{match (choice.unusable, choice.files.as_slice()) {
                    (Some(why), _) => said(&why),
                    (None, [only]) => only.clone(),
                    (None, several) => t!("models-download-choice-files", count = several.len(), names = several.join(&t!("list-separator"))),
                }}</td>
            </tr>
        }
    };
    let file = move |file: HubFile| {
        let (path, ticked) = (file.path.clone(), file.path.clone());
        view! {
            <tr>
                <td><label class="row"><input type="checkbox" data-testid="download-file" prop:checked=move || chosen.read().contains(&path)
                    on:change=move |event| chosen.update(|all| {
                        if event_target_checked(&event) { all.insert(ticked.clone()); } else { all.remove(&ticked); }
                    }) /><span class="path">{file.path}</span></label></td>
                <td class="number">{format::bytes(file.bytes)}</td>
                <td class="quiet">{file.is_here.then(|| t!("models-download-here"))}</td>
            </tr>
        }
    };
    let has_none = choices.is_empty();
    let count = listing.files.len();
    view! {
        <p data-testid="download-repository"><b>{listing.repository}</b>" "{t!("models-download-at", revision = listing.revision, commit = listing.commit.get(..7).unwrap_or_default().to_owned())}</p>
        {has_none.then(|| view! { <p class="warning">{t!("models-download-unusable")}</p> })}
        {(!has_none).then(|| view! {
            <div class="table-box choices"><table class="left-aligned">
                <thead><tr><th>{t!("model")}</th><th class="number">{t!("models-size")}</th><th>{t!("models-download-files")}</th></tr></thead>
                <tbody>{choices.into_iter().map(row).collect_view()}</tbody>
            </table></div>
        })}
        <details>
            <summary>{t!("models-download-all", count = count)}</summary>
            <div class="table-box choices" tabindex="0"><table class="left-aligned"><tbody>{listing.files.into_iter().map(file).collect_view()}</tbody></table></div>
        </details>
    }
}

/// Says what will be downloaded, its size, and where it is stored.
#[component]
fn DownloadSummary(
    hub: RwSignal<Option<Hub>>,
    listing: RwSignal<Option<HubListing>>,
    chosen: RwSignal<HashSet<String>>,
) -> impl IntoView {
    let missing = move || {
        let listing = listing.read();
        let files = listing.as_ref().map(|listing| listing.files.as_slice()).unwrap_or_default();
        let chosen = chosen.read();
        files
            .iter()
            .filter(|file| !file.is_here && chosen.contains(&file.path))
            .map(|file| file.bytes)
            .sum::<u64>()
    };
    let free = move || hub.read().as_ref().and_then(|hub| hub.free_bytes);
    let is_too_much = move || free().is_some_and(|free| missing() > free);
    let note = move || {
        let cache = hub.read().as_ref().map(|hub| hub.cache.clone()).unwrap_or_default();
        let fetch = match missing() {
            0 => t!("models-download-nothing"),
            missing => t!("models-download-fetch", size = format::bytes(missing)),
        };
        match free() {
            Some(free) => {
                t!("models-download-goes-free", fetch = fetch, free = format::bytes(free), cache = cache)
            }
            None => t!("models-download-goes", fetch = fetch, cache = cache),
        }
    };
    view! { <p class="small" class:warning=is_too_much data-testid="download-space">{note}</p> }
}
