//! The files that an adapter was exported to: each with what its proof says.

use std::collections::HashSet;

use ipc::Id;
use ipc::bake::{Bake, BakedCopy, Proof, Verdict};
use ipc::command::ListBakes;
use ipc::job::JobState;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::into_model::{gap, perplexity, under_way};
use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::FailureNote;

/// Lists the files of an adapter whose proof was asked for, newest first.
#[component]
pub(super) fn AdapterFiles(
    /// The adapter.
    adapter: Id,
) -> impl IntoView {
    let store = store();
    spawn_local(async move {
        if let Ok(proofs) = bridge::call(ListBakes { vector: adapter }).await {
            store.bakes.try_set(proofs);
        }
    });
    let files = move || {
        let proofs = store.bakes.read();
        newest(&proofs, adapter).into_iter().map(|bake| view! { <OneJob bake /> }).collect_view()
    };
    view! { <div class="fields" data-testid="adapter-files" aria-live="polite">{files}</div> }
}

/// Returns the newest job of each file of an adapter: what an earlier one says was replaced together with the file.
fn newest(proofs: &[Bake], adapter: Id) -> Vec<Bake> {
    let mut files = HashSet::new();
    let own = proofs.iter().filter(|proof| proof.vector == adapter);
    own.filter(|proof| proof.copies.iter().all(|copy| files.insert(copy.path.as_str()))).cloned().collect()
}

/// A job with its file.
#[component]
fn OneJob(bake: Bake) -> impl IntoView {
    let store = store();
    let Bake { job, state, copies, .. } = bake;
    let says = move || under_way(store, job);
    let failure = match &state {
        JobState::Failed { failure } => Some(failure.clone()),
        _ => None,
    };
    let word = state.word();
    let files = copies.into_iter().map(|copy| view! { <OneFile copy state=state.clone() /> }).collect_view();
    view! {
        <section class="fields" data-testid="adapter-file" data-state=word>
            {move || says().map(|says| view! { <p role="status" data-testid="adapter-progress">{says}</p> })}
            {failure.map(|failure| view! { <FailureNote failure /> })}
            {files}
        </section>
    }
}

#[component]
fn OneFile(copy: BakedCopy, state: JobState) -> impl IntoView {
    let (verdict, numbers) = match &copy.proof {
        Some(proof) => (verdict(proof.verdict), Some(numbers(proof))),
        None => (unproved(&state), None),
    };
    let name = copy.path.rsplit(['/', '\\']).next().unwrap_or(&copy.path).to_owned();
    view! {
        <div class="chosen">
            <strong class="ellipsis" title=copy.path.clone()>{format!("{name}, {}", format::bytes(copy.bytes))}</strong>
            <span data-testid="adapter-verdict">{verdict}</span>
            {numbers.map(|numbers| view! { <span class="quiet small" data-testid="adapter-numbers">{numbers}</span> })}
            {copy.notes.into_iter().map(|note| view! { <span class="quiet small">{said(&note)}</span> }).collect_view()}
        </div>
    }
}

fn verdict(verdict: Verdict) -> String {
    match verdict {
        Verdict::Identical => t!("files-adapter-identical"),
        Verdict::Exact => t!("files-adapter-exact"),
        Verdict::NotExact => t!("files-adapter-not-exact"),
    }
}

/// Says how it stands with a file that has no proof. It is there in any case.
fn unproved(state: &JobState) -> String {
    if state.is_over() { t!("files-adapter-no-proof") } else { t!("files-adapter-waits") }
}

/// Words the numbers of a proof.
fn numbers(proof: &Proof) -> String {
    t!(
        "files-adapter-numbers",
        prompts = proof.prompts,
        gap = gap(proof.logit_gap),
        same = proof.same_answers,
        tokens = proof.answer_tokens,
        library = perplexity(proof.steered_perplexity),
        file = perplexity(proof.baked_perplexity),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_file_that_was_replaced_only_the_newest_proof_is_shown() {
        let job = |job, vector, path: &str| Bake {
            id: job,
            job,
            state: JobState::Done,
            vector,
            model: 1,
            replace: false,
            other_weights: true,
            copies: vec![BakedCopy {
                multiplier: 1.0,
                path: path.into(),
                is_begun: true,
                bytes: 1,
                notes: vec![],
                proof: None,
            }],
            created: 0,
        };
        let proofs = [job(4, 2, "/a.gguf"), job(3, 1, "/a.gguf"), job(2, 1, "/b.gguf"), job(1, 1, "/a.gguf")];
        let shown: Vec<Id> = newest(&proofs, 1).iter().map(|proof| proof.job).collect();
        assert_eq!(shown, [3, 2]);
    }

    #[test]
    fn a_file_without_its_proof_is_not_called_proved() {
        let proof = Proof {
            verdict: Verdict::NotExact,
            prompts: 16,
            logit_gap: Some(0.25),
            same_answers: 3,
            answer_tokens: 64,
            steered_perplexity: Some(12.5),
            baked_perplexity: None,
        };
        let text = numbers(&proof);
        assert!(text.contains("2.5e-1. 3 of 16") && text.contains("12.5000 with the adapter"), "{text}");
        assert!(text.contains("no number with the file"), "{text}");
        for text in [verdict(Verdict::NotExact), unproved(&JobState::Stopped), unproved(&JobState::Queued)] {
            assert!(!text.contains("Proved"), "{text}");
        }
    }
}
