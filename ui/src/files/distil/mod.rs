//! The page of the export sheet that distils the steered model into an adapter.

mod results;

use ipc::command::{ListDistillations, StartDistil};
use ipc::distil::DistilSettings;
use ipc::vector::{Projection, Projections};
use ipc::{Failure, Id};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;
use crate::format;
use crate::state::store;
use crate::widgets::{DataSetChoice, FailureCard, FieldFaults, NumberField, NumberRange};
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
        let Some(data_set) = store.data_set() else { return };
        failure.set(None);
        is_busy.set(true);
        let (multiplier, settings) = (multiplier.get_untracked(), settings.get_untracked());
        let request = StartDistil { vector: id, multiplier, data_set: data_set.id, settings };
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
    let is_possible =
        move || store.data_set().is_some() && !settings.read().on.is_empty() && !faults.are_there();
    view! {
        <form class="fields" on:submit=distil>
            <p class="quiet small">"Where a vector cannot be baked, a low-rank adapter is trained until the model with it predicts what the steered model predicts. llama.cpp, Ollama, LM Studio, peft and vLLM load it. It is an approximation, and what is left of the difference is measured."</p>
            <div class="two top">
                <label class="field">
                    <span class="label">"Prompts and answers of"</span>
                    <DataSetChoice testid="distil-data" name=|set| format!("{} ({})", set.name, format::plural((set.train + set.held_out) as usize, "pair")) />
                </label>
                <NumberField label="Multiplier" testid="distil-multiplier" value=multiplier set=Callback::new(move |value| multiplier.set(value)) />
            </div>
            <div class="three top">
                <NumberField label="Steps" testid="distil-steps" range=NumberRange::Whole(1)
                    value=number(|s| f64::from(s.steps)) set=setter(|s, v| s.steps = v as u32) />
                <NumberField label="Rank" testid="distil-rank" range=NumberRange::Whole(1)
                    value=number(|s| f64::from(s.rank)) set=setter(|s, v| s.rank = v as u32) />
                <NumberField label="Learning rate" testid="distil-rate" range=NumberRange::Over(0.0)
                    value=number(|s| s.learning_rate) set=setter(|s, v| s.learning_rate = v) />
            </div>
            <div class="field">
                <span class="label">"Projections that it acts on"</span>
                <div class="segments" role="group" aria-label="Projections">{projections}</div>
            </div>
            <FailureCard failure />
            <div class="row">
                <span class="grow"></span>
                <button class="button" type="button" data-testid="distil-close" on:click=move |_| store.sheet.set(None)>"Close"</button>
                <button class="button primary" type="submit" data-testid="distil-do" disabled=move || is_busy.get() || !is_possible()>"Distil"</button>
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
