//! Models: making files known and loading them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipc::command::{AddModel, LoadModel};
use ipc::event::Event;
use ipc::model::Model;
use ipc::{Code, Failure, Id};

use super::App;
use crate::engine::models::load;
use crate::store::models;
use crate::{Error, clock};

impl App {
    /// Makes a model's file known and loads it. A file that is known already is loaded again.
    ///
    /// # Errors
    /// Where the file is missing or its header cannot be used.
    pub async fn add_model(&self, request: AddModel) -> Result<Model, Error> {
        let path = absolute(&request.path)?;
        // The header is read before anything is stored: nothing half-known stays.
        let text = path.to_string_lossy().into_owned();
        let facts = blocking(move || vectors::model::read_facts(&path)).await?;
        let facts = facts.map_err(|source| Error::Model { path: text.clone(), source })?;
        let id = {
            let change = self.core.hub.change().await;
            let mut db = self.core.store.begin().await?;
            let id = match models::at_path(&mut *db, &text).await? {
                Some(id) => id,
                None => models::insert(&mut db, &facts.name, &text, None, clock::now()).await?,
            };
            db.commit().await?;
            change.say(&Event::Model(self.core.model(models::find(self.core.store.read(), id).await?)));
            id
        };
        load(&self.core, id).await?;
        Ok(self.core.model(models::find(self.core.store.read(), id).await?))
    }

    /// Loads a known model in the background.
    ///
    /// # Errors
    /// Where the model is not known.
    pub async fn load_model(&self, request: LoadModel) -> Result<(), Error> {
        load(&self.core, request.model).await
    }

    /// The model in memory, or why there is none.
    pub(super) fn loaded_model(&self) -> Result<(Id, Arc<vectors::model::Model>), Error> {
        self.core.models.loaded().ok_or_else(|| {
            let next = "Wait until a model is loaded, or load one under Models.";
            Error::Told(Failure::new(Code::ModelNotLoaded, "No model is in memory yet.").next(next))
        })
    }
}

fn absolute(path: &str) -> Result<PathBuf, Error> {
    let path = path.trim();
    if path.is_empty() {
        return Err(Error::invalid("No file is named.", "Give the path of a GGUF file."));
    }
    std::path::absolute(Path::new(path))
        .map_err(|_| Error::invalid("This is not a path.", "Give the path of a GGUF file."))
}

/// Does work that would hold up the async runtime.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|panic| Error::Panic(panic.to_string()))
}
