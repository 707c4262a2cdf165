//! What was distilled from a vector: each adapter with what is left of the difference.

use ipc::Id;
use ipc::distil::Distillation;
use ipc::job::JobState;
use leptos::prelude::*;

use crate::actions::Sheet;
use crate::format;
use crate::job_kinds;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::FailureNote;

/// Lists what was distilled from a vector, newest first.
#[component]
pub(super) fn DistilledAdapters(
    /// The vector.
    vector: Id,
) -> impl IntoView {
    let store = store();
    let all = move || {
        let found = store.distillations.read();
        let own = found.iter().filter(|one| one.vector == vector).cloned();
        own.map(|distillation| view! { <OneDistillation distillation /> }).collect_view()
    };
    view! { <div class="fields" data-testid="distillations" aria-live="polite">{all}</div> }
}

#[component]
fn OneDistillation(distillation: Distillation) -> impl IntoView {
    let store = store();
    let job = distillation.job;
    let says = move || {
        let jobs = store.jobs.read();
        jobs.iter().find(|known| known.id == job).map(job_kinds::progress)
    };
    let failure = match &distillation.state {
        JobState::Failed { failure } => Some(failure.clone()),
        _ => None,
    };
    let settings = distillation.settings;
    let title = t!(
        "files-distil-result",
        multiplier = format::multiplier(distillation.multiplier),
        count = settings.steps,
        rank = settings.rank
    );
    let found = distillation.found.map(|found| said(&found.text()));
    view! {
        <div class="chosen" data-testid="distillation" data-state=distillation.state.word()>
            <strong>{title}</strong>
            {move || says().map(|says| view! { <span role="status" data-testid="distil-progress">{says}</span> })}
            {failure.map(|failure| view! { <FailureNote failure /> })}
            {found.map(|found| view! { <span data-testid="distil-found">{found}</span> })}
            {distillation.made.map(|made| view! {
                <button class="link" type="button" data-testid="distil-export"
                    on:click=move |_| store.sheet.set(Some(Sheet::ExportVector(made)))>{t!("files-distil-export")}</button>
            })}
        </div>
    }
}
