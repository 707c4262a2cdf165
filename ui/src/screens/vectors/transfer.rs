//! The chosen vector on other models of its size: copies, and the same sweep on both, one laid over the other.

use ipc::command::{MakeVector, StartSweep};
use ipc::derive::Change;
use ipc::model::Model;
use ipc::score::Score;
use ipc::sweep::{Arm, PromptSet, SweepSettings};
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::shelf::Shelf;
use crate::bridge;
use crate::screens::{Screen, sweep};
use crate::shell::FailureCard;
use crate::state::store;

/// The multipliers of the paper's Figure 3.
const MULTIPLIERS: [f64; 9] = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0];

/// The view.
#[component]
pub(super) fn TransferView(id: Id) -> impl IntoView {
    let (store, shelf, form) = (store(), expect_context::<Shelf>(), expect_context::<sweep::Form>());
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let vector = Memo::new(move |_| store.vectors.read().iter().find(|vector| vector.id == id).cloned());
    let own_model = Memo::new(move |_| {
        let model = vector.read().as_ref().map(|vector| vector.model);
        store.models.read().iter().find(|known| Some(known.id) == model).cloned()
    });
    let rows = Memo::new(move |_| {
        let (vector, models, vectors) = (vector.read(), store.models.read(), store.vectors.read());
        vector.as_ref().map(|vector| places(vector, &models, &vectors)).unwrap_or_default()
    });
    let copy = move |model: Id| {
        failure.set(None);
        is_busy.set(true);
        spawn_local(async move {
            let request = MakeVector { vector: id, change: Change::Transfer { model }, name: String::new() };
            failure.try_set(bridge::call(request).await.err());
            is_busy.try_set(false);
        });
    };
    let compare = move |other: Id| {
        let Some(data_set) = store.data_set() else { return };
        failure.set(None);
        is_busy.set(true);
        spawn_local(async move {
            let both = async {
                let own = bridge::call(same_sweep(id, data_set.id)).await?;
                let there = bridge::call(same_sweep(other, data_set.id)).await?;
                Ok::<_, Failure>((own.id, there.id))
            };
            match both.await {
                Ok((own, there)) => {
                    form.lay_over(own, there);
                    store.go(Screen::Sweep);
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let said = move || {
        let model = own_model.get();
        let size = model
            .as_ref()
            .and_then(|model| model.facts.as_ref())
            .map(|facts| (facts.hidden_size, facts.blocks));
        let name = model.map(|model| model.name).unwrap_or_default();
        match size {
            Some((size, blocks)) => {
                format!("It was made for {name}: {size} numbers at a layer, {blocks} layers.")
            }
            None => format!("It was made for {name}."),
        }
    };
    let held_out = move || {
        store.data_set().map(|set| {
            format!("Both are measured on the {} held-out pairs of \u{201c}{}\u{201d}, one model after the other.", set.held_out, set.name)
        })
    };
    view! {
        <h2>"On other models"</h2>
        <p class="quiet small">{said}" On a relative of that model, of the same size and depth, the same numbers may steer, too: the paper\u{2019}s Figure 3 moves a vector from Llama-2 to Vicuna. A copy for the other model is a vector of its own; how well it steers there is seen by the same sweep on both."</p>
        <FailureCard failure />
        <Show when=move || !rows.read().is_empty() fallback=move || view! {
            <div class="empty"><p>"There is no other model in the list yet."</p>
                <button class="button" on:click=move |_| store.go(Screen::Models)>"Go to Models"</button></div>
        }>
            <div class="table-box"><table class="alike-table" data-testid="transfer-table">
                <thead><tr><th>"Model"</th><th class="number">"Width"</th><th class="number">"Layers"</th><th></th></tr></thead>
                <tbody>{move || rows.get().into_iter().map(|place| {
                    let model = place.model;
                    let (width, blocks) = place.size.map(|(w, b)| (w.to_string(), b.to_string())).unwrap_or_default();
                    let action = match (place.copy, place.fits) {
                        (Some((copy, name)), _) => view! {
                            <div class="row end">
                                <button class="link" title=name data-testid="transfer-show" on:click=move |_| shelf.show(copy)>"Show it"</button>
                                <button class="button primary" data-testid="transfer-compare" disabled=move || is_busy.get() on:click=move |_| compare(copy)>"Sweep both"</button>
                            </div>
                        }.into_any(),
                        (None, true) => view! {
                            <div class="row end"><button class="button" data-testid="transfer-copy" disabled=move || is_busy.get() on:click=move |_| copy(model)>"Make a copy for it"</button></div>
                        }.into_any(),
                        (None, false) => view! { <span class="quiet small">"another size"</span> }.into_any(),
                    };
                    view! {
                        <tr data-testid="transfer-row"><td class="name"><div class="ellipsis" title=place.name.clone()>{place.name.clone()}</div></td>
                            <td class="number">{width}</td><td class="number">{blocks}</td><td>{action}</td></tr>
                    }
                }).collect_view()}</tbody>
            </table></div>
            <p class="quiet small">{held_out}</p>
        </Show>
    }
}

/// A sweep of one vector by itself.
fn same_sweep(vector: Id, data_set: Id) -> StartSweep {
    StartSweep {
        // The vector's own model is taken.
        model: 0,
        settings: SweepSettings {
            arms: vec![Arm::vector(vector)],
            multipliers: MULTIPLIERS.to_vec(),
            sets: vec![PromptSet::HeldOut { data_set, name: String::new() }],
            scores: vec![Score::LogOdds, Score::Perplexity],
            ..SweepSettings::default()
        },
    }
}

/// Another model, and the vector's copy for it.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    model: Id,
    name: String,
    /// Hidden size and layers, where they are known.
    size: Option<(u32, u32)>,
    fits: bool,
    /// The copy's id and name.
    copy: Option<(Id, String)>,
}

/// Every other model, those that fit first; the newest copy with the vector's numbers counts, whichever was made of which.
fn places(vector: &Vector, models: &[Model], vectors: &[Vector]) -> Vec<Place> {
    let size = |model: &Model| model.facts.as_ref().map(|facts| (facts.hidden_size, facts.blocks));
    let own = models.iter().find(|model| model.id == vector.model).and_then(size);
    let place = |model: &Model| {
        let copy = vectors.iter().find(|other| other.model == model.id && other.hash == vector.hash);
        let fits = size(model).is_some_and(|(width, blocks)| {
            width == vector.size && own.is_none_or(|(_, own_blocks)| blocks == own_blocks)
        });
        let copy = copy.map(|copy| (copy.id, copy.name.clone()));
        Place { model: model.id, name: model.name.clone(), size: size(model), fits, copy }
    };
    let mut all: Vec<Place> = models.iter().filter(|model| model.id != vector.model).map(place).collect();
    all.sort_by_key(|place| (!place.fits, place.name.to_lowercase()));
    all
}
