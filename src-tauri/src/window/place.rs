//! Opens the window where the person left it: the same place, size and screen.

use std::path::Path;

use tauri::Wry;
use tauri::plugin::TauriPlugin;
use tauri_plugin_window_state::{Builder, StateFlags};

/// The file in the data folder that holds the window's place.
const FILE: &str = "window.json";

/// Keeps the window's place in this data folder. A place on a screen that is gone is left to the desktop.
pub(super) fn kept_in(data: &Path) -> TauriPlugin<Wry> {
    // The plugin joins the name to its own folder, and a whole path replaces that folder.
    let file = std::path::absolute(data).unwrap_or_else(|_| data.to_owned()).join(FILE);
    let what = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    Builder::new().with_state_flags(what).with_filename(file.to_string_lossy()).build()
}
