//! Takes deletions back, and deletes runs.

use ipc::command::{DeleteRun, RestoreDrafts, RestoreModel, UndoDeletion};
use ipc::deletion::Deletion;
use ipc::event::Event;
use sqlx::SqliteConnection;
use store::{StoreError, WriteTransaction, deletions, drafts, models, runs, vectors};

use super::App;
use crate::Error;

/// Deletes something in this transaction, records what goes so that it can be taken back, and commits. `title` names what is
/// deleted.
pub(super) async fn recorded(
    mut db: WriteTransaction,
    title: String,
    delete: impl AsyncFnOnce(&mut SqliteConnection) -> Result<(), StoreError>,
) -> Result<Deletion, Error> {
    let id = deletions::begin(&mut db).await?;
    delete(&mut db).await?;
    deletions::end(&mut db, id).await?;
    db.commit().await?;
    Ok(Deletion { id, title })
}

impl App {
    /// Takes the last deletion back.
    ///
    /// # Errors
    /// Returns an error if it was not the last one or was taken back already, or the store cannot be written.
    pub async fn undo_deletion(&self, request: UndoDeletion) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        deletions::undo(&mut db, request.deletion).await?;
        db.commit().await?;
        self.send_restored(&change, request.deletion).await?;
        // A job that waited when it was deleted waits again.
        self.wake();
        self.wake_downloads();
        Ok(())
    }

    /// Deletes a run that is over.
    ///
    /// # Errors
    /// Returns an error if the run does not exist, a job that is not over needs it, or the store cannot be written.
    pub async fn delete_run(&self, request: DeleteRun) -> Result<Deletion, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let run = runs::find(&mut *db, request.run).await?;
        if let Some(job) = runs::used_by(&mut *db, run.id).await? {
            let message = format!("A job uses \u{201c}{}\u{201d}: {job}.", run.name);
            return Err(Error::invalid(message, "Stop the job, or let it come to its end."));
        }
        let made: Vec<_> = vectors::list(&mut *db, self.state.project()).await?;
        let made = made.into_iter().filter(|vector| vector.run == Some(run.id)).map(|vector| vector.id);
        let title = format!("the run \u{201c}{}\u{201d}", run.name);
        let deletion = recorded(db, title, async |db| runs::delete(db, run.id).await).await?;
        change.send(&Event::RunDeleted(run.id));
        for vector in made {
            change.send(&Event::Vector(vectors::find(self.state.store.read(), vector).await?));
        }
        Ok(deletion)
    }

    /// Puts a model back into the list.
    ///
    /// # Errors
    /// Returns an error if the model is not known or the store cannot be written.
    pub async fn restore_model(&self, request: RestoreModel) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let row = models::find(&mut *db, request.model).await?;
        models::show(&mut db, row.id).await?;
        db.commit().await?;
        change.send(&Event::Model(self.state.model(row)));
        Ok(())
    }

    /// Opens rejected drafts again.
    ///
    /// # Errors
    /// Returns an error if the store cannot be written.
    pub async fn restore_drafts(&self, request: RestoreDrafts) -> Result<(), Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        drafts::restore(&mut db, request.data_set, &request.drafts).await?;
        db.commit().await?;
        change.send(&Event::Drafts(request.data_set));
        Ok(())
    }
}
