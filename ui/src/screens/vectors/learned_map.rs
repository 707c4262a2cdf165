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
use crate::widgets::Term;
use crate::widgets::{FailureCard, FieldFaults};
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
            <p class="quiet small" data-testid="map-running">{format!("{title}: the new vector is listed here when the job is done.")}</p>
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
    let transfer = move |_| {
        failure.set(None);
        let at = layer.get_untracked();
        if at.fract() != 0.0 || !(0.0..f64::from(there)).contains(&at) {
            let message = format!("The layers there are 0 to {}.", there.saturating_sub(1));
            failure.set(Some(Failure::new(ipc::Code::Invalid, message).next("Type one of these.")));
            return;
        }
        is_busy.set(true);
        let request = TransferVector {
            vector: id,
            from_layer: Some(from.get_untracked()),
            model: to,
            layer: at as u32,
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
            <label class="field"><span class="label"><Term name="Layer" text="Layer that is transferred" /></span>
                <select data-testid="map-from" on:change=choose_from>
                    {layers.iter().map(|layer| view! { <option value=layer.to_string() selected=*layer == first>{layer.to_string()}</option> }).collect_view()}
                </select></label>
        }
    });
    let faults = FieldFaults::provide();
    view! {
        <section class="stack" data-testid="map-form">
            <h3>{format!("To {name} by a learned map ")}<span class="tag">"experimental"</span></h3>
            <p class="quiet small">"Both models read the same texts, a linear map is fitted from the residual stream of one to that of the other, and the vector goes through it. Whether it steers there nobody knows before the sweep; how much the map explains of rows that it was not fitted on stands beside the new vector."</p>
            <FailureCard failure />
            <div class="fields">
                {which}
                <NumberField label="Layer there" term="Layer" testid="map-layer" range=NumberRange::Whole(0) value=layer set=Callback::new(move |new| layer.set(new)) />
                <label class="field"><span class="label">"Both read the neutral text and"</span>
                    <select data-testid="map-data" on:change=move |event| data_set.set(event_target_value(&event).parse::<Id>().ok())>
                        {move || store.data_sets.get().into_iter().map(|set| {
                            let id = set.id;
                            view! { <option value=id.to_string() selected=move || data_set.get() == Some(id)>{format!("the prompts and answers of \u{201c}{}\u{201d}", set.name)}</option> }
                        }).collect_view()}
                        <option value="" selected=move || data_set.get().is_none()>"nothing else"</option>
                    </select></label>
                <p class="quiet small">{move || format!("Layers there are 0 to {}; suggested is the depth of layer {} in its own model.", there.saturating_sub(1), from.get())}</p>
                <button class="button primary" data-testid="map-start" disabled=move || is_busy.get() || faults.are_there() on:click=transfer>"Transfer it"</button>
            </div>
        </section>
    }
}
