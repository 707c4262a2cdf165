//! What a field shows of a text that may be very long: all of it, or one part at a time, with buttons for the others.

use std::ops::Range;

use leptos::prelude::*;
use web_sys::HtmlTextAreaElement;

use super::text_part;
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
        let (whole, part) =
            self.value.with_untracked(|text| text_part::replace(text, &self.part.get_untracked(), &typed));
        self.own.set_value(whole.clone());
        self.part.set(part);
        self.set.run(whole);
        // Where more was pasted than is shown, the part may be the same as before. The field has more all the same, and with the next
        // letter that would be there twice.
        self.shown.with_untracked(|shown| {
            if *shown != typed {
                field.set_value(shown);
            }
        });
    }
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
