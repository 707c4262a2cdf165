//! The fields for a model behind an HTTP address: the address, its key, and a trial.

use ipc::Failure;
use ipc::command::{InspectEndpoint, SaveKey, TryEndpoint};
use ipc::drafts::{EndpointFacts, EndpointSettings, KeyPlace};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::state::Store;
use crate::t;
use crate::widgets::{AskFirst, FailureCard, forget_with};
use crate::widgets::{NumberField, NumberRange};

/// The typed address, model and settings. Copies point to the same signals.
#[derive(Clone, Copy)]
pub(super) struct EndpointForm {
    pub(super) is_used: RwSignal<bool>,
    address: RwSignal<String>,
    model: RwSignal<String>,
    at_once: RwSignal<f64>,
    facts: RwSignal<Option<EndpointFacts>>,
    failure: RwSignal<Option<Failure>>,
}

impl EndpointForm {
    /// Fills the form with the endpoint that was used last.
    pub(super) fn new(store: Store) -> Self {
        let last = store.settings.get_untracked().endpoint.unwrap_or_default();
        let form = Self {
            is_used: RwSignal::new(false),
            at_once: RwSignal::new(f64::from(last.at_once.max(1)).max(if last.address.is_empty() {
                4.0
            } else {
                1.0
            })),
            address: RwSignal::new(last.address),
            model: RwSignal::new(last.model),
            facts: RwSignal::new(None),
            failure: RwSignal::new(None),
        };
        forget_with(form.failure, move || form.typed());
        form.read_destination();
        form
    }

    /// Returns whether an endpoint drafts, and its address and model as they are typed.
    pub(super) fn typed(self) -> (bool, String, String) {
        (self.is_used.get(), self.address.get(), self.model.get())
    }

    /// Returns the typed settings, as a command sends them.
    pub(super) fn settings(self) -> EndpointSettings {
        EndpointSettings {
            address: self.address.get_untracked(),
            model: self.model.get_untracked(),
            at_once: self.at_once.get_untracked() as u32,
        }
    }

    /// The typed settings to be remembered for the next time, without the key; `None` where another model drafts.
    pub(super) fn used(self) -> Option<EndpointSettings> {
        self.is_used.get_untracked().then(|| self.settings())
    }

    /// Returns whether the form is complete.
    pub(super) fn is_whole(self) -> bool {
        self.facts.read().is_some() && !self.model.read().trim().is_empty()
    }

    /// Returns whether the address is on this machine.
    pub(super) fn stays_here(self) -> bool {
        self.facts.read().as_ref().is_some_and(|facts| facts.stays_here)
    }

    /// Returns a sentence that says where text will be sent.
    pub(super) fn destination(self) -> String {
        match &*self.facts.read() {
            None => t!("data-endpoint-to-nowhere"),
            Some(facts) if facts.stays_here => {
                t!("data-endpoint-to-here", address = facts.address.clone())
            }
            Some(facts) if facts.is_plain => {
                t!("data-endpoint-to-plain", address = facts.address.clone())
            }
            Some(facts) => t!("data-endpoint-to-elsewhere", address = facts.address.clone()),
        }
    }

    /// Asks the application about the address. Nothing is sent to the address itself.
    fn read_destination(self) {
        let address = self.address.get_untracked();
        if address.trim().is_empty() {
            self.facts.set(None);
            return;
        }
        spawn_local(async move {
            match bridge::call(InspectEndpoint { address }).await {
                Ok(facts) => {
                    self.facts.try_set(Some(facts));
                    self.failure.try_set(None);
                }
                Err(failure) => {
                    self.facts.try_set(None);
                    self.failure.try_set(Some(failure));
                }
            }
        });
    }
}

/// The fields of an endpoint.
#[component]
pub(super) fn EndpointFields(form: EndpointForm) -> impl IntoView {
    let (key, reply) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let is_trying = RwSignal::new(false);
    let save = move |_| {
        let (address, typed) = (form.address.get_untracked(), key.get_untracked());
        key.set(String::new());
        form.failure.set(None);
        spawn_local(async move {
            match bridge::call(SaveKey { address, key: typed }).await {
                Ok(facts) => drop(form.facts.try_set(Some(facts))),
                Err(failure) => drop(form.failure.try_set(Some(failure))),
            }
        });
    };
    let forget = move |()| {
        let address = form.address.get_untracked();
        form.failure.set(None);
        spawn_local(async move {
            match bridge::call(SaveKey { address, key: String::new() }).await {
                Ok(facts) => drop(form.facts.try_set(Some(facts))),
                Err(failure) => drop(form.failure.try_set(Some(failure))),
            }
        });
    };
    let try_it = move |_| {
        let asked = TryEndpoint { address: form.address.get_untracked(), model: form.model.get_untracked() };
        form.failure.set(None);
        reply.set(None);
        is_trying.set(true);
        spawn_local(async move {
            match bridge::call(asked).await {
                Ok(text) => drop(reply.try_set(Some(text.trim().to_owned()))),
                Err(failure) => drop(form.failure.try_set(Some(failure))),
            }
            is_trying.try_set(false);
        });
    };
    let has_key = move || form.facts.read().as_ref().is_some_and(|facts| facts.key != KeyPlace::Nowhere);
    let key_place = move || match form.facts.read().as_ref().map(|facts| facts.key) {
        Some(KeyPlace::Keyring) => t!("data-endpoint-key-in-keyring"),
        Some(KeyPlace::Memory) => t!("data-endpoint-key-in-memory"),
        _ => t!("data-endpoint-key-nowhere"),
    };
    view! {
        <div class="two">
            <label class="field">
                <span class="label"><span>{t!("data-endpoint-address")}" "<span class="quiet">{t!("data-endpoint-address-hint")}</span></span></span>
                <input type="text" data-testid="endpoint-address" aria-label=t!("data-endpoint-address") autocomplete="off" spellcheck="false" placeholder="http://localhost:8000/v1" prop:value=form.address
                    on:input=move |event| form.address.set(event_target_value(&event)) on:change=move |_| form.read_destination() />
            </label>
            <label class="field">
                <span class="label">{t!("model")}</span>
                <input type="text" data-testid="endpoint-model" aria-label=t!("model") autocomplete="off" spellcheck="false" placeholder=t!("data-endpoint-model-hint") prop:value=form.model
                    on:input=move |event| form.model.set(event_target_value(&event)) />
            </label>
        </div>
        <div class="two">
            <label class="field">
                <span class="label"><span>{t!("data-endpoint-key")}" "<span class="quiet">{key_place}</span></span></span>
                <span class="row">
                    <input type="password" data-testid="endpoint-key" aria-label=t!("data-endpoint-key") autocomplete="off" prop:value=key on:input=move |event| key.set(event_target_value(&event)) />
                    <button class="button" type="button" data-testid="endpoint-save" disabled=move || key.read().trim().is_empty() || form.facts.read().is_none() on:click=save>{t!("data-endpoint-keep")}</button>
                    <Show when=has_key>
                        <AskFirst label=t!("data-endpoint-forget") lost=t!("data-endpoint-forget-lost") sure=t!("data-endpoint-forget-sure") testid="endpoint-forget" act=Callback::new(forget) />
                    </Show>
                </span>
            </label>
            <div class="row bottom">
                <NumberField label=t!("data-endpoint-at-once") hint=t!("data-endpoint-at-once-hint") testid="endpoint-at-once" range=NumberRange::WholeBetween(1, 64) value=form.at_once set=Callback::new(move |new| form.at_once.set(new)) />
                <button class="button" type="button" data-testid="endpoint-try" title=t!("data-endpoint-try-title") disabled=move || is_trying.get() || !form.is_whole() on:click=try_it>{t!("data-endpoint-try")}</button>
            </div>
        </div>
        <FailureCard failure=form.failure />
        {move || reply.get().map(|reply| view! { <p class="quiet small" data-testid="endpoint-reply">{t!("data-endpoint-reply", text = reply)}</p> })}
    }
}
