//! A note about several vectors that are added up: it names those that conflict, and the norm of their sum.

use ipc::command::ReadVectorSum;
use ipc::derive::{Added, Conflict, VectorSum};
use ipc::sweep::SteeringTerm;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::format;
use crate::state::store;
use crate::t;
use crate::text::said;

/// The sum is called large above this share of the residual stream's norm.
const MUCH: f64 = 0.5;

/// The note. It is empty for fewer than two vectors.
#[component]
pub fn VectorSumNote(
    /// The vectors with their weights.
    #[prop(into)]
    terms: Signal<Vec<SteeringTerm>>,
) -> impl IntoView {
    let store = store();
    let found = RwSignal::new(VectorSum::default());
    let refused = RwSignal::new(None::<String>);
    // The note depends on names, numbers and the model in memory.
    let asked = Memo::new(move |_| {
        let terms = terms.get();
        let vectors = store.vectors.read();
        let own = |term: &SteeringTerm| vectors.iter().find(|vector| vector.id == term.vector);
        let vectors: Vec<_> =
            terms.iter().filter_map(own).map(|v| (v.name.clone(), v.intervention)).collect();
        (terms, vectors, store.model_is_ready())
    });
    Effect::new(move |_| {
        let (terms, ..) = asked.get();
        if terms.len() < 2 {
            found.set(VectorSum::default());
            refused.set(None);
            return;
        }
        spawn_local(async move {
            let answer = bridge::call(ReadVectorSum { terms: terms.clone() }).await;
            // An answer to an earlier choice is discarded.
            if asked.try_get_untracked().is_none_or(|(now, ..)| now != terms) {
                return;
            }
            match answer {
                Ok(sum) => {
                    found.set(sum);
                    refused.set(None);
                }
                Err(failure) => {
                    found.set(VectorSum::default());
                    refused.set(Some(failure.message));
                }
            }
        });
    });
    view! {
        {move || refused.get().map(|why| view! { <p class="warning small" data-testid="vector-sum-refused">{said(&why)}</p> })}
        {move || found.read().conflicts.iter().map(|conflict| view! {
            <p class="warning small" data-testid="conflict">{against(conflict)}</p>
        }).collect_view()}
        {move || found.read().layers.iter().filter(|added| added.count > 1).map(|added| view! {
            <p class="small" class:quiet=!is_much(added) class:warning=is_much(added) data-testid="vector-sum">{sum(added)}</p>
        }).collect_view()}
    }
}

fn against(conflict: &Conflict) -> String {
    t!(
        "widgets-vectors-conflict",
        one = conflict.one.clone(),
        other = conflict.other.clone(),
        layer = conflict.layer,
        cosine = format::number(conflict.cosine, 2)
    )
}

fn is_much(added: &Added) -> bool {
    added.residual.is_some_and(|residual| added.norm > MUCH * residual)
}

fn sum(added: &Added) -> String {
    let norm = format::number(added.norm, 1);
    match added.residual.filter(|residual| *residual > 0.0) {
        None => t!("widgets-vectors-sum", norm = norm, layer = added.layer),
        Some(residual) => {
            let share = format::percent(added.norm / residual);
            t!("widgets-vectors-sum-share", norm = norm, layer = added.layer, share = share)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_added_norm_is_shown_relative_to_the_residual_stream() {
        let added = Added { layer: 10, count: 2, norm: 6.0, apart: 12.0, residual: Some(10.0) };
        assert!(is_much(&added));
        assert_eq!(sum(&added), "Combined norm 6.0 at layer 10 (60 % of the residual stream).");
        let unknown = Added { residual: None, ..added };
        assert!(!is_much(&unknown));
        assert_eq!(sum(&unknown), "Combined norm 6.0 at layer 10.");
    }
}
