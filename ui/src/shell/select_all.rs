//! Keeps Ctrl+A to what a person means by it: the text of a field, or the rows of a list. Anywhere else the web view would select the
//! whole window, with its buttons and labels.

use leptos::prelude::window;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, KeyboardEvent};

/// The fields whose text is selected.
const FIELDS: &str = "textarea, input:not([type=checkbox], [type=radio], [type=range])";

/// Selects nothing of the window itself, as long as it is open.
pub(super) fn refuse() {
    let pressed = Closure::<dyn Fn(KeyboardEvent)>::new(|event: KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let is_in_field = target.is_some_and(|target| target.matches(FIELDS).unwrap_or(false));
        if !is_in_field && selects_all(&event.key(), event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
        }
    });
    // A menu keeps its keys from what is around it, so that this comes before it.
    let _ =
        window().add_event_listener_with_callback_and_bool("keydown", pressed.as_ref().unchecked_ref(), true);
    // It listens as long as the page is there.
    pressed.forget();
}

/// Whether a web view selects everything at this key. `is_command` says whether Ctrl or Command is held.
fn selects_all(key: &str, is_command: bool) -> bool {
    is_command && key.eq_ignore_ascii_case("a")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_that_selects_all_is_known() {
        assert!(selects_all("a", true) && selects_all("A", true));
        assert!(!selects_all("a", false) && !selects_all("s", true));
    }
}
