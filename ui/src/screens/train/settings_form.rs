//! The form on the left of the Train screen.

use ipc::Id;
use ipc::train::Preset;
use leptos::prelude::*;

use super::adapter_choice::AdapterChoice;
use super::advanced_settings::{AdvancedSettings, EpochsAndRate};
use super::estimate::EstimateNote;
use super::form::Form;
use super::layer_choice::LayerChoice;
use super::method_choice::MethodChoice;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::{DataSetChoice, FailureCard, FaultNote};

/// The form with the settings of the next run.
#[component]
pub(super) fn SettingsForm() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let is_there = Memo::new(move |_| form.settings.read().is_some());
    let has_steps = Memo::new(move |_| form.get(|settings| settings.method.has_steps()));
    let makes_adapter = Memo::new(move |_| form.get(|settings| settings.method.makes_adapter()));
    let faults = form.faults;
    faults.collect_here();
    let runs = Memo::new(move |_| {
        store.runs.read().iter().map(|run| (run.id, run.name.clone())).collect::<Vec<_>>()
    });
    view! {
        <Show when=move || is_there.get() fallback=move || view! {
            <p class="quiet">{move || missing(store)}</p>
        }>
            <DataSetField />
            <StartFrom runs />
            <MethodChoice />
            <Show when=move || makes_adapter.get() fallback=|| view! { <LayerChoice /> }><AdapterChoice /></Show>
            <Show when=move || has_steps.get()><EpochsAndRate /></Show>
            <AdvancedSettings has_steps makes_adapter />
            <label class="field">
                <span class="label"><span>{t!("name")}</span><span class="quiet">{t!("train-name-optional")}</span></span>
                <input type="text" data-testid="train-name" aria-label=t!("name") prop:value=form.name placeholder=t!("train-name-placeholder")
                    on:input=move |event| form.name.set(event_target_value(&event)) />
            </label>
            <EstimateNote />
            <FailureCard failure=form.failure />
            <FaultNote faults />
            <button class="button primary" data-testid="train-start" disabled=move || faults.are_there() on:click=move |_| form.start(store)>
                {move || if has_steps.get() { t!("train-start") } else { t!("train-start-extract") }}
            </button>
        </Show>
    }
}

/// Says why there are no settings yet.
fn missing(store: Store) -> String {
    if store.data_sets.read().is_empty() { t!("train-missing-set") } else { t!("train-missing-model") }
}

#[component]
fn DataSetField() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let behaviour = move || store.data_set().map(|set| set.description);
    let is_offered = move || {
        let offered = form.offered.read();
        offered.is_some() && *offered != *form.settings.read()
    };
    let take = move |_| {
        if let Some(set) = untrack(|| store.data_set()) {
            form.take_offered(set.id);
        }
    };
    view! {
        <label class="field">
            <span class="label">{t!("data-set")}</span>
            <DataSetChoice testid="train-data-set" name=|set| t!("train-set-line", name = set.name.clone(), pairs = set.train) />
            <span class="quiet small">{behaviour}</span>
        </label>
        <Show when=is_offered>
            <p class="quiet small">{t!("train-settings-kept")}
                <button class="link" data-testid="train-use-set" title=t!("train-use-set-title") on:click=take>{t!("train-use-set")}</button></p>
        </Show>
    }
}

/// Presets and the settings of earlier runs.
#[component]
fn StartFrom(
    /// The runs with their names. A run that trains changes many times a second, and what is chosen here stays.
    runs: Memo<Vec<(Id, String)>>,
) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let choose = move |event: leptos::ev::Event| {
        let chosen = event_target_value(&event);
        let preset = match chosen.as_str() {
            "small" => Some(Preset::Small),
            "paper" => Some(Preset::Paper),
            _ => None,
        };
        if let (Some(preset), Some(model), Some(set)) = (preset, store.model(), store.data_set()) {
            form.take_defaults(model.id, set.id, preset);
        } else if let Some(run) = store.runs.read().iter().find(|run| run.id.to_string() == chosen) {
            form.settings.set(Some(run.settings.clone()));
        }
    };
    view! {
        <label class="field">
            <span class="label">{t!("train-start-from")}</span>
            <select data-testid="train-preset" aria-label=t!("train-start-from") on:change=choose>
                <option value="small">{t!("train-preset-small")}</option>
                <option value="paper">{t!("train-preset-paper")}</option>
                <For each=move || runs.get() key=|run| run.clone() children=|(id, name)| view! {
                    <option value=id.to_string()>{t!("train-settings-of", run = name)}</option>
                } />
            </select>
        </label>
    }
}
