//! The foot of the form, which stays in view: how much a sweep measures, how long it takes, and the button that starts it.

use ipc::Id;
use ipc::drafts::EndpointSettings;
use ipc::project::Prices;
use ipc::score::{Judge, Needs, Score};
use ipc::sweep::{PromptSet, SweepSettings, TokenUsage};
use leptos::prelude::*;

use super::estimate::EstimateNote;
use super::form::Form;
use crate::actions::Screen;
use crate::format;
use crate::state::store;
use crate::t;
use crate::widgets::{FailureCard, FaultNote, FieldFaults};

/// The foot of the form.
#[component]
pub(super) fn Footer(settings: Memo<Result<SweepSettings, String>>, faults: FieldFaults) -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let cost_text = move |settings: &SweepSettings| {
        let sets = store.data_sets.read();
        let held_out = |id: Id| sets.iter().find(|set| set.id == id).map_or(0, |set| set.held_out);
        cost(settings, held_out, store.settings.read().prices)
    };
    let has_vectors = move || !store.vectors.read().is_empty();
    view! {
        <div class="foot sweep-foot">
            {move || match settings.get() {
                Err(why) => view! { <p class="warning small" data-testid="sweep-why-not">{why}</p> }.into_any(),
                Ok(settings) => view! { <p class="quiet small" data-testid="sweep-cost">{cost_text(&settings)}</p> }.into_any(),
            }}
            <EstimateNote settings />
            <FaultNote faults />
            <FailureCard failure=form.failure />
            <div class="row">
                <Show when=move || !has_vectors()>
                    <button class="link" on:click=move |_| store.go(Screen::Train)>{t!("sweep-train-first")}</button>
                </Show>
                <button class="button primary grow" data-testid="sweep-start" disabled=move || settings.read().is_err() || faults.are_there()
                    on:click=move |_| form.start(store)>{t!("sweep-start")}</button>
            </div>
        </div>
    }
}

/// Returns a sentence on how much a sweep measures, and what a judge would cost.
fn cost(settings: &SweepSettings, held_out: impl Fn(Id) -> u32, prices: Option<Prices>) -> String {
    // The unsteered point is measured whether it was typed or not.
    let mut settings = settings.clone();
    if !settings.multipliers.contains(&0.0) {
        settings.multipliers.push(0.0);
    }
    let points = settings.expected();
    let is_generating = settings.scores.iter().any(|score| score.needs() == Needs::Answers);
    if !is_generating {
        return t!("sweep-cost-no-text", count = points);
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
    let made = t!("sweep-cost", count = points, answers = format::whole(answers), tokens = tokens);
    let judges: Vec<&EndpointSettings> = settings.scores.iter().filter_map(remote).collect();
    let Some(to) = judges.first() else { return made };
    // The rubric takes about 200 tokens; question, answer and both examples are about as long as answers.
    let asked = answers * judges.len() as u64;
    let usage = TokenUsage {
        read: asked * (200 + 4 * u64::from(tokens)),
        written: asked * u64::from(ipc::score::VERDICT_TOKENS),
    };
    let (address, read) = (to.address.clone(), format::whole(usage.read));
    match prices.map(|prices| format::number(prices.cost(usage), 4)) {
        Some(price) => {
            t!("sweep-cost-sent-priced", made = made, address = address, read = read, price = price)
        }
        None => t!("sweep-cost-sent", made = made, address = address, read = read),
    }
}

fn remote(score: &Score) -> Option<&EndpointSettings> {
    match score.judged()?.0 {
        Judge::Endpoint(to) => Some(to),
        Judge::Local => None,
    }
}
