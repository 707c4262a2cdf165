//! Searches for models: in a folder that a person names, in the hub's cache, and in what is dropped onto the window.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Instant;

use hub::files;
use ipc::command::{ScanFolder, StopScan};
use ipc::event::Event;
use ipc::files::Access;
use ipc::model::{RefusedModel, Scan};
use store::models;
use store::project_file::ENDING;
use vectors::model::read_facts;

use super::App;
use crate::Error;
use crate::app_state::AppState;
use crate::engine::catch;
use crate::engine::pace::Throttle;
use crate::library::scan::{End, search};
use crate::library::watch;
use crate::permissions::Permissions;

/// The most refused files that are named.
const FIRST_REFUSED: usize = 50;

impl App {
    /// Searches a folder and its subfolders for models, in the background. A second search is refused while one is
    /// under way.
    ///
    /// # Errors
    /// Returns an error if the path is no folder, or a search is under way.
    #[expect(clippy::unused_async, reason = "commands are async")]
    pub async fn scan_folder(&self, request: ScanFolder) -> Result<(), Error> {
        let path = self.state.permissions.file(&request.file, Access::Read)?;
        if !path.is_dir() {
            let message = format!("There is no folder {}.", path.display());
            return Err(Error::invalid(message, "Choose a folder, or add a file by its path."));
        }
        let begun = Scan { path: path.display().to_string(), is_running: true, ..Scan::default() };
        {
            let mut scan = self.state.watched.scan.lock().unwrap_or_else(PoisonError::into_inner);
            if scan.is_running {
                return Err(Error::invalid("A search is under way.", "Wait for its end, or stop it."));
            }
            scan.clone_from(&begun);
        }
        self.state.watched.stops_scan.store(false, Ordering::SeqCst);
        self.state.events.send(&Event::Scan(begun));
        let state = Arc::clone(&self.state);
        let searching = thread::Builder::new().name("search".into()).spawn(move || run(&state, &path));
        searching.map(drop).map_err(|error| Error::Panic(error.to_string()))
    }

    /// Stops the search, and keeps the models that were found.
    ///
    /// # Errors
    /// Never fails.
    #[expect(clippy::unused_async, reason = "commands are async")]
    pub async fn stop_scan(&self, request: StopScan) -> Result<(), Error> {
        let StopScan {} = request;
        self.state.watched.stops_scan.store(true, Ordering::SeqCst);
        Ok(())
    }
}

fn run(state: &AppState, root: &Path) {
    crate::engine::priority::give_way();
    let mut scan = Scan { path: root.display().to_string(), is_running: true, ..Scan::default() };
    let mut throttle = Throttle::default();
    let ended = catch(|| {
        let mut refused = None;
        let end = search(root, &mut |found, looked_at| {
            scan.looked_at = looked_at;
            if let Some(path) = found
                && let Err(error) = take(state, &path, &mut scan)
            {
                refused = Some(error);
                return ControlFlow::Break(());
            }
            if throttle.is_due(Instant::now()) {
                state.events.send(&Event::Scan(scan.clone()));
            }
            let stops = state.watched.stops_scan.load(Ordering::SeqCst) || state.is_ending();
            if stops { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        refused.map_or(Ok(end), Err)
    });
    scan.is_running = false;
    scan.cut_short = match ended {
        Ok(End::Complete) => None,
        Ok(End::Stopped) => Some("It was stopped.".to_owned()),
        Ok(End::TooMany) => Some("There are too many files: name a smaller folder.".to_owned()),
        Ok(End::TooDeep) => Some("Some folders lie too deep and were left out.".to_owned()),
        Err(error) => Some(ipc::Failure::from(error).message),
    };
    *state.watched.scan.lock().unwrap_or_else(PoisonError::into_inner) = scan.clone();
    state.events.send(&Event::Scan(scan));
}

/// Adds a found model to the list, or records why it cannot be used.
fn take(state: &AppState, path: &Path, scan: &mut Scan) -> Result<(), Error> {
    let text = path.to_string_lossy().into_owned();
    let listed = state.block_on(models::list(state.store.read()))?;
    if listed.iter().any(|row| row.path == text) {
        scan.known += 1;
        return Ok(());
    }
    match read_facts(path) {
        Ok(facts) => {
            state.block_on(watch::make_known(state, path, &facts))?;
            scan.added += 1;
        }
        Err(error) => {
            scan.refused += 1;
            if scan.first_refused.len() < FIRST_REFUSED {
                scan.first_refused.push(RefusedModel { path: text, reason: error.to_string() });
            }
        }
    }
    Ok(())
}

/// Checks the models' files once after the start: it reads headers that were never read, and finds models in the hub's
/// cache.
pub(super) fn look_once(state: &AppState) {
    crate::engine::priority::give_way();
    if let Err(error) = catch(|| watch::check(state)) {
        tracing::warn!("the models' files could not be looked at: {}", crate::failure::error_for_log(error));
    }
}

/// Makes the event about a dropped path: whether it is a model, a folder to search, or another file.
pub(crate) fn dropped(permissions: &Permissions, path: &Path) -> Event {
    let dropped = permissions.choose(path, Access::Read);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let looks_like_one = files::is_gguf(&name) || files::is_weights(&name);
    if path.is_dir() {
        let is_model = path.join(files::CONFIG).exists();
        if is_model { Event::ModelDropped(dropped) } else { Event::FolderDropped(dropped) }
    } else if looks_like_one && read_facts(path).is_ok() {
        Event::ModelDropped(dropped)
    } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING)) {
        Event::ProjectDropped(dropped)
    } else {
        Event::FileDropped(dropped)
    }
}
