//! The application behind the window. The window opens even if the application cannot be, so that it can show why; it is opened
//! as soon as the cause is gone.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use app::door::Engine;
use app::{App, AppPaths};
use hub::HubEnvironment;
use ipc::{Code, Failure};

use super::environment;

/// The application, or why it could not be opened.
pub(super) struct Opened {
    paths: AppPaths,
    hub: HubEnvironment,
    app: OnceLock<Arc<App>>,
    failure: Mutex<Option<Failure>>,
    /// Lets one attempt follow the other.
    turn: tokio::sync::Mutex<()>,
}

impl Opened {
    pub(super) fn new(paths: AppPaths, hub: HubEnvironment) -> Self {
        let (app, failure, turn) = (OnceLock::new(), Mutex::default(), tokio::sync::Mutex::default());
        Self { paths, hub, app, failure, turn }
    }

    /// Returns the application, or why it could not be opened.
    pub(super) fn app(&self) -> Result<&App, Failure> {
        self.app.get().map(|app| &**app).ok_or_else(|| {
            let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
            failure.unwrap_or_else(|| Failure::new(Code::Other, "Tiller is opening its store."))
        })
    }

    /// Opens the application, unless it is open.
    pub(super) async fn open(&self) -> Result<&App, Failure> {
        let _turn = self.turn.lock().await;
        if self.app.get().is_none() {
            match App::open_with(&self.paths, self.hub.clone()).await {
                // Nobody else sets it during this turn.
                Ok(app) => {
                    let app = Arc::new(app);
                    if let Err(error) = app.serve(Engine::WINDOW) {
                        tracing::warn!("other programs cannot use this engine: {error}");
                    }
                    drop(self.app.set(app));
                }
                Err(error) => {
                    let failure = Failure::from(error);
                    let mut known = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                    // The window tries again and again while the cause may pass.
                    if known.as_ref() != Some(&failure) {
                        tracing::error!(code = ?failure.code, "the application could not be opened: {failure}");
                        let next = failure.next.as_deref();
                        environment::print_sentences(&[
                            Some(failure.message.as_str()),
                            failure.detail.as_deref(),
                            next,
                        ]);
                    }
                    *known = Some(failure);
                }
            }
        }
        self.app()
    }

    /// Returns the paths of the files, for mending a store that cannot be opened.
    pub(super) fn app_paths(&self) -> &AppPaths {
        &self.paths
    }
}
