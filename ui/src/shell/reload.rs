//! Keeps the page from being loaded again, which would lose what is typed and chosen: neither by a key, nor from the menu that
//! the web view shows under the right mouse button. That menu stays where it copies and pastes.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// The fields that a person can type in. Over any other the web view shows the menu of the page.
const FIELDS: &str = "textarea:not(:read-only), input:not(:read-only):not([type=checkbox]):not([type=radio]):not([type=range])";

/// Offers no way to load the page again, as long as the window is open.
pub(super) fn refuse() {
    let keys = window_event_listener(ev::keydown, |event| {
        if loads_again(&event.key(), event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
        }
    });
    let menu = window_event_listener(ev::contextmenu, |event| {
        if !is_about_text(&event) {
            event.prevent_default();
        }
    });
    on_cleanup(move || {
        keys.remove();
        menu.remove();
    });
}

/// Whether a web view loads its page again at this key. `is_command` says whether Ctrl or Command is held.
fn loads_again(key: &str, is_command: bool) -> bool {
    matches!(key, "F5" | "BrowserRefresh") || (is_command && key.eq_ignore_ascii_case("r"))
}

/// Whether the menu at the pointer is that of a field or of selected text, which offers no Reload.
fn is_about_text(event: &web_sys::MouseEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    target.matches(FIELDS).unwrap_or(false)
        || is_selected(f64::from(event.client_x()), f64::from(event.client_y()))
}

/// Whether the text at this point of the window is selected.
fn is_selected(x: f64, y: f64) -> bool {
    let selection = selection().filter(|selection| !selection.is_collapsed());
    let Some(range) = selection.and_then(|selection| selection.range_at(0).ok()) else { return false };
    js_sys::Array::from(&range.client_rects()).iter().any(|area| {
        area.dyn_into::<web_sys::DomRect>().is_ok_and(|area| {
            (area.left()..=area.right()).contains(&x) && (area.top()..=area.bottom()).contains(&y)
        })
    })
}

#[wasm_bindgen]
extern "C" {
    /// The selected part of the page.
    type Selection;

    /// A part of the page's text.
    type Range;

    #[wasm_bindgen(js_name = getSelection)]
    fn selection() -> Option<Selection>;

    #[wasm_bindgen(method, getter, js_name = isCollapsed)]
    fn is_collapsed(this: &Selection) -> bool;

    #[wasm_bindgen(method, catch, js_name = getRangeAt)]
    fn range_at(this: &Selection, index: u32) -> Result<Range, JsValue>;

    /// The boxes of its lines.
    #[wasm_bindgen(method, js_name = getClientRects)]
    fn client_rects(this: &Range) -> JsValue;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_that_load_a_page_again_are_known() {
        for (key, is_command) in
            [("F5", false), ("F5", true), ("r", true), ("R", true), ("BrowserRefresh", false)]
        {
            assert!(loads_again(key, is_command), "{key}");
        }
        for (key, is_command) in [("r", false), ("R", false), ("F4", false), ("e", true)] {
            assert!(!loads_again(key, is_command), "{key}");
        }
    }
}
