//! The view of the chosen vector on other models: copies where the hidden size is the same, learned maps where it is
//! not, and the same sweep on both models in one chart.

use ipc::command::{MakeVector, StartSweep};
use ipc::derive::Change;
use ipc::model::Model;
use ipc::score::Score;
use ipc::sweep::{Arm, PromptSet, SweepSettings};
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::learned_map::LearnedMap;
use super::library::VectorLibrary;
use crate::actions::Screen;
use crate::bridge;
use crate::screens::sweep;
use crate::state::store;
use crate::t;
use crate::widgets::Term;
use crate::widgets::{FailureCard, forget_with};

/// The multipliers of the paper's Figure 3.
const MULTIPLIERS: [f64; 9] = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0];

/// The tab "Other models".
#[component]
pub(super) fn TransferView(id: Id) -> impl IntoView {
    let (store, library, sweeps) =
        (store(), expect_context::<VectorLibrary>(), expect_context::<sweep::Form>());
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    // This is the target model of the map.
    let learning = RwSignal::new(None::<Id>);
    let vector = Memo::new(move |_| store.vectors.read().iter().find(|vector| vector.id == id).cloned());
    let own_model = Memo::new(move |_| {
        let model = vector.read().as_ref().map(|vector| vector.model);
        store.models.read().iter().find(|known| Some(known.id) == model).cloned()
    });
    let rows = Memo::new(move |_| {
        let (vector, models, vectors) = (vector.read(), store.models.read(), store.vectors.read());
        vector.as_ref().map(|vector| target_models(vector, &models, &vectors)).unwrap_or_default()
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
    // A vector is measured on the data set that it was made from, as long as that is there.
    let measured = move || {
        let own = vector.read().as_ref().and_then(|vector| vector.data_set);
        store.data_sets.read().iter().find(|set| Some(set.id) == own).cloned().or_else(|| store.data_set())
    };
    forget_with(failure, move || (measured().map(|set| set.id), rows.get()));
    let compare = move |other: Id| {
        let Some(data_set) = untrack(measured) else { return };
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
                    sweeps.lay_over(own, there);
                    store.go(Screen::Sweep);
                }
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let note = move || made_for(own_model.get());
    let held_out =
        move || measured().map(|set| t!("vectors-transfer-held-out", count = set.held_out, name = set.name));
    view! {
        <h2><Term name="Transfer" text=t!("vectors-transfer-title") /></h2>
        <p class="quiet small">{note}" "{t!("vectors-transfer-about")}</p>
        <FailureCard failure />
        <Show when=move || !rows.read().is_empty() fallback=move || view! {
            <div class="empty"><p>{t!("vectors-transfer-none")}</p>
                <button class="button" on:click=move |_| store.go(Screen::Models)>{t!("go-to-models")}</button></div>
        }>
            <div class="table-box"><table class="wide-name-table" data-testid="transfer-table">
                <thead><tr><th>{t!("model")}</th><th class="number"><Term name="Hidden size" text=t!("vectors-transfer-width") /></th><th class="number"><Term name="Layer" text=t!("layers") /></th><td></td></tr></thead>
                <tbody>{move || rows.get().into_iter().map(|place| {
                    let model = place.model;
                    let (width, blocks) = place.size.map(|(w, b)| (w.to_string(), b.to_string())).unwrap_or_default();
                    let learn = move |is_link: bool| view! {
                        <button class=if is_link { "link" } else { "button" } data-testid="transfer-learn" title=t!("vectors-transfer-learn-title")
                            on:click=move |_| learning.set(Some(model))>{t!("vectors-transfer-learn")}</button>
                    };
                    let action = match (place.copy, place.fits) {
                        (Some((copy, name)), _) => view! {
                            <div class="row end">
                                {learn(true)}
                                <button class="link" title=name data-testid="transfer-show" on:click=move |_| library.show(copy)>{t!("vectors-transfer-show")}</button>
                                <button class="button primary" data-testid="transfer-compare" disabled=move || is_busy.get() on:click=move |_| compare(copy)>{t!("vectors-transfer-sweep-both")}</button>
                            </div>
                        }.into_any(),
                        (None, true) => view! {
                            <div class="row end">{learn(true)}<button class="button" data-testid="transfer-copy" disabled=move || is_busy.get() on:click=move |_| copy(model)>{t!("vectors-transfer-copy")}</button></div>
                        }.into_any(),
                        (None, false) if place.size.is_some() => {
                            view! { <div class="row end"><span class="quiet small">{t!("vectors-transfer-other-size")}</span>{learn(false)}</div> }.into_any()
                        }
                        (None, false) => view! { <span class="quiet small">{t!("vectors-transfer-not-read")}</span> }.into_any(),
                    };
                    view! {
                        <tr data-testid="transfer-row"><td class="name"><div class="ellipsis" title=place.name.clone()>{place.name.clone()}</div></td>
                            <td class="number">{width}</td><td class="number">{blocks}</td><td>{action}</td></tr>
                    }
                }).collect_view()}</tbody>
            </table></div>
            <LearnedMap vector learning />
            <p class="quiet small">{held_out}</p>
        </Show>
    }
}

/// Returns a sentence on the model that the vector was made for.
fn made_for(model: Option<Model>) -> String {
    let Some(Model { name, facts, .. }) = model else {
        return t!("vectors-made-for-gone");
    };
    match facts {
        Some(facts) => {
            t!("vectors-made-for-size", model = name, size = facts.hidden_size, layers = facts.blocks)
        }
        None => t!("vectors-made-for", model = name),
    }
}

/// Returns the settings of a sweep of one vector alone.
fn same_sweep(vector: Id, data_set: Id) -> StartSweep {
    StartSweep {
        // The sweep uses the vector's own model.
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
struct TargetModel {
    model: Id,
    name: String,
    /// Hidden size and layers, where they are known.
    size: Option<(u32, u32)>,
    fits: bool,
    /// The copy's id and name.
    copy: Option<(Id, String)>,
}

/// Returns every other model, those that fit first; the newest vector there counts that has the same numbers or was
/// transferred by a learned map, whichever was made of which.
fn target_models(vector: &Vector, models: &[Model], vectors: &[Vector]) -> Vec<TargetModel> {
    let size = |model: &Model| model.facts.as_ref().map(|facts| (facts.hidden_size, facts.blocks));
    let own = models.iter().find(|model| model.id == vector.model).and_then(size);
    let place = |model: &Model| {
        let copy = vectors.iter().find(|other| {
            let is_same =
                other.hash == vector.hash || is_transferred(other, vector) || is_transferred(vector, other);
            other.model == model.id && is_same
        });
        let fits = size(model).is_some_and(|(width, blocks)| {
            width == vector.size && own.is_none_or(|(_, own_blocks)| blocks == own_blocks)
        });
        let copy = copy.map(|copy| (copy.id, copy.name.clone()));
        TargetModel { model: model.id, name: model.name.clone(), size: size(model), fits, copy }
    };
    let mut all: Vec<TargetModel> =
        models.iter().filter(|model| model.id != vector.model).map(place).collect();
    all.sort_by_key(|place| (!place.fits, place.name.to_lowercase()));
    all
}

/// Returns whether a learned map made one vector of another's numbers.
fn is_transferred(made: &Vector, from: &Vector) -> bool {
    let made = made.derivation.as_ref().filter(|made| made.map.is_some());
    made.is_some_and(|made| made.from.first().is_some_and(|source| source.hash == from.hash))
}

#[cfg(test)]
mod tests {
    use ipc::derive::{Derivation, LearnedMap, Source};

    use super::*;
    use crate::samples;

    #[test]
    fn a_transferred_vector_is_found_from_both_sides_and_a_sum_is_not() {
        let vector = Vector { hash: "a".into(), ..samples::vector(1) };
        let map = LearnedMap {
            from_layer: 10,
            layer: 1,
            texts: String::new(),
            data_hash: None,
            from_fingerprint: None,
            rows: 100,
            left_out: 0,
            lambda: 1.0,
            r_squared: 0.5,
            shuffled_r_squared: 0.0,
            mapped_norm: 1.0,
            from_norm: 1.0,
            norm: 1.0,
        };
        let source = Source { vector: 1, name: "V1".into(), hash: "a".into(), model: "S".into() };
        let mut made =
            Derivation { change: Change::Transfer { model: 2 }, from: vec![source], map: Some(map) };
        let there = |made: &Derivation| Vector {
            hash: "b".into(),
            model: 2,
            derivation: Some(made.clone()),
            ..samples::vector(2)
        };
        assert!(is_transferred(&there(&made), &vector) && !is_transferred(&vector, &there(&made)));
        made.map = None;
        assert!(!is_transferred(&there(&made), &vector), "the same numbers would have the same hash");
    }
}
