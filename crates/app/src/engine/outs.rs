//! Writes the file that a job names, when the job is done or stopped: the vector of a run, the numbers of a sweep, a distilled adapter.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipc::Id;
use ipc::job::JobKind;
use store::{distillations, job_outs, runs};
use vectors::files::{AdapterFile, Format};

use crate::app_state::AppState;
use crate::baking::remove_proof;
use crate::distilling::write_beside;
use crate::failure::error_for_log;
use crate::{Error, sweep_export, vector_export};

/// Refuses a file that a job of this kind cannot write.
pub(crate) fn check(kind: JobKind, path: &Path) -> Result<(), Error> {
    match kind {
        JobKind::Train { .. } | JobKind::Distil { .. } => Format::from_path(path)
            .map(drop)
            .map_err(|source| Error::VectorFile { path: path.to_owned(), source }),
        JobKind::Sweep { .. } => sweep_export::Format::from_path(path).map(drop),
        _ => Err(Error::invalid(
            "Only training, distilling and sweeps make a file.",
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
        JobKind::Distil { distillation } => {
            let row = distillations::find(state.store.read(), distillation).await?;
            let made = row.made.ok_or_else(nothing)?;
            let written = write_adapter(state, made, path).await?;
            write_beside(state, row, made, written).await
        }
        _ => Err(nothing()),
    }
}

/// Writes an adapter, in a new folder where its name is that of peft's file. What an earlier adapter of this name was proved to do is
/// not true of this one. Returns the folder, or the file.
async fn write_adapter(state: &Arc<AppState>, adapter: Id, path: PathBuf) -> Result<PathBuf, Error> {
    let folder = AdapterFile::folder_of(&path).map(Path::to_owned);
    let is_new = match &folder {
        Some(folder) => match fs::create_dir(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(Error::Unwritable { path: folder.clone(), source: error });
            }
            made => made.is_ok(),
        },
        None => false,
    };
    let written = vector_export::write(state, adapter, path.clone(), true).await;
    if let (Err(_), Some(folder), true) = (&written, &folder, is_new) {
        // Only an empty folder goes.
        let _ = fs::remove_dir(folder);
    }
    written?;
    // The proof of a file went with the file that was replaced.
    let Some(folder) = folder else { return Ok(path) };
    remove_proof(&folder)?;
    Ok(folder)
}
