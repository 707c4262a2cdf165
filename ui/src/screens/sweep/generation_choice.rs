//! The fields for the answers of a sweep: their length, their number, and how they are drawn.

use ipc::score::{Needs, Score};
use ipc::sweep::SweepSettings;
use leptos::prelude::*;

use super::form::Form;
use super::goal::Goal;
use super::suffix_choice::SuffixChoice;
use crate::widgets::{NumberField, NumberRange};

/// The length and the number of answers, and by hand how they are drawn and their suffixes.
#[component]
pub(super) fn GenerationChoice(settings: Memo<Result<SweepSettings, String>>) -> impl IntoView {
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
    let tokens = move || {
        view! {
            <NumberField label="Tokens" term="Token" hint="The most that an answer may take" testid="sweep-tokens" range=NumberRange::Whole(1) value=form.max_new_tokens set=set(form.max_new_tokens) />
        }
    };
    let limit = move || {
        text(
            "Answer the first",
            "sweep-limit",
            "The number of prompts of each set that are answered; empty for all. Preference is measured on every pair.",
            form.limit,
        )
    };
    let by_hand = move || {
        view! {
            <details prop:open=is_generating>
                <summary>"Answers and limits"</summary>
                <div class="fields">
                    <div class="three">
                        {tokens()}
                        <NumberField label="Temp." term="Temperature" hint="Temperature: 0 takes the likeliest token" testid="sweep-temperature" range=NumberRange::From(0.0) value=form.temperature set=set(form.temperature) />
                        <NumberField label="Seed" term="Seed" hint="A prompt has the same draws at every multiplier" testid="sweep-seed" range=NumberRange::Seed value=form.seed set=set(form.seed) />
                    </div>
                    <SuffixChoice />
                    <div class="two">
                        {limit()}
                    </div>
                </div>
            </details>
        }
    };
    move || match form.goal.get() {
        Goal::Custom => by_hand().into_any(),
        Goal::Read => view! { <div class="two top">{tokens()}{limit()}</div> }.into_any(),
        Goal::Works | Goal::Harm | Goal::Paper => ().into_any(),
    }
}
