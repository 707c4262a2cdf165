//! The form that transfers a vector to a model of another size by a learned linear map. It is experimental.

use ipc::command::TransferVector;
use ipc::derive::same_depth;
use ipc::job::Job;
use ipc::model::Model;
use ipc::vector::Vector;
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::state::store;
use crate::t;
use crate::text::said;
use crate::widgets::Term;
use crate::widgets::{FailureCard, FaultNote, FieldFaults, forget_with};
use crate::widgets::{NumberField, NumberRange};

/// The form for the model that was chosen, and the job that was queued last while it is not over.
#[component]
pub(super) fn LearnedMap(vector: Memo<Option<Vector>>, learning: RwSignal<Option<Id>>) -> impl IntoView {
    let store = store();
    let job = RwSignal::new(None::<Id>);
    let queued = Callback::new(move |queued: Job| {
        job.set(Some(queued.id));
        learning.set(None);
    });
    let form = move || {
        let model = learning.get()?;
        let model = store.models.read_untracked().iter().find(|known| known.id == model).cloned()?;
        let vector = vector.get_untracked()?;
        Some(view! { <LearnedMapForm vector model queued /> })
    };
    let under_way = move || {
        let jobs = store.jobs.read();
        let title = jobs.iter().find(|open| Some(open.id) == job.get()).map(|open| open.title.clone());
        title.map(|title| view! {
            <p class="quiet small" data-testid="map-running">{t!("vectors-map-running", job = said(&title))}</p>
        })
    };
    view! { {under_way}{form} }
}

/// The form. `queued` receives the job.
#[component]
fn LearnedMapForm(vector: Vector, model: Model, queued: Callback<Job>) -> impl IntoView {
    let store = store();
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let (Vector { id, layer: first, layers, model: own, .. }, Model { id: to, name, facts, .. }) =
        (vector, model);
    let blocks = |model: &Model| model.facts.as_ref().map(|facts| facts.blocks);
    let own = store.models.read_untracked().iter().find(|known| known.id == own).and_then(blocks);
    let there = facts.map_or(1, |facts| facts.blocks);
    let depth = move |layer: u32| {
        own.map_or_else(|| layer.min(there.saturating_sub(1)), |own| same_depth(layer, own, there))
    };
    let from = RwSignal::new(first);
    let layer = RwSignal::new(f64::from(depth(first)));
    let data_set = RwSignal::new(store.data_set().map(|set| set.id));
    forget_with(failure, move || (from.get(), layer.get(), data_set.get()));
    let transfer = move |_| {
        failure.set(None);
        is_busy.set(true);
        let request = TransferVector {
            vector: id,
            from_layer: Some(from.get_untracked()),
            model: to,
            layer: layer.get_untracked() as u32,
            data_set: data_set.get_untracked(),
        };
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(job) => queued.run(job),
                Err(refused) => drop(failure.try_set(Some(refused))),
            }
            is_busy.try_set(false);
        });
    };
    let choose_from = move |event| {
        if let Ok(chosen) = event_target_value(&event).parse() {
            from.set(chosen);
            layer.set(f64::from(depth(chosen)));
        }
    };
    let which = (layers.len() > 1).then(|| {
        view! {
            <label class="field"><span class="label"><Term name="Layer" text=t!("vectors-map-from") /></span>
                <select data-testid="map-from" aria-label=t!("vectors-map-from") on:change=choose_from>
                    {layers.iter().map(|layer| view! { <option value=layer.to_string() selected=*layer == first>{layer.to_string()}</option> }).collect_view()}
                </select></label>
        }
    });
    let faults = FieldFaults::provide();
    view! {
        <section class="stack" data-testid="map-form">
            <h3>{t!("vectors-map-to", model = name)}" "<span class="tag">{t!("vectors-experimental")}</span></h3>
            <p class="quiet small">{t!("vectors-map-about")}</p>
            <FailureCard failure />
            <div class="fields">
                {which}
                <NumberField label=t!("vectors-map-layer") term="Layer" testid="map-layer" range=NumberRange::WholeBetween(0, there.saturating_sub(1)) value=layer set=Callback::new(move |new| layer.set(new)) />
                <label class="field"><span class="label">{t!("vectors-map-data")}</span>
                    <select data-testid="map-data" aria-label=t!("vectors-map-data") on:change=move |event| data_set.set(event_target_value(&event).parse::<Id>().ok())>
                        {move || store.data_sets.get().into_iter().map(|set| {
                            let id = set.id;
                            view! { <option value=id.to_string() selected=move || data_set.get() == Some(id)>{t!("vectors-map-data-set", name = set.name)}</option> }
                        }).collect_view()}
                        <option value="" selected=move || data_set.get().is_none()>{t!("vectors-map-data-none")}</option>
                    </select></label>
                <p class="quiet small">{move || t!("vectors-map-layers-note", last = there.saturating_sub(1), layer = from.get())}</p>
                <FaultNote faults />
                <button class="button primary" data-testid="map-start" disabled=move || is_busy.get() || faults.are_there() on:click=transfer>{t!("vectors-map-start")}</button>
            </div>
        </section>
    }
}
