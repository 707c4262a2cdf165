//! Runs the window: Tauri around [`App`]. Code that another program would need as well belongs to the crate `app`.

mod attention;
mod commands;
mod confirm;
mod dialogs;
mod environment;
mod events;
mod leaving;
mod log;
mod log_limit;
mod opened;
mod place;
mod texts;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::events::Events;
use self::leaving::Leaving;
use self::opened::{Opened, Side};
use self::texts::t;
use app::AppPaths;
use hub::HubEnvironment;
use tauri::plugin::{self, TauriPlugin};
use tauri::{
    Assets, Builder, Context, DragDropEvent, Manager, RunEvent, Runtime, Url, WindowEvent, Wry, async_runtime,
};

pub use confirm::Confirm;
pub use log::{log_filter, log_lines};

/// The label of the only window.
const MAIN: &str = "main";

/// Runs Tiller until its window is closed. The context is what Tauri embeds: the configuration, the permissions and the page.
#[must_use]
pub fn main(context: Context<Wry>) -> ExitCode {
    let data = AppPaths::from_env(None).data;
    log::start(&data);
    texts::begin(&data);
    if let Err(error) = app::refused_memory::listen() {
        tracing::warn!("memory that the system refuses will end Tiller without a sentence: {error}");
    }
    if let Err(sentence) = environment::prepare() {
        return environment::refuse(&sentence);
    }
    let mut builder = Builder::<Wry>::default();
    if environment::has_single_instance() {
        // This plugin is the first, so that a second process ends before it touches the data.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, arguments, folder| {
            let arguments = arguments.into_iter().map(OsString::from);
            if let Some(path) = project_file(arguments, Path::new(&folder)) {
                events::dropped(app, &path);
            }
            if let Some(window) = app.get_webview_window(MAIN) {
                let shown =
                    window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
                if let Err(error) = shown {
                    tracing::warn!("the window could not be brought to the front: {error}");
                }
            }
        }));
    }
    builder = builder
        .plugin(place::kept_in(&data))
        .plugin(texts::said_to_the_page(&data))
        .manage(place::Moves::default())
        .on_window_event(place::keep);
    let builder = with_commands(builder, Confirm::on_the_desktop()).setup(|tauri| {
        let paths = AppPaths::from_env(tauri.path().resource_dir().ok().as_deref());
        open_with(tauri, &paths, HubEnvironment::from_env());
        let folder = std::env::current_dir().unwrap_or_default();
        if let Some(path) = project_file(std::env::args_os(), &folder) {
            events::started_with(tauri.handle(), path);
        }
        Ok(())
    });
    match builder.build(context) {
        Ok(tauri) => {
            tauri.run(|tauri, event| {
                if matches!(event, RunEvent::Exit) {
                    close(tauri);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => environment::refuse(&t!("native-no-window", error = error.to_string())),
    }
}

/// Returns the project file among a program's arguments: the desktop names it there after a double click.
fn project_file(arguments: impl Iterator<Item = OsString>, folder: &Path) -> Option<PathBuf> {
    let is_project =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tiller"));
    // The first one is the program itself.
    arguments.skip(1).map(|argument| folder.join(argument)).find(is_project)
}

/// Returns what Tauri embeds in a test: the configuration, the permissions, and these files in place of the page. The page itself is
/// in the program alone, so that a new one compiles and links nothing else.
#[must_use]
pub fn context<R: Runtime>(assets: impl Assets<R>) -> Context<R> {
    tauri::generate_context!("../tauri.conf.json", assets = assets, test = true)
}

/// Registers the commands with a Tauri application. [`open`] adds the application that answers them, and `confirm` asks a
/// person about what they reach outside the store.
#[must_use]
pub fn with_commands<R: Runtime>(builder: Builder<R>, confirm: Confirm<R>) -> Builder<R> {
    let builder = builder.plugin(tauri_plugin_dialog::init()).plugin(only_the_page()).manage(confirm);
    let builder = builder.on_window_event(|window, event| {
        let is_open = window.try_state::<Opened>().is_some_and(|opened| opened.now().is_some());
        match event {
            _ if !is_open => {}
            WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) => {
                if let Some(path) = paths.first() {
                    events::dropped(window.app_handle(), path);
                }
            }
            WindowEvent::CloseRequested { api, .. } if leaving::ask(window) => api.prevent_close(),
            _ => {}
        }
    });
    commands::register(builder.manage(Leaving::default()).manage(Events::default()))
}

/// Keeps the window on its own page: whoever could load another one there could call the commands from it.
fn only_the_page<R: Runtime>() -> TauriPlugin<R> {
    plugin::Builder::new("only-the-page").on_navigation(|_, url| is_the_page(url)).build()
}

/// Whether an address is one of the page, as Tauri serves it on the different platforms.
fn is_the_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => false,
    }
}

/// Opens the application. If that fails, every command returns the reason.
pub fn open<R: Runtime>(tauri: &impl Manager<R>, paths: &AppPaths) {
    open_with(tauri, paths, HubEnvironment::inside(&paths.data));
}

/// Opens the application like [`open`], but with the hub's cache and access token that other programs use as well.
pub fn open_with<R: Runtime>(tauri: &impl Manager<R>, paths: &AppPaths, hub: HubEnvironment) {
    let opened = Opened::new(paths.clone(), hub);
    // Why it failed is shown in the window, which asks for it.
    let _ = async_runtime::block_on(opened.open());
    tauri.manage(opened);
}

/// Closes the application, so that the engine reaches a checkpoint before the process ends.
pub fn close<R: Runtime>(tauri: &impl Manager<R>) {
    if let Some(events) = tauri.try_state::<Events>() {
        events.end();
    }
    if let Some(Side::Own(app)) = tauri.try_state::<Opened>().and_then(|opened| opened.now()) {
        async_runtime::block_on(app.close());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_file_is_found_among_the_arguments() {
        let find = |arguments: &[&str]| {
            let arguments = arguments.iter().map(OsString::from);
            project_file(arguments, Path::new("/here"))
        };
        assert_eq!(find(&["/bin/x.tiller"]), None, "that is the program");
        assert_eq!(find(&["tiller", "--flag", "a.csv"]), None);
        assert_eq!(find(&["tiller", "a.TILLER"]), Some(PathBuf::from("/here/a.TILLER")));
        assert_eq!(find(&["tiller", "/there/a b.tiller"]), Some(PathBuf::from("/there/a b.tiller")));
    }

    #[test]
    fn the_window_shows_its_own_page_only() {
        let is_shown = |url: &str| is_the_page(&url.parse().expect("an address"));
        for own in ["tauri://localhost", "tauri://localhost/index.html", "http://tauri.localhost/"] {
            assert!(is_shown(own), "{own}");
        }
        for other in [
            "https://models.example/",
            "http://localhost/",
            "tauri://models.example/",
            "http://tauri.localhost:8000/",
            "http://tauri.localhost.models.example/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "about:blank",
            "javascript:alert(1)",
        ] {
            assert!(!is_shown(other), "{other}");
        }
    }
}
