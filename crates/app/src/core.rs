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
use crate::download::job::Downloads;
use crate::engine::answers::Asking;
use crate::engine::counting::Counting;
use crate::engine::encode::Encodings;
use crate::engine::live::Live;
use crate::engine::models::Models;
use crate::hub::{Change, Hub};
use crate::library::{self, memory, watch::Watched};
use data::pair_index::LoadedIndex;
use endpoint::secrets::{Secrets, uses_keyring};
use hub::HubPlaces;
use store::models::ModelRow;
use store::{Store, carries, downloads, drafts, jobs, margins, runs, studies, sweeps, vectors};

/// The store, who hears about changes of it, and what is in memory only.
pub(crate) struct Core {
    pub(crate) store: Store,
    pub(crate) hub: Hub,
    pub(crate) models: Models,
    pub(crate) live: Live,
    pub(crate) asking: Asking,
    pub(crate) encodings: Encodings,
    pub(crate) downloads: Downloads,
    pub(crate) watched: Watched,
    pub(crate) keys: Secrets,
    pub(crate) pair_index: LoadedIndex,
    pub(crate) counting: Counting,
    /// The open project.
    pub(crate) project: Id,
    /// Its name.
    pub(crate) project_name: String,
    runtime: Handle,
    ending: AtomicBool,
}

impl Core {
    /// Must be called on the runtime that will serve the engine's threads.
    pub(crate) fn new(store: Store, hub_places: HubPlaces, project: Id, project_name: String) -> Self {
        Self {
            store,
            hub: Hub::default(),
            models: Models::default(),
            live: Live::default(),
            asking: Asking::default(),
            encodings: Encodings::default(),
            downloads: Downloads::new(hub_places),
            watched: Watched::default(),
            keys: Secrets::new(uses_keyring()),
            pair_index: LoadedIndex::default(),
            counting: Counting::default(),
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
        Model {
            id: row.id,
            state: self.models.state(row.id),
            file: library::file_state(&row),
            origin: library::origin(&row, &self.downloads.places.cache),
            in_memory: self.models.in_memory(row.id),
            waits_for: self.models.waits_for(row.id),
            needs: row.facts.as_ref().map(memory::needs).unwrap_or_default(),
            name: row.name,
            path: row.path,
            facts: row.facts,
            fingerprint: row.fingerprint,
            precision: row.precision,
            template: row.template,
        }
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
        self.downloads.live.overlay(&mut job);
        change.say(&Event::Job(job.clone()));
        if let Some(filled) = filled(&mut db, job.kind).await? {
            change.say(&filled);
        }
        Ok(job)
    }
}

/// The row that a job fills, as an event; `None` for a vector that is not there yet.
async fn filled(db: &mut SqliteConnection, kind: JobKind) -> Result<Option<Event>, Error> {
    Ok(Some(match kind {
        JobKind::Train { run } => Event::Run(runs::find(db, run).await?),
        JobKind::Sweep { sweep } => Event::Sweep(sweeps::find(db, sweep).await?),
        JobKind::Download { download } => Event::Download(downloads::find(db, download).await?),
        JobKind::Margins { check } => Event::Margins(margins::find(db, check).await?.data_set),
        JobKind::Drafts { batch } => Event::Drafts(drafts::batch(db, batch).await?.data_set),
        JobKind::Study { study } => Event::Study(studies::find(db, study).await?),
        JobKind::Carry { carry } => match carries::find(&mut *db, carry).await?.made {
            Some(made) => Event::Vector(vectors::find(db, made).await?),
            None => return Ok(None),
        },
    }))
}
