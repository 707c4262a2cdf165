//! The field for the hub's access token, with a line on where the token in use comes from.

use ipc::Failure;
use ipc::command::{ForgetToken, ReadHub, SaveToken};
use ipc::download::{Hub, Secret, TokenSource};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::t;
use crate::widgets::{AskFirst, FailureCard};

/// Reads the address and the folder of downloads.
pub(super) fn read_hub(hub: RwSignal<Option<Hub>>, failure: RwSignal<Option<Failure>>) {
    spawn_local(async move {
        match bridge::call(ReadHub {}).await {
            Ok(found) => drop(hub.try_set(Some(found))),
            Err(refused) => drop(failure.try_set(Some(refused))),
        }
    });
}

/// A field for the token, with the source of the current token. `kept` is called when the token has changed.
#[component]
pub(super) fn TokenField(hub: RwSignal<Option<Hub>>, kept: Callback<()>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let failure = RwSignal::new(None::<Failure>);
    let take = move |answer: Result<Hub, Failure>| match answer {
        Ok(now) => {
            typed.try_set(String::new());
            hub.try_set(Some(now));
            kept.run(());
        }
        Err(refused) => drop(failure.try_set(Some(refused))),
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        event.stop_propagation();
        failure.set(None);
        spawn_local(async move {
            take(bridge::call(SaveToken { token: Secret(typed.get_untracked()) }).await);
        });
    };
    let forget = move |()| spawn_local(async move { take(bridge::call(ForgetToken {}).await) });
    let source = move || hub.read().as_ref().map_or(TokenSource::None, |hub| hub.token);
    let note = move || match source() {
        TokenSource::None => t!("models-token-none"),
        TokenSource::Environment => t!("models-token-environment"),
        TokenSource::Memory => t!("models-token-memory"),
        TokenSource::Keyring => t!("models-token-keyring"),
        TokenSource::File => t!("models-token-file"),
    };
    let where_kept = move || {
        let has_keyring = hub.read().as_ref().is_some_and(|hub| hub.has_keyring);
        if has_keyring { t!("models-token-kept") } else { t!("models-token-not-kept") }
    };
    let is_typed = move || matches!(source(), TokenSource::Memory | TokenSource::Keyring);
    view! {
        <form class="field" on:submit=save>
            <span class="label"><span>{t!("models-token")}</span><span class="quiet" data-testid="token-source">{note}</span></span>
            <span class="row">
                <input type="password" data-testid="token" autocomplete="off" aria-label=t!("models-token") placeholder="hf_\u{2026}" prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event)) />
                <button class="button" type="submit" data-testid="token-keep" disabled=move || typed.read().trim().is_empty()>{t!("models-use")}</button>
                <Show when=is_typed>
                    <AskFirst label=t!("models-token-forget") lost=t!("models-token-lost") sure=t!("models-token-forget-sure") testid="token-forget" act=Callback::new(forget) />
                </Show>
            </span>
            <span class="quiet small">{where_kept}</span>
            <FailureCard failure />
        </form>
    }
}
