//! Writes the file that a job names, when the job is done or stopped.

use std::path::PathBuf;
use std::sync::Arc;

use ipc::Id;
use ipc::job::JobKind;
use store::{job_outs, runs};

use crate::app_state::AppState;
use crate::failure::error_for_log;
use crate::{Error, vector_export};

/// Writes the file of a job that is done or stopped, if it names one. The store says whether that went well: the job itself
/// has ended, and its vector is in the library in any case.
pub(crate) async fn write(state: &Arc<AppState>, job: Id, kind: JobKind) {
    if let Err(error) = try_to_write(state, job, kind).await {
        tracing::warn!(job, "the file of a job could not be noted: {}", error_for_log(error));
    }
}

async fn try_to_write(state: &Arc<AppState>, job: Id, kind: JobKind) -> Result<(), Error> {
    let Some(out) = job_outs::find(state.store.read(), job).await? else {
        return Ok(());
    };
    let vector = match kind {
        JobKind::Train { run } => runs::find(state.store.read(), run).await?.vector,
        _ => None,
    };
    let written = match vector {
        Some(vector) => vector_export::write(state, vector, PathBuf::from(out.path), true).await.map(drop),
        None => Err(Error::invalid("The job ended before it had anything to write.", "Start a new one.")),
    };
    let failure = written.err().map(ipc::Failure::from);
    let mut db = state.store.begin().await?;
    job_outs::note(&mut db, job, failure.as_ref()).await?;
    Ok(db.commit().await?)
}
