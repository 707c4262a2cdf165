//! Holds the state that the application has sent to the window, as signals. The screens read them, and only events
//! write them.

mod changes;
mod closing;
mod deletions;
mod open_turns;
mod projects;
mod reduce;
mod store;
mod theme;
mod turn_tree;
mod zoom;

pub use changes::Changes;
pub use deletions::{Deleted, UndoDelete, UndoToast};
pub use open_turns::OpenTurns;
pub use store::{Connection, Store, Storing, store};
pub use turn_tree::TurnTree;
pub use zoom::{SIZES, percent as zoom_percent};

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;

/// Opens the channel of events and keeps the state up to date with it.
pub fn watch(store: Store) {
    theme::follow_system(store.settings, store.theme_changes);
    store.connection.set(Connection::Opening);
    spawn_local(async move {
        let result = bridge::watch(move |event| projects::receive(store, event)).await;
        if let Err(failure) = result {
            store.connection.set(Connection::Failed(failure));
        }
    });
}
