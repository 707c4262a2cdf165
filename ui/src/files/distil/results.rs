//! What was distilled from a vector: each adapter with what is left of the difference.

use ipc::Id;
use ipc::bake::Proof;
use ipc::distil::Distillation;
use ipc::job::JobState;
use leptos::prelude::*;

use crate::actions::{Sheet, VectorPage};
use crate::files::into_model::{gap, perplexity};
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
    let numbers = distillation.proof.as_ref().map(numbers);
    view! {
        <div class="chosen" data-testid="distillation" data-state=distillation.state.word()>
            <strong>{title}</strong>
            {move || says().map(|says| view! { <span role="status" data-testid="distil-progress">{says}</span> })}
            {failure.map(|failure| view! { <FailureNote failure /> })}
            {found.map(|found| view! { <span data-testid="distil-found">{found}</span> })}
            {numbers.map(|numbers| view! { <span class="quiet small" data-testid="distil-proof">{numbers}</span> })}
            {distillation.made.map(|made| view! {
                <button class="link" type="button" data-testid="distil-export"
                    on:click=move |_| store.sheet.set(Some(Sheet::ExportVector(made, VectorPage::File)))>{t!("files-distil-export")}</button>
            })}
        </div>
    }
}

/// Words the comparison with the steered model.
fn numbers(proof: &Proof) -> String {
    t!(
        "files-distil-numbers",
        prompts = proof.prompts,
        gap = gap(proof.logit_gap),
        same = proof.same_answers,
        tokens = proof.answer_tokens,
        steered = perplexity(proof.steered_perplexity),
        student = perplexity(proof.baked_perplexity),
    )
}
