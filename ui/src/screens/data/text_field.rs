//! A field for a long text, which grows with the text and marks the words of a search.
//!
//! A text area cannot mark parts of its text. Therefore the same text lies behind it, invisible except for its marks.
//! It also sets the field's height.

use leptos::prelude::*;

use super::highlight::highlighted;
use super::pairs::Pairs;

/// A text area that grows with its text and marks the words of the search.
#[component]
pub(super) fn TextField(
    /// For tests.
    testid: &'static str,
    /// The label for screen readers.
    label: String,
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// Called with every new text.
    set: Callback<String>,
) -> impl IntoView {
    let pairs = expect_context::<Pairs>();
    let behind = move || {
        let looked_for = pairs.filter.with(|filter| filter.text.clone());
        // An empty last line needs a character to have a height.
        view! { {value.with(|text| highlighted(text, &looked_for)).into_any()} "\u{200b}" }
    };
    view! {
        <div class="text-field">
            <div class="behind" aria-hidden="true" dir="auto">{behind}</div>
            <textarea data-testid=testid rows="1" spellcheck="true" dir="auto" aria-label=label prop:value=value
                on:input=move |event| set.run(event_target_value(&event))></textarea>
        </div>
    }
}
