//! Applies the language: the person's choice, or the first of the system's that the page speaks.

use std::cell::Cell;

use ipc::command::SetLanguage;
use ipc::project::Language as Choice;
use js_sys::Reflect;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Store;
use crate::bridge;
use crate::text::{Language, set_spoken};

/// The place where the window leaves the tag of the language that was spoken last.
const SPOKEN_LAST: &str = "tillerLanguage";

thread_local! {
    /// The language that the window was told.
    static TOLD: Cell<Option<Language>> = const { Cell::new(None) };
}

/// Speaks the language of the last time, or the system's, until the settings are known. They do not come where the store cannot be
/// opened, and that is said as well.
pub(super) fn begin(store: Store) {
    if TOLD.get().is_some() {
        return;
    }
    let last = Reflect::get(&window(), &SPOKEN_LAST.into()).ok().and_then(|tag| tag.as_string());
    let last = last.and_then(|tag| Language::of_tag(&tag));
    speak(store, last.unwrap_or_else(|| Language::of(Choice::System, &of_system())));
}

/// Speaks the language of the settings. The views are made anew if it is another one.
pub(super) fn apply(store: Store) {
    speak(store, Language::of(store.settings.read_untracked().language, &of_system()));
}

fn of_system() -> Vec<String> {
    window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

fn speak(store: Store, language: Language) {
    set_spoken(language);
    // A screen reader pronounces by it, and a browser chooses by it between Chinese and Japanese forms of a character.
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", language.tag());
    }
    if store.language.get_untracked() != language {
        store.language.set(language);
    }
    if TOLD.replace(Some(language)) == Some(language) {
        return;
    }
    spawn_local(async move {
        if let Err(failure) = bridge::call(SetLanguage { language: language.as_choice() }).await {
            store.failure.set(Some(failure));
        }
    });
}
