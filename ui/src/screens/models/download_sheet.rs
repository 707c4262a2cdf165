//! The sheet that downloads a model: it chooses the repository and its files, and says which host is contacted.

use std::collections::HashSet;

use ipc::command::{ListRepository, StartDownload};
use ipc::download::{Hub, HubChoice, HubFile, HubListing};
use ipc::{Code, Failure};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::hub_token::{TokenField, read_hub};
use crate::actions::Screen;
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::widgets::{FailureCard, SheetFrame};

/// The sheet that downloads a model.
#[component]
pub fn DownloadSheet() -> impl IntoView {
    let store = store();
    let address = RwSignal::new(String::new());
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
        format!(
            "Tiller contacts {host} for the list and for the files, and tells it the model's name. Nothing else leaves this machine."
        )
    };
    view! {
        <SheetFrame label="Download a model" testid="download-sheet" wide=true>
            <h2>"Download a model"</h2>
            <form class="field" on:submit=move |event| { event.prevent_default(); list(); }>
                <label class="label" for="download-address">"Model"</label>
                <span class="row">
                    <input id="download-address" type="text" data-testid="download-address" autocomplete="off" spellcheck="false"
                        placeholder="organisation/name, or the address of its page" prop:value=address
                        on:input=move |event| address.set(event_target_value(&event)) />
                    <button class="button primary" type="submit" data-testid="download-list"
                        disabled=move || is_busy.get() || address.read().trim().is_empty()>{move || if is_busy.get() { "Asking\u{2026}" } else { "Show files" }}</button>
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
                <button class="button" type="button" data-testid="download-cancel" on:click=move |_| store.sheet.set(None)>"Cancel"</button>
                <button class="button primary" type="button" data-testid="download-do" on:click=start
                    disabled=move || is_busy.get() || listing.read().is_none() || chosen.read().is_empty()>"Download"</button>
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
        let picked = own.clone();
        let is_chosen = move || *chosen.read() == own;
        let is_usable = choice.unusable.is_none();
        view! {
            <tr class="link-row" data-testid="download-choice" aria-selected=move || is_chosen().to_string()
                on:click=move |_| if is_usable { chosen.set(picked.clone()) }>
                <td class:quiet=!is_usable>{choice.name}</td>
                <td class="number" class:quiet=!is_usable>{format::bytes(choice.bytes)}</td>
                <td class="quiet">{choice.unusable.unwrap_or_else(|| match choice.files.as_slice() {
                    [only] => only.clone(),
                    several => format!("{} files: {}", several.len(), several.join(", ")),
                })}</td>
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
                <td class="quiet">{if file.is_here { "here already" } else { "" }}</td>
            </tr>
        }
    };
    let has_none = choices.is_empty();
    let count = listing.files.len();
    view! {
        <p data-testid="download-repository"><b>{listing.repository}</b>{format!(" at {} ({})", listing.revision, listing.commit.get(..7).unwrap_or_default())}</p>
        {has_none.then(|| view! { <p class="warning">"This repository has no GGUF file and no safetensors with a config.json: Tiller could not load it."</p> })}
        {(!has_none).then(|| view! {
            <div class="table-box choices"><table class="left-aligned">
                <thead><tr><th>"Model"</th><th class="number">"Size"</th><th>"Files"</th></tr></thead>
                <tbody>{choices.into_iter().map(row).collect_view()}</tbody>
            </table></div>
        })}
        <details>
            <summary>{format!("All {}", format::plural(count, "file"))}</summary>
            <div class="table-box choices"><table class="left-aligned"><tbody>{listing.files.into_iter().map(file).collect_view()}</tbody></table></div>
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
        let free = free().map(|free| format!(", {} free there", format::bytes(free))).unwrap_or_default();
        let missing = missing();
        let what = if missing == 0 {
            "Nothing to fetch".to_owned()
        } else {
            format!("{} to fetch", format::bytes(missing))
        };
        format!("{what}. Goes to the cache that programs share{free}: {cache}")
    };
    view! { <p class="small" class:warning=is_too_much data-testid="download-space">{note}</p> }
}
