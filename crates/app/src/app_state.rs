//! The state that the commands and the engine's threads share.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use data::pair_index::LoadedIndex;
use endpoint::secrets::{Secrets, uses_keyring};
use hub::HubEnvironment;
use ipc::model::Model;
use ipc::{Event, Failure, Id};
use store::Store;
use store::models::ModelRow;
use tokio::runtime::Handle;

use crate::SandboxProgram;
use crate::download::Downloads;
use crate::engine::chat::live::LiveConversations;
use crate::engine::current_question::CurrentQuestion;
use crate::engine::encodings::Encodings;
use crate::engine::lanes::Lanes;
use crate::engine::measured_norms::MeasuredNorms;
use crate::engine::measuring::Measuring;
use crate::engine::models::Models;
use crate::engine::token_counts::TokenCounts;
use crate::event_bus::EventBus;
use crate::exports::Exports;
use crate::library::watched::Watched;
use crate::library::{self, memory};
use crate::named_project;
use crate::permissions::Permissions;
use crate::publishing::Publishing;

/// Holds the store, the event bus, and the state that is in memory only.
pub(crate) struct AppState {
    pub(crate) store: Store,
    pub(crate) events: EventBus,
    pub(crate) models: Models,
    pub(crate) lanes: Lanes,
    pub(crate) current_question: CurrentQuestion,
    pub(crate) live: LiveConversations,
    pub(crate) encodings: Encodings,
    pub(crate) downloads: Downloads,
    pub(crate) watched: Watched,
    pub(crate) keys: Secrets,
    pub(crate) permissions: Permissions,
    pub(crate) exports: Exports,
    pub(crate) pair_index: LoadedIndex,
    pub(crate) token_counts: TokenCounts,
    pub(crate) measured_norms: MeasuredNorms,
    pub(crate) measuring: Measuring,
    pub(crate) publishing: Publishing,
    /// The program that checks files of others in a sandbox.
    pub(crate) sandbox_program: SandboxProgram,
    /// The deletion of the project that was open, and that project: it is opened again if the deletion is taken back.
    deleted_project: Mutex<Option<(Id, Id)>>,
    runtime: Handle,
    ending: AtomicBool,
    /// Why what nobody waits for could not be stored, while that is so.
    storage: Mutex<Option<Failure>>,
}

impl AppState {
    /// Creates the state. Must be called on the runtime that will serve the engine's threads.
    pub(crate) fn new(
        store: Store,
        hub_environment: HubEnvironment,
        project: Id,
        sandbox_program: SandboxProgram,
        exports: Exports,
    ) -> Self {
        Self {
            store,
            events: EventBus::new(project),
            models: Models::default(),
            lanes: Lanes::default(),
            current_question: CurrentQuestion::default(),
            live: LiveConversations::default(),
            encodings: Encodings::default(),
            downloads: Downloads::new(hub_environment),
            watched: Watched::default(),
            keys: Secrets::new(uses_keyring()),
            permissions: Permissions::default(),
            exports,
            pair_index: LoadedIndex::default(),
            token_counts: TokenCounts::default(),
            measured_norms: MeasuredNorms::default(),
            measuring: Measuring::default(),
            publishing: Publishing::default(),
            sandbox_program,
            deleted_project: Mutex::new(None),
            runtime: Handle::current(),
            ending: AtomicBool::new(false),
            storage: Mutex::new(None),
        }
    }

    /// Returns the project that the command under way works in: the one that it names, or else the open one.
    pub(crate) fn project(&self) -> Id {
        named_project::named().unwrap_or_else(|| self.open_project())
    }

    /// Returns the open project, which the window shows.
    pub(crate) fn open_project(&self) -> Id {
        self.events.open_project()
    }

    /// Opens another project. Call this inside a change.
    pub(crate) fn set_project(&self, project: Id) {
        self.events.set_open_project(project);
    }

    /// Notes the deletion of the project that was open.
    pub(crate) fn note_deleted_project(&self, deletion: Option<(Id, Id)>) {
        *self.deleted_project.lock().unwrap_or_else(PoisonError::into_inner) = deletion;
    }

    /// Returns the last deletion of a project that was open, with that project.
    pub(crate) fn deleted_project(&self) -> Option<(Id, Id)> {
        *self.deleted_project.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the window shows what belongs to a project. What belongs to none is always shown.
    pub(crate) fn shows(&self, project: Option<Id>) -> bool {
        project.is_none_or(|project| project == self.open_project())
    }

    /// Returns whether the window shows the results of the engine's running job.
    pub(crate) fn shows_running_job(&self) -> bool {
        self.shows(self.lanes.engine.job().and_then(|job| job.project))
    }

    /// Runs a future of the store to its end. Call this only on one of the engine's threads.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Notes whether a thread of the engine could use the store, and tells the window when that changes.
    pub(crate) fn note_storage(&self, now: Option<Failure>) {
        let mut known = self.storage.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != now {
            known.clone_from(&now);
            self.events.send(&Event::Storage(now));
        }
    }

    /// Returns why what nobody waits for cannot be stored, if so.
    pub(crate) fn storage(&self) -> Option<Failure> {
        self.storage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks the engine's threads to end.
    pub(crate) fn end(&self) {
        self.ending.store(true, Ordering::SeqCst);
    }

    /// Returns whether the application is closing.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// Describes a model for the window.
    pub(crate) fn model(&self, row: ModelRow) -> Model {
        Model {
            id: row.id,
            state: self.models.state(row.id),
            file: library::file_state(&row),
            origin: library::origin(&row, &self.downloads.environment.cache),
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
}
