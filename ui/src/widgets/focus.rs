//! Gives the focus back to the element that had it before a sheet or a menu was opened.

use std::cell::RefCell;

use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

thread_local! {
    /// The element that had the focus before the first sheet was opened. One sheet may follow another.
    static BEFORE: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Returns the element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

/// Remembers which element has the focus, unless it is in a sheet or nothing has it.
pub(super) fn remember() {
    let outside = |element: &HtmlElement| {
        element.tag_name() != "BODY" && element.closest("dialog").is_ok_and(|dialog| dialog.is_none())
    };
    if let Some(element) = focused().filter(outside) {
        BEFORE.set(Some(element));
    }
}

/// Gives the focus back once the page has no sheet.
pub(super) fn give_back() {
    // The sheet is still in the page now, and what lies behind it cannot take the focus yet.
    request_animation_frame(|| {
        let has_sheet =
            document().and_then(|page| page.query_selector("dialog[open]").ok().flatten()).is_some();
        if has_sheet {
            return;
        }
        if let Some(element) = BEFORE.take().filter(|element| element.is_connected()) {
            let _ = element.focus();
        }
    });
}

/// Gives the focus to an element once the page is drawn without what covers it.
pub fn give_to(element: HtmlElement) {
    request_animation_frame(move || {
        let _ = element.focus();
    });
}
