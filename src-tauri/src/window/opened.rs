//! The application behind the window, or the process that has it open. The window opens even if neither can be used, so that it
//! can show why; it tries again as soon as the page asks.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::door::{ClientError, Engine, Guest};
use app::{App, AppPaths, NeedsPermission, Permission};
use hub::HubEnvironment;
use ipc::files::{Access, ChosenFile};
use ipc::{Code, Command, Failure};
use serde_json::Value;

use super::environment;

/// Who runs the engine.
#[derive(Clone)]
pub(super) enum Side {
    /// This process.
    Own(Arc<App>),
    /// Another one, which answers over its socket.
    Other(Arc<Guest>),
}

impl Side {
    /// Returns what a request reaches outside the store and no person has confirmed yet.
    pub(super) async fn unconfirmed<C: Command + NeedsPermission>(
        &self,
        request: &C,
    ) -> Result<Vec<Permission>, Failure> {
        match self {
            Self::Own(app) => Ok(app.unconfirmed(request).await?),
            Self::Other(guest) => guest.unconfirmed(C::NAME, to_json(request)?).await,
        }
    }

    /// Notes that a person confirmed a permission.
    pub(super) fn confirm(&self, permission: Permission) {
        match self {
            Self::Own(app) => app.confirm(permission),
            Self::Other(guest) => guest.confirm(permission),
        }
    }

    /// Takes a file or folder that a person chose.
    pub(super) fn choose(&self, path: &Path, access: Access) -> ChosenFile {
        match self {
            Self::Own(app) => app.choose(path, access),
            Self::Other(guest) => guest.choose(path, access),
        }
    }
}

/// Writes a request for the other process.
pub(super) fn to_json(request: &impl Command) -> Result<Value, Failure> {
    serde_json::to_value(request)
        .map_err(|error| Failure::new(Code::Other, "A request is no JSON.").detail(error.to_string()))
}

/// The application or the process that has it open, or why neither can be used.
pub(super) struct Opened {
    paths: AppPaths,
    hub: HubEnvironment,
    side: Mutex<Option<Side>>,
    failure: Mutex<Option<Failure>>,
    /// Lets one attempt follow the other.
    turn: tokio::sync::Mutex<()>,
}

impl Opened {
    pub(super) fn new(paths: AppPaths, hub: HubEnvironment) -> Self {
        let (side, failure, turn) = (Mutex::default(), Mutex::default(), tokio::sync::Mutex::default());
        Self { paths, hub, side, failure, turn }
    }

    /// Returns who runs the engine, or why nobody can. It waits while that changes.
    pub(super) async fn side(&self) -> Result<Side, Failure> {
        if let Some(side) = self.now() {
            return Ok(side);
        }
        let _turn = self.turn.lock().await;
        self.now().ok_or_else(|| {
            let failure = lock(&self.failure).clone();
            failure.unwrap_or_else(|| Failure::new(Code::Other, "Tiller is opening its store."))
        })
    }

    /// Returns who runs the engine at this moment.
    pub(super) fn now(&self) -> Option<Side> {
        lock(&self.side).clone()
    }

    /// Opens the application, unless it is open, or connects to the process that has it open.
    pub(super) async fn open(&self) -> Result<Side, Failure> {
        let _turn = self.turn.lock().await;
        match self.now() {
            Some(side) => Ok(side),
            None => self.try_to_open(None).await,
        }
    }

    /// Does the same after another process has ended: until somebody runs the engine, requests wait.
    pub(super) async fn open_after(&self, ended: &Arc<Guest>) -> Result<Side, Failure> {
        let _turn = self.turn.lock().await;
        match self.now() {
            Some(Side::Other(known)) if Arc::ptr_eq(&known, ended) => *lock(&self.side) = None,
            Some(side) => return Ok(side),
            None => {}
        }
        self.try_to_open(Some(ended)).await
    }

    async fn try_to_open(&self, ended: Option<&Guest>) -> Result<Side, Failure> {
        let found = match App::open_with(&self.paths, self.hub.clone()).await {
            Ok(app) => {
                let app = Arc::new(app);
                if let Some(ended) = ended {
                    app.keep_named(ended);
                }
                if let Err(error) = app.serve(Engine::WINDOW) {
                    tracing::warn!("other programs cannot use this engine: {error}");
                }
                Ok(Side::Own(app))
            }
            Err(error) => self.through_the_other(error, ended).await,
        };
        match found {
            Ok(side) => {
                *lock(&self.side) = Some(side.clone());
                Ok(side)
            }
            Err(failure) => {
                self.note(&failure);
                Err(failure)
            }
        }
    }

    /// Connects to the process that has the store open. A second window does not: a person has the first one.
    async fn through_the_other(&self, error: app::Error, ended: Option<&Guest>) -> Result<Side, Failure> {
        let app::Error::InUse { by: Some(engine), .. } = &error else { return Err(error.into()) };
        if engine.program == Engine::WINDOW {
            return Err(error.into());
        }
        match Guest::connect(&self.paths.data, Engine::WINDOW).await {
            Ok(guest) => {
                let guest = match ended {
                    Some(ended) => guest.after(ended),
                    None => guest,
                };
                Ok(Side::Other(Arc::new(guest)))
            }
            Err(ClientError::Refused(why)) => Err(Failure::from(error).detail(why.message)),
            // It has not begun to listen, or is about to end.
            Err(_) => Err(error.into()),
        }
    }

    /// Keeps why nobody runs the engine, and says it once: the window tries again and again while the cause may pass.
    fn note(&self, failure: &Failure) {
        let mut known = lock(&self.failure);
        if known.as_ref() != Some(failure) {
            tracing::error!(code = ?failure.code, "the application could not be opened: {failure}");
            let (detail, next) = (failure.detail.as_deref(), failure.next.as_deref());
            environment::print_sentences(&[Some(failure.message.as_str()), detail, next]);
        }
        *known = Some(failure.clone());
    }

    /// Returns the paths of the files, for mending a store that cannot be opened.
    pub(super) fn app_paths(&self) -> &AppPaths {
        &self.paths
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
