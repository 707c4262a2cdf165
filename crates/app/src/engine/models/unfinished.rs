//! Notes in the store which models are being loaded. A note that is found at start belongs to a model whose loading ended
//! the last process: that model is not loaded again before a person asks for it.

use ipc::Id;
use ipc::model::ModelState;
use store::{loads, models};

use super::Models;
use crate::app_state::AppState;
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
}

/// Marks the models as failed whose loading ended the last process. Returns them.
pub(crate) async fn fail_unfinished(state: &AppState) -> Result<Vec<Id>, Error> {
    let unfinished = loads::unfinished(state.store.read()).await?;
    for id in &unfinished {
        let row = models::find(state.store.read(), *id).await?;
        let failure = ended_tiller(&row.name, &row.path);
        tracing::warn!("{failure}");
        let mut slot = state.models.lock();
        slot.unfinished.insert(*id);
        slot.states.insert(*id, ModelState::Failed { failure });
    }
    Ok(unfinished)
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
