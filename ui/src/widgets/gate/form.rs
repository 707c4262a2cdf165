//! The form that says where a vector acts: always, or only where a projection of the residual stream is over a threshold.

use ipc::Id;
use ipc::conversation::StripGate;
use ipc::steering::{Gate, GateAt};
use ipc::vector::Vector;
use leptos::prelude::*;

use super::threshold::Threshold;
use super::words::{in_words, last_layer};
use crate::state::store;
use crate::t;
use crate::widgets::{NumberField, NumberRange, Term, roving};

/// The width of a soft gate at first.
const WIDTH: f64 = 1.0;

/// The form.
#[component]
pub fn GateForm(
    /// The vector that acts.
    #[prop(into)]
    vector: Signal<Id>,
    /// The condition under which it acts; `None` for always.
    #[prop(into)]
    gate: Signal<Option<StripGate>>,
    /// The system prompt before the prompts on which the threshold is chosen; `None` for the one that the condition's vector was
    /// trained with.
    #[prop(into)]
    system_prompt: Signal<Option<String>>,
    /// Called with the new condition; `None` for always.
    set: Callback<Option<StripGate>>,
) -> impl IntoView {
    let store = store();
    let model = Memo::new(move |_| {
        let own = vector.get();
        store.vectors.read().iter().find(|vector| vector.id == own).map(|vector| vector.model)
    });
    // Those of the vector's model that have a direction.
    let vectors = Memo::new(move |_| {
        let (all, model) = (store.vectors.read(), model.get());
        let fits =
            |vector: &&Vector| vector.adapter.is_none() && model.is_none_or(|model| model == vector.model);
        all.iter().filter(fits).cloned().collect::<Vec<_>>()
    });
    let last = Memo::new(move |_| last_layer(&store.vectors.read(), &store.models.read(), vector.get()));
    let gate = Memo::new(move |_| gate.get());
    let is_gated = Memo::new(move |_| gate.read().is_some());
    let first = move || {
        let all = vectors.get_untracked();
        let own = vector.get_untracked();
        let vector = all.iter().find(|vector| vector.id == own).or(all.first())?;
        let layer = vector.layer.min(last.get_untracked());
        let gate = Gate { layer, above: 0.0, soft: None, at: GateAt::Token };
        Some(StripGate { vector: vector.id, name: vector.name.clone(), hash: vector.hash.clone(), gate })
    };
    let words = move || gate.with(|gate| in_words(gate.as_ref()));
    view! {
        <div class="gate fields" data-testid="gate">
            <div use:roving class="segments" role="group" aria-label=t!("widgets-gate-where")>
                <button type="button" data-testid="gate-always" aria-pressed=move || (!is_gated.get()).to_string() on:click=move |_| set.run(None)>{t!("widgets-gate-always")}</button>
                <button type="button" data-testid="gate-where" aria-pressed=move || is_gated.get().to_string() disabled=move || vectors.read().is_empty() && !is_gated.get()
                    on:click=move |_| if !is_gated.get_untracked() && let Some(gate) = first() { set.run(Some(gate)); }>{t!("widgets-gate-only-where")}</button>
            </div>
            <Show when=move || is_gated.get()>
                <Condition gate vectors last set />
                <details>
                    <summary>{t!("widgets-gate-choose-threshold")}</summary>
                    <Threshold vector gate model system_prompt set=Callback::new(move |above| if let Some(mut now) = gate.get_untracked() {
                        now.gate.above = above;
                        set.run(Some(now));
                    }) />
                </details>
            </Show>
            <p class="quiet small" role="status" data-testid="gate-words">{words}</p>
        </div>
    }
}

/// The fields of the condition.
#[component]
fn Condition(
    gate: Memo<Option<StripGate>>,
    vectors: Memo<Vec<Vector>>,
    /// The last layer at which it may be decided.
    last: Memo<u32>,
    set: Callback<Option<StripGate>>,
) -> impl IntoView {
    let read = move |of: fn(&Gate) -> f64| {
        Signal::derive(move || gate.with(|gate| gate.as_ref().map_or(0.0, |gate| of(&gate.gate))))
    };
    let change = move |change: &dyn Fn(&mut StripGate)| {
        if let Some(mut gate) = gate.get_untracked() {
            change(&mut gate);
            set.run(Some(gate));
        }
    };
    let layer = Memo::new(move |_| gate.with(|gate| gate.as_ref().map_or(0, |gate| gate.gate.layer)));
    // A layer that is too late for the vector stays to be seen until another one is chosen.
    let layers = move || {
        let (last, own) = (last.get(), layer.get());
        (0..=last).chain((own > last).then_some(own)).map(|one| view! {
            <option value=one.to_string() selected=move || layer.get() == one>{if one > last { t!("widgets-gate-too-late", layer = one) } else { one.to_string() }}</option>
        }).collect_view()
    };
    let choose_layer = move |event| {
        if let Ok(layer) = event_target_value(&event).parse() {
            change(&|gate| gate.gate.layer = layer);
        }
    };
    let width = Memo::new(move |_| gate.with(|gate| gate.as_ref().and_then(|gate| gate.gate.soft)));
    let is_soft = Memo::new(move |_| width.get().is_some());
    let at = Memo::new(move |_| gate.with(|gate| gate.as_ref().map(|gate| gate.gate.at)));
    let set_soft = move |soft: Option<f64>| change(&|gate| gate.gate.soft = soft);
    let set_at = move |at: GateAt| change(&|gate| gate.gate.at = at);
    view! {
        <div class="two top">
            <ConditionVector gate vectors last set />
            <label class="field">
                <span class="label"><Term name="Layer" /></span>
                <select data-testid="gate-layer" aria-label=t!("layer") aria-invalid=move || (layer.get() > last.get()).to_string() on:change=choose_layer>{layers}</select>
                <span class="quiet small hint-line">{t!("widgets-gate-layer-hint")}</span>
            </label>
            <NumberField label=t!("widgets-gate-threshold") hint=t!("widgets-gate-threshold-hint") testid="gate-above" value=read(|gate| gate.above)
                set=Callback::new(move |above| change(&|gate| gate.gate.above = above)) />
            <Show when=move || is_soft.get()>
                <NumberField label=t!("widgets-gate-width") hint=t!("widgets-gate-width-hint") testid="gate-width" range=NumberRange::Over(0.0)
                    value=read(|gate| gate.soft.unwrap_or(WIDTH)) set=Callback::new(move |width| set_soft(Some(width))) />
            </Show>
        </div>
        <div class="row wrap">
            <span use:roving class="segments" role="group" aria-label=t!("widgets-gate-how")>
                <button type="button" data-testid="gate-hard" aria-pressed=move || (!is_soft.get()).to_string() on:click=move |_| set_soft(None)>{t!("widgets-gate-hard")}</button>
                <button type="button" data-testid="gate-soft" aria-pressed=move || is_soft.get().to_string()
                    on:click=move |_| if !is_soft.get_untracked() { set_soft(Some(WIDTH)); }>{t!("widgets-gate-soft")}</button>
            </span>
            <span use:roving class="segments" role="group" aria-label=t!("widgets-gate-when")>
                <button type="button" data-testid="gate-token" aria-pressed=move || (at.get() == Some(GateAt::Token)).to_string() on:click=move |_| set_at(GateAt::Token)>{t!("widgets-gate-at-token")}</button>
                <button type="button" data-testid="gate-prompt" aria-pressed=move || (at.get() == Some(GateAt::Prompt)).to_string() on:click=move |_| set_at(GateAt::Prompt)>{t!("widgets-gate-at-prompt")}</button>
            </span>
        </div>
    }
}

/// The field for the vector of the condition. One that is gone stays to be seen.
#[component]
fn ConditionVector(
    gate: Memo<Option<StripGate>>,
    vectors: Memo<Vec<Vector>>,
    last: Memo<u32>,
    set: Callback<Option<StripGate>>,
) -> impl IntoView {
    let chosen = Memo::new(move |_| gate.with(|gate| gate.as_ref().map(|gate| gate.vector)));
    let options = move || {
        let all = vectors.get();
        let gone = gate.get().filter(|gate| all.iter().all(|vector| vector.id != gate.vector));
        let gone = gone.map(|gate| (gate.vector, t!("widgets-gate-gone", name = gate.name)));
        let known = all.into_iter().map(|vector| (vector.id, vector.name));
        known.chain(gone).map(|(id, name)| view! { <option value=id.to_string() selected=move || chosen.get() == Some(id)>{name}</option> }).collect_view()
    };
    let choose = move |event| {
        let id = event_target_value(&event).parse::<ipc::Id>().ok();
        let vector = vectors.read_untracked().iter().find(|vector| Some(vector.id) == id).cloned();
        if let (Some(vector), Some(before)) = (vector, gate.get_untracked()) {
            let layer = vector.layer.min(last.get_untracked());
            let gate = Gate { layer, ..before.gate };
            set.run(Some(StripGate { vector: vector.id, name: vector.name, hash: vector.hash, gate }));
        }
    };
    view! {
        <label class="field">
            <span class="label"><Term name="Gate" text=t!("widgets-gate-vector") /></span>
            <select dir="auto" data-testid="gate-vector" aria-label=t!("widgets-gate-vector") on:change=choose>{options}</select>
            <span class="quiet small hint-line">{t!("widgets-gate-vector-hint")}</span>
        </label>
    }
}
