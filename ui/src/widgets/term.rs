//! A word that the glossary defines, as it stands in the text.

use leptos::prelude::*;

use super::focus;
use crate::glossary;
use crate::state::store;

/// A text with a dotted word, which says its definition and opens the glossary there.
///
/// The word is a `span` and not a `button`: the first button in a `label` would take the place of the field that the
/// label names.
#[component]
pub fn Term(
    /// The term, as the English glossary writes it.
    name: &'static str,
    /// The text, where it is not the term itself. Only the term in it is dotted; a text without it is dotted as a whole.
    #[prop(optional, into)]
    text: String,
) -> impl IntoView {
    let Some(entry) = glossary::entry(name) else { return text.into_any() };
    let text = if text.is_empty() { entry.name.to_owned() } else { text };
    let store = store();
    let (before, word, after) = glossary::split_at_term(&text, entry.name);
    let (before, word, after) = (before.to_owned(), word.to_owned(), after.to_owned());
    // Neither the label nor the row around the word receives the click.
    let look_up = move |event: &web_sys::Event| {
        event.prevent_default();
        event.stop_propagation();
        focus::take_at(event);
        store.look_up(Some(entry.term));
    };
    let is_whole = before.is_empty() && after.is_empty();
    let word = view! {
        <span class="term" role="button" tabindex="0" title=entry.definition data-term=glossary::key(name)
            aria-describedby=definition_id(name)
            on:click=move |event| look_up(&event)
            on:keydown=move |event| {
                let is_plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key();
                if is_plain && matches!(event.key().as_str(), "Enter" | " ") {
                    look_up(&event);
                }
            }>{word}</span>
    };
    // There is one element in any case, because a label that is a flex row would separate the parts.
    if is_whole { word.into_any() } else { view! { <span>{before}{word}{after}</span> }.into_any() }
}

/// Every definition, hidden, for the elements that refer to one by `aria-describedby`.
#[component]
pub fn Definitions() -> impl IntoView {
    view! {
        <div hidden>
            {glossary::entries().iter().map(|entry| view! { <span id=definition_id(entry.term)>{entry.definition}</span> }).collect_view()}
        </div>
    }
}

/// Returns the id of the element with a term's definition.
#[must_use]
pub fn definition_id(term: &str) -> String {
    format!("definition-{}", glossary::key(term))
}
