//! Notes in the store which models are being loaded. A note that is found at start belongs to a model whose loading ended
//! the last process: nothing loads that model by itself, and whatever a person asks for with it loads it again.

use std::collections::HashMap;

use ipc::job::JobState;
use ipc::model::ModelState;
use ipc::{Failure, Id};
use store::{jobs, loads, models};

use super::Models;
use super::load::send_model;
use crate::app_state::AppState;
use crate::engine::registry;
use crate::failure::ended_tiller;
use crate::{Error, clock};

impl Models {
    /// Returns the models whose loading ended an earlier process, and that were not loaded since.
    pub(crate) fn unfinished(&self) -> Vec<Id> {
        self.lock().unfinished.iter().copied().collect()
    }

    /// Forgets that a model's loading ended an earlier process.
    pub(crate) fn forget_unfinished(&self, id: Id) {
        self.lock().unfinished.remove(&id);
    }

    /// Lets a model be loaded again whose loading ended an earlier process. Returns whether it was kept from that. The note
    /// in the store stays until it has been loaded.
    fn allow_again(&self, id: Id) -> bool {
        let mut slot = self.lock();
        let is_kept =
            slot.unfinished.contains(&id) && matches!(slot.states.get(&id), Some(ModelState::Failed { .. }));
        if is_kept {
            slot.states.insert(id, ModelState::Unloaded);
        }
        is_kept
    }
}

/// Marks the models as failed whose loading ended the last process, and pauses the queued jobs that would load one of them
/// by themselves. Returns the models.
pub(crate) async fn fail_unfinished(state: &AppState) -> Result<Vec<Id>, Error> {
    let unfinished = loads::unfinished(state.store.read()).await?;
    let mut failures = HashMap::new();
    for id in &unfinished {
        let row = models::find(state.store.read(), *id).await?;
        let failure = ended_tiller(&row.name, &row.path);
        tracing::warn!("{failure}");
        failures.insert(*id, failure.clone());
        let mut slot = state.models.lock();
        slot.unfinished.insert(*id);
        slot.states.insert(*id, ModelState::Failed { failure });
    }
    if !failures.is_empty() {
        pause_waiting(state, &failures).await?;
    }
    Ok(unfinished)
}

/// Pauses the queued jobs that need one of these models, each with the reason. A person resumes them.
async fn pause_waiting(state: &AppState, failures: &HashMap<Id, Failure>) -> Result<(), Error> {
    let mut db = state.store.begin().await?;
    for job in jobs::open(&mut *db).await?.into_iter().filter(|job| job.state == JobState::Queued) {
        let needed = registry::job(job.kind).models(&mut db).await?;
        if let Some(why) = needed.iter().find_map(|model| failures.get(model)) {
            jobs::pause_queued(&mut db, job.id, why).await?;
        }
    }
    Ok(db.commit().await?)
}

/// Refuses a model that cannot be loaded, before a job is queued that a person asks for. One whose loading ended an earlier
/// process is tried again: whatever ended that process, a full machine or a scheduler, may be gone.
pub(crate) async fn check_asked(state: &AppState, id: Id) -> Result<(), Error> {
    if state.models.allow_again(id) {
        send_model(state, id).await?;
    }
    match state.models.state(id) {
        ModelState::Failed { failure } => Err(Error::Failure(failure)),
        _ => Ok(()),
    }
}

/// Notes that the loading of a model begins.
pub(super) async fn begin(state: &AppState, id: Id) -> Result<(), Error> {
    let mut db = state.store.begin().await?;
    loads::begin(&mut db, id, clock::now()).await?;
    Ok(db.commit().await?)
}

/// Notes that the loading of a model has ended, unless a later load of it has begun. Call this on a thread that may block.
pub(super) fn end(state: &AppState, id: Id, turn: u64) {
    // The closing application ends all loads itself.
    if state.is_ending() || state.models.has_later(id, turn) {
        return;
    }
    let ended = state.block_on(async {
        let mut db = state.store.begin().await?;
        loads::end(&mut db, id).await?;
        Ok::<_, Error>(db.commit().await?)
    });
    if let Err(error) = ended {
        tracing::warn!("the end of a model's loading could not be stored: {error}");
    }
}
