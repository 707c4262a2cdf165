//! The fields that add ways of prompting to a sweep, so that a chart shows whether a plain sentence does better than a
//! vector.

use ipc::sweep::TEMPLATES;
use leptos::prelude::*;

use super::form::Form;
use crate::state::store;
use crate::widgets::Term;
use crate::widgets::{NumberField, NumberRange};

/// The fields for ways of prompting.
#[component]
pub(super) fn PromptingChoice() -> impl IntoView {
    let (store, form) = (store(), expect_context::<Form>());
    let ways = form.prompting;
    let tick = |label: &'static str, testid: &'static str, value: RwSignal<bool>| {
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
            <textarea rows="3" data-testid=testid aria-label="System prompt" prop:value=move || form.system_text(store, is_for)
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
            <summary>"Prompts to compare with"</summary>
            <div class="fields">
                <div class="ticks whole">
                    {tick("System prompt for the behaviour", "way-for", ways.is_for)}
                    <Show when=move || ways.is_for.get()>{system(true, "way-for-text")}</Show>
                    {tick("System prompt against it", "way-against", ways.is_against)}
                    <Show when=move || ways.is_against.get()>{system(false, "way-against-text")}</Show>
                    {tick("Wanted examples before the prompt", "way-wanted", ways.shots_wanted)}
                    {tick("Opposite examples before the prompt", "way-opposite", ways.shots_opposite)}
                    <Show when=move || ways.shots_wanted.get() || ways.shots_opposite.get()>
                        <div class="two">
                            <label class="field" title="Numbers of training pairs of the data set, 0 to 32, each measured by itself: 0 1 2 4 8">
                                <span class="label">"Examples"</span>
                                <input type="text" data-testid="way-shots" prop:value=ways.shots on:input=move |event| ways.shots.set(event_target_value(&event)) />
                            </label>
                            <NumberField label="Drawn by seed" term="Seed" hint="Fewer examples are the first of more" testid="way-shots-seed" range=NumberRange::Seed value=ways.shots_seed set=Callback::new(move |v| ways.shots_seed.set(v)) />
                        </div>
                        <p class="quiet small">"Before prompts of your own and before questions stand the first data set\u{2019}s training pairs."</p>
                    </Show>
                    {tick("Each also with every vector", "way-with-vectors", ways.with_vectors)}
                </div>
                <label class="field" title="Each vector is measured under each of them: does it hold under prompts that it was not trained with?">
                    <span class="label"><Term name="System prompt" text="Vectors under other system prompts" /></span>
                    <textarea rows="2" data-testid="way-others" placeholder="One system prompt a line" prop:value=ways.others
                        on:input=move |event| ways.others.set(event_target_value(&event))></textarea>
                </label>
                <div class="field" title="Each vector is measured with its prompts written as these models were trained to read them">
                    <span class="label"><Term name="Chat template" text="Vectors under other chat templates" /></span>
                    <div class="ticks whole">{TEMPLATES.into_iter().map(template).collect_view()}</div>
                </div>
            </div>
        </details>
    }
}
