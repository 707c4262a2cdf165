//! Keeps the keys at work where a control is disabled while it has the focus, as a button is by what it begins: the browser takes the
//! focus away, and then the keys of what is around the control reach nobody.

use std::cell::RefCell;
use std::time::Duration;

use js_sys::Array;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    EventTarget, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit, MutationRecord,
};

use super::focus::focused;

/// The attribute that is watched.
const DISABLED: &str = "disabled";
/// What can have the focus around a control. The screen is left out: the keys of the window are at work without any focus.
const AROUND: &str = "[tabindex]:not(main), dialog";
/// What takes less time leaves nobody waiting for a key.
const SOON: Duration = Duration::from_millis(150);

#[derive(Default)]
struct Watched {
    /// The control that had the focus last.
    last: Option<HtmlElement>,
    /// The control that has lost it, until the focus goes elsewhere.
    lost: Option<HtmlElement>,
    /// What has it in the place of that control.
    instead: Option<HtmlElement>,
}

thread_local! {
    static WATCHED: RefCell<Watched> = RefCell::default();
}

/// Watches all controls as long as the window is open. What is around a control that is disabled has the focus until the control can
/// be used again, and gives it back then.
pub fn watch() {
    let came = window_event_listener(ev::focusin, |event| {
        if let Some(element) = element(event.target()) {
            came_to(element);
        }
    });
    let left = window_event_listener(ev::focusout, |event| {
        // From a control that is disabled the browser takes the focus: no person has left it.
        if element(event.target()).is_some_and(|element| !is_disabled(&element)) {
            WATCHED.with_borrow_mut(|watched| watched.last = None);
        }
    });
    on_cleanup(move || {
        came.remove();
        left.remove();
    });
    let callback = Closure::<dyn FnMut(Array)>::new(|records: Array| {
        for record in records.iter() {
            let target = record.dyn_into::<MutationRecord>().ok().and_then(|record| record.target());
            if let Some(control) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
                changed(control);
            }
        }
    });
    let Ok(observer) = MutationObserver::new(callback.as_ref().unchecked_ref()) else { return };
    let what = MutationObserverInit::new();
    what.set_attributes(true);
    what.set_subtree(true);
    what.set_attribute_filter(&JsValue::from(Array::of1(&DISABLED.into())));
    let _ = observer.observe_with_options(&document(), &what);
    // It watches as long as the page is there.
    callback.forget();
}

fn element(target: Option<EventTarget>) -> Option<HtmlElement> {
    target?.dyn_into().ok()
}

fn is_disabled(element: &HtmlElement) -> bool {
    element.has_attribute(DISABLED)
}

fn came_to(element: HtmlElement) {
    WATCHED.with_borrow_mut(|watched| {
        if watched.instead.as_ref() != Some(&element) {
            watched.lost = None;
            watched.instead = None;
        }
        watched.last = Some(element);
    });
}

fn changed(control: HtmlElement) {
    let is = |known: Option<&HtmlElement>| known == Some(&control);
    let (was_last, was_lost) =
        WATCHED.with_borrow(|watched| (is(watched.last.as_ref()), is(watched.lost.as_ref())));
    if !is_disabled(&control) {
        if was_lost {
            request_animation_frame(give_back);
        }
    } else if was_last || is(focused().as_ref()) {
        WATCHED.with_borrow_mut(|watched| watched.lost = Some(control));
        set_timeout(give_to_what_is_around, SOON);
    }
}

fn give_to_what_is_around() {
    let Some(control) = WATCHED.with_borrow(|watched| watched.lost.clone()) else { return };
    if !is_disabled(&control) || !is_free() {
        return;
    }
    let around = control.parent_element().and_then(|parent| parent.closest(AROUND).ok().flatten());
    if let Some(around) = around.and_then(|around| around.dyn_into::<HtmlElement>().ok()) {
        WATCHED.with_borrow_mut(|watched| watched.instead = Some(around.clone()));
        give(&around);
    }
}

fn give_back() {
    let Some(control) = WATCHED.with_borrow(|watched| watched.lost.clone()) else { return };
    if !is_disabled(&control) && is_free() {
        give(&control);
    }
}

/// Gives the focus to an element. Nothing moves: it is where the person looks. Nothing of `WATCHED` may be borrowed, because this comes
/// back to `came_to` at once.
fn give(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Returns whether the focus is nowhere, or where it was only put because a control has lost it.
pub(super) fn is_free() -> bool {
    let Some(now) = focused() else { return true };
    let is_one_of =
        |watched: &Watched| [&watched.lost, &watched.instead].into_iter().flatten().any(|one| *one == now);
    now.tag_name() == "BODY" || WATCHED.with_borrow(is_one_of)
}
