//! Writes the file that a job names, when the job is done or stopped: the vector of a run, the numbers of a sweep.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipc::Id;
use ipc::job::JobKind;
use store::{job_outs, runs};
use vectors::files::Format;

use crate::app_state::AppState;
use crate::failure::error_for_log;
use crate::{Error, sweep_export, vector_export};

/// Refuses a file that a job of this kind cannot write.
pub(crate) fn check(kind: JobKind, path: &Path) -> Result<(), Error> {
    match kind {
        JobKind::Train { .. } => Format::from_path(path)
            .map(drop)
            .map_err(|source| Error::VectorFile { path: path.to_owned(), source }),
        JobKind::Sweep { .. } => sweep_export::Format::from_path(path).map(drop),
        _ => Err(Error::invalid(
            "Only training and sweeps make a file.",
            "Export the results of the job under a command of their own.",
        )),
    }
}

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
    let written = write_result(state, kind, PathBuf::from(out.path)).await;
    let failure = written.err().map(ipc::Failure::from);
    let mut db = state.store.begin().await?;
    job_outs::note(&mut db, job, failure.as_ref()).await?;
    Ok(db.commit().await?)
}

async fn write_result(state: &Arc<AppState>, kind: JobKind, path: PathBuf) -> Result<(), Error> {
    let nothing = || Error::invalid("The job ended before it had anything to write.", "Start a new one.");
    match kind {
        JobKind::Train { run } => {
            let vector = runs::find(state.store.read(), run).await?.vector.ok_or_else(nothing)?;
            vector_export::write(state, vector, path, true).await.map(drop)
        }
        JobKind::Sweep { sweep } => sweep_export::write(state, sweep, path).await,
        _ => Err(nothing()),
    }
}
