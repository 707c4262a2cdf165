//! Holds the state that the application has sent to the window, as signals. The screens read them, and only events
//! write them.

mod changes;
mod closing;
mod deletions;
mod fonts;
mod language;
mod open_turns;
mod projects;
mod reduce;
mod replaced_desks;
mod shares;
mod store;
mod theme;
mod turn_tree;
mod zoom;

pub use changes::Changes;
pub use deletions::{Deleted, UndoDelete, UndoToast};
pub use fonts::{TEXT_SIZES, of_texts as text_typeface_name, text_percent};
pub use open_turns::OpenTurns;
pub use shares::Shares;
pub use store::{Connection, DeskChange, Store, Storing, store};
pub use turn_tree::TurnTree;
pub use zoom::{SIZES, percent as zoom_percent};

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ipc::Code;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge;

/// The wait before the store is tried again that another process works in, or whose disk is full.
const AGAIN: Duration = Duration::from_secs(2);

/// Whether it will be tried again.
static WILL_TRY: AtomicBool = AtomicBool::new(false);

/// Opens the channel of events and keeps the state up to date with it.
pub fn watch(store: Store) {
    theme::follow_system(store.settings, store.theme_changes);
    language::begin(store);
    store.connection.set(Connection::Opening);
    connect(store);
}

/// Opens the channel of events. While the cause of a failure may pass by itself, it is tried again and again.
fn connect(store: Store) {
    spawn_local(async move {
        let result = bridge::watch(move |event| projects::receive(store, event)).await;
        let Err(failure) = result else { return };
        let may_pass = failure.code == Code::Storage;
        let now = Connection::Failed(failure);
        // What is said already is not rendered again, so that the focus stays where it is.
        if store.connection.with_untracked(|known| *known != now) {
            store.connection.set(now);
        }
        if may_pass && !WILL_TRY.swap(true, Ordering::Relaxed) {
            set_timeout(
                move || {
                    WILL_TRY.store(false, Ordering::Relaxed);
                    if store.connection.with_untracked(|known| matches!(known, Connection::Failed(_))) {
                        connect(store);
                    }
                },
                AGAIN,
            );
        }
    });
}
