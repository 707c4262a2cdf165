//! The form on the left of the Sweep screen: the vectors, the data sets, the multipliers and the scores.

use ipc::Id;
use ipc::conversation::StripGate;
use ipc::drafts::EndpointSettings;
use ipc::project::Prices;
use ipc::score::{Judge, Needs, Score};
use ipc::steering::Caps;
use ipc::sweep::{PromptSet, SweepSettings, TokenUsage};
use leptos::prelude::*;

use super::estimate::EstimateNote;
use super::form::{Combination, Form};
use super::opened::OpenedArms;
use super::prompting_choice::PromptingChoice;
use super::score_choice::ScoreChoice;
use super::suffix_choice::SuffixChoice;
use crate::actions::Screen;
use crate::format;
use crate::state::store;
use crate::widgets::Term;
use crate::widgets::VectorNote;
use crate::widgets::VectorSumNote;
use crate::widgets::roving;
use crate::widgets::{CapsForm, GateForm};
use crate::widgets::{FailureCard, FaultNote, FieldFaults};
use crate::widgets::{NumberField, NumberRange};

/// The form with the settings of the next sweep.
#[component]
pub(super) fn SettingsForm() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let settings = Memo::new(move |_| form.settings(store));
    let faults = FieldFaults::provide();
    let cost_text = move |settings: &SweepSettings| {
        let sets = store.data_sets.read();
        let held_out = |id: Id| sets.iter().find(|set| set.id == id).map_or(0, |set| set.held_out);
        cost(settings, held_out, store.settings.read().prices)
    };
    let has_vectors = move || !store.vectors.read().is_empty();
    view! {
        <VectorsChoice />
        <OpenedArms />
        <SetsChoice />
        <MultipliersChoice />
        <ScoreChoice />
        <PromptingChoice />
        <GenerationChoice settings />
        {move || match settings.get() {
            Err(why) => view! { <p class="warning small" data-testid="sweep-why-not">{why}</p> }.into_any(),
            Ok(settings) => view! { <p class="quiet small" data-testid="sweep-cost">{cost_text(&settings)}</p> }.into_any(),
        }}
        <FaultNote faults />
        <FailureCard failure=form.failure />
        <EstimateNote settings />
        <button class="button primary" data-testid="sweep-start" disabled=move || settings.read().is_err() || faults.are_there()
            on:click=move |_| form.start(store)>"Sweep"</button>
        <Show when=move || !has_vectors()>
            <button class="link" on:click=move |_| store.go(Screen::Train)>"Train a vector first"</button>
        </Show>
    }
}

/// Returns a sentence on how much a sweep measures, and what a judge would cost.
fn cost(settings: &SweepSettings, held_out: impl Fn(Id) -> u32, prices: Option<Prices>) -> String {
    let points = format::plural(settings.expected(), "point");
    let is_generating = settings.scores.iter().any(|score| score.needs() == Needs::Answers);
    if !is_generating {
        return format!("{points}. No text is generated.");
    }
    let limit = settings.limit.unwrap_or(u32::MAX);
    let prompts = |set: &PromptSet| match set {
        PromptSet::HeldOut { data_set, .. } => held_out(*data_set).min(limit),
        PromptSet::List { prompts, .. } => (prompts.len() as u32).min(limit),
        // Nothing is generated.
        PromptSet::Answers { .. } => 0,
    };
    let on_set = |(place, set): (u32, &PromptSet)| {
        let arms = (0_u32..).zip(&settings.arms).filter(|(_, arm)| arm.is_measured_on(place));
        let steered: usize = arms.map(|(arm, _)| settings.multipliers_of(arm).len()).sum();
        steered as u64 * u64::from(prompts(set)) * settings.suffixes_of(place).len() as u64
    };
    let answers: u64 = (0..).zip(&settings.sets).map(on_set).sum();
    let tokens = settings.generation.max_new_tokens;
    let made = format!(
        "{points}. {} answers of at most {tokens} tokens are generated; equal ones are made once.",
        format::whole(answers)
    );
    let judges: Vec<&EndpointSettings> = settings.scores.iter().filter_map(remote).collect();
    let Some(to) = judges.first() else { return made };
    // The rubric takes about 200 tokens; question, answer and both examples are about as long as answers.
    let asked = answers * judges.len() as u64;
    let usage = TokenUsage {
        read: asked * (200 + 4 * u64::from(tokens)),
        written: asked * u64::from(ipc::score::VERDICT_TOKENS),
    };
    let price =
        prices.map(|prices| format!(", about {} at your prices", format::number(prices.cost(usage), 4)));
    format!(
        "{made} All are sent to {}: at most about {} tokens to read there{}.",
        to.address,
        format::whole(usage.read),
        price.unwrap_or_default()
    )
}

fn remote(score: &Score) -> Option<&EndpointSettings> {
    match score.judged()?.0 {
        Judge::Endpoint(to) => Some(to),
        Judge::Local => None,
    }
}

#[component]
fn VectorsChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let toggle = move |id: Id| {
        let now = untrack(|| form.chosen_vectors(store));
        form.vectors.set(now.into_iter().collect());
        form.vectors.update(|all| {
            if !all.remove(&id) {
                all.insert(id);
            }
        });
    };
    let row = move |vector: ipc::vector::Vector| {
        let (id, color, can_be_gated) = (vector.id, vector.color, vector.adapter.is_none());
        let is_chosen = move || form.chosen_vectors(store).contains(&id);
        let is_weighed = move || form.combination.get() == Combination::Sum && is_chosen();
        view! {
            <label class="row" title=vector.name.clone()>
                <input type="checkbox" data-testid="sweep-vector" prop:checked=is_chosen on:change=move |_| toggle(id) />
                <span class="swatch" style:background=format!("var(--series-{color})")></span>
                <span class="grow ellipsis">{vector.name.clone()}</span>
                <Show when=is_weighed>
                    <input type="text" class="narrow" inputmode="decimal" aria-label="Weight" title="Weight in the sum"
                        prop:value=move || form.weights.read().get(&id).copied().unwrap_or(1.0).to_string()
                        on:change=move |event| {
                            if let Some(weight) = format::read_number(&event_target_value(&event)) {
                                form.weights.update(|all| { all.insert(id, weight); });
                            }
                        } />
                </Show>
            </label>
            <Show when=is_chosen>
                <VectorNote vector=Signal::derive(move || store.vectors.read().iter().find(|known| known.id == id).cloned()) />
                <Show when=move || can_be_gated><VectorGate id /><VectorCaps id /></Show>
            </Show>
        }
    };
    let many = move || form.chosen_vectors(store).len();
    // This is the run of the only chosen vector, if the run took steps.
    let run = move || {
        let chosen = form.chosen_vectors(store);
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
    let option = move |combination: Combination, text: &'static str, testid: &'static str| {
        view! {
            <button type="button" data-testid=testid aria-pressed=move || (form.combination.get() == combination).to_string()
                on:click=move |_| form.combination.set(combination)>{text}</button>
        }
    };
    view! {
        <div class="field">
            <span class="label"><Term name="Steering vector" text="Vectors" /></span>
            <div class="ticks">{move || store.vectors.get().into_iter().map(row).collect_view()}</div>
            <Show when=move || store.vectors.read().is_empty()><p class="quiet small">"No vector yet."</p></Show>
            <Show when=move || { many() > 1 }>
                <div use:roving class="segments">
                    {option(Combination::Apart, "Each", "sweep-apart")}
                    {option(Combination::Sum, "And their sum", "sweep-sum")}
                    <Show when=move || many() == 2>{option(Combination::Grid, "Grid", "sweep-grid")}</Show>
                </div>
                <Show when=move || form.combination.get() != Combination::Apart>
                    <VectorSumNote terms=Signal::derive(move || form.summed(store)) />
                </Show>
            </Show>
            <Show when=move || run().is_some()>
                <div use:roving class="segments">
                    {option(Combination::Apart, "As it is", "sweep-whole")}
                    <button type="button" data-testid="sweep-epochs" title="What the run had come to after each epoch, a curve each"
                        aria-pressed=move || (form.combination.get() == Combination::Epochs).to_string() on:click=epochs>"Each epoch"</button>
                </div>
            </Show>
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
            <summary>{move || if gate.read().is_some() { "Acts under a condition" } else { "Acts always" }}</summary>
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
        caps.read().as_ref().map_or_else(
            || "Acts as set under Vectors".to_owned(),
            |caps| format!("Caps at p{}", caps.percentile),
        )
    };
    view! {
        <details data-testid="sweep-caps" prop:open=caps.get_untracked().is_some()>
            <summary>{head}</summary>
            <CapsForm vector=id caps system_prompt=ipc::train::SYSTEM_PROMPT.to_owned() set />
        </details>
    }
}

#[component]
fn SetsChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let toggle = move |id: Id| {
        let now = untrack(|| form.chosen_sets(store));
        form.sets.set(now.into_iter().collect());
        form.sets.update(|all| {
            if !all.remove(&id) {
                all.insert(id);
            }
        });
    };
    let row = move |set: ipc::data::DataSet| {
        let id = set.id;
        view! {
            <label class="row" title=set.description.clone()>
                <input type="checkbox" data-testid="sweep-set" disabled=set.held_out == 0
                    prop:checked=move || form.chosen_sets(store).contains(&id) on:change=move |_| toggle(id) />
                <span class="grow ellipsis">{set.name.clone()}</span>
                <span class="quiet small">{format!("{} held out", set.held_out)}</span>
            </label>
        }
    };
    view! {
        <div class="field">
            <span class="label">"Measured on"</span>
            <div class="ticks">{move || store.data_sets.get().into_iter().map(row).collect_view()}</div>
            <Show when=move || { form.chosen_sets(store).len() > 1 && form.chosen_vectors(store).len() > 1 }>
                <label class="row small" title="A chart for each data set with a line for each method, as in the paper\u{2019}s Figure 1">
                    <input type="checkbox" data-testid="sweep-own-sets" prop:checked=form.is_own_set_only on:change=move |event| form.is_own_set_only.set(event_target_checked(&event)) />
                    <span>"Each vector only on the data set that it was trained on"</span>
                </label>
            </Show>
            <details>
                <summary>"Prompts of your own"</summary>
                <textarea data-testid="sweep-prompts" rows="3" placeholder="One prompt a line" aria-label="Prompts, one a line"
                    prop:value=form.prompts on:input=move |event| form.prompts.set(event_target_value(&event))></textarea>
            </details>
        </div>
    }
}

#[component]
fn MultipliersChoice() -> impl IntoView {
    let form = expect_context::<Form>();
    let set = |signal: RwSignal<f64>| Callback::new(move |value| signal.set(value));
    view! {
        <div class="field">
            <span class="label"><Term name="Multiplier" text="Multipliers" />
                <span use:roving class="segments">
                    <button type="button" aria-pressed=move || (!form.is_list.get()).to_string() on:click=move |_| form.is_list.set(false)>"Range"</button>
                    <button type="button" data-testid="sweep-list" aria-pressed=move || form.is_list.get().to_string() on:click=move |_| form.is_list.set(true)>"List"</button>
                </span>
            </span>
            <Show when=move || form.is_list.get() fallback=move || view! {
                <div class="three">
                    <NumberField label="From" testid="sweep-from" value=form.from set=set(form.from) />
                    <NumberField label="To" testid="sweep-to" value=form.to set=set(form.to) />
                    <NumberField label="Step" testid="sweep-step" range=NumberRange::Over(0.0) value=form.step set=set(form.step) />
                </div>
            }>
                <input type="text" data-testid="sweep-multipliers" aria-label="Multipliers" prop:value=form.list
                    on:input=move |event| form.list.set(event_target_value(&event)) />
            </Show>
        </div>
    }
}

#[component]
fn GenerationChoice(settings: Memo<Result<SweepSettings, String>>) -> impl IntoView {
    let form = expect_context::<Form>();
    let set = |signal: RwSignal<f64>| Callback::new(move |value| signal.set(value));
    let text = move |label: &'static str,
                     testid: &'static str,
                     hint: &'static str,
                     value: RwSignal<String>| {
        view! {
            <label class="field" title=hint>
                <span class="label">{label}</span>
                <input type="text" data-testid=testid prop:value=value on:input=move |event| value.set(event_target_value(&event)) />
            </label>
        }
    };
    let is_generating = move || {
        settings
            .read()
            .as_ref()
            .is_ok_and(|settings| settings.scores.iter().any(|score: &Score| score.needs() == Needs::Answers))
    };
    view! {
        <details prop:open=is_generating>
            <summary>"Answers and limits"</summary>
            <div class="fields">
                <div class="three">
                    <NumberField label="Tokens" term="Token" hint="The most that an answer may take" testid="sweep-tokens" range=NumberRange::Whole(1) value=form.max_new_tokens set=set(form.max_new_tokens) />
                    <NumberField label="Temp." term="Temperature" hint="Temperature: 0 takes the likeliest token" testid="sweep-temperature" range=NumberRange::From(0.0) value=form.temperature set=set(form.temperature) />
                    <NumberField label="Seed" term="Seed" hint="A prompt has the same draws at every multiplier" testid="sweep-seed" range=NumberRange::Seed value=form.seed set=set(form.seed) />
                </div>
                <SuffixChoice />
                <div class="two">
                    {text("Answer the first", "sweep-limit", "The number of prompts of each set that are answered; empty for all. Preference is measured on every pair.", form.limit)}
                </div>
            </div>
        </details>
    }
}
