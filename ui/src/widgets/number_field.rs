//! A field for one number. It keeps what is typed even while that is not a number yet.

use leptos::prelude::*;

use super::field_label::FieldLabel;
use crate::format;

/// A text field that calls `set` with every number that is typed.
#[component]
pub fn NumberField(
    /// The label.
    label: &'static str,
    /// The term of the glossary that stands in the label.
    #[prop(optional)]
    term: &'static str,
    /// A few words on its effect.
    #[prop(optional)]
    hint: &'static str,
    /// For tests.
    testid: &'static str,
    /// The current number.
    #[prop(into)]
    value: Signal<f64>,
    /// Called with a new number.
    set: Callback<f64>,
) -> impl IntoView {
    let text = RwSignal::new(value.get_untracked().to_string());
    Effect::new(move |_| {
        let value = value.get();
        let typed = format::read_number(&text.read_untracked());
        if typed.is_none_or(|typed| typed.to_bits() != value.to_bits()) {
            text.set(value.to_string());
        }
    });
    let is_wrong = move || format::read_number(&text.read()).is_none();
    view! {
        <label class="field">
            <span class="label"><FieldLabel label term /></span>
            <input type="text" inputmode="decimal" autocomplete="off" data-testid=testid prop:value=text
                aria-invalid=move || is_wrong().to_string()
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    if let Some(number) = format::read_number(&typed) {
                        text.set(typed);
                        set.run(number);
                    } else {
                        text.set(typed);
                    }
                } />
            {(!hint.is_empty()).then(|| view! { <span class="quiet small hint-line">{hint}</span> })}
        </label>
    }
}
