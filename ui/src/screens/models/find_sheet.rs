//! The sheet that finds a model: a search of the hub, and a list of small models that Tiller reads.

use ipc::Failure;
use ipc::download::Hub;
use leptos::prelude::*;

use super::catalogue::Catalogue;
use super::hub_search::HubSearchForm;
use super::hub_token::read_hub;
use super::library::{ModelLibrary, parts};
use crate::format;
use crate::state::Store;
use crate::t;
use crate::widgets::{FailureCard, SheetFrame};

/// The sheet that finds a model.
#[component]
pub fn FindModelSheet() -> impl IntoView {
    let (store, library) = parts();
    let hub = RwSignal::new(None::<Hub>);
    let failure = RwSignal::new(None::<Failure>);
    read_hub(hub, failure);
    library.read_machine();
    let goes = move || {
        hub.get().map(|hub| t!("models-find-goes", host = hub.host, cache = hub.cache)).unwrap_or_default()
    };
    view! {
        <SheetFrame label=t!("models-find-title") testid="find-sheet" wide=true only_searches=true>
            <h2>{t!("models-find-title")}</h2>
            <HubSearchForm hub />
            <h3>{t!("models-find-list")}</h3>
            <p class="small" data-testid="find-free">{move || free_sentence(store, library)}</p>
            <p class="quiet small" data-testid="find-goes">{goes}</p>
            <FailureCard failure />
            <Catalogue failure />
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="find-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
            </div>
        </SheetFrame>
    }
}

/// Returns the memory of the models that leave for another one, where only one is kept.
fn held(store: Store) -> u64 {
    if store.settings.read().models_beside > 0 {
        return 0;
    }
    store.models.read().iter().filter_map(|model| model.in_memory).map(|there| there.bytes).sum()
}

/// Returns the bytes that are free for another model; `None` until they were read.
pub(super) fn free(store: Store, library: ModelLibrary) -> Option<u64> {
    library.machine.read().as_ref().map(|machine| machine.free_bytes.saturating_add(held(store)))
}

/// Says how much memory is free, and what of it the model in memory still holds.
fn free_sentence(store: Store, library: ModelLibrary) -> String {
    let Some(machine) = library.machine.get() else { return String::new() };
    let held = held(store);
    let free = format::bytes(machine.free_bytes.saturating_add(held));
    let total = format::bytes(machine.total_bytes);
    if held == 0 {
        t!("models-find-free", free = free, total = total)
    } else {
        t!("models-find-free-held", free = free, total = total, held = format::bytes(held))
    }
}
