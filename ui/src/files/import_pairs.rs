//! The sheet that imports pairs. It shows a preview first, then imports all rows or none.

use ipc::command::{ForgetColumns, ImportPairs, PreviewImport};
use ipc::files::{
    Columns, FilePurpose, HoldOut, ImportPreview, ImportSource, ImportTarget, RememberedColumns,
};
use ipc::{Code, Failure};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::preview::{self, ColumnChoice, Preview};
use crate::actions::Screen;
use crate::bridge;
use crate::chosen_files;
use crate::pasted_table;
use crate::screens::data::Pairs;
use crate::state::{Store, store};
use crate::t;
use crate::widgets::roving;
use crate::widgets::{AskFirst, Checkbox, PathField};
use crate::widgets::{FailureCard, FaultNote, SheetFrame};
use crate::widgets::{FieldFaults, NumberField, NumberRange};

/// The state of the sheet.
#[derive(Clone, Copy)]
struct Form {
    store: Store,
    path: RwSignal<String>,
    /// A pasted text that is imported instead of a file.
    pasted: RwSignal<Option<String>>,
    columns: RwSignal<Columns>,
    /// Whether a person names the columns, whatever the format.
    is_naming: RwSignal<bool>,
    preview: RwSignal<Option<ImportPreview>>,
    is_new: RwSignal<bool>,
    name: RwSignal<String>,
    behaviour: RwSignal<String>,
    percent: RwSignal<f64>,
    seed: RwSignal<f64>,
    skip_refused: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
    is_busy: RwSignal<bool>,
}

impl Form {
    fn new(store: Store) -> Self {
        Self {
            store,
            path: RwSignal::new(store.dropped.try_update(Option::take).flatten().unwrap_or_default()),
            pasted: RwSignal::new(store.pasted.try_update(Option::take).flatten()),
            columns: RwSignal::default(),
            is_naming: RwSignal::new(false),
            preview: RwSignal::new(None),
            is_new: RwSignal::new(true),
            name: RwSignal::default(),
            behaviour: RwSignal::default(),
            percent: RwSignal::new(20.0),
            seed: RwSignal::new(0.0),
            skip_refused: RwSignal::new(false),
            failure: RwSignal::new(None),
            is_busy: RwSignal::new(false),
        }
    }

    fn source(self) -> ImportSource {
        match self.pasted.get_untracked() {
            Some(text) => ImportSource::Text { text },
            None => ImportSource::File { file: chosen_files::to_read(&self.path.get_untracked()) },
        }
    }

    /// Returns whether there is a file or a text to read.
    fn is_named(self) -> bool {
        self.pasted.read().is_some() || !self.path.read().trim().is_empty()
    }

    /// Takes a pasted text instead of a file.
    fn paste(self, text: String) {
        self.forget();
        self.pasted.try_set(Some(text));
        self.read_preview();
    }

    /// Returns the columns that a person has chosen, where a choice is needed.
    fn named_columns(self) -> Option<Columns> {
        let columns = self.columns.get_untracked();
        (self.is_naming.get_untracked() || columns != Columns::default()).then_some(columns)
    }

    /// Clears the preview of another file.
    fn forget(self) {
        self.preview.try_set(None);
        self.columns.try_set(Columns::default());
        self.is_naming.try_set(false);
        self.failure.try_set(None);
    }

    fn read_preview(self) {
        if !untrack(|| self.is_named()) {
            return;
        }
        self.failure.set(None);
        self.is_busy.set(true);
        let request = PreviewImport { source: self.source(), columns: self.named_columns() };
        spawn_local(async move {
            match bridge::call(request.clone()).await {
                // Another path was typed meanwhile.
                _ if self.path.try_get_untracked().is_none() || self.source() != request.source => (),
                Ok(preview) => self.show(preview),
                Err(failure) => {
                    self.preview.try_set(None);
                    self.failure.try_set(Some(failure));
                }
            }
            self.is_busy.try_set(false);
        });
    }

    /// Shows a preview. Columns in which it was read because a person named them before become the chosen ones.
    fn show(self, preview: ImportPreview) {
        if let Some(remembered) = preview.remembered.as_ref().filter(|remembered| remembered.is_used)
            && let Some(mut columns) = self.columns.try_write_untracked()
        {
            *columns = remembered.columns.clone();
        }
        self.preview.try_set(Some(preview));
    }

    /// Reads the file in the columns that were named before.
    fn use_remembered(self, columns: Columns) {
        self.is_naming.set(true);
        self.columns.set(columns);
    }

    /// Forgets the columns that were named before, and reads the file anew.
    fn forget_remembered(self, header_hash: String) {
        self.is_busy.set(true);
        spawn_local(async move {
            match bridge::call(ForgetColumns { header_hash }).await {
                Ok(()) if self.path.try_get_untracked().is_some() => {
                    self.forget();
                    self.read_preview();
                }
                Ok(()) => (),
                Err(failure) => {
                    self.failure.try_set(Some(failure));
                    self.is_busy.try_set(false);
                }
            }
        });
    }

    fn import(self, pairs: Pairs) {
        pairs.save_typed();
        let into = match self.store.data_set().filter(|_| !self.is_new.get_untracked()) {
            Some(set) => ImportTarget::Existing { data_set: set.id },
            None => ImportTarget::New {
                name: self.name.get_untracked(),
                description: self.behaviour.get_untracked(),
            },
        };
        let request = ImportPairs {
            source: self.source(),
            columns: self.named_columns(),
            into,
            hold_out: HoldOut {
                share: self.percent.get_untracked() / 100.0,
                seed: self.seed.get_untracked().max(0.0) as u64,
            },
            skip_refused: self.skip_refused.get_untracked(),
        };
        self.failure.set(None);
        self.is_busy.set(true);
        let store = self.store;
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(set) => {
                    store.sheet.set(None);
                    // On Start the pairs are a step towards a vector; everywhere else they are looked at.
                    if store.screen.get_untracked() != Screen::Start {
                        store.go(Screen::Data);
                    }
                    if store.data_set().is_some_and(|used| used.id == set.id) {
                        pairs.read_again();
                    }
                    store.change_settings(|settings| settings.data_set = Some(set.id));
                }
                Err(failure) => drop(self.failure.try_set(Some(failure))),
            }
            self.is_busy.try_set(false);
        });
    }

    /// Returns whether the import can start.
    fn is_ready(self) -> bool {
        let is_whole = |preview: &ImportPreview| preview.refused == 0 || self.skip_refused.get();
        let preview = self.preview.read();
        let found = preview.as_ref().filter(|preview| preview.format.is_some() && preview.pairs > 0);
        found.is_some_and(is_whole) && !self.is_busy.get()
    }
}

/// The sheet that imports pairs.
#[component]
pub fn ImportPairsSheet() -> impl IntoView {
    let (form, pairs) = (Form::new(store()), expect_context::<Pairs>());
    let faults = FieldFaults::provide();
    form.read_preview();
    let paste = window_event_listener(leptos::ev::paste, move |event| {
        if let Some(text) = pasted_table::pasted_table(&event) {
            event.prevent_default();
            form.paste(text);
        }
    });
    on_cleanup(move || paste.remove());
    // Enter in a field reads the file, and imports it once it is read.
    let is_unread = move || form.preview.read().is_none();
    let columns = move || {
        let preview = form.preview.get()?;
        let is_asked = preview.format.is_none() || form.named_columns().is_some();
        is_asked.then(|| view! { <ColumnChoice names=preview.columns columns=form.columns /> })
    };
    // The columns can be judged only when all three are chosen.
    Effect::new(move |before: Option<bool>| {
        let is_whole = form.columns.read().is_whole();
        if is_whole && before.is_some() {
            form.read_preview();
        }
        is_whole
    });
    // A file that was refused as it is may have the pairs in other columns.
    let can_name = move || {
        let is_known = form.preview.read().as_ref().is_some_and(|preview| preview.format.is_some());
        let is_refused = form.preview.read().is_none()
            && form.failure.read().as_ref().is_some_and(|failure| failure.code == Code::Invalid);
        (is_known || is_refused) && form.is_named() && !form.is_naming.get()
    };
    let name = move |_| {
        form.is_naming.set(true);
        form.read_preview();
    };
    view! {
        <SheetFrame label=t!("files-import-pairs") testid="import-sheet" wide=true>
            <h2>{t!("files-import-pairs")}</h2>
            <div class="fields">
                <Show when=move || form.pasted.read().is_none() fallback=move || view! { <Pasted form /> }>
                    <PathField label=t!("file") testid="import-path" path=form.path failure=form.failure
                        purpose=Callback::new(|()| FilePurpose::ImportPairs)
                        changed=Callback::new(move |()| form.forget()) chosen=Callback::new(move |()| form.read_preview()) />
                    <p class="quiet small">{t!("files-import-pairs-formats")}</p>
                </Show>
                {columns}
                <div class="row">
                    <button class="button" class:primary=is_unread type="button" data-testid="import-preview" disabled=move || form.is_busy.get() || !form.is_named()
                        on:click=move |_| form.read_preview()>{t!("files-import-preview")}</button>
                    <Show when=can_name>
                        <button class="button" type="button" data-testid="import-name-columns" title=t!("files-import-name-columns-title") on:click=name>{t!("files-import-name-columns")}</button>
                    </Show>
                </div>
            </div>
            <FailureCard failure=form.failure />
            {move || form.preview.get().and_then(|preview| preview.remembered).map(|remembered| view! { <Remembered form remembered /> })}
            {move || form.preview.get().map(|preview| view! { <Preview preview /> })}
            <Show when=move || form.preview.read().as_ref().is_some_and(|preview| preview.format.is_some())>
                <Target form />
            </Show>
            <FaultNote faults />
            <div class="row">
                <span class="grow quiet small">{move || form.is_busy.get().then(|| t!("files-import-reading"))}</span>
                <button class="button" data-testid="import-cancel" on:click=move |_| form.store.sheet.set(None)>{t!("cancel")}</button>
                <button class="button primary" data-testid="import-do" disabled=move || !form.is_ready() || faults.are_there() on:click=move |_| form.import(pairs)>{t!("import")}</button>
            </div>
        </SheetFrame>
    }
}

/// Says that columns were named for such a file before, with buttons that use and forget them.
#[component]
fn Remembered(form: Form, remembered: RememberedColumns) -> impl IntoView {
    let RememberedColumns { columns, header_hash, is_used } = remembered;
    let sentence = preview::remembered_sentence(&columns, is_used);
    let forget = Callback::new(move |()| form.forget_remembered(header_hash.clone()));
    view! {
        <div class="row wrap" data-testid="import-remembered">
            <span class="grow">{sentence}</span>
            {(!is_used).then(|| view! {
                <button class="button" type="button" data-testid="import-use-remembered" on:click=move |_| form.use_remembered(columns.clone())>{t!("files-import-use-remembered")}</button>
            })}
            <AskFirst label=t!("files-import-forget-remembered") lost=t!("files-import-forget-lost") sure=t!("files-import-forget-sure") testid="import-forget-remembered" act=forget />
        </div>
    }
}

/// Says that a text was pasted, with a button that goes back to a file.
#[component]
fn Pasted(form: Form) -> impl IntoView {
    let count = move || {
        form.pasted
            .read()
            .as_ref()
            .map_or(0, |text| text.lines().filter(|line| !line.trim().is_empty()).count())
    };
    let back = move |_| {
        form.forget();
        form.pasted.set(None);
    };
    view! {
        <div class="row" data-testid="import-pasted">
            <span class="grow">{move || t!("files-import-pasted", count = count())}</span>
            <button class="button" type="button" data-testid="import-file-instead" on:click=back>{t!("files-import-file-instead")}</button>
        </div>
    }
}

/// The fields for the data set that gets the pairs, and for the share that is held out.
#[component]
fn Target(form: Form) -> impl IntoView {
    let pressed = move |is_new: bool| (form.is_new.get() == is_new).to_string();
    let current = move || form.store.data_set().map(|set| t!("files-import-into-current", name = set.name));
    let refused = Memo::new(move |_| form.preview.read().as_ref().map_or(0, |preview| preview.refused));
    let has_splits = move || form.preview.read().as_ref().is_some_and(|preview| preview.held_out.is_some());
    view! {
        <div class="row wrap">
            <div use:roving class="segments" role="group" aria-label=t!("files-import-where")>
                <button data-testid="import-into-new" aria-pressed=move || pressed(true) on:click=move |_| form.is_new.set(true)>{t!("files-import-new")}</button>
                <Show when=move || current().is_some()>
                    <button data-testid="import-into-current" aria-pressed=move || pressed(false) on:click=move |_| form.is_new.set(false)>{current}</button>
                </Show>
            </div>
            <Show when=move || form.is_new.get()>
                <input type="text" class="grow" data-testid="import-name" aria-label=t!("files-import-name") placeholder=t!("files-import-name-hint") prop:value=form.name
                    on:input=move |event| form.name.set(event_target_value(&event)) />
            </Show>
        </div>
        <Show when=move || form.is_new.get()>
            <input type="text" data-testid="import-behaviour" dir="auto" aria-label=t!("files-import-behaviour") placeholder=t!("files-import-behaviour-hint") prop:value=form.behaviour
                on:input=move |event| form.behaviour.set(event_target_value(&event)) />
        </Show>
        <Show when=move || !has_splits() fallback=|| view! { <p class="quiet small">{t!("files-import-has-splits")}</p> }>
            <div class="two">
                <NumberField label=t!("files-import-share") hint=t!("files-import-share-hint") testid="import-share" range=NumberRange::Between(0.0, 100.0) value=form.percent set=Callback::new(move |new| form.percent.set(new)) />
                <NumberField label=t!("seed") hint=t!("files-import-seed-hint") testid="import-seed" range=NumberRange::Seed value=form.seed set=Callback::new(move |new| form.seed.set(new)) />
            </div>
        </Show>
        <Show when=move || { refused.get() > 0 }>
            <Checkbox testid="import-skip" value=form.skip_refused label=Signal::derive(move || t!("files-import-skip", count = refused.get())) />
        </Show>
    }
}
