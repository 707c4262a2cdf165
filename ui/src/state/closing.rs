//! Stores what is typed when the window is about to close, and then lets it close.

use std::time::Duration;

use ipc::command::AnswerClosing;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::store::{Store, Storing};
use crate::bridge;
use crate::t;

/// The pause between two looks at what is being stored.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// Stores what is typed, then closes the window. Where it cannot be stored the window stays open and says so; asked a second time
/// it closes all the same.
pub(super) fn close(store: Store) {
    // A field that keeps its text when it loses the focus does so now.
    let focused =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.active_element());
    if let Some(focused) = focused.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = focused.blur();
    }
    look(store, true);
}

fn look(store: Store, is_first: bool) {
    let typed = store.store_all.get_value().map_or(Storing::Done, |store_all| store_all.run(is_first));
    let was_told = store.was_told_of_loss.get_value();
    match next(&typed, bridge::is_idle(), was_told) {
        Next::Wait => set_timeout(move || look(store, false), BETWEEN_LOOKS),
        Next::Close => answer(true),
        Next::Stay => {
            store.was_told_of_loss.set_value(true);
            if let Storing::Failed(failure) = typed {
                store.failure.set(Some(failure.next(t!("shell-closing-unsaved"))));
            }
            answer(false);
        }
    }
}

fn answer(close: bool) {
    spawn_local(async move {
        // The application closes the window by itself if no answer comes.
        if let Err(failure) = bridge::call(AnswerClosing { close }).await {
            bridge::log(&failure.to_string());
        }
    });
}

#[derive(Debug, PartialEq, Eq)]
enum Next {
    Wait,
    Close,
    Stay,
}

/// What follows from how far storing has come.
fn next(typed: &Storing, is_idle: bool, was_told: bool) -> Next {
    // A note or a name that was typed can still be on its way when the texts are stored.
    match (typed, is_idle) {
        (Storing::Failed(_), _) if !was_told => Next::Stay,
        (Storing::UnderWay, _) | (Storing::Done, false) => Next::Wait,
        (Storing::Failed(_), _) | (Storing::Done, true) => Next::Close,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_closes_when_everything_is_stored_and_stays_once_where_it_is_not() {
        let failed = Storing::Failed(ipc::Failure::new(ipc::Code::Storage, "The disk is full."));
        assert_eq!(next(&Storing::UnderWay, true, false), Next::Wait);
        assert_eq!(next(&Storing::Done, false, false), Next::Wait);
        assert_eq!(next(&Storing::Done, true, false), Next::Close);
        assert_eq!(next(&failed, true, false), Next::Stay);
        assert_eq!(next(&failed, true, true), Next::Close, "the person insists");
    }
}
