//! The Models screen: the models known, and which one is in memory.

use ipc::command::{AddModel, LoadModel};
use ipc::model::{Model, ModelFacts, ModelState};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::format;
use crate::shell::{FailureCard, FailureNote};
use crate::state::store;

/// The screen.
#[component]
pub fn ModelsScreen() -> impl IntoView {
    let store = store();
    let chosen = RwSignal::new(None::<Id>);
    let shown = Memo::new(move |_| {
        let (models, chosen) = (store.models.read(), chosen.get());
        let used = store.model().map(|model| model.id);
        models.iter().find(|model| Some(model.id) == chosen.or(used)).or(models.first()).cloned()
    });
    let id = Memo::new(move |_| shown.read().as_ref().map(|model| model.id));
    view! {
        <div class="columns wide-left">
            <section class="left" aria-label="Models">
                <table>
                    <thead><tr><th>"Name"</th><th>"Family"</th><th class="number">"Weights"</th><th class="number">"Layers"</th><th>"Stored as"</th><th>"State"</th></tr></thead>
                    <tbody>{move || store.models.get().into_iter().map(|model| row(&model, id, chosen)).collect_view()}</tbody>
                </table>
                <Add chosen />
            </section>
            <section class="right" aria-label="The model">
                {move || shown.get().map(|model| view! { <Details model /> })}
            </section>
        </div>
    }
}

fn row(model: &Model, id: Memo<Option<Id>>, chosen: RwSignal<Option<Id>>) -> impl IntoView + use<> {
    let own = model.id;
    let fact = |read: fn(&ModelFacts) -> String| model.facts.as_ref().map(read);
    view! {
        <tr class="link-row" data-testid="model-row" tabindex="0" aria-selected=move || (id.get() == Some(own)).to_string()
            on:click=move |_| chosen.set(Some(own))
            on:keydown=move |event| if event.key() == "Enter" { chosen.set(Some(own)); }>
            <td>{model.name.clone()}</td>
            <td>{fact(|facts| facts.architecture.clone())}</td>
            <td class="number">{fact(|facts| format::count(facts.parameters))}</td>
            <td class="number">{fact(|facts| facts.blocks.to_string())}</td>
            <td>{fact(|facts| facts.quantization.clone())}</td>
            <td>{state(&model.state)}</td>
        </tr>
    }
}

fn state(state: &ModelState) -> String {
    match state {
        ModelState::Unloaded => "not loaded".into(),
        ModelState::Loading { fraction } => format!("loading {}", format::percent(*fraction)),
        ModelState::Ready { device } => format!("in memory, {device}"),
        ModelState::Failed { .. } => "cannot be used".into(),
    }
}

/// Adds a file by its path.
#[component]
fn Add(chosen: RwSignal<Option<Id>>) -> impl IntoView {
    let store = store();
    let path = RwSignal::new(String::new());
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        failure.set(None);
        is_busy.set(true);
        spawn_local(async move {
            match bridge::call(AddModel { path: path.get_untracked() }).await {
                Ok(model) => {
                    path.try_set(String::new());
                    chosen.try_set(Some(model.id));
                    store.change_settings(|settings| settings.model = Some(model.id));
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    view! {
        <form class="padded" on:submit=add>
            <label class="field">
                <span class="label">"Add a model"</span>
                <span class="row">
                    <input type="text" data-testid="model-path" placeholder="Path of a GGUF file" prop:value=path
                        on:input=move |event| path.set(event_target_value(&event)) />
                    <button class="button" type="submit" data-testid="model-add" disabled=move || is_busy.get() || path.read().trim().is_empty()>"Add"</button>
                </span>
                <span class="quiet small">"The file stays where it is. Llama, Mistral, SmolLM2, TinyLlama and Vicuna models are understood."</span>
            </label>
            <FailureCard failure />
        </form>
    }
}

#[component]
fn Details(model: Model) -> impl IntoView {
    let store = store();
    let id = model.id;
    let load = move |_| {
        store.change_settings(|settings| settings.model = Some(id));
        store.send(LoadModel { model: id });
    };
    let can_load = matches!(model.state, ModelState::Unloaded | ModelState::Failed { .. });
    let failed = match &model.state {
        ModelState::Failed { failure } => Some(failure.clone()),
        _ => None,
    };
    view! {
        <h2>{model.name.clone()}</h2>
        {failed.map(|failure| view! { <FailureNote failure /> })}
        {model.facts.as_ref().map(facts)}
        <dl class="details"><dt>"File"</dt><dd>{model.path.clone()}</dd><dt>"State"</dt><dd>{state(&model.state)}</dd></dl>
        {can_load.then(|| view! { <div><button class="button primary" data-testid="model-load" on:click=load>"Load"</button></div> })}
    }
}

fn facts(facts: &ModelFacts) -> impl IntoView + use<> {
    view! {
        <dl class="details">
            <dt>"Family"</dt><dd>{facts.architecture.clone()}</dd>
            <dt>"Weights"</dt><dd>{format!("{} ({})", format::count(facts.parameters), facts.quantization)}</dd>
            <dt>"Layers"</dt><dd>{format!("{} blocks, 0 to {}", facts.blocks, facts.blocks.saturating_sub(1))}</dd>
            <dt>"Residual stream"</dt><dd>{format!("{} numbers", facts.hidden_size)}</dd>
            <dt>"Vocabulary"</dt><dd>{format!("{} tokens", facts.vocabulary)}</dd>
            <dt>"Reads at most"</dt><dd>{format!("{} tokens", facts.context_length)}</dd>
            <dt>"File size"</dt><dd>{format::bytes(facts.file_bytes)}</dd>
        </dl>
    }
}
