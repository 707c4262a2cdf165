//! What a field shows of a text that may be very long: all of it, or one part at a time, with buttons for the others.

use std::ops::Range;

use leptos::prelude::*;
use web_sys::HtmlTextAreaElement;

use super::text_part::{self, Replaced};
use crate::format;
use crate::t;

/// A text that may be very long, and the part of it that a field shows.
#[derive(Clone, Copy)]
pub struct LongText {
    value: Signal<String>,
    set: Callback<String>,
    part: RwSignal<Range<usize>>,
    /// The text that was typed into the field last: any other one comes from elsewhere and is shown from its beginning.
    own: StoredValue<String>,
    /// What the field shows.
    pub shown: Memo<String>,
}

impl LongText {
    /// Shows a text from its beginning. `set` is called with every new text.
    #[must_use]
    pub fn new(value: Signal<String>, set: Callback<String>) -> Self {
        let part = RwSignal::new(value.with_untracked(|text| text_part::first(text)));
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
        Self { value, set, part, own, shown }
    }

    /// Takes over what was typed into the field.
    pub fn typed(self, event: &web_sys::Event) {
        let field = event_target::<HtmlTextAreaElement>(event);
        let typed = field.value();
        let caret = field.selection_end().ok().flatten();
        let caret = caret.map_or(typed.len(), |units| bytes(&typed, units));
        let Replaced { whole, shown: part, caret } = self
            .value
            .with_untracked(|text| text_part::replace(text, &self.part.get_untracked(), &typed, caret));
        self.own.set_value(whole.clone());
        self.part.set(part);
        self.set.run(whole);
        // Where more was pasted than is shown, the part may be the same as before. The field has more all the same, and with the next
        // letter that would be there twice.
        self.shown.with_untracked(|shown| {
            if *shown != typed {
                field.set_value(shown);
                // The next letter goes where the last one went.
                let caret = units(shown.get(..caret).unwrap_or(shown));
                drop(field.set_selection_range(caret, caret));
            }
        });
    }
}

/// Returns the bytes before a place that a web view counts in units of UTF-16.
fn bytes(text: &str, units: u32) -> usize {
    let mut passed = 0;
    let behind = |(_, letter): &(usize, char)| {
        passed += letter.len_utf16() as u32;
        passed > units
    };
    text.char_indices().find(behind).map_or(text.len(), |(at, _)| at)
}

/// Returns the units of UTF-16 of a text.
fn units(text: &str) -> u32 {
    text.encode_utf16().count() as u32
}

/// Finds the part before or after another one.
type Step = fn(&str, &Range<usize>) -> Option<Range<usize>>;

/// Says which part of a very long text is shown, and shows others. Nothing for a text that is shown whole.
#[component]
pub fn PartChoice(
    /// The field's name for tests.
    testid: &'static str,
    /// The text of the field.
    text: LongText,
) -> impl IntoView {
    let LongText { value, part, .. } = text;
    let bytes = Memo::new(move |_| value.with(String::len));
    let is_cut = Memo::new(move |_| part.with(|part| part.len() < bytes.get()));
    let place = move || {
        let (part, bytes) = (part.get(), bytes.get());
        let percent = |at: usize| 100 * at / bytes.max(1);
        t!(
            "widgets-part",
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
                <button class="link" type="button" data-testid=format!("{testid}-earlier") disabled=move || step(text_part::previous).is_none() on:click=go(text_part::previous)>{t!("widgets-part-earlier")}</button>
                <button class="link" type="button" data-testid=format!("{testid}-later") disabled=move || step(text_part::next).is_none() on:click=go(text_part::next)>{t!("widgets-part-later")}</button>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_text_is_the_same_in_bytes_and_in_units() {
        let text = "a\u{e9}\u{4f60}\u{1f642}b";
        for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
            assert_eq!(bytes(text, units(&text[..at])), at);
        }
        assert_eq!(bytes(text, 99), text.len());
    }
}
