//! A field for a text that has to be read: layers, multipliers, a count that may be left out. What is typed stays as it is, and what is
//! wrong with it stands at the field.

use leptos::prelude::*;

use super::field_faults::report_fault;
use super::field_label::{FieldLabel, hint_id};
use crate::t;

/// A text field that says what is wrong with what is typed, and lets its form wait.
#[component]
pub fn TypedField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The term of the glossary that stands in the label.
    #[prop(optional)]
    term: &'static str,
    /// A few words on its effect.
    #[prop(optional, into)]
    hint: String,
    /// What stands in it while it is empty.
    #[prop(optional, into)]
    placeholder: String,
    /// For tests.
    testid: &'static str,
    /// The text.
    value: RwSignal<String>,
    /// Says what is wrong with the text; `None` where it can be read.
    #[prop(into)]
    fault: Signal<Option<String>>,
    /// Called with every new text, whether it can be read or not.
    #[prop(optional)]
    typed: Option<Callback<String>>,
    /// Whether the form says by itself beside its button what is wrong.
    #[prop(optional)]
    is_said: bool,
    /// Whether no label is seen, because what stands around the field says what it is for.
    #[prop(optional)]
    is_bare: bool,
) -> impl IntoView {
    let fault = Memo::new(move |_| fault.get());
    if !is_said {
        report_fault(testid, label.clone(), move || fault.get());
    }
    let note_id = hint_id();
    // An element that is not in the page describes nothing.
    let (described, has_hint) = (note_id.clone(), !hint.is_empty());
    let described = move || (has_hint || fault.read().is_some()).then(|| described.clone());
    let note = move || {
        match fault.get() {
        Some(fault) => view! {
            <span id=note_id.clone() class="warning small hint-line" role="alert" data-testid=format!("{testid}-fault")>{as_sentence(fault)}</span>
        }
        .into_any(),
        None if hint.is_empty() => ().into_any(),
        None => view! { <span id=note_id.clone() class="quiet small hint-line">{hint.clone()}</span> }.into_any(),
    }
    };
    let name = label.clone();
    let head = (!is_bare).then(|| view! { <span class="label"><FieldLabel label term /></span> });
    let on_input = move |event| {
        let text = event_target_value(&event);
        value.set(text.clone());
        if let Some(typed) = typed {
            typed.run(text);
        }
    };
    view! {
        <label class="field">
            {head}
            // The web view would put the text and the hint into a name that it makes of the label's text.
            <input type="text" autocomplete="off" spellcheck="false" data-testid=testid aria-label=name placeholder=placeholder prop:value=value
                aria-describedby=described aria-invalid=move || fault.read().is_some().to_string() on:input=on_input />
            {note}
        </label>
    }
}

/// Ends a text as a sentence, unless it is one.
fn as_sentence(text: String) -> String {
    if text.ends_with(['.', '\u{3002}']) { text } else { t!("sentence", text = text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_ends_as_a_sentence_once() {
        assert_eq!(as_sentence("Give at least one layer".into()), "Give at least one layer.");
        assert_eq!(as_sentence("That is too many.".into()), "That is too many.");
    }
}
