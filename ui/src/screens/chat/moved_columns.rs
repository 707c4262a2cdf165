//! Moves a column among the others. What is read in each column stays in view: an element that moves in the page begins at its
//! top again.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::desk_changes::move_column;
use super::state::Chat;

/// The frames in which the lists are put back: the turns of a list that has moved get their own heights only when they are
/// painted, and no event says so.
const FRAMES: u32 = 6;
/// The distance from the end, in pixels, within which a list shows its end.
const NEARLY_AT_THE_END: i32 = 48;
/// Marks the lists that are being put back. Their scroll events come from no person.
const MARK: &str = "data-put-back";

thread_local! {
    /// Counts the moves.
    static MOVES: Cell<u32> = const { Cell::new(0) };
}

/// A list of turns, and what is read in it.
struct Place {
    list: web_sys::HtmlElement,
    /// The turn at the top of the view, and its distance from there. `None` where the end is read.
    turn: Option<(web_sys::Element, f64)>,
}

/// Moves a column to a place, counted from 0.
pub(super) fn move_to(chat: Chat, column: u32, to: usize) {
    let places = places();
    let move_number = MOVES.replace(MOVES.get() + 1).to_string();
    for place in &places {
        let _ = place.list.set_attribute(MARK, &move_number);
    }
    chat.change(|desk| move_column(desk, column, to));
    put_back(Rc::new(places), Rc::from(move_number), FRAMES);
}

/// Whether a list is being put back.
pub(super) fn is_put_back(list: &web_sys::Element) -> bool {
    list.has_attribute(MARK)
}

fn places() -> Vec<Place> {
    let Ok(lists) = document().query_selector_all(".chat-turns") else { return vec![] };
    let lists = (0..lists.length()).filter_map(|at| lists.item(at)?.dyn_into::<web_sys::HtmlElement>().ok());
    let place = |list: web_sys::HtmlElement| {
        let below = list.scroll_height() - list.scroll_top() - list.client_height();
        let turn = (below >= NEARLY_AT_THE_END).then(|| first_in_view(&list)).flatten();
        Place { list, turn }
    };
    lists.map(place).collect()
}

fn first_in_view(list: &web_sys::HtmlElement) -> Option<(web_sys::Element, f64)> {
    let (turns, top) = (list.children(), list.get_bounding_client_rect().top());
    let mut turns = (0..turns.length()).filter_map(|at| turns.item(at));
    turns.find_map(|turn| {
        let edges = turn.get_bounding_client_rect();
        (edges.bottom() > top && turn.has_attribute("data-turn")).then(|| (turn, edges.top() - top))
    })
}

/// Scrolls the lists back in as many frames, and takes their marks away in the one after, unless a later move has marked them.
fn put_back(places: Rc<Vec<Place>>, move_number: Rc<str>, frames: u32) {
    request_animation_frame(move || {
        for Place { list, turn } in &*places {
            if frames == 0 {
                if list.get_attribute(MARK).as_deref() == Some(&*move_number) {
                    let _ = list.remove_attribute(MARK);
                }
                continue;
            }
            let top = match turn {
                None => list.scroll_height(),
                Some((turn, before)) => {
                    let now = turn.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
                    list.scroll_top() + (now - before).round() as i32
                }
            };
            list.set_scroll_top(top);
        }
        if frames > 0 {
            put_back(places, move_number, frames - 1);
        }
    });
}
