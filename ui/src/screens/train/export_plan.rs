//! Exports a run as the plan of a study.

use ipc::Failure;
use ipc::command;
use ipc::files::FilePurpose;
use ipc::plan::PlanOf;
use ipc::train::Run;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::chosen_files;
use crate::widgets::{Checkbox, FailureCard, PathField};

/// The panel that writes the shown run as a plan.
#[component]
pub(super) fn ExportPlan(run: Memo<Option<Run>>) -> impl IntoView {
    let path = RwSignal::new(String::new());
    let replace = RwSignal::new(false);
    let failure = RwSignal::new(None::<Failure>);
    let done = RwSignal::new(None::<String>);
    let purpose = Callback::new(move |()| FilePurpose::ExportSweep {
        name: run.get_untracked().map(|run| run.name).unwrap_or_default(),
        ending: "toml".to_owned(),
    });
    let write = move |_| {
        let Some(run) = run.get_untracked() else { return };
        let (path, replace) = (path.get_untracked().trim().to_owned(), replace.get_untracked());
        failure.set(None);
        done.set(None);
        spawn_local(async move {
            let file = chosen_files::to_write(&path);
            let what = PlanOf::Run { run: run.id };
            match bridge::call(command::ExportPlan { what, file, replace }).await {
                Ok(()) => drop(done.try_set(Some(path))),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
        });
    };
    view! {
        <details data-testid="run-plan">
            <summary>"Export as a plan"</summary>
            <div class="fields">
                <p class="quiet small">"One file with the pairs and all settings, with which anybody trains this vector again: tiller-cli run --plan FILE"</p>
                <PathField label="File" testid="run-plan-path" path purpose failure />
                <div class="row">
                    <Checkbox label=Signal::stored("Replace a file that is there".to_owned()) testid="run-plan-replace" value=replace />
                    <span class="grow"></span>
                    <button class="button primary" data-testid="run-plan-write" disabled=move || path.read().trim().is_empty() on:click=write>"Export"</button>
                </div>
                {move || done.get().map(|path| view! { <p class="quiet small" data-testid="run-plan-written">{format!("Written to {path}")}</p> })}
                <FailureCard failure />
            </div>
        </details>
    }
}
