//! A field for a long text, which grows with the text and marks the words of a search. Of a very long text it shows one part
//! at a time.
//!
//! A text area cannot mark parts of its text. Therefore the text behind it, which gives it its height, is invisible except for its
//! marks.

use leptos::prelude::*;

use super::highlight::highlighted;
use super::pairs::Pairs;
use crate::widgets::{LongText, PartChoice, TextBehind};

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
    let text = LongText::new(value, set);
    let behind = move || {
        let looked_for = pairs.filter.with(|filter| filter.text.clone());
        text.shown.with(|text| highlighted(text, &looked_for)).into_any()
    };
    view! {
        <div class="text-field prose">
            <TextBehind>{behind}</TextBehind>
            <textarea data-testid=testid rows="1" spellcheck="true" dir="auto" aria-label=label prop:value=text.shown
                on:input=move |event| text.typed(&event)></textarea>
            <PartChoice testid text />
        </div>
    }
}
