//! Exports a run as the plan of a study.

use ipc::command;
use ipc::files::FilePurpose;
use ipc::plan::PlanOf;
use ipc::train::Run;
use leptos::prelude::*;

use super::asked::PLAN;
use crate::bridge;
use crate::chosen_files;
use crate::t;
use crate::widgets::{WriteFile, Writing};

/// The panel that writes the shown run as a plan.
#[component]
pub(super) fn ExportPlan(run: Memo<Option<Run>>) -> impl IntoView {
    let purpose = Callback::new(move |()| FilePurpose::ExportSweep {
        name: run.get_untracked().map(|run| run.name).unwrap_or_default(),
        ending: "toml".to_owned(),
    });
    let write = move |path: &str, replace: bool| {
        let what = PlanOf::Run { run: run.get_untracked()?.id };
        let file = chosen_files::to_write(path);
        let writing: Writing = Box::pin(bridge::call(command::ExportPlan { what, file, replace }));
        Some((path.to_owned(), writing))
    };
    view! {
        <details data-testid="run-plan">
            <summary id=PLAN>{t!("train-plan")}</summary>
            <div class="fields">
                <p class="quiet small">{t!("train-plan-note")}</p>
                <WriteFile label=t!("file") testid="run-plan" purpose write />
            </div>
        </details>
    }
}
