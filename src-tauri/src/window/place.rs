//! Opens the window where the person left it: the same place, size and screen.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tauri::plugin::TauriPlugin;
use tauri::{Manager as _, Window, WindowEvent, Wry, async_runtime};
use tauri_plugin_window_state::{AppHandleExt as _, Builder, StateFlags};

/// The file in the data folder that holds the window's place.
const FILE: &str = "window.json";
/// The wait after a move before the place is written: a drag is many moves.
const QUIET: Duration = Duration::from_millis(500);

/// Counts the moves of the window.
#[derive(Default)]
pub(super) struct Moves(AtomicU64);

fn what() -> StateFlags {
    StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN
}

/// Keeps the window's place in this data folder. A place on a screen that is gone is left to the desktop.
pub(super) fn kept_in(data: &Path) -> TauriPlugin<Wry> {
    // The plugin joins the name to its own folder, and a whole path replaces that folder.
    let file = std::path::absolute(data).unwrap_or_else(|_| data.to_owned()).join(FILE);
    Builder::new().with_state_flags(what()).with_filename(file.to_string_lossy()).build()
}

/// Writes the place soon after the window was moved or has another size. The plugin writes it at the end of the program, which a
/// killed one does not reach.
pub(super) fn keep(window: &Window<Wry>, event: &WindowEvent) {
    if !matches!(event, WindowEvent::Resized(_) | WindowEvent::Moved(_)) {
        return;
    }
    let (app, moves) = (window.app_handle().clone(), window.state::<Moves>());
    let now = moves.0.fetch_add(1, Ordering::Relaxed) + 1;
    async_runtime::spawn(async move {
        tokio::time::sleep(QUIET).await;
        let is_last = app.state::<Moves>().0.load(Ordering::Relaxed) == now;
        if is_last && let Err(error) = app.save_window_state(what()) {
            tracing::warn!("the window\u{2019}s place could not be kept: {error}");
        }
    });
}
