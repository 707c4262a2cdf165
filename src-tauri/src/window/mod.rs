//! The window: Tauri around [`App`], and nothing that another program would need as well.

mod commands;
mod dialogs;
mod environment;

use std::process::ExitCode;

use ipc::Failure;
use tauri::{Builder, Context, DragDropEvent, Manager, RunEvent, Runtime, WindowEvent, Wry, async_runtime};

use app::{App, Error, Places};
use hub::HubPlaces;

/// The label of the one window.
const MAIN: &str = "main";

/// The application, or why it could not be opened: the window opens in either case, to say so.
struct Opened(Result<App, Failure>);

impl Opened {
    fn app(&self) -> Result<&App, Failure> {
        self.0.as_ref().map_err(Clone::clone)
    }
}

/// Runs Tiller with its window until that is closed.
#[must_use]
pub fn main() -> ExitCode {
    environment::log();
    if let Err(sentence) = environment::prepare() {
        return environment::refuse(sentence);
    }
    let mut builder = Builder::<Wry>::default();
    if environment::has_single_instance() {
        // First of all plugins: a second process ends here, before it touches the data.
        builder = builder.plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window(MAIN) {
                let shown =
                    window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
                if let Err(error) = shown {
                    tracing::warn!("the window could not be brought to the front: {error}");
                }
            }
        }));
    }
    let builder = with_commands(builder).setup(|tauri| {
        let places = Places::usual(tauri.path().resource_dir().ok().as_deref());
        open_with(tauri, &places, HubPlaces::usual());
        Ok(())
    });
    match builder.build(context()) {
        Ok(tauri) => {
            tauri.run(|tauri, event| {
                if matches!(event, RunEvent::Exit) {
                    close(tauri);
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => environment::refuse(&format!("Tiller's window could not be opened: {error}")),
    }
}

/// What Tauri embeds: the configuration, the permissions and the page.
#[must_use]
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!("../tauri.conf.json")
}

/// Gives a Tauri application the commands; [`open`] puts the application behind them.
#[must_use]
pub fn with_commands<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    let builder = builder.plugin(tauri_plugin_dialog::init()).on_window_event(|window, event| {
        if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event
            && let Some(opened) = window.try_state::<Opened>()
            && let (Ok(app), Some(path)) = (opened.app(), paths.first())
        {
            app.dropped(path);
        }
    });
    commands::register(builder)
}

/// Opens the application. Where that fails, every command says why.
pub fn open<R: Runtime>(tauri: &impl Manager<R>, places: &Places) {
    open_with(tauri, places, HubPlaces::inside(&places.data));
}

/// The same, with the places of models from the hub that other programs use as well.
pub fn open_with<R: Runtime>(tauri: &impl Manager<R>, places: &Places, hub: HubPlaces) {
    let opened = async_runtime::block_on(App::open_with(places, hub)).map_err(report);
    tauri.manage(Opened(opened));
}

/// Lets the engine come to a checkpoint before the process ends.
pub fn close<R: Runtime>(tauri: &impl Manager<R>) {
    if let Some(opened) = tauri.try_state::<Opened>()
        && let Ok(app) = opened.app()
    {
        async_runtime::block_on(app.close());
    }
}

/// Why the application could not be opened, said on standard error as well.
fn report(error: Error) -> Failure {
    tracing::error!("{error:?}");
    let failure = Failure::from(error);
    environment::say(&[Some(failure.message.as_str()), failure.detail.as_deref(), failure.next.as_deref()]);
    failure
}
