//! Lets a press on some buttons count once: where a thing of a list was deleted, the next one stands under the pointer with its own
//! button, and a double click would delete both.

use std::cell::Cell;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MouseEvent};

/// What marks these buttons.
const MARKED: &str = "[data-once]";
/// What the page's root bears until a further press counts.
const HELD: &str = "data-held";
/// The time within which a second press belongs to the first one: as long as a double click takes.
const DOUBLE: Duration = Duration::from_millis(500);

thread_local! {
    static IS_HELD: Cell<bool> = const { Cell::new(false) };
}

/// Watches all presses as long as the window is open.
pub fn watch() {
    let pressed = Closure::<dyn Fn(MouseEvent)>::new(|event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if !target.is_some_and(|target| target.closest(MARKED).is_ok_and(|found| found.is_some())) {
            return;
        }
        if IS_HELD.replace(true) {
            event.prevent_default();
            event.stop_propagation();
        } else {
            show(true);
            set_timeout(release, DOUBLE);
        }
    });
    // It comes before the buttons' own listeners.
    let _ =
        window().add_event_listener_with_callback_and_bool("click", pressed.as_ref().unchecked_ref(), true);
    // It watches as long as the page is there.
    pressed.forget();
}

fn release() {
    IS_HELD.set(false);
    show(false);
}

/// Says in the page whether a further press counts.
fn show(is_held: bool) {
    if let Some(root) = document().document_element() {
        let _ = root.toggle_attribute_with_force(HELD, is_held);
    }
}
