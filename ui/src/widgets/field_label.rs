//! The text over a field.

use leptos::prelude::*;

use super::term::Term;

/// A label, in which the term of the glossary is dotted where one is named.
#[component]
pub(super) fn FieldLabel(
    /// The text.
    label: String,
    /// The term; empty for none.
    term: &'static str,
) -> impl IntoView {
    if term.is_empty() { label.into_any() } else { view! { <Term name=term text=label /> }.into_any() }
}
