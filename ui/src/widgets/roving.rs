//! Gives a row of tabs or segments the keys that such a row has: Tab leads into it once, to the chosen button, and the arrow
//! keys move inside it. Enter and the space bar choose, so that an arrow key starts nothing.

use leptos::prelude::request_animation_frame;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::focus;

/// What marks the chosen button of a row.
const CHOSEN: &str = "[aria-selected=true], [aria-pressed=true], [aria-checked=true], [aria-current]";

/// Makes the buttons of an element such a row. Used as `use:roving`.
pub fn roving(row: Element) {
    let keys = {
        let row = row.clone();
        Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| move_in_row(&row, &event))
    };
    let _ = row.add_event_listener_with_callback("keydown", keys.as_ref().unchecked_ref());
    // The listener lives as long as the element.
    keys.forget();
    for event in ["focusin", "focusout", "click"] {
        let of = row.clone();
        let settle = Closure::<dyn Fn()>::new(move || {
            let of = of.clone();
            // The chosen button is another one once the page has followed the click.
            request_animation_frame(move || settle(&of));
        });
        let _ = row.add_event_listener_with_callback(event, settle.as_ref().unchecked_ref());
        settle.forget();
    }
    request_animation_frame(move || settle(&row));
}

fn buttons(row: &Element) -> Vec<HtmlElement> {
    let Ok(all) = row.query_selector_all("button:not(:disabled)") else { return vec![] };
    (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect()
}

/// Lets Tab lead to one button only: the one that has the focus, else the chosen one, else the first.
fn settle(row: &Element) {
    let all = buttons(row);
    let focused = focus::focused();
    let is_chosen = |button: &&HtmlElement| button.matches(CHOSEN).unwrap_or(false);
    let has_focus = |button: &&HtmlElement| focused.as_ref() == Some(*button);
    let Some(one) = all.iter().find(has_focus).or(all.iter().find(is_chosen)).or(all.first()) else { return };
    for button in &all {
        button.set_tab_index(if button == one { 0 } else { -1 });
    }
}

/// Lets an arrow key, Home or End move the focus inside a row of buttons.
pub fn move_in_row(row: &Element, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let all = buttons(row);
    let Some(at) = all.iter().position(|button| focus::focused().as_ref() == Some(button)) else { return };
    let Some(to) = target(&event.key(), at, all.len()) else { return };
    event.prevent_default();
    event.stop_propagation();
    let _ = all[to].focus();
}

/// Returns the button that a key leads to, of `count` buttons. After the last one comes the first.
fn target(key: &str, at: usize, count: usize) -> Option<usize> {
    Some(match key {
        "ArrowRight" | "ArrowDown" => (at + 1) % count,
        "ArrowLeft" | "ArrowUp" => (at + count - 1) % count,
        "Home" => 0,
        "End" => count - 1,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_go_round() {
        let to = |key, at| target(key, at, 3);
        assert_eq!((to("ArrowRight", 2), to("ArrowLeft", 0)), (Some(0), Some(2)));
        assert_eq!((to("Home", 1), to("End", 1), to("a", 1)), (Some(0), Some(2), None));
    }
}
