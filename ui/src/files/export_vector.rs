//! The sheet that exports a vector: as a file whose extension chooses the format, as a passport, a part of a model or of an
//! adapter, or handed over to another program.

use ipc::command::ExportVector;
use ipc::files::{ADAPTER_ENDINGS, ExportedVector, FilePurpose, VECTOR_ENDINGS};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::adapter_files::AdapterFiles;
use super::distil::DistilPage;
use super::hand_over::{HandOverAdapterPage, HandOverPage};
use super::into_model::IntoModelPage;
use super::passport::PassportPage;
use super::publish::PublishPage;
use crate::actions::VectorPage;
use crate::bridge;
use crate::chosen_files;
use crate::state::store;
use crate::t;
use crate::text::{message, said};
use crate::widgets::CopyField;
use crate::widgets::{Checkbox, PathField};
use crate::widgets::{FailureCard, FailureNote, SheetFrame, roving};

impl VectorPage {
    /// An adapter is a part of no model yet, and needs no distilling.
    fn is_for_adapters(self) -> bool {
        !matches!(self, Self::IntoModel | Self::Distil)
    }
}

/// The pages, for tests and by the messages of their names.
const PAGES: [(VectorPage, &str, &str); 6] = [
    (VectorPage::File, "export-page-file", "files-page-file"),
    (VectorPage::Passport, "export-page-passport", "files-page-passport"),
    (VectorPage::IntoModel, "export-page-model", "files-page-model"),
    (VectorPage::Distil, "export-page-distil", "files-page-distil"),
    (VectorPage::HandOver, "export-page-hand-over", "files-page-hand-over"),
    (VectorPage::Publish, "export-page-publish", "files-page-publish"),
];

/// The sheet that exports a vector.
#[component]
pub fn ExportVectorSheet(
    /// The vector.
    id: Id,
    /// The page that is shown at first.
    page: VectorPage,
) -> impl IntoView {
    let store = store();
    let page = RwSignal::new(page);
    let path = RwSignal::new(String::new());
    let replace = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let done = RwSignal::new(None::<ExportedVector>);
    let is_busy = RwSignal::new(false);
    let name = Memo::new(move |_| {
        let vectors = store.vectors.read();
        vectors.iter().find(|vector| vector.id == id).map(|vector| vector.name.clone()).unwrap_or_default()
    });
    let is_adapter = Memo::new(move |_| {
        store.vectors.read().iter().any(|vector| vector.id == id && vector.adapter.is_some())
    });
    let purpose = Callback::new(move |()| {
        let name = name.get_untracked();
        if is_adapter.get_untracked() {
            FilePurpose::ExportAdapter { name }
        } else {
            FilePurpose::ExportVector { name }
        }
    });
    let export = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        failure.set(None);
        done.set(None);
        is_busy.set(true);
        let file = chosen_files::to_write(&path.get_untracked());
        let (replace, prove) = (replace.get_untracked(), is_adapter.get_untracked());
        let request = ExportVector { vector: id, file, replace, prove };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(exported) => drop(done.try_set(Some(exported))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let pages = move || {
        let is_adapter = is_adapter.get();
        PAGES.into_iter().filter(|(one, ..)| !is_adapter || one.is_for_adapters()).map(|(one, testid, label)| {
            let label = if one == VectorPage::File && is_adapter { "files-page-adapter" } else { label };
            view! {
                <button type="button" data-testid=testid aria-pressed=move || (page.get() == one).to_string()
                    on:click=move |_| page.set(one)>{message(label, &[])}</button>
            }
        }).collect_view()
    };
    view! {
        <SheetFrame label=t!("files-export-vector") testid="export-vector-sheet">
            <h2>{move || t!("files-export-name", name = name.get())}</h2>
            <div use:roving class="segments wide" role="group" aria-label=t!("files-export-pages")>{pages}</div>
            <Show when=move || page.get() == VectorPage::File>
                <form class="fields" on:submit=export>
                    <PathField label=t!("file") testid="export-vector-path" path purpose failure
                        changed=Callback::new(move |()| drop(done.try_set(None))) />
                    <p class="quiet small" data-testid="export-vector-format">{move || if is_adapter.get() { adapter_note(&path.read()) } else { format_note(&path.read()) }}</p>
                    <Show when=move || is_adapter.get()><p class="quiet small">{t!("files-adapter-proof")}</p></Show>
                    <Checkbox testid="export-vector-replace" value=replace label=t!("replace-file") />
                    <FailureCard failure />
                    {move || done.get().map(|exported| view! { <ExportedNote exported is_adapter=is_adapter.get_untracked() /> })}
                    <div class="row">
                        <span class="grow"></span>
                        <button class="button" type="button" data-testid="export-vector-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                        <button class="button primary" type="submit" data-testid="export-vector-do" disabled=move || is_busy.get() || path.read().trim().is_empty()>{t!("export")}</button>
                    </div>
                </form>
                <Show when=move || is_adapter.get()><AdapterFiles adapter=id /></Show>
            </Show>
            <Show when=move || page.get() == VectorPage::Passport><PassportPage id name /></Show>
            <Show when=move || page.get() == VectorPage::IntoModel><IntoModelPage id /></Show>
            <Show when=move || page.get() == VectorPage::Distil><DistilPage id /></Show>
            <Show when=move || page.get() == VectorPage::HandOver>
                <Show when=move || is_adapter.get() fallback=move || view! { <HandOverPage id exported=path /> }><HandOverAdapterPage id exported=path /></Show>
            </Show>
            <Show when=move || page.get() == VectorPage::Publish><PublishPage id /></Show>
        </SheetFrame>
    }
}

/// Says where the file is, and what is known of what was written: a vector's was read again, an adapter's is compared by a job. For
/// llama.cpp's format, also how to use it.
#[component]
fn ExportedNote(exported: ExportedVector, is_adapter: bool) -> impl IntoView {
    view! {
        <p role="status" data-testid="export-vector-done">{t!("files-written", path = exported.path)}</p>
        {(!is_adapter).then(|| view! { <p class="quiet small" data-testid="export-vector-same">{t!("files-read-back")}</p> })}
        {exported.unproved.map(|failure| view! {
            <p class="warning small" role="alert" data-testid="export-vector-unproved">{t!("files-adapter-unproved")}</p>
            <FailureNote failure />
        })}
        {exported.warning.map(|warning| view! { <p class="warning small" role="alert" data-testid="export-vector-warning">{said(&warning)}</p> })}
        {exported.server_line.map(|line| view! {
            <label class="field">
                <span class="label">{t!("files-use-in-llama-cpp")}</span>
                <CopyField testid="server-line" label=t!("files-use-in-llama-cpp") text=line />
            </label>
        })}
    }
}

/// Returns a sentence on the format of an adapter that the extension of a path chooses.
fn adapter_note(path: &str) -> String {
    match ending(path).as_str() {
        "safetensors" => t!("files-adapter-safetensors"),
        "gguf" => t!("files-adapter-gguf"),
        _ => t!("files-adapter-ending", endings = listed(&ADAPTER_ENDINGS)),
    }
}

/// Lists the endings behind the first one's dot.
fn listed(endings: &[&str]) -> String {
    endings.join(&format!("{}.", t!("list-separator")))
}

fn ending(path: &str) -> String {
    path.trim().rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// Returns a sentence on the format that the extension of a path chooses.
fn format_note(path: &str) -> String {
    match ending(path).as_str() {
        "safetensors" => t!("files-vector-safetensors"),
        "gguf" => t!("files-vector-gguf"),
        "pt" => t!("files-vector-pt"),
        "npy" => t!("files-vector-npy"),
        "json" => t!("files-vector-json"),
        _ => t!("files-vector-ending", endings = listed(&VECTOR_ENDINGS)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_is_explained() {
        for ending in VECTOR_ENDINGS {
            assert!(
                !format_note(&format!("/a.b/vector.{}", ending.to_uppercase())).contains("The ending says"),
                "{ending}"
            );
        }
        assert!(format_note("/a/vector").contains(".safetensors, .gguf"));
        assert!(
            adapter_note("/a/lora.gguf").contains("--lora") && adapter_note("/a/lora.pt").contains(".gguf")
        );
    }
}
