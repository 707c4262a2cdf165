//! The keys of a menu, and the focus in it. The button that opens a menu says whether it is open (`aria-expanded`) and no more: of
//! `aria-haspopup`, WebKitGTK makes a combo box, which a screen reader then reads.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::focus;

/// Gives a menu its keys, and the focus to its first item. Escape and Tab close it and give the focus back.
pub fn keys(
    menu: NodeRef<html::Div>,
    is_open: RwSignal<bool>,
) -> impl Fn(web_sys::KeyboardEvent) + Copy + 'static {
    let opener = StoredValue::new_local(focus::focused());
    Effect::new(move |_| {
        if let Some(menu) = menu.get() {
            move_focus(&menu, Some(0), 0);
        }
    });
    move |event: web_sys::KeyboardEvent| {
        let Some(menu) = menu.get_untracked() else { return };
        match event.key().as_str() {
            "ArrowDown" => move_focus(&menu, None, 1),
            "ArrowUp" => move_focus(&menu, None, -1),
            "Home" => move_focus(&menu, Some(0), 0),
            "End" => move_focus(&menu, Some(0), -1),
            "Escape" | "Tab" => {
                is_open.set(false);
                if let Some(opener) = opener.try_get_value().flatten() {
                    focus::give_to(opener);
                }
            }
            // Enter and the space bar choose the item. The keys of the screen behind wait until the menu is closed.
            _ => return event.stop_propagation(),
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Moves the focus by `step` items from the item at `from`, or else from the item that has it. After the last item comes the
/// first.
fn move_focus(menu: &web_sys::HtmlElement, from: Option<usize>, step: isize) {
    let Ok(items) = menu.query_selector_all("button:not(:disabled)") else { return };
    let items: Vec<web_sys::HtmlElement> =
        (0..items.length()).filter_map(|at| items.item(at)?.dyn_into().ok()).collect();
    let focused = || items.iter().position(|item| focus::focused().as_ref() == Some(item));
    let Some(from) = from.or_else(focused) else { return };
    let to = (from as isize + step).rem_euclid(items.len().max(1) as isize);
    if let Some(item) = items.get(to as usize) {
        let _ = item.focus();
    }
}
