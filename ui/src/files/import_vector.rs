//! The sheet that imports a vector file of Tiller or of another program.

use ipc::command::{ImportVector, PreviewVector};
use ipc::files::{FilePurpose, VectorPreview};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::vector_preview::VectorPreviewed;
use crate::actions::Screen;
use crate::bridge;
use crate::chosen_files;
use crate::latest::Latest;
use crate::screens::vectors::VectorLibrary;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::{FailureCard, FaultNote, FieldFaults, PathField, SheetFrame, TypedField};

/// The state of the sheet. Copies point to the same signals.
#[derive(Clone, Copy)]
struct Form {
    store: Store,
    library: VectorLibrary,
    path: RwSignal<String>,
    name: RwSignal<String>,
    layer: RwSignal<String>,
    model: RwSignal<Option<Id>>,
    preview: RwSignal<Option<VectorPreview>>,
    failure: RwSignal<Option<Failure>>,
    is_busy: RwSignal<bool>,
    latest: Latest,
}

impl Form {
    fn new(store: Store, library: VectorLibrary) -> Self {
        Self {
            store,
            library,
            path: RwSignal::new(store.dropped.try_update(Option::take).flatten().unwrap_or_default()),
            name: RwSignal::new(String::new()),
            layer: RwSignal::new(String::new()),
            model: RwSignal::new(store.model().map(|model| model.id)),
            preview: RwSignal::new(None),
            failure: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            latest: Latest::new(),
        }
    }

    /// Returns the layer that is typed, `None` if the field is empty.
    fn typed_layer(self) -> Result<Option<u32>, String> {
        match self.layer.read().trim() {
            "" => Ok(None),
            typed => {
                typed.parse().map(Some).map_err(|_| t!("files-no-layer-number", typed = typed.to_owned()))
            }
        }
    }

    fn forget_preview(self) {
        self.preview.set(None);
        self.failure.set(None);
    }

    fn import(self) {
        let (Some(model), Ok(layer)) = (self.model.get_untracked(), untrack(|| self.typed_layer())) else {
            return;
        };
        self.failure.set(None);
        self.is_busy.set(true);
        let file = chosen_files::to_read(&self.path.get_untracked());
        let request = ImportVector { file, name: self.name.get_untracked(), layer, model };
        let store = self.store;
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(vector) => {
                    store.sheet.set(None);
                    store.change_settings(|settings| settings.vector = Some(vector.id));
                    self.library.show(vector.id);
                    store.go(Screen::Vectors);
                }
                Err(refused) => drop(self.failure.try_set(Some(refused))),
            }
            self.is_busy.try_set(false);
        });
    }

    /// Reads what the file holds. With `then_import`, a file about which nothing needs to be said is imported at once.
    fn read(self, then_import: bool) {
        let path = self.path.get_untracked();
        let Some(model) = self.model.get_untracked().filter(|_| !path.trim().is_empty()) else { return };
        self.forget_preview();
        self.is_busy.set(true);
        let turn = self.latest.begin();
        let request = PreviewVector { file: chosen_files::to_read(&path), model };
        spawn_local(async move {
            let answer = bridge::call(request).await;
            // Another file or model was chosen meanwhile, or the sheet is closed.
            if !turn.is_current() {
                return;
            }
            self.is_busy.set(false);
            match answer {
                Ok(found) => {
                    let typed = untrack(|| self.typed_layer()).ok().flatten();
                    let has_layer = !found.needs_layer || typed.is_some();
                    let is_as_suggested = found.suggested_layer.is_none() || found.suggested_layer == typed;
                    let is_plain = found.notes.is_empty() && has_layer && is_as_suggested;
                    self.preview.set(Some(found));
                    if then_import && is_plain {
                        self.import();
                    }
                }
                Err(refused) => self.failure.set(Some(refused)),
            }
        });
    }

    fn is_ready(self) -> bool {
        !self.path.read().trim().is_empty() && self.model.get().is_some() && !self.is_busy.get()
    }
}

/// The sheet that imports a vector.
#[component]
pub fn ImportVectorSheet() -> impl IntoView {
    let form = Form::new(store(), expect_context::<VectorLibrary>());
    let faults = FieldFaults::provide();
    // What was dropped onto the window is shown at once.
    form.read(false);
    let import = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if form.preview.read_untracked().is_some() { form.import() } else { form.read(true) }
    };
    view! {
        <SheetFrame label=t!("files-import-vector") testid="import-vector-sheet">
            <h2>{t!("files-import-vector")}</h2>
            <form class="fields" on:submit=import>
                <PathField label=t!("file") testid="import-vector-path" path=form.path failure=form.failure purpose=Callback::new(|()| FilePurpose::ImportVector)
                    changed=Callback::new(move |()| form.forget_preview()) chosen=Callback::new(move |()| form.read(false)) />
                <p class="quiet small">{t!("files-import-vector-formats")}</p>
                <ModelField form />
                {move || form.preview.get().map(|preview| view! { <VectorPreviewed preview layer=form.layer /> })}
                <NameAndLayer form />
                <FailureCard failure=form.failure />
                <FaultNote faults />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" data-testid="import-vector-cancel" on:click=move |_| form.store.sheet.set(None)>{t!("cancel")}</button>
                    <button class="button primary" type="submit" data-testid="import-vector-do" disabled=move || !form.is_ready() || faults.are_there()>{t!("import")}</button>
                </div>
            </form>
        </SheetFrame>
    }
}

/// The model that the vector is for.
#[component]
fn ModelField(form: Form) -> impl IntoView {
    let models = move || {
        let option = |known: ipc::model::Model| {
            let is_current = form.model.get_untracked() == Some(known.id);
            view! { <option value=known.id.to_string() selected=is_current>{known.name}</option> }
        };
        form.store.models.get().into_iter().map(option).collect_view()
    };
    let choose = move |event| {
        form.model.set(event_target_value(&event).parse().ok());
        // The number of the model's blocks tells whether a table's first row is the embedding.
        if form.preview.read_untracked().is_some() {
            form.read(false);
        }
    };
    view! {
        <label class="field">
            <span class="label">{t!("model")}</span>
            <select data-testid="import-vector-model" aria-label=t!("model") on:change=choose>{models}</select>
        </label>
    }
}

/// The vector's name, and the layer of a file that does not say it.
#[component]
fn NameAndLayer(form: Form) -> impl IntoView {
    let fault = Signal::derive(move || form.typed_layer().err());
    view! {
        <div class="two top">
            <label class="field">
                <span class="label">{t!("name")}</span>
                <input type="text" data-testid="import-vector-name" aria-label=t!("name") placeholder=t!("files-import-vector-name-hint") prop:value=form.name
                    on:input=move |event| form.name.set(event_target_value(&event)) />
            </label>
            <TypedField label=t!("layer") placeholder=t!("files-import-vector-layer-hint") testid="import-vector-layer" value=form.layer fault />
        </div>
    }
}
