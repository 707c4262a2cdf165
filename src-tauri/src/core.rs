//! What the commands and the engine's threads share.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};

use ipc::event::Event;
use ipc::job::{Job, JobKind};
use ipc::model::Model;
use ipc::{Id, job::JobState};
use sqlx::SqliteConnection;
use tokio::runtime::Handle;

use crate::Error;
use crate::engine::answers::Asking;
use crate::engine::encode::Encodings;
use crate::engine::live::Live;
use crate::engine::models::Models;
use crate::hub::{Change, Hub};
use crate::store::models::ModelRow;
use crate::store::{Store, jobs, runs, studies, sweeps};

/// The store, who hears about changes of it, and what is in memory only.
pub(crate) struct Core {
    pub(crate) store: Store,
    pub(crate) hub: Hub,
    pub(crate) models: Models,
    pub(crate) live: Live,
    pub(crate) asking: Asking,
    pub(crate) encodings: Encodings,
    /// The open project.
    pub(crate) project: Id,
    /// Its name.
    pub(crate) project_name: String,
    runtime: Handle,
    ending: AtomicBool,
}

impl Core {
    /// Must be called on the runtime that will serve the engine's threads.
    pub(crate) fn new(store: Store, project: Id, project_name: String) -> Self {
        Self {
            store,
            hub: Hub::default(),
            models: Models::default(),
            live: Live::default(),
            asking: Asking::default(),
            encodings: Encodings::default(),
            project,
            project_name,
            runtime: Handle::current(),
            ending: AtomicBool::new(false),
        }
    }

    /// Waits, on one of the engine's threads, for the store.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Tells the engine's threads to come to an end.
    pub(crate) fn end(&self) {
        self.ending.store(true, Ordering::SeqCst);
    }

    /// Whether the application is coming to an end.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// A model as the window sees it.
    pub(crate) fn model(&self, row: ModelRow) -> Model {
        let state = self.models.state(row.id);
        Model { id: row.id, name: row.name, path: row.path, facts: row.facts, state }
    }

    /// Gives a job a state and says so, together with the row that it fills.
    pub(crate) async fn set_job_state(
        &self,
        change: &Change<'_>,
        id: Id,
        state: &JobState,
    ) -> Result<Job, Error> {
        let mut db = self.store.begin().await?;
        jobs::set_state(&mut db, id, state).await?;
        db.commit().await?;
        self.say_job(change, id).await
    }

    /// Says how a job stands, together with the row that it fills.
    pub(crate) async fn say_job(&self, change: &Change<'_>, id: Id) -> Result<Job, Error> {
        let mut db = self.store.read().acquire().await?;
        let mut job = jobs::find(&mut *db, id).await?;
        self.live.overlay(&mut job);
        change.say(&Event::Job(job.clone()));
        change.say(&filled(&mut db, job.kind).await?);
        Ok(job)
    }
}

/// The row that a job fills, as an event.
async fn filled(db: &mut SqliteConnection, kind: JobKind) -> Result<Event, Error> {
    Ok(match kind {
        JobKind::Train { run } => Event::Run(runs::find(db, run).await?),
        JobKind::Sweep { sweep } => Event::Sweep(sweeps::find(db, sweep).await?),
        JobKind::Study { study } => Event::Study(studies::find(db, study).await?),
    })
}
