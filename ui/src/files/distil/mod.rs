//! The page of the export sheet that distils the steered model into an adapter.

mod results;

use ipc::command::{ListDistillations, StartDistil};
use ipc::data::DataSet;
use ipc::distil::DistilSettings;
use ipc::vector::{Projection, Projections};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::state::store;
use crate::t;
use crate::widgets::{FailureCard, FaultNote, FieldFaults, NumberField, NumberRange, roving};
use results::DistilledAdapters;

/// Distils a vector at a strength.
#[component]
pub(super) fn DistilPage(
    /// The vector.
    id: Id,
) -> impl IntoView {
    let store = store();
    let settings = RwSignal::new(DistilSettings::default());
    let multiplier = RwSignal::new(1.0);
    // The pairs that the vector was made from show what it changes. The choice is this page's own.
    let own = store
        .vectors
        .read_untracked()
        .iter()
        .find(|vector| vector.id == id)
        .and_then(|vector| vector.data_set);
    let data_set = RwSignal::new(own.or_else(|| untrack(|| store.data_set()).map(|set| set.id)));
    let current = move || {
        let sets = store.data_sets.read();
        sets.iter().find(|set| Some(set.id) == data_set.get()).or(sets.first()).map(|set| set.id)
    };
    let failure = RwSignal::new(None::<Failure>);
    let is_busy = RwSignal::new(false);
    let faults = FieldFaults::provide();
    spawn_local(async move {
        if let Ok(found) = bridge::call(ListDistillations { vector: id }).await {
            store.distillations.try_set(found);
        }
    });
    let distil = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(data_set) = untrack(current) else { return };
        failure.set(None);
        is_busy.set(true);
        let (multiplier, settings) = (multiplier.get_untracked(), settings.get_untracked());
        let request = StartDistil { vector: id, multiplier, data_set, settings };
        spawn_local(async move {
            failure.try_set(bridge::call(request).await.err());
            is_busy.try_set(false);
        });
    };
    let number = move |read: fn(&DistilSettings) -> f64| Signal::derive(move || read(&settings.read()));
    let setter = move |write: fn(&mut DistilSettings, f64)| {
        Callback::new(move |value| settings.update(|settings| write(settings, value)))
    };
    let projections = Projection::ALL.map(|projection| {
        view! {
            <button type="button" data-testid="distil-projection"
                aria-pressed=move || settings.read().on.contains(projection).to_string()
                on:click=move |_| settings.update(|settings| settings.on = toggled(settings.on, projection))>{projection.name()}</button>
        }
    });
    let options = move || {
        let option = |set: DataSet| {
            let name = t!("files-distil-data-set", name = set.name.clone(), count = set.train + set.held_out);
            view! { <option value=set.id.to_string() selected=move || current() == Some(set.id)>{name}</option> }
        };
        store.data_sets.get().into_iter().map(option).collect_view()
    };
    let is_possible = move || current().is_some() && !settings.read().on.is_empty() && !faults.are_there();
    view! {
        <form class="fields" on:submit=distil>
            <p class="quiet small">{t!("files-distil-intro")}</p>
            <div class="two top">
                <label class="field">
                    <span class="label">{t!("files-distil-data")}</span>
                    <select data-testid="distil-data" aria-label=t!("files-distil-data") on:change=move |event| data_set.set(event_target_value(&event).parse().ok())>{options}</select>
                </label>
                <NumberField label=t!("multiplier") testid="distil-multiplier" value=multiplier set=Callback::new(move |value| multiplier.set(value)) />
            </div>
            <div class="three top">
                <NumberField label=t!("steps") testid="distil-steps" range=NumberRange::Whole(1)
                    value=number(|s| f64::from(s.steps)) set=setter(|s, v| s.steps = v as u32) />
                <NumberField label=t!("files-distil-rank") testid="distil-rank" range=NumberRange::Whole(1)
                    value=number(|s| f64::from(s.rank)) set=setter(|s, v| s.rank = v as u32) />
                <NumberField label=t!("learning-rate") testid="distil-rate" range=NumberRange::Over(0.0)
                    value=number(|s| s.learning_rate) set=setter(|s, v| s.learning_rate = v) />
            </div>
            <div class="field">
                <span class="label">{t!("files-distil-projections-title")}</span>
                <div use:roving class="segments" role="group" aria-label=t!("files-distil-projections")>{projections}</div>
            </div>
            <FailureCard failure />
            <FaultNote faults />
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="distil-close" on:click=move |_| store.sheet.set(None)>{t!("close")}</button>
                <button class="button primary" type="submit" data-testid="distil-do" disabled=move || is_busy.get() || !is_possible()>{t!("files-distil-do")}</button>
            </div>
        </form>
        <DistilledAdapters vector=id />
    }
}

/// Adds a projection, or takes it away.
fn toggled(on: Projections, projection: Projection) -> Projections {
    Projection::ALL.into_iter().filter(|one| on.contains(*one) != (*one == projection)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projection_is_taken_away_and_comes_back() {
        let without = toggled(Projections::all(), Projection::Gate);
        assert!(!without.contains(Projection::Gate) && without.len() == 6);
        assert_eq!(toggled(without, Projection::Gate), Projections::all());
    }
}
