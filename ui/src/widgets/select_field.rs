//! A field that chooses one of a few texts.

use leptos::prelude::*;

use super::field_label::{FieldLabel, hint_id};

/// A select field with a line of explanation below.
#[component]
pub fn SelectField(
    /// The chosen value.
    #[prop(into)]
    label: String,
    /// The term of the glossary that stands in the label.
    #[prop(optional)]
    term: &'static str,
    /// A few words on its effect.
    #[prop(into)]
    line: String,
    /// For tests.
    testid: &'static str,
    /// Each choice: its key in the page, and its text.
    choices: Vec<(&'static str, String)>,
    /// The key of the current choice.
    #[prop(into)]
    value: Signal<&'static str>,
    /// Called with the key of a new choice.
    set: Callback<String>,
) -> impl IntoView {
    let hint = hint_id();
    view! {
        <label class="field">
            <span class="label"><FieldLabel label=label.clone() term /></span>
            <select data-testid=testid aria-label=label aria-describedby=hint.clone() prop:value=value on:change=move |event| set.run(event_target_value(&event))>
                {choices.into_iter().map(|(key, name)| view! {
                    <option value=key selected=move || value.get() == key>{name}</option>
                }).collect_view()}
            </select>
            <span id=hint class="quiet small hint-line">{line}</span>
        </label>
    }
}
