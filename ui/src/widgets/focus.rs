//! Gives the focus back to the element that had it before a sheet or a menu was opened.

use std::cell::RefCell;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, HtmlInputElement};

use super::lost_focus::is_free;

/// The frames for which an element is waited for.
const FRAMES: u32 = 30;

thread_local! {
    /// The elements that had the focus before sheets were opened, the last one at the end: one sheet may follow another, and
    /// the glossary lies over one.
    static BEFORE: RefCell<Vec<HtmlElement>> = const { RefCell::new(Vec::new()) };

    /// What had the focus before the menu that is open was opened: its button.
    static MENU: RefCell<Option<HtmlElement>> = const { RefCell::new(None) };
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Returns the element that has the focus.
pub fn focused() -> Option<HtmlElement> {
    document()?.active_element()?.dyn_into().ok()
}

/// Gives the focus to the element that an event came to: a click moves it to no element that is neither a field nor, in some
/// browsers, a button.
pub fn take_at(event: &web_sys::Event) {
    let element = event.current_target().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// Remembers which element has the focus, if any has it. A sheet that an item of a menu opens gives it back to the menu's button: the
/// item is gone by then.
pub(super) fn remember() {
    let is_item = |element: &HtmlElement| element.closest("[role=menu]").is_ok_and(|menu| menu.is_some());
    let own = focused().filter(|element| element.tag_name() != "BODY" && !is_item(element));
    if let Some(element) = own.or_else(|| MENU.with_borrow(Clone::clone)) {
        BEFORE.with_borrow_mut(|before| before.push(element));
    }
}

/// Remembers the button of a menu that is being opened, which has the focus.
pub(super) fn menu_opened(button: Option<HtmlElement>) {
    MENU.set(button);
}

/// Gives the focus back to the button of a menu that is being closed, unless something else takes it: what the chosen item has opened.
pub(super) fn menu_closed(button: Option<HtmlElement>) {
    let Some(button) = button else { return };
    request_animation_frame(move || {
        MENU.with_borrow_mut(|last| drop(last.take_if(|last| *last == button)));
        if button.is_connected() && is_free() {
            let _ = button.focus();
        }
    });
}

/// Gives the focus back to the last element that had it and is still in the page, unless a sheet covers it: then that sheet
/// has the focus, and the element gets it when the sheet is closed.
pub(super) fn give_back() {
    // The sheet is still in the page now, and what lies behind it cannot take the focus yet.
    request_animation_frame(|| {
        let has_sheet =
            document().and_then(|page| page.query_selector("dialog[open]").ok().flatten()).is_some();
        let is_in_sheet =
            |element: &HtmlElement| element.closest("dialog[open]").is_ok_and(|sheet| sheet.is_some());
        let element = BEFORE.with_borrow_mut(|before| {
            before.retain(|element| element.is_connected());
            let element = before.pop_if(|last| !has_sheet || is_in_sheet(last));
            if !has_sheet {
                before.clear();
            }
            element
        });
        if let Some(element) = element {
            let _ = element.focus();
        }
    });
}

/// Gives the focus to a button that can be used again once the work is done, unless something else has it: what had it while the work
/// went on, as a button that ends it, may be gone.
pub fn keep_after(is_busy: impl Into<Signal<bool>>, button: NodeRef<html::Button>) {
    let is_busy = is_busy.into();
    Effect::new(move |was_busy: Option<bool>| {
        let is_busy = is_busy.get();
        if was_busy == Some(true) && !is_busy {
            request_animation_frame(move || give_where_lost(button));
        }
        is_busy
    });
}

/// Gives the focus to a button that comes in place of the one that was pressed, which is gone or disabled.
pub fn give_when_shown(button: NodeRef<html::Button>) {
    Effect::new(move |_| {
        if button.get().is_some() {
            request_animation_frame(move || give_where_lost(button));
        }
    });
}

/// Gives the focus to a button if nothing has it.
fn give_where_lost(button: NodeRef<html::Button>) {
    if let Some(button) = button.try_get_untracked().flatten().filter(|_| is_free()) {
        let _ = button.focus();
    }
}

/// Gives the focus to the screen that is shown, unless something in it has taken it: a screen reader says which one it is, and
/// Tab leads to its first field.
pub fn give_to_screen() {
    request_animation_frame(|| {
        let Some(screen) = document().and_then(|page| page.query_selector("main").ok().flatten()) else {
            return;
        };
        let Ok(screen) = screen.dyn_into::<HtmlElement>() else { return };
        let is_inside = focused().is_some_and(|element| screen.contains(Some(&element)) && element != screen);
        let is_seen = || focused().is_some_and(|element| element.offset_height() > 0);
        if !(is_inside && is_seen()) {
            let _ = screen.focus();
        }
    });
}

/// Does something once the sheet that is being closed is gone and has given the focus back.
pub fn once_uncovered(act: impl FnOnce() + 'static) {
    request_animation_frame(move || request_animation_frame(act));
}

/// Gives the focus to the element of this id, which another screen is about to show or which stands in a part that is folded, and
/// selects the text in it.
pub fn give_to_shown(id: &'static str) {
    once_uncovered(move || look_for(id, FRAMES));
}

fn look_for(id: &'static str, frames: u32) {
    let element = document().and_then(|page| page.get_element_by_id(id));
    if let Some(folded) = element.as_ref().and_then(|element| element.closest("details").ok().flatten()) {
        let _ = folded.set_attribute("open", "");
    }
    let element = element.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    match element.filter(|element| element.offset_height() > 0) {
        Some(element) => {
            let _ = element.focus();
            if let Some(field) = element.dyn_ref::<HtmlInputElement>() {
                field.select();
            }
        }
        None if frames > 0 => request_animation_frame(move || look_for(id, frames - 1)),
        // It is gone, as a thing that was deleted meanwhile.
        None => (),
    }
}

/// Gives the focus to an element once the page is drawn without what covers it.
pub fn give_to(element: HtmlElement) {
    request_animation_frame(move || {
        let _ = element.focus();
    });
}

/// Returns the list around the element that an event came to.
pub fn list_around(event: &web_sys::Event) -> Option<Element> {
    let element = event.current_target()?.dyn_into::<Element>().ok()?;
    element.closest("ul").ok().flatten()
}

/// Gives the focus to the first of these elements in a list from which something has just gone that had it, unless something else has it.
pub fn go_on_in(list: Option<Element>, selector: &'static str) {
    let Some(list) = list else { return };
    once_uncovered(move || {
        if is_free() {
            give_to_first(&list, selector);
        }
    });
}

/// Gives the focus to the first of these elements in a part of the page, once the page is drawn: it may be shown only then.
pub fn give_to_first(part: &Element, selector: impl Into<String>) {
    let (part, selector) = (part.clone(), selector.into());
    request_animation_frame(move || {
        let first = part.query_selector(&selector).ok().flatten();
        if let Some(first) = first.and_then(|first| first.dyn_into::<HtmlElement>().ok()) {
            let _ = first.focus();
        }
    });
}
