//! The frame of a sheet, which lies over the screen and owns the keyboard while it is open.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::focus;
use crate::state::store;

/// The fields that a person fills in. The first one takes the focus.
const FIELDS: &str =
    "input:not([type=checkbox], [type=radio], [type=range], :disabled), textarea:not(:disabled)";

/// The button that Enter presses in a field that stands in no form.
const PRIMARY: &str = ".button.primary:not(:disabled)";

/// The frame of a sheet. It is modal: neither keys nor clicks reach what lies behind it. Escape and a press beside it close
/// it, and the focus goes back to where it was. Enter in a field is the primary button. Once a text was typed into it, a press beside it does nothing: a click that
/// misses its button must not throw the text away.
#[component]
pub fn SheetFrame(
    /// The name of the sheet, for screen readers.
    #[prop(into)]
    label: String,
    /// For tests.
    testid: &'static str,
    /// Whether it shows a table.
    #[prop(optional)]
    wide: bool,
    /// Whether it opens at its top, without the focus on its first field, which stands far below.
    #[prop(optional)]
    from_top: bool,
    /// Whether what is typed into it only searches, so that it may go with a press beside it.
    #[prop(optional)]
    only_searches: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let store = store();
    let dialog = NodeRef::<html::Dialog>::new();
    focus::remember();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) else { return };
        // It fails only for an element that is not in the page, which an effect never sees.
        let _ = dialog.show_modal();
        let field = dialog.query_selector(FIELDS).ok().flatten().filter(|_| !from_top);
        let field = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok());
        // Without a field the sheet itself takes the focus, so that a long one is shown from its beginning.
        let _ = field.as_ref().unwrap_or(&dialog).focus();
    });
    on_cleanup(focus::give_back);
    let has_text = StoredValue::new(false);
    let note_text = move |event: web_sys::Event| {
        let field = event.target().and_then(|field| field.dyn_into::<web_sys::Element>().ok());
        if field.is_some_and(|field| field.matches(FIELDS).unwrap_or(false)) {
            has_text.set_value(true);
        }
    };
    let press = move |event: web_sys::MouseEvent| {
        // Only a press on the shade has the dialog itself as its target.
        if event.target() == event.current_target() && (only_searches || !has_text.get_value()) {
            store.close_sheet();
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let is_plain = !event.ctrl_key() && !event.alt_key() && !event.meta_key() && !event.shift_key();
        if event.key() != "Enter" || !is_plain || event.is_composing() || event.default_prevented() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        // A form has its own button for Enter, and a text of several lines a new line.
        let is_alone = |field: &web_sys::Element| {
            field.tag_name() == "INPUT"
                && field.matches(FIELDS).unwrap_or(false)
                && field.closest("form").is_ok_and(|form| form.is_none())
        };
        let Some(dialog) = dialog.get_untracked().filter(|_| target.as_ref().is_some_and(is_alone)) else {
            return;
        };
        let primary = dialog.query_selector(PRIMARY).ok().flatten();
        if let Some(primary) = primary.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
            event.prevent_default();
            primary.click();
        }
    };
    view! {
        <dialog class="sheet" class:wide=wide node_ref=dialog tabindex="-1" aria-label=label data-testid=testid on:mousedown=press on:input=note_text on:keydown=on_key
            on:cancel=move |event: web_sys::Event| { event.prevent_default(); store.close_sheet(); }>
            <div class="sheet-body">{children()}</div>
        </dialog>
    }
}
