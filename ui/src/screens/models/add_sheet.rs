//! The sheet that adds models from this machine: a file, a folder, or all that a folder holds.

use ipc::command::{AddModel, ChooseFile, ScanFolder, StopScan};
use ipc::files::FilePurpose;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::library::{ModelLibrary, library, parts};
use crate::actions::Screen;
use crate::bridge;
use crate::chosen_files;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;
use crate::widgets::{FailureCard, SheetFrame};

/// The sheet that adds models from this machine.
#[component]
pub fn AddModelSheet() -> impl IntoView {
    let (store, library) = parts();
    let path = RwSignal::new(store.dropped.try_update(Option::take).flatten().unwrap_or_default());
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let choose = move |purpose| {
        spawn_local(async move {
            match bridge::call(ChooseFile { purpose }).await {
                Ok(Some(chosen)) => drop(path.try_set(chosen_files::remember(chosen))),
                Ok(None) => (),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        failure.set(None);
        is_busy.set(true);
        spawn_local(async move {
            match bridge::call(AddModel { file: chosen_files::to_read(&path.get_untracked()) }).await {
                Ok(model) => added(store, library, model.id),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let search = move |_| {
        failure.set(None);
        spawn_local(async move {
            match bridge::call(ScanFolder { file: chosen_files::to_read(&path.get_untracked()) }).await {
                Ok(()) => {
                    store.sheet.set(None);
                    store.go(Screen::Models);
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    let is_empty = move || path.read().trim().is_empty();
    view! {
        <SheetFrame label=t!("models-add-label") testid="add-model-sheet">
            <h2>{t!("models-add-title")}</h2>
            <form class="fields" on:submit=add>
                <label class="field">
                    <span class="label">{t!("models-add-path")}</span>
                    <input type="text" data-testid="add-model-path" aria-label=t!("models-add-path") autocomplete="off" spellcheck="false" prop:value=path
                        on:input=move |event| path.set(event_target_value(&event)) />
                </label>
                <div class="row wrap">
                    <button class="button" type="button" data-testid="add-model-choose-file" on:click=move |_| choose(FilePurpose::AddModel)>{t!("models-add-choose-file")}</button>
                    <button class="button" type="button" data-testid="add-model-choose-folder" on:click=move |_| choose(FilePurpose::ModelFolder)>{t!("models-add-choose-folder")}</button>
                </div>
                <p class="quiet small">{t!("models-add-note")}</p>
                <FailureCard failure />
                <div class="row">
                    <span class="grow"></span>
                    <button class="button" type="button" data-testid="add-model-cancel" on:click=move |_| store.sheet.set(None)>{t!("cancel")}</button>
                    <button class="button" type="button" data-testid="add-model-search" disabled=is_empty on:click=search>{t!("models-add-search")}</button>
                    <button class="button primary" type="submit" data-testid="add-model-do" disabled=move || is_busy.get() || is_empty()>{t!("models-add-do")}</button>
                </div>
            </form>
        </SheetFrame>
    }
}

/// Shows a model that was added, and puts it in use.
fn added(store: Store, library: ModelLibrary, id: Id) {
    store.sheet.set(None);
    library.chosen.set(Some(id));
    library.filter.set(String::new());
    store.change_settings(|settings| settings.model = Some(id));
    store.go(Screen::Models);
}

/// The progress and the results of the search of a folder.
#[component]
pub(super) fn ScanNote() -> impl IntoView {
    let store = store();
    let library = library();
    move || {
        library.scan.get().map(|scan| {
            let (count, path) = (scan.looked_at, scan.path);
            let (added, known, refused) = (scan.added, scan.known, scan.refused);
            let counts = if scan.is_running {
                t!(
                    "models-scan-running",
                    count = count,
                    path = path,
                    added = added,
                    known = known,
                    refused = refused
                )
            } else {
                t!(
                    "models-scan-done",
                    count = count,
                    path = path,
                    added = added,
                    known = known,
                    refused = refused
                )
            };
            let refused = scan.first_refused;
            view! {
                <div class="foot stack" role="status" data-testid="scan">
                    <div class="row">
                        <span class="grow" data-testid="scan-counts">{counts}</span>
                        {if scan.is_running {
                            view! { <button class="button" type="button" data-testid="scan-stop" on:click=move |_| store.send(StopScan {})>{t!("stop")}</button> }.into_any()
                        } else {
                            view! { <button class="link" type="button" data-testid="scan-dismiss" on:click=move |_| library.scan.set(None)>{t!("dismiss")}</button> }.into_any()
                        }}
                    </div>
                    {scan.cut_short.map(|why| view! { <span class="warning">{said(&why)}</span> })}
                    {(!refused.is_empty() && !scan.is_running).then(|| view! {
                        <details data-testid="scan-refused">
                            <summary>{t!("models-scan-refused")}</summary>
                            <div class="table-box refused" tabindex="0"><table><tbody>
                                {refused.into_iter().map(|file| view! { <tr><td class="path">{file.path}</td><td>{said(&file.reason)}</td></tr> }).collect_view()}
                            </tbody></table></div>
                        </details>
                    })}
                </div>
            }
        })
    }
}
