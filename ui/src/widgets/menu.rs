//! The keys of a menu, its place, and the focus in it. The button that opens a menu says whether it is open (`aria-expanded`) and no more: of
//! `aria-haspopup`, WebKitGTK makes a combo box, which a screen reader then reads.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::focus;

/// Gives a menu its keys, and the focus to its first item. Escape and Tab close it. However it is closed, its button has the focus again,
/// unless the chosen item gives it to something else.
pub fn keys(
    menu: NodeRef<html::Div>,
    is_open: RwSignal<bool>,
) -> impl Fn(web_sys::KeyboardEvent) + Copy + 'static {
    let opener = StoredValue::new_local(focus::focused());
    focus::menu_opened(opener.get_value());
    on_cleanup(move || focus::menu_closed(opener.try_get_value().flatten()));
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

/// Closes a menu and gives the focus back to its button.
pub fn leave(is_open: RwSignal<bool>, opener: NodeRef<html::Button>) {
    is_open.set(false);
    if let Some(opener) = opener.get_untracked() {
        focus::give_to(opener.into());
    }
}

/// Returns where a menu of this height in pixels stands that has the window as its frame: below its button or above it, and inside
/// of the window.
pub fn beside(opener: NodeRef<html::Button>, height: f64, edge: Edge) -> Option<String> {
    let edges = opener.get_untracked()?.get_bounding_client_rect();
    let size = |size: Result<wasm_bindgen::JsValue, _>| size.ok().and_then(|size| size.as_f64());
    let (across, down) = (size(window().inner_width())?, size(window().inner_height())?);
    let top = top(edges.top(), edges.bottom(), height, down);
    let left = match edge {
        Edge::Left => edges.left(),
        Edge::Right => edges.right() - WIDTH,
    };
    let left = left.min(across - WIDTH - GAP).max(GAP);
    Some(format!("top: {top:.0}px; left: {left:.0}px; right: auto"))
}

/// The edge that a menu shares with its button, unless it would leave the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// The space between a menu and its button, and the width of a menu that has the window as its frame, in pixels.
const GAP: f64 = 4.0;
const WIDTH: f64 = 200.0;

/// Returns the top of a menu whose button stands between `above` and `below`.
fn top(above: f64, below: f64, height: f64, window: f64) -> f64 {
    let [under, over] = [below + GAP, above - GAP - height];
    let fits_under = under + height <= window;
    if fits_under || over < 0.0 { under.min(window - height).max(0.0) } else { over }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_menu_stays_in_the_window() {
        let top = |above, height, window| top(above, above + 20.0, height, window).round() as i32;
        assert_eq!(top(100.0, 200.0, 800.0), 124, "below its button");
        assert_eq!(top(700.0, 200.0, 800.0), 496, "above it");
        assert_eq!(top(100.0, 200.0, 300.0), 100, "beside it");
        assert_eq!(top(100.0, 400.0, 300.0), 0, "from the top on");
    }
}
