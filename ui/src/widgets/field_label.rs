//! The text over a field, and the id of the hint below it.

use std::sync::atomic::{AtomicU32, Ordering};

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

/// Returns an id for a hint, which no other element of the page has.
pub(super) fn hint_id() -> String {
    static LAST: AtomicU32 = AtomicU32::new(0);
    format!("hint-{}", LAST.fetch_add(1, Ordering::Relaxed))
}
