//! A note about one vector, which stands wherever its multiplier is set.

use ipc::analysis::{Finding, Question};
use ipc::steering::InterventionOp;
use ipc::vector::Vector;
use leptos::prelude::*;

use crate::format;
use crate::state::{Store, store};
use crate::t;

/// Says what a multiplier of 1 adds, and warns where the vector acts otherwise than it was trained to.
#[component]
pub fn VectorNote(
    /// The vector; `None` where there is none.
    #[prop(into)]
    vector: Signal<Option<Vector>>,
) -> impl IntoView {
    let store = store();
    let units = move || {
        let vector = vector.get()?;
        let share = vector.residual_norm.filter(|_| vector.intervention.op == InterventionOp::Add);
        let share =
            share.map(|residual| t!("widgets-vector-adds", share = format::percent(vector.norm / residual)));
        let moved = divergence(store, vector.id)
            .map(|nats| t!("widgets-vector-moves", nats = format::number(nats, 3)));
        match (share, moved) {
            (Some(share), Some(moved)) => Some(t!("list-of-two", first = share, second = moved)),
            (share, moved) => share.or(moved),
        }
    };
    let warning = move || vector.get().and_then(|vector| format::intervention_mismatch(&vector));
    view! {
        {move || units().map(|units| view! { <span class="quiet small" data-testid="vector-units">{units}</span> })}
        {move || warning().map(|warning| view! { <span class="warning small" data-testid="vector-warning">{warning}</span> })}
    }
}

/// Returns the KL divergence, in nats a token, that a vector causes at multiplier 1, if that was measured.
fn divergence(store: Store, id: ipc::Id) -> Option<f64> {
    let analyses = store.analyses.read();
    let analysis = analyses
        .iter()
        .find(|analysis| matches!(analysis.question, Question::Strength { vector, .. } if vector == id))?;
    analysis.findings.iter().find_map(|finding| match finding {
        Finding::Strength { multiplier, divergence, .. } if multiplier.total_cmp(&1.0).is_eq() => {
            Some(*divergence)
        }
        _ => None,
    })
}
