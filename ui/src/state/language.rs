//! Applies the language: the person's choice, or the first of the system's that the page speaks.

use leptos::prelude::*;

use super::Store;
use crate::text::{Language, set_spoken};

/// Speaks the language of the settings. The views are made anew if it is another one.
pub(super) fn apply(store: Store) {
    let system: Vec<String> =
        window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect();
    let language = Language::of(store.settings.read_untracked().language, &system);
    set_spoken(language);
    // A screen reader pronounces by it, and a browser chooses by it between Chinese and Japanese forms of a character.
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.tag());
    }
    if store.language.get_untracked() != language {
        store.language.set(language);
    }
}
