//! A field for a long text, which grows with the text and marks the words of a search. Of a very long text it shows one part
//! at a time.
//!
//! A text area cannot mark parts of its text. Therefore the text behind it, which gives it its height, is invisible except for its
//! marks.

use std::ops::Range;

use leptos::prelude::*;

use super::highlight::highlighted;
use super::pairs::Pairs;
use super::text_part;
use crate::format;
use crate::t;
use crate::widgets::TextBehind;

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
    let part = RwSignal::new(value.with_untracked(|text| text_part::first(text)));
    // The text that was typed here last: any other one comes from elsewhere and is shown from its beginning.
    let own = StoredValue::new(String::new());
    Effect::new(move |_| {
        value.with(|text| {
            if own.with_value(|own| own != text) {
                own.set_value(text.clone());
                part.set(text_part::first(text));
            }
        });
    });
    let shown = Memo::new(move |_| {
        let part = part.get();
        value.with(|text| text.get(part).unwrap_or_default().to_owned())
    });
    let behind = move || {
        let looked_for = pairs.filter.with(|filter| filter.text.clone());
        shown.with(|text| highlighted(text, &looked_for)).into_any()
    };
    let typed = move |typed: String| {
        let (whole, shown) =
            value.with_untracked(|text| text_part::replace(text, &part.get_untracked(), &typed));
        own.set_value(whole.clone());
        part.set(shown);
        set.run(whole);
    };
    view! {
        <div class="text-field prose">
            <TextBehind>{behind}</TextBehind>
            <textarea data-testid=testid rows="1" spellcheck="true" dir="auto" aria-label=label prop:value=shown
                on:input=move |event| typed(event_target_value(&event))></textarea>
            <PartChoice testid value part />
        </div>
    }
}

/// Finds the part before or after another one.
type Step = fn(&str, &Range<usize>) -> Option<Range<usize>>;

/// Says which part of a very long text is shown, and shows others. Nothing for a text that is shown whole.
#[component]
fn PartChoice(testid: &'static str, value: Signal<String>, part: RwSignal<Range<usize>>) -> impl IntoView {
    let bytes = Memo::new(move |_| value.with(String::len));
    let is_cut = Memo::new(move |_| part.with(|part| part.len() < bytes.get()));
    let place = move || {
        let (part, bytes) = (part.get(), bytes.get());
        let percent = |at: usize| 100 * at / bytes.max(1);
        t!(
            "data-part",
            from = percent(part.start),
            to = percent(part.end),
            size = format::whole(bytes as u32 / 1000)
        )
    };
    let step = move |step: Step| value.with(|text| part.with(|part| step(text, part)));
    let go = move |to: Step| {
        move |_| {
            if let Some(new) = untrack(|| step(to)) {
                part.set(new);
            }
        }
    };
    view! {
        <Show when=move || is_cut.get()>
            <div class="row small">
                <span class="grow quiet" data-testid=format!("{testid}-part")>{place}</span>
                <button class="link" type="button" data-testid=format!("{testid}-earlier") disabled=move || step(text_part::previous).is_none() on:click=go(text_part::previous)>{t!("data-part-earlier")}</button>
                <button class="link" type="button" data-testid=format!("{testid}-later") disabled=move || step(text_part::next).is_none() on:click=go(text_part::next)>{t!("data-part-later")}</button>
            </div>
        </Show>
    }
}
