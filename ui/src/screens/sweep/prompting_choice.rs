//! The fields that add ways of prompting to a sweep, so that a chart shows whether a plain sentence does better than a
//! vector.

use ipc::sweep::TEMPLATES;
use leptos::prelude::*;

use super::form::Form;
use crate::state::store;
use crate::t;
use crate::widgets::{NumberField, NumberRange, Term, TypedField};

/// The fields for ways of prompting.
#[component]
pub(super) fn PromptingChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let ways = form.prompting;
    let shots_fault = Signal::derive(move || ways.example_counts().err());
    let tick = |label: String, testid: &'static str, value: RwSignal<bool>| {
        view! {
            <label class="row">
                <input type="checkbox" data-testid=testid prop:checked=value on:change=move |event| value.set(event_target_checked(&event)) />
                <span>{label}</span>
            </label>
        }
    };
    let system = move |is_for: bool, testid: &'static str| {
        let typed = if is_for { ways.text_for } else { ways.text_against };
        view! {
            <textarea class="prose" rows="3" dir="auto" data-testid=testid aria-label=t!("system-prompt") prop:value=move || form.system_text(store, is_for)
                on:change=move |event| typed.set(event_target_value(&event))></textarea>
        }
    };
    let template = move |name: &'static str| {
        view! {
            <label class="row">
                <input type="checkbox" data-testid="way-template" prop:checked=move || ways.templates.read().contains(name)
                    on:change=move |_| ways.templates.update(|all| if !all.remove(name) { all.insert(name); }) />
                <span>{name}</span>
            </label>
        }
    };
    view! {
        <details>
            <summary>{t!("sweep-ways")}</summary>
            <div class="fields">
                <div class="ticks whole">
                    {tick(t!("sweep-ways-for"), "way-for", ways.is_for)}
                    <Show when=move || ways.is_for.get()>{system(true, "way-for-text")}</Show>
                    {tick(t!("sweep-ways-against"), "way-against", ways.is_against)}
                    <Show when=move || ways.is_against.get()>{system(false, "way-against-text")}</Show>
                    {tick(t!("sweep-ways-wanted"), "way-wanted", ways.shots_wanted)}
                    {tick(t!("sweep-ways-opposite"), "way-opposite", ways.shots_opposite)}
                    <Show when=move || ways.shots_wanted.get() || ways.shots_opposite.get()>
                        <div class="two">
                            <div title=t!("sweep-ways-examples-hint")>
                                <TypedField label=t!("sweep-ways-examples") testid="way-shots" value=ways.shots fault=shots_fault is_said=true />
                            </div>
                            <NumberField label=t!("sweep-ways-seed") term="Seed" hint=t!("sweep-ways-seed-hint") testid="way-shots-seed" range=NumberRange::Seed value=ways.shots_seed set=Callback::new(move |v| ways.shots_seed.set(v)) />
                        </div>
                        <p class="quiet small">{t!("sweep-ways-examples-note")}</p>
                    </Show>
                    {tick(t!("sweep-ways-with-vectors"), "way-with-vectors", ways.with_vectors)}
                </div>
                <label class="field" title=t!("sweep-ways-others-hint")>
                    <span class="label"><Term name="System prompt" text=t!("sweep-ways-others") /></span>
                    <textarea class="prose" rows="2" dir="auto" data-testid="way-others" aria-label=t!("sweep-ways-others") placeholder=t!("sweep-ways-others-placeholder") prop:value=ways.others
                        on:input=move |event| ways.others.set(event_target_value(&event))></textarea>
                </label>
                <div class="field" title=t!("sweep-ways-templates-hint")>
                    <span class="label"><Term name="Chat template" text=t!("sweep-ways-templates") /></span>
                    <div class="ticks whole">{TEMPLATES.into_iter().map(template).collect_view()}</div>
                </div>
            </div>
        </details>
    }
}
