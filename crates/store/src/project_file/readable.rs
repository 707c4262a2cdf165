//! Reads a project as the window and the engine do, before it is committed: what cannot be read there must not be stored.

use ipc::Id;
use sqlx::SqliteConnection;

use crate::{
    StoreError, analyses, conversations, data_sets, drafts, epochs, jobs, pairs, presets, runs, settings,
    snapshots, steps, sweeps, turns, vectors, versions,
};

/// Reads everything that belongs to a project.
pub(crate) async fn check(db: &mut SqliteConnection, project: Id) -> Result<(), StoreError> {
    jobs::open(&mut *db).await?;
    settings::read(&mut *db, project).await?;
    for set in data_sets::list(&mut *db, project).await? {
        pairs::list(&mut *db, set.id).await?;
        drafts::open(&mut *db, set.id).await?;
        versions::uses(&mut *db, set.id).await?;
    }
    for run in runs::list(&mut *db, project).await? {
        steps::list(&mut *db, run.id).await?;
        epochs::list(&mut *db, run.id).await?;
        runs::partial_vector(&mut *db, run.id).await?;
        let snapshot = runs::snapshot(&mut *db, run.id).await?;
        snapshots::read(&mut *db, &snapshot).await?;
    }
    for vector in vectors::list(&mut *db, project).await? {
        vectors::steering(&mut *db, vector.id).await?;
        crate::origins::origin(&mut *db, vector.id).await?;
    }
    for sweep in sweeps::list(&mut *db, project).await? {
        for set in sweeps::sets(&mut *db, sweep.id).await? {
            snapshots::read(&mut *db, &set.snapshot).await?;
        }
    }
    analyses::list(&mut *db, project).await?;
    for conversation in conversations::list(&mut *db, project).await? {
        turns::list(&mut *db, conversation.id).await?;
    }
    presets::list(&mut *db, project).await?;
    Ok(())
}
