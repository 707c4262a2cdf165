//! The settings of keys: whether one is known, where it is kept, and a button that forgets it. No key is ever shown.

use ipc::Failure;
use ipc::command::{ForgetToken, InspectEndpoint, ReadHub, SaveKey};
use ipc::download::{Hub, TokenSource};
use ipc::drafts::{EndpointFacts, KeyPlace};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Group, Line};
use crate::bridge;
use crate::state::store;
use crate::t;
use crate::widgets::{AskFirst, FailureCard};

#[component]
pub(super) fn Keys() -> impl IntoView {
    let failure = RwSignal::new(None::<Failure>);
    view! {
        <Group name=t!("shell-settings-keys") id="settings-keys">
            <HubToken failure />
            <EndpointKey failure />
            <FailureCard failure />
        </Group>
    }
}

/// Shows an answer of the application, or why there is none.
fn take<T: Send + Sync + 'static>(
    answer: Result<T, Failure>,
    shown: RwSignal<Option<T>>,
    failure: RwSignal<Option<Failure>>,
) {
    match answer {
        Ok(now) => drop(shown.try_set(Some(now))),
        Err(refused) => drop(failure.try_set(Some(refused))),
    }
}

#[component]
fn HubToken(failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let hub = RwSignal::new(None::<Hub>);
    spawn_local(async move { take(bridge::call(ReadHub {}).await, hub, failure) });
    let forget = move |()| {
        failure.set(None);
        spawn_local(async move { take(bridge::call(ForgetToken {}).await, hub, failure) });
    };
    let source = Memo::new(move |_| hub.read().as_ref().map(|hub| hub.token));
    let place = move || match source.get() {
        None => String::new(),
        Some(TokenSource::None) => t!("models-token-none"),
        Some(TokenSource::Environment) => t!("models-token-environment"),
        Some(TokenSource::Memory) => t!("models-token-memory"),
        Some(TokenSource::Keyring) => t!("models-token-keyring"),
        Some(TokenSource::File) => t!("models-token-file"),
    };
    let note = move || {
        hub.read().as_ref().map_or_else(String::new, |hub| t!("shell-key-hub-note", host = hub.host.clone()))
    };
    // Of the environment and of the file nothing is Tiller's to forget.
    let is_typed = move || matches!(source.get(), Some(TokenSource::Memory | TokenSource::Keyring));
    view! {
        <Line name=t!("shell-key-hub") id="settings-key-hub" note=Signal::derive(note)>
            <span class="grow" data-testid="settings-token-place">{place}</span>
            <Show when=is_typed>
                <AskFirst label=t!("models-token-forget") lost=t!("models-token-lost") sure=t!("models-token-forget-sure") testid="settings-token-forget" act=Callback::new(forget) />
            </Show>
        </Line>
    }
}

#[component]
fn EndpointKey(failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let store = store();
    let address = store.settings.read_untracked().endpoint.as_ref().map(|used| used.address.clone());
    let facts = RwSignal::new(None::<EndpointFacts>);
    let is_unused = address.is_none();
    if let Some(address) = address {
        spawn_local(async move { take(bridge::call(InspectEndpoint { address }).await, facts, failure) });
    }
    let forget = move |()| {
        let Some(address) = facts.read_untracked().as_ref().map(|facts| facts.address.clone()) else {
            return;
        };
        failure.set(None);
        // An empty key deletes the one that is kept.
        let request = SaveKey { address, key: String::new() };
        spawn_local(async move { take(bridge::call(request).await, facts, failure) });
    };
    let key = Memo::new(move |_| facts.read().as_ref().map(|facts| facts.key));
    let place = move || match key.get() {
        None if is_unused => t!("shell-key-endpoint-unused"),
        None => String::new(),
        Some(KeyPlace::Nowhere) => t!("shell-key-endpoint-none"),
        Some(KeyPlace::Keyring) => t!("data-endpoint-key-in-keyring"),
        Some(KeyPlace::Memory) => t!("data-endpoint-key-in-memory"),
    };
    let note = move || match facts.read().as_ref() {
        Some(facts) => t!("shell-key-endpoint-note", address = facts.address.clone()),
        None => String::new(),
    };
    let is_kept = move || matches!(key.get(), Some(KeyPlace::Keyring | KeyPlace::Memory));
    view! {
        <Line name=t!("shell-key-endpoint") id="settings-key-endpoint" note=Signal::derive(note)>
            <span class="grow" data-testid="settings-key-place">{place}</span>
            <Show when=is_kept>
                <AskFirst label=t!("data-endpoint-forget") lost=t!("data-endpoint-forget-lost") sure=t!("data-endpoint-forget-sure") testid="settings-key-forget" act=Callback::new(forget) />
            </Show>
        </Line>
    }
}
