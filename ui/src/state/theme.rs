//! Applies the light or the dark theme: the person's choice, or the desktop's.

use ipc::project::{Settings, Theme};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

const DARK: &str = "(prefers-color-scheme: dark)";

/// Sets the page's theme from the settings.
pub(super) fn apply(settings: RwSignal<Settings>, theme_changes: RwSignal<u32>) {
    let dark = match settings.read_untracked().theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => system_is_dark(),
    };
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
    }
    theme_changes.update(|changes| *changes += 1);
}

/// Applies the theme again when the desktop's changes.
pub(super) fn follow_system(settings: RwSignal<Settings>, theme_changes: RwSignal<u32>) {
    apply(settings, theme_changes);
    let changed = Closure::<dyn FnMut()>::new(move || apply(settings, theme_changes));
    if let Ok(Some(query)) = window().match_media(DARK) {
        let _ = query.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    }
    // The listener lives as long as the window.
    changed.forget();
}

fn system_is_dark() -> bool {
    window().match_media(DARK).ok().flatten().is_some_and(|query| query.matches())
}
