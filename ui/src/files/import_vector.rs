//! The sheet that imports a vector file of Tiller or of another program.

use ipc::Failure;
use ipc::command::{ImportVector, PreviewVector};
use ipc::files::{FilePurpose, VectorPreview};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::vector_preview::VectorPreviewed;
use crate::actions::Screen;
use crate::bridge;
use crate::chosen_files;
use crate::screens::vectors::VectorLibrary;
use crate::state::store;
use crate::widgets::PathField;
use crate::widgets::{FailureCard, SheetFrame};

/// The sheet that imports a vector.
#[component]
pub fn ImportVectorSheet() -> impl IntoView {
    let (store, library) = (store(), expect_context::<VectorLibrary>());
    let path = RwSignal::new(store.dropped.try_update(Option::take).flatten().unwrap_or_default());
    let (name, layer) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let model = RwSignal::new(store.model().map(|model| model.id));
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let typed_layer = move || match layer.read().trim() {
        "" => Ok(None),
        typed => typed.parse::<u32>().map(Some),
    };
    let preview = RwSignal::new(None::<VectorPreview>);
    let forget = move || {
        preview.try_set(None);
        failure.try_set(None);
    };
    let import_now = move || {
        let (Some(model), Ok(layer)) = (model.get_untracked(), untrack(typed_layer)) else { return };
        failure.set(None);
        is_busy.set(true);
        let file = chosen_files::to_read(&path.get_untracked());
        let request = ImportVector { file, name: name.get_untracked(), layer, model };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(vector) => {
                    store.sheet.set(None);
                    store.change_settings(|settings| settings.vector = Some(vector.id));
                    library.show(vector.id);
                    store.go(Screen::Vectors);
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    // Reads the file; where nothing is to be said about it and it was asked for, it is imported at once.
    let read = move |then_import: bool| {
        let Some(model_id) = model.get_untracked().filter(|_| !path.read_untracked().trim().is_empty())
        else {
            return;
        };
        forget();
        is_busy.set(true);
        let typed = path.get_untracked();
        let request = PreviewVector { file: chosen_files::to_read(&typed), model: model_id };
        spawn_local(async move {
            let answer = bridge::call(request).await;
            is_busy.try_set(false);
            // Another file or model was chosen meanwhile, or the sheet is closed.
            if path.try_get_untracked() != Some(typed) || model.get_untracked() != Some(model_id) {
                return;
            }
            match answer {
                Ok(found) => {
                    let has_layer = !found.needs_layer || matches!(untrack(typed_layer), Ok(Some(_)));
                    let is_plain = found.notes.is_empty() && has_layer;
                    preview.set(Some(found));
                    if then_import && is_plain {
                        import_now();
                    }
                }
                Err(refused) => failure.set(Some(refused)),
            }
        });
    };
    // What was dropped onto the window is shown at once.
    read(false);
    let import = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if preview.read_untracked().is_some() { import_now() } else { read(true) }
    };
    let models = move || {
        let option = |known: ipc::model::Model| {
            let is_current = model.get_untracked() == Some(known.id);
            view! { <option value=known.id.to_string() selected=is_current>{known.name}</option> }
        };
        store.models.get().into_iter().map(option).collect_view()
    };
    let is_ready = move || {
        let is_typed = !path.read().trim().is_empty() && typed_layer().is_ok();
        is_typed && model.get().is_some() && !is_busy.get()
    };
    view! {
        <SheetFrame label="Import a vector" testid="import-vector-sheet">
            <h2>"Import a vector"</h2>
            <form class="fields" on:submit=import>
                <PathField label="File" testid="import-vector-path" path failure purpose=Callback::new(|()| FilePurpose::ImportVector)
                    changed=Callback::new(move |()| forget()) chosen=Callback::new(move |()| read(false)) />
                <p class="quiet small">"Tiller's .safetensors and .json, llama.cpp's and repeng's .gguf, PyTorch's .pt, .pth and .bin, NumPy's .npy and .npz. A file with several layers becomes one vector of several layers. A .safetensors of peft\u{2019}s with low-rank pairs on queries and values becomes an adapter. Nothing in a file is run."</p>
                <label class="field">
                    <span class="label">"Model"</span>
                    <select data-testid="import-vector-model" on:change=move |event| {
                        model.set(event_target_value(&event).parse().ok());
                        // The number of the model's blocks tells whether a table's first row is the embedding.
                        if preview.read_untracked().is_some() {
                            read(false);
                        }
                    }>{models}</select>
                </label>
                {move || preview.get().map(|preview| view! { <VectorPreviewed preview layer /> })}
                <div class="two">
                    <label class="field">
                        <span class="label">"Name"</span>
                        <input type="text" data-testid="import-vector-name" placeholder="The file's, if empty" prop:value=name
                            on:input=move |event| name.set(event_target_value(&event)) />
                    </label>
                    <label class="field">
                        <span class="label">"Layer"</span>
                        <input type="text" inputmode="numeric" data-testid="import-vector-layer" placeholder="All of the file's, if empty" prop:value=layer
                            aria-invalid=move || typed_layer().is_err().to_string()
                            on:input=move |event| layer.set(event_target_value(&event)) />
                    </label>
                </div>
                <FailureCard failure />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" data-testid="import-vector-cancel" on:click=move |_| store.sheet.set(None)>"Cancel"</button>
                    <button class="button primary" type="submit" data-testid="import-vector-do" disabled=move || !is_ready()>"Import"</button>
                </div>
            </form>
        </SheetFrame>
    }
}
