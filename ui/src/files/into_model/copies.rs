//! What was baked of a vector: each copy with what its proof says.

use ipc::Id;
use ipc::bake::{Bake, BakedCopy, Proof, Verdict};
use ipc::job::JobState;
use leptos::prelude::*;

use crate::format;
use crate::job_kinds;
use crate::state::{Store, store};
use crate::t;
use crate::text::said;
use crate::widgets::FailureNote;

/// Lists what was baked of a vector, newest first.
#[component]
pub(super) fn BakedCopies(
    /// The vector.
    vector: Id,
) -> impl IntoView {
    let store = store();
    let bakes = move || {
        let bakes = store.bakes.read();
        let own = bakes.iter().filter(|bake| bake.vector == vector).cloned();
        own.map(|bake| view! { <OneBake bake /> }).collect_view()
    };
    view! { <div class="fields" data-testid="bakes" aria-live="polite">{bakes}</div> }
}

/// A job with its copies.
#[component]
fn OneBake(bake: Bake) -> impl IntoView {
    let store = store();
    let job = bake.job;
    let says = move || under_way(store, job);
    let failure = match &bake.state {
        JobState::Failed { failure } => Some(failure.clone()),
        _ => None,
    };
    let state = bake.state.clone();
    let copies = bake.copies.into_iter().map(move |copy| view! { <OneCopy copy state=state.clone() /> });
    view! {
        <section class="fields" data-testid="bake" data-state=bake.state.word()>
            {move || says().map(|says| view! { <p role="status" data-testid="bake-progress">{says}</p> })}
            {failure.map(|failure| view! { <FailureNote failure /> })}
            {copies.collect_view()}
        </section>
    }
}

/// Says what the job is doing, while it is not over.
pub(in crate::files) fn under_way(store: Store, job: Id) -> Option<String> {
    let jobs = store.jobs.read();
    jobs.iter().find(|known| known.id == job).map(job_kinds::progress)
}

#[component]
fn OneCopy(copy: BakedCopy, state: JobState) -> impl IntoView {
    let (verdict, numbers) = match &copy.proof {
        Some(proof) => (verdict(proof.verdict), Some(numbers(proof))),
        None => (unproved(copy.is_begun, &state), None),
    };
    let size = if copy.proof.is_some() { format!(", {}", format::bytes(copy.bytes)) } else { String::new() };
    let name = copy.path.rsplit(['/', '\\']).next().unwrap_or(&copy.path).to_owned();
    view! {
        <div class="chosen" data-testid="baked-copy">
            <strong class="ellipsis" title=copy.path.clone()>{format!("{name} \u{d7} {}{size}", format::multiplier(copy.multiplier))}</strong>
            <span data-testid="baked-verdict">{verdict}</span>
            {numbers.map(|numbers| view! { <span class="quiet small" data-testid="baked-numbers">{numbers}</span> })}
            {copy.notes.into_iter().map(|note| view! { <span class="quiet small">{said(&note)}</span> }).collect_view()}
        </div>
    }
}

fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::Identical => t!("files-baked-identical"),
        Verdict::Exact => t!("files-baked-exact"),
        Verdict::NotExact => t!("files-baked-not-exact"),
    }
}

/// Says how it stands with a copy that has no proof.
fn unproved(is_begun: bool, state: &JobState) -> String {
    match state {
        JobState::Failed { .. } | JobState::Stopped => t!("files-baked-not-written"),
        _ if is_begun => t!("files-baked-next"),
        _ => t!("files-baked-waits"),
    }
}

/// Words the numbers of a proof.
fn numbers(proof: &Proof) -> String {
    t!(
        "files-baked-numbers",
        prompts = proof.prompts,
        gap = gap(proof.logit_gap),
        same = proof.same_answers,
        tokens = proof.answer_tokens,
        steered = perplexity(proof.steered_perplexity),
        baked = perplexity(proof.baked_perplexity),
    )
}

/// Words the largest gap of two logits.
pub(in crate::files) fn gap(gap: Option<f64>) -> String {
    match gap {
        None => t!("files-baked-no-number"),
        Some(0.0) => "0".to_owned(),
        Some(gap) => format!("{gap:.1e}"),
    }
}

/// Words a perplexity.
pub(in crate::files) fn perplexity(perplexity: Option<f64>) -> String {
    perplexity.map_or_else(|| t!("files-baked-no-number"), |number| format::number(number, 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_worded_and_what_is_no_number_is_said() {
        let proof = Proof {
            verdict: Verdict::NotExact,
            prompts: 16,
            logit_gap: None,
            same_answers: 15,
            answer_tokens: 64,
            steered_perplexity: Some(12.5),
            baked_perplexity: Some(12.75),
        };
        let text = numbers(&proof);
        assert!(
            text.contains("16 prompts: no number. 15 of 16") && text.contains("12.5000 steered"),
            "{text}"
        );
        assert!(numbers(&Proof { logit_gap: Some(0.000_12), ..proof }).contains("1.2e-4"));
        assert!(!verdict(Verdict::NotExact).contains("Proved"));
    }
}
