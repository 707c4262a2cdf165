//! Shows one model: its facts, the memory it needs, and buttons to load, unload or remove it.

use ipc::Id;
use ipc::command::SetPrecision;
use ipc::model::{FileState, Model, ModelFacts, ModelOrigin, ModelState, Precision};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::chat_template::ChatTemplate;
use super::library::parts;
use super::memory_need::{MemoryNeedTable, precision_label};
use super::model_notes::ModelNotes;
use super::model_state::model_state;
use super::token_report::TokenReport;
use crate::bridge;
use crate::format;
use crate::t;
use crate::text::said;
use crate::widgets::{CopyField, Question, Term, focus, roving};

#[component]
pub(super) fn Details(id: Id) -> impl IntoView {
    let (store, _) = parts();
    let model = Memo::new(move |_| store.models.read().iter().find(|model| model.id == id).cloned());
    // The parts that do not depend on progress are not rendered again 20 times a second.
    let still = Memo::new(move |_| {
        model.get().map(|model| Model { state: ModelState::Unloaded, waits_for: None, ..model })
    });
    view! {
        <h2 class="model-name" data-testid="model-name">{move || model.get().map(|model| model.name)}</h2>
        <p class="quiet" data-testid="model-origin">{move || still.get().map(|model| origin(&model))}</p>
        {move || model.get().map(|model| view! { <ModelNotes model /> })}
        {move || model.get().map(|model| view! { <ModelActions model /> })}
        {move || still.get().map(|model| view! { <FactTable model /> })}
        <ChatTemplate id />
        <TokenReport id />
        {move || still.get().map(|model| view! { <RemoveModel model /> })}
    }
}

fn origin(model: &Model) -> String {
    match &model.origin {
        ModelOrigin::Starter => t!("models-origin-starter"),
        ModelOrigin::File => t!("models-origin-file"),
        ModelOrigin::Hub { repository, commit } => {
            let commit = commit.get(..7).unwrap_or(commit).to_owned();
            t!("models-origin-hub", repository = repository.clone(), commit = commit)
        }
    }
}

/// Loading, unloading, precision.
#[component]
fn ModelActions(model: Model) -> impl IntoView {
    let (_, library) = parts();
    let id = model.id;
    let unload = move |_| library.unload(id);
    let set = move |precision| {
        spawn_local(async move {
            library.show_failure(id, bridge::call(SetPrecision { model: id, precision }).await);
        });
    };
    let (_, status) = model_state(&model);
    let is_gone = model.file == FileState::Gone;
    let load = match &model.state {
        ModelState::Unloaded | ModelState::Failed { .. } => view! {
            <button class="button primary" data-testid="model-load" disabled=is_gone on:click=move |_| library.load(id)>{t!("models-load")}</button>
        }
        .into_any(),
        ModelState::Loading { .. } => view! {
            <button class="button" data-testid="model-unload" on:click=unload>{t!("models-stop-loading")}</button>
        }
        .into_any(),
        ModelState::Ready { .. } => view! {
            <button class="button" data-testid="model-unload" on:click=unload>{t!("models-unload")}</button>
        }
        .into_any(),
    };
    let precisions = [(Precision::Quantized, "quantized"), (Precision::Q8, "q8"), (Precision::F32, "f32")];
    let chosen = model.precision;
    let differs = model.in_memory.filter(|there| there.precision != chosen);
    view! {
        <div class="row wrap">
            {load}
            <span class="quiet" data-testid="model-status">{status}</span>
            <span class="grow"></span>
            <div class="row wrap">
                <span class="quiet" id="precision-label"><Term name="Quantization" text=t!("models-weights-in-memory") /></span>
                <div use:roving class="segments" role="group" aria-labelledby="precision-label">
                    {precisions.map(|(precision, key)| view! {
                        <button data-testid=format!("precision-{key}") aria-pressed=(precision == chosen).to_string()
                            title=precision_note(precision) on:click=move |_| set(precision)>{precision_label(precision)}</button>
                    })}
                </div>
            </div>
        </div>
        {differs.map(|there| view! {
            <p class="warning small">{t!("models-precision-differs", precision = precision_label(there.precision))}</p>
        })}
    }
}

fn precision_note(precision: Precision) -> String {
    match precision {
        Precision::Quantized => t!("models-precision-stored-note"),
        Precision::Q8 => t!("models-precision-q8-note"),
        Precision::F32 => t!("models-precision-f32-note"),
    }
}

/// Shows the facts that do not change while a model is loaded.
#[component]
fn FactTable(model: Model) -> impl IntoView {
    let (_, library) = parts();
    let devices = move || {
        let devices = library.machine.get().map(|machine| machine.devices).unwrap_or_default();
        match devices.as_slice() {
            [only] => t!("models-only-device", device = said(&only.label)),
            several => several
                .iter()
                .map(|device| said(&device.label))
                .collect::<Vec<_>>()
                .join(&t!("list-separator")),
        }
    };
    let is_file = model.facts.is_some() && model.path.to_lowercase().ends_with(".gguf");
    let file = if is_file { t!("file") } else { t!("models-folder") };
    view! {
        {model.facts.as_ref().map(facts)}
        {(!model.needs.is_empty()).then(|| view! { <MemoryNeedTable model=model.clone() /> })}
        <dl class="details wide">
            <dt>{t!("models-device")}</dt><dd data-testid="model-device">{devices}</dd>
            <dt>{file}</dt><dd><CopyField text=model.path.clone() testid="model-path" label=t!("models-path") /></dd>
            <dt><Term name="Fingerprint" text="SHA-256" /></dt>
            <dd>{match model.fingerprint.clone() {
                Some(print) => view! { <CopyField text=print testid="model-fingerprint" label="SHA-256" /> }.into_any(),
                None => view! { <span class="quiet">{t!("models-no-fingerprint")}</span> }.into_any(),
            }}</dd>
        </dl>
    }
}

/// Says how many heads attention has. Where several query heads share a key/value head, both are counted.
fn heads(facts: &ModelFacts) -> String {
    if facts.kv_heads == facts.heads {
        t!("models-heads-own", heads = facts.heads, size = facts.head_size)
    } else {
        t!("models-heads-shared", heads = facts.heads, shared = facts.kv_heads, size = facts.head_size)
    }
}

fn facts(facts: &ModelFacts) -> impl IntoView + use<> {
    view! {
        <dl class="details">
            <dt>{t!("models-family")}</dt><dd>{format!("{} ({})", facts.family, facts.architecture)}</dd>
            <dt>{t!("models-weights")}</dt><dd>{t!("models-weights-stored", parameters = format::count(facts.parameters), format = facts.quantization.clone(), size = format::bytes(facts.file_bytes))}</dd>
            <dt><Term name="Block" text=t!("models-layers") /></dt><dd>{t!("models-blocks", blocks = facts.blocks, last = facts.blocks.saturating_sub(1))}</dd>
            <dt><Term name="Residual stream" /></dt><dd>{t!("models-numbers", size = facts.hidden_size)}</dd>
            <dt><Term name="GQA" text=t!("models-heads") /></dt><dd>{heads(facts)}</dd>
            <dt><Term name="Token" text=t!("models-vocabulary") /></dt><dd>{t!("models-tokens", tokens = format::whole(facts.vocabulary))}</dd>
            <dt>{t!("models-reads-at-most")}</dt><dd>{t!("models-tokens", tokens = format::whole(facts.context_length))}</dd>
        </dl>
    }
}

/// Taking the model from the list, and its file from the disk: two decisions.
#[component]
fn RemoveModel(model: Model) -> impl IntoView {
    let (_, library) = parts();
    let id = model.id;
    let is_asked = RwSignal::new(false);
    let ask = NodeRef::<html::Button>::new();
    focus::keep_after(is_asked, ask);
    if model.origin == ModelOrigin::Starter {
        return ().into_any();
    }
    let is_deletable = model.file != FileState::Gone
        && (matches!(model.origin, ModelOrigin::Hub { .. }) || model.path.to_lowercase().ends_with(".gguf"));
    let size = model.facts.as_ref().map(|facts| format::bytes(facts.file_bytes)).unwrap_or_default();
    let size = StoredValue::new(size);
    let forget = move |delete_file| {
        library.forget(id, delete_file);
        is_asked.set(false);
    };
    view! {
        <div class="row wrap">
            <Show when=move || is_asked.get() fallback=move || view! {
                <button class="button" type="button" node_ref=ask data-testid="model-forget" on:click=move |_| is_asked.set(true)>{t!("models-remove")}</button>
            }>
                <Question text=if is_deletable { t!("models-remove-file-note") } else { t!("models-remove-note") } testid="model-forget" is_asked>
                    <button class="button" data-testid="model-forget-sure" on:click=move |_| forget(false)>{t!("models-remove-from-list")}</button>
                    {is_deletable.then(|| view! {
                        <button class="button bad" data-testid="model-delete-sure" on:click=move |_| forget(true)>{t!("models-delete-file", size = size.get_value())}</button>
                    })}
                </Question>
            </Show>
        </div>
    }
    .into_any()
}
