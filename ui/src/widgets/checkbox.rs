//! A checkbox with its label.

use leptos::prelude::*;

/// A checkbox with its label.
#[component]
pub fn Checkbox(
    /// The label.
    #[prop(into)]
    label: Signal<String>,
    /// For tests.
    #[prop(into)]
    testid: String,
    /// Whether it is ticked.
    value: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="row">
            <input type="checkbox" data-testid=testid prop:checked=value
                on:change=move |event| value.set(event_target_checked(&event)) />
            <span>{label}</span>
        </label>
    }
}
