//! What baking will write, or why it cannot and what can be done instead.

use ipc::Failure;
use ipc::bake::{BakePlan, PlannedCopy};
use leptos::prelude::*;

use crate::format;
use crate::t;
use crate::text::said;
use crate::widgets::FailureNote;

/// Shows a plan.
#[component]
pub(super) fn PlannedCopies(
    /// The plan, or why there is none.
    plan: Result<BakePlan, Failure>,
) -> impl IntoView {
    let plan = match plan {
        Ok(BakePlan { refusal: Some(failure), .. }) | Err(failure) => {
            return view! { <div data-testid="bake-refusal"><FailureNote failure /></div> }.into_any();
        }
        Ok(plan) => plan,
    };
    let room = room(&plan);
    let row = |copy: PlannedCopy| {
        view! { <tr><td class="name">{copy.name}</td><td class="number">{format::bytes(copy.bytes)}</td></tr> }
    };
    view! {
        <div data-testid="bake-plan">
            <table aria-label=t!("files-bake-plan")><tbody>{plan.copies.into_iter().map(row).collect_view()}</tbody></table>
            <p class="quiet small">{room}</p>
            {plan.notes.into_iter().map(|note| view! { <p class="quiet small">{said(&note)}</p> }).collect_view()}
        </div>
    }
    .into_any()
}

/// Says how much room there is, and what lies beside the copies.
fn room(plan: &BakePlan) -> String {
    let proof = t!("files-bake-proof");
    match plan.free {
        Some(free) => t!("files-bake-free", free = format::bytes(free), proof = proof),
        None if plan.copies.len() > 1 => t!("files-bake-endings", proof = proof),
        None => proof,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_space_is_named_once_the_place_is_chosen() {
        let copy = PlannedCopy { multiplier: 1.0, name: "a.gguf".into(), bytes: 5 };
        let plan = |copies, free| BakePlan {
            copies,
            is_folder: false,
            name: "a".into(),
            free,
            notes: vec![],
            other_weights: false,
            refusal: None,
        };
        assert!(room(&plan(vec![copy.clone()], Some(2_000_000_000))).contains("2.0 GB are free"));
        assert!(room(&plan(vec![copy.clone(), copy], None)).contains("each multiplier"));
    }
}
