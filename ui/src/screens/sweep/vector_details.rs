//! What belongs to each chosen vector: what a multiplier of 1 adds, and by hand its weight in a sum and its condition.

use ipc::Id;
use ipc::conversation::StripGate;
use ipc::steering::Caps;
use leptos::prelude::*;

use super::form::{Combination, Form};
use crate::state::store;
use crate::t;
use crate::widgets::{CapsForm, GateForm, NumberField, VectorNote, VectorSumNote, roving};

/// The chosen vectors, one below the other.
#[component]
pub(super) fn VectorDetails() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let chosen = Memo::new(move |_| form.chosen_vectors(store));
    view! {
        <div class="vector-details">
            <For each=move || chosen.get() key=|id| *id children=move |id| view! { <OneVector id chosen /> } />
        </div>
        <Show when=move || form.is_custom()><CombinationChoice chosen /></Show>
    }
}

#[component]
fn OneVector(id: Id, chosen: Memo<Vec<Id>>) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let vector = Memo::new(move |_| store.vectors.read().iter().find(|known| known.id == id).cloned());
    let can_be_gated = move || vector.read().as_ref().is_some_and(|vector| vector.adapter.is_none());
    let is_weighed = move || form.combined() == Combination::Sum;
    let weight = Signal::derive(move || form.weights.read().get(&id).copied().unwrap_or(1.0));
    let set_weight = Callback::new(move |weight: f64| {
        form.weights.update(|all| {
            all.insert(id, weight);
        });
    });
    // Beside others, the notes need the name that they are about.
    let name =
        move || vector.read().as_ref().map(|vector| vector.name.clone()).filter(|_| chosen.read().len() > 1);
    view! {
        <div class="vector-detail">
            {move || name().map(|name| view! { <span class="small ellipsis" dir="auto" title=name.clone()>{name.clone()}</span> })}
            <Show when=is_weighed>
                <NumberField label=t!("sweep-weight") testid="sweep-weight" value=weight set=set_weight />
            </Show>
            <VectorNote vector=vector />
            <Show when=move || form.is_custom() && can_be_gated()><VectorGate id /><VectorCaps id /></Show>
        </div>
    }
}

/// The condition under which a vector acts in the sweep.
#[component]
fn VectorGate(id: Id) -> impl IntoView {
    let form = expect_context::<Form>();
    let gate = Memo::new(move |_| form.gates.read().get(&id).cloned());
    let set = Callback::new(move |gate: Option<StripGate>| {
        form.gates.update(|all| match gate {
            Some(gate) => drop(all.insert(id, gate)),
            None => drop(all.remove(&id)),
        });
    });
    view! {
        <details data-testid="sweep-gate" prop:open=gate.get_untracked().is_some()>
            <summary>{move || if gate.read().is_some() { t!("sweep-gated") } else { t!("sweep-not-gated") }}</summary>
            <GateForm vector=id gate system_prompt=None set />
        </details>
    }
}

/// The caps of a vector in the sweep.
#[component]
fn VectorCaps(id: Id) -> impl IntoView {
    let form = expect_context::<Form>();
    let caps = Memo::new(move |_| form.caps.read().get(&id).cloned());
    let set = Callback::new(move |caps: Option<Caps>| {
        form.caps.update(|all| match caps {
            Some(caps) => drop(all.insert(id, caps)),
            None => drop(all.remove(&id)),
        });
    });
    let head = move || {
        caps.read()
            .as_ref()
            .map_or_else(|| t!("sweep-not-capped"), |caps| t!("sweep-capped", percentile = caps.percentile))
    };
    view! {
        <details data-testid="sweep-caps" prop:open=caps.get_untracked().is_some()>
            <summary>{head}</summary>
            <CapsForm vector=id caps system_prompt=ipc::train::SYSTEM_PROMPT.to_owned() set />
        </details>
    }
}

/// How several vectors are combined, or one is split into its epochs.
#[component]
fn CombinationChoice(chosen: Memo<Vec<Id>>) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let many = move || chosen.read().len();
    // This is the run of the only chosen vector, if the run took steps.
    let run = move || {
        let chosen = chosen.read();
        let [only] = chosen.as_slice() else { return None };
        let vectors = store.vectors.read();
        let vector = vectors.iter().find(|vector| vector.id == *only)?;
        let run = vector
            .run
            .filter(|run| store.runs.read().iter().any(|known| known.id == *run && known.steps > 0))?;
        Some((vector.id, run))
    };
    let epochs = move |_| {
        let Some((vector, run)) = untrack(run) else { return };
        leptos::task::spawn_local(async move {
            match crate::bridge::call(ipc::command::ReadHistory { run }).await {
                Ok(history) => {
                    form.epochs.set(Some((vector, history.vectors)));
                    form.combination.set(Combination::Epochs);
                }
                Err(failure) => form.failure.set(Some(failure)),
            }
        });
    };
    let option = move |combination: Combination, text: String, testid: &'static str| {
        view! {
            <button type="button" data-testid=testid aria-pressed=move || (form.combination.get() == combination).to_string()
                on:click=move |_| form.combination.set(combination)>{text}</button>
        }
    };
    view! {
        <Show when=move || { many() > 1 }>
            <div use:roving class="segments">
                {option(Combination::Apart, t!("sweep-apart"), "sweep-apart")}
                {option(Combination::Sum, t!("sweep-sum"), "sweep-sum")}
                <Show when=move || many() == 2>{option(Combination::Grid, t!("sweep-grid"), "sweep-grid")}</Show>
            </div>
            <Show when=move || form.combination.get() != Combination::Apart>
                <VectorSumNote terms=Signal::derive(move || form.summed(store)) />
            </Show>
        </Show>
        <Show when=move || run().is_some()>
            <div use:roving class="segments">
                {option(Combination::Apart, t!("sweep-whole"), "sweep-whole")}
                <button type="button" data-testid="sweep-epochs" title=t!("sweep-epochs-hint")
                    aria-pressed=move || (form.combination.get() == Combination::Epochs).to_string() on:click=epochs>{t!("sweep-epochs")}</button>
            </div>
        </Show>
    }
}
