//! The fields for the answers of a sweep: their length, their number, and how they are drawn.

use ipc::score::{Needs, Score};
use ipc::sweep::SweepSettings;
use leptos::prelude::*;

use super::form::Form;
use super::goal::Goal;
use super::suffix_choice::SuffixChoice;
use crate::t;
use crate::widgets::{NumberField, NumberRange, TypedField};

/// The length and the number of answers, and by hand how they are drawn and their suffixes.
#[component]
pub(super) fn GenerationChoice(settings: Memo<Result<SweepSettings, String>>) -> impl IntoView {
    let form = expect_context::<Form>();
    let set = |signal: RwSignal<f64>| Callback::new(move |value| signal.set(value));
    let is_generating = move || {
        settings
            .read()
            .as_ref()
            .is_ok_and(|settings| settings.scores.iter().any(|score: &Score| score.needs() == Needs::Answers))
    };
    let tokens = move || {
        view! {
            <NumberField label=t!("sweep-tokens") term="Token" hint=t!("sweep-tokens-hint") testid="sweep-tokens" range=NumberRange::Whole(1) value=form.max_new_tokens set=set(form.max_new_tokens) />
        }
    };
    let limit_fault = Signal::derive(move || form.read_limit().err());
    let limit = move || {
        view! {
            <div title=t!("sweep-limit-hint")>
                <TypedField label=t!("sweep-limit") placeholder=t!("sweep-mmlu-limit-all") testid="sweep-limit" value=form.limit fault=limit_fault is_said=true />
            </div>
        }
    };
    let by_hand = move || {
        view! {
            <details prop:open=is_generating>
                <summary>{t!("sweep-generation")}</summary>
                <div class="fields">
                    <div class="three">
                        {tokens()}
                        <NumberField label=t!("sweep-temperature") term="Temperature" hint=t!("sweep-temperature-hint") testid="sweep-temperature" range=NumberRange::From(0.0) value=form.temperature set=set(form.temperature) />
                        <NumberField label=t!("seed") term="Seed" hint=t!("sweep-seed-hint") testid="sweep-seed" range=NumberRange::Seed value=form.seed set=set(form.seed) />
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
