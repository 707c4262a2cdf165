//! The application without its window: [`App`] has one method for each command.

mod adapter_proofs;
mod analyses;
mod answers;
mod baking;
mod bulk;
mod choices;
mod conversations;
mod data;
mod data_sets;
mod deletions;
mod derive;
mod diagnostics;
mod distilling;
mod downloads;
mod drafts;
mod export;
mod export_plan;
mod export_sweep;
mod import;
mod intervention;
mod jobs;
mod list;
mod logit_lens;
mod model_tokens;
mod models;
mod pair_source;
mod passport_curves;
mod percentiles;
mod permissions;
mod preview_vector;
mod projects;
mod publishing;
mod quality;
mod ratings;
mod required_permissions;
mod residual_norms;
mod scan;
mod similarity;
mod splits;
mod store_repair;
mod sweep_files;
pub(crate) mod sweep_items;
mod sweeps;
mod templates;
mod tokens;
mod training;
mod transfer;
mod trials;
mod vector_sum;
mod vectors;
mod versions;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use hub::HubEnvironment;
use ipc::Id;
use ipc::command::SaveSettings;
use ipc::event::Event;
use ipc::project::Overview;
use store::{
    self, Store, analyses as analysis_rows, data_sets as data_set_rows, runs, settings, sweeps as sweep_rows,
};

pub use self::required_permissions::NeedsPermission;
use crate::app_state::AppState;
use crate::cut_off::Marker;
use crate::directory::{self, Directory};
use crate::door::Door;
use crate::engine::answers::Pending;
use crate::engine::lanes::Lane;
use crate::engine::{self, queue};
use crate::event_bus::Subscriber;
use crate::exports::Exports;
use crate::{Error, SandboxProgram, named_project, starter};

pub use self::conversations::{LatestPrompt, latest_prompt};
pub use self::model_tokens::model_tokens;
pub use self::projects::{block_on, project_info};
pub(crate) use self::scan::dropped;
pub use self::store_repair::{repair, repairs};

/// The longest time that closing waits for the step under way. A resumed job repeats that step.
const LAST_STEP: Duration = Duration::from_secs(5);

/// The paths of the application's files.
#[derive(Debug, Clone)]
pub struct AppPaths {
    /// The data folder.
    pub data: PathBuf,
    /// The starter model's file.
    pub starter_model: PathBuf,
    /// The program that tries files of others in a process of its own: one whose `main` calls [`crate::answer_sandbox`].
    pub sandbox_program: SandboxProgram,
}

impl AppPaths {
    /// Returns the paths that the environment sets, or else the defaults of the platform and of the application's
    /// resources.
    #[must_use]
    pub fn from_env(resources: Option<&std::path::Path>) -> Self {
        Self {
            data: directory::default_path(),
            starter_model: starter::model_path(resources),
            sandbox_program: SandboxProgram::current(),
        }
    }

    /// Whether the data folder has a store. Without one, opening the application makes it.
    #[must_use]
    pub fn has_store(&self) -> bool {
        directory::store_file(&self.data).exists()
    }
}

/// What the application is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A window: the model that was used last is loaded at once.
    Window,
    /// Jobs: a model is loaded when a job needs it.
    Jobs,
    /// The records in the store alone: no job begins.
    Records,
}

/// The application: the store, the engine's threads, and a method for every command.
pub struct App {
    pub(crate) state: Arc<AppState>,
    /// Wakes the thread that runs jobs.
    wake: SyncSender<()>,
    /// Wakes the thread that downloads.
    wake_downloads: SyncSender<()>,
    /// The queue of waiting answers. `None` once the application closes.
    ask: Mutex<Option<Sender<Pending>>>,
    threads: Vec<thread::JoinHandle<()>>,
    /// The data folder.
    data: PathBuf,
    /// The report that was shown last.
    report: Mutex<String>,
    /// The copy of the store that is made beside everything else.
    copying: Mutex<Option<tokio::task::JoinHandle<()>>>,
    /// The local socket for other processes, where it is open.
    door: Mutex<Option<Door>>,
    /// Held until the application is closed, in this order.
    held: Mutex<Option<(Marker, Directory)>>,
}

/// Copies the store once a day, beside everything else.
async fn copy_daily(store: Store) {
    match store.copy_daily().await {
        Ok(true) => tracing::info!("the store was copied"),
        Ok(false) => {}
        // The store itself is well. The next start tries again.
        Err(error) => tracing::warn!("the store could not be copied: {error:?}"),
    }
}

impl App {
    /// Opens the store, starts the engine's threads and begins to load the model. Models from the hub stay in the data
    /// folder. This must be called on the async runtime that will serve the commands.
    ///
    /// # Errors
    /// Returns an error if the data folder or the store cannot be used, or another process uses it.
    pub async fn open(paths: &AppPaths) -> Result<Self, Error> {
        Self::open_with(paths, HubEnvironment::inside(&paths.data)).await
    }

    /// Opens the application like [`App::open`], but with the hub's cache and access token that other programs use as
    /// well.
    ///
    /// # Errors
    /// Fails as [`App::open`] does.
    pub async fn open_with(paths: &AppPaths, hub: HubEnvironment) -> Result<Self, Error> {
        Self::open_for(Purpose::Window, paths, hub).await
    }

    /// Opens the application like [`App::open_with`], for a purpose.
    ///
    /// # Errors
    /// Fails as [`App::open`] does.
    pub async fn open_for(purpose: Purpose, paths: &AppPaths, hub: HubEnvironment) -> Result<Self, Error> {
        let directory = Directory::lock(&paths.data)?;
        let store = Store::open(&directory.store_file()).await?;
        let mut marker = Marker::open(&paths.data);
        let mut db = store.begin().await?;
        let is_first_start = store::projects::first(&mut *db).await?.is_none();
        let project = starter::ensure(&mut db, &paths.starter_model, crate::clock::now()).await?;
        // The last process may have left jobs and answers open.
        store::jobs::pause_running(&mut db, marker.left().as_ref()).await?;
        store::turns::stop_open(&mut db).await?;
        store::vectors::complete(&mut db).await?;
        // What was deleted in the last process can no longer be taken back.
        store::deletions::forget_unused(&mut db).await?;
        db.commit().await?;
        marker.arm();
        // There is nothing of the person's at the first start.
        let copying =
            (!is_first_start && purpose != Purpose::Records).then(|| tokio::spawn(copy_daily(store.clone())));

        engine::priority::make_threads(settings::read(store.read(), project).await?.threads);
        store::project_file::remove_parts(&paths.data);
        let (sandbox_program, exports) = (paths.sandbox_program.clone(), Exports::open(&paths.data));
        let state = Arc::new(AppState::new(store, hub, project, sandbox_program, exports));
        // Before any thread could load a model.
        let unfinished = engine::models::fail_unfinished(&state).await?;
        let (wake, woken) = sync_channel(1);
        let (wake_downloads, downloads_woken) = sync_channel(1);
        let (ask, asked) = channel();
        let failed = |source| Error::Directory { path: paths.data.clone(), source };
        let (jobs, answers) = (Arc::clone(&state), Arc::clone(&state));
        let (downloads, library) = (Arc::clone(&state), Arc::clone(&state));
        let start = || {
            Ok::<_, Error>(vec![
                thread::Builder::new()
                    .name("jobs".into())
                    .spawn(move || queue::run(&jobs, Lane::Engine, &woken))
                    .map_err(failed)?,
                thread::Builder::new()
                    .name("answers".into())
                    .spawn(move || engine::answers::run(&answers, &asked))
                    .map_err(failed)?,
                thread::Builder::new()
                    .name("downloads".into())
                    .spawn(move || queue::run(&downloads, Lane::Downloads, &downloads_woken))
                    .map_err(failed)?,
                thread::Builder::new()
                    .name("library".into())
                    .spawn(move || scan::look_once(&library))
                    .map_err(failed)?,
            ])
        };
        let threads = if purpose == Purpose::Records { vec![] } else { start()? };
        let app = Self {
            state,
            wake,
            wake_downloads,
            ask: Mutex::new(Some(ask)),
            threads,
            data: paths.data.clone(),
            report: Mutex::default(),
            copying: Mutex::new(copying),
            door: Mutex::default(),
            held: Mutex::new(Some((marker, directory))),
        };
        if purpose == Purpose::Window {
            app.load_first_model(&unfinished).await?;
        }
        Ok(app)
    }

    /// Opens the local socket over which other processes of the same person use this application, until it is closed.
    /// `program` is who it is for them.
    ///
    /// # Errors
    /// Returns an error if there can be no such socket.
    pub fn serve(self: &Arc<Self>, program: &str) -> Result<(), Error> {
        let door = Door::open(self, &self.data, program)?;
        *self.door.lock().unwrap_or_else(PoisonError::into_inner) = Some(door);
        Ok(())
    }

    /// Asks the window to store what is typed, before it closes.
    pub fn send_closing(&self) {
        self.state.events.send(&Event::Closing);
    }

    /// Loads the model that the settings name, or else the starter model. If the last process ended while it loaded that
    /// model, nothing is loaded, and the model's state says so.
    async fn load_first_model(&self, unfinished: &[Id]) -> Result<(), Error> {
        let read = self.state.store.read();
        let set = settings::read(read, self.state.project()).await?.model;
        let known = store::models::list(read).await?;
        let starter = store::models::starter(read).await?.map(|row| row.id);
        let first = set.filter(|id| known.iter().any(|row| row.id == *id)).or(starter);
        match first.filter(|id| !unfinished.contains(id)) {
            Some(id) => {
                engine::models::load(&self.state, id, engine::models::EvictionPolicy::UpToLimit).await
            }
            None => Ok(()),
        }
    }

    /// Sends the whole state and then every event to a subscriber. A subscriber of the same name is replaced.
    ///
    /// # Errors
    /// Returns an error if the store cannot be read.
    pub async fn subscribe(&self, name: &str, subscriber: Subscriber) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let overview = self.overview().await?;
        change.subscribe(name, subscriber, Event::Overview(Box::new(overview)));
        if let Some(failure) = self.state.storage() {
            change.send(&Event::Storage(Some(failure)));
        }
        Ok(())
    }

    /// Subscribes as [`App::subscribe`] does, with the state of a project that is named, whichever is open.
    ///
    /// # Errors
    /// Returns an error if the store cannot be read.
    pub async fn subscribe_in(
        &self,
        project: Option<Id>,
        name: &str,
        subscriber: Subscriber,
    ) -> Result<(), Error> {
        named_project::within(project, self.subscribe(name, subscriber)).await
    }

    /// Reads the whole state of the project that the command under way works in.
    async fn overview(&self) -> Result<Overview, Error> {
        self.overview_of(self.state.project()).await
    }

    /// Reads the whole state of a project.
    async fn overview_of(&self, project: Id) -> Result<Overview, Error> {
        let state = &self.state;
        let mut db = state.store.read().acquire().await?;
        let projects = store::projects::list(&mut *db).await?;
        let mut jobs = store::jobs::open(&mut *db).await?;
        for job in &mut jobs {
            state.lanes.overlay(job);
        }
        // One whose end could not be stored is over, whatever its row says.
        let (over, jobs): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.state.is_over());
        let state_of = |id| over.iter().find(|job| job.id == id).map(|job| job.state.clone());
        let models = store::models::list(&mut *db).await?;
        let (mut runs, mut downloads) =
            (runs::list(&mut *db, project).await?, store::downloads::list(&mut db).await?);
        let mut sweeps = sweep_rows::list(&mut db, project).await?;
        let mut analyses = analysis_rows::list(&mut db, project).await?;
        let states = runs.iter_mut().map(|row| (row.job, &mut row.state));
        let states = states.chain(downloads.iter_mut().map(|row| (row.job, &mut row.state)));
        let states = states.chain(sweeps.iter_mut().map(|row| (row.job, &mut row.state)));
        for (job, known) in states.chain(analyses.iter_mut().map(|row| (row.job, &mut row.state))) {
            if let Some(now) = state_of(job) {
                *known = now;
            }
        }
        Ok(Overview {
            project: projects
                .iter()
                .find(|one| one.id == project)
                .map(|one| one.name.clone())
                .unwrap_or_default(),
            project_id: project,
            projects,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: settings::read(&mut *db, project).await?,
            models: models.into_iter().map(|row| state.model(row)).collect(),
            downloads,
            data_sets: data_set_rows::list(&mut *db, project).await?,
            runs,
            vectors: store::vectors::list(&mut *db, project).await?,
            sweeps,
            analyses,
            conversations: store::conversations::list(&mut db, project).await?,
            presets: store::presets::list(&mut db, project).await?,
            jobs,
        })
    }

    /// Stores the person's settings.
    ///
    /// # Errors
    /// Returns an error if a new address is none or was not confirmed, or the store cannot be written.
    pub async fn save_settings(&self, request: SaveSettings) -> Result<(), Error> {
        self.check_permissions(&request).await?;
        let _change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let project = self.state.project();
        settings::write(&mut db, project, &request.settings).await?;
        settings::share(&mut db, project, &request.settings).await?;
        Ok(db.commit().await?)
    }

    /// Sends an event about a file or a folder that was dropped onto the window. The window decides what to do with it.
    pub fn dropped(&self, path: &Path) {
        let (state, path) = (Arc::clone(&self.state), path.to_owned());
        // A file's header tells a model from a vector. It is not read on the window's thread, which must not wait.
        let look = move || state.events.send(&dropped(&state.permissions, &path));
        if let Err(error) = thread::Builder::new().name("dropped file".into()).spawn(look) {
            tracing::warn!("a dropped file could not be looked at: {error}");
        }
    }

    /// Puts answers into the queue of the thread that answers.
    fn enqueue(&self, asked: Pending) -> Result<(), Error> {
        let queue = self.ask.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = queue.as_ref().is_some_and(|queue| queue.send(asked).is_ok());
        if sent { Ok(()) } else { Err(Error::Panic("the thread that answers has ended".into())) }
    }

    /// Wakes the thread that runs jobs.
    fn wake(&self) {
        // A full channel holds a wake-up already. A closed channel belongs to an application that is closing.
        let _ = self.wake.try_send(());
    }

    /// Wakes the thread that downloads.
    fn wake_downloads(&self) {
        let _ = self.wake_downloads.try_send(());
    }

    async fn forget_loads(&self) -> Result<(), Error> {
        let mut db = self.state.store.begin().await?;
        store::loads::end_all_but(&mut db, &self.state.models.unfinished()).await?;
        Ok(db.commit().await?)
    }

    /// Closes the application: it ends the threads, waits a short time for the steps under way, and closes the store.
    /// No command works afterwards.
    pub async fn close(&self) {
        self.door.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.state.end();
        self.wake();
        self.wake_downloads();
        self.state.downloads.interrupt();
        // The thread that answers ends when its queue is dropped.
        self.ask.lock().unwrap_or_else(PoisonError::into_inner).take();
        let until = Instant::now() + LAST_STEP;
        while self.threads.iter().any(|thread| !thread.is_finished()) && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        // A load that the closing cuts off did not end the process.
        if let Err(error) = self.forget_loads().await {
            tracing::warn!("the loads under way could not be ended in the store: {error}");
        }
        let copying = self.copying.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(copying) = copying {
            // It handles its own failures.
            let _ = copying.await;
        }
        self.state.store.close().await;
        self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
