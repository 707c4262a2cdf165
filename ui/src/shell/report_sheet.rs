//! The sheet with the report on the application itself, which a person reads before it is copied or saved.

use ipc::Failure;
use ipc::command::{ReadDiagnostics, SaveDiagnostics};
use ipc::files::FilePurpose;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::state::store;
use crate::widgets::{Checkbox, FailureCard, PathField, SheetFrame, copy_selected};
use crate::{bridge, chosen_files, t};

/// The report: its whole text, a button that copies it, and a form that saves it.
#[component]
pub(super) fn ReportSheet() -> impl IntoView {
    let store = store();
    let text = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<Failure>);
    spawn_local(async move {
        match bridge::call(ReadDiagnostics {}).await {
            Ok(read) => drop(text.try_set(Some(read))),
            Err(refused) => drop(failure.try_set(Some(refused))),
        }
    });
    view! {
        <SheetFrame label=t!("shell-report") testid="report-sheet" wide=true>
            <h2>{t!("shell-report")}</h2>
            <p class="quiet small">{t!("shell-report-note")}</p>
            {move || match text.get() {
                Some(text) => view! { <ReportText text /> }.into_any(),
                None => view! { <p class="quiet">{t!("shell-report-reading")}</p> }.into_any(),
            }}
            <SaveForm failure />
            <div class="row end">
                <button class="button" type="button" data-testid="report-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
            </div>
        </SheetFrame>
    }
}

/// The text with the button that copies it.
#[component]
fn ReportText(text: String) -> impl IntoView {
    let field = NodeRef::<html::Textarea>::new();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let Some(field) = field.get_untracked() else { return };
        field.select();
        copied.set(copy_selected());
    };
    view! {
        <textarea class="mono" readonly=true rows="16" aria-label=t!("shell-report") data-testid="report-text" node_ref=field prop:value=text></textarea>
        <div class="row">
            <button class="button" type="button" data-testid="report-copy" on:click=copy>
                {move || if copied.get() { t!("copied") } else { t!("shell-report-copy") }}
            </button>
        </div>
    }
}

/// The form that saves the text that is shown.
#[component]
fn SaveForm(failure: RwSignal<Option<Failure>>) -> impl IntoView {
    let path = RwSignal::new(String::new());
    let replace = RwSignal::new(false);
    let saved = RwSignal::new(false);
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        failure.set(None);
        saved.set(false);
        let request = SaveDiagnostics {
            file: chosen_files::to_write(&path.get_untracked()),
            replace: replace.get_untracked(),
        };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(()) => drop(saved.try_set(true)),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    view! {
        <form class="fields" on:submit=save>
            <PathField label=t!("shell-report-save") testid="report-path" path failure
                purpose=Callback::new(|()| FilePurpose::SaveDiagnostics)
                changed=Callback::new(move |()| { saved.try_set(false); }) />
            <Checkbox testid="report-replace" value=replace label=t!("replace-file") />
            <FailureCard failure />
            <div class="row">
                <button class="button" type="submit" data-testid="report-save" disabled=move || path.read().trim().is_empty()>{t!("save")}</button>
                <Show when=move || saved.get()><span role="status" class="quiet" data-testid="report-saved">{t!("shell-report-saved")}</span></Show>
            </div>
        </form>
    }
}
