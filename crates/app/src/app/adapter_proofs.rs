//! Queues jobs that prove the exported files of adapters.

use std::path::Path;

use ipc::Id;
use ipc::bake::{Bake, BakedCopy};
use store::bakes::{self, NewBake};
use store::{jobs, vectors};

use super::App;
use crate::baking::{bytes, file_name};
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::{Error, clock};

impl App {
    /// Queues a job that loads the file of an adapter again and compares it with the adapter in the library. If a job that does
    /// so is not over, that one is returned instead. `None` for a vector, which has no such proof.
    ///
    /// # Errors
    /// Returns an error if the adapter does not exist, its model cannot be loaded, or the store cannot be written.
    pub(super) async fn prove_adapter(&self, adapter: Id, path: &Path) -> Result<Option<Id>, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let vector = vectors::find(&mut *db, adapter).await?;
        if vector.adapter.is_none() {
            return Ok(None);
        }
        let shown = path.display().to_string();
        let proves = |bake: &Bake| !bake.state.is_over() && bake.copies.iter().any(|copy| copy.path == shown);
        if let Some(same) = bakes::list(&mut *db, vector.id).await?.into_iter().find(proves) {
            return Ok(Some(same.job));
        }
        check_asked(&self.state, vector.model).await?;
        let copies = [BakedCopy {
            multiplier: 1.0,
            path: shown,
            is_begun: true,
            bytes: bytes(path),
            notes: vec![],
            proof: None,
        }];
        let new = NewBake {
            vector: vector.id,
            model: vector.model,
            replace: false,
            // The file is compared with the library on whatever the model is now.
            other_weights: true,
            copies: &copies,
        };
        let now = clock::now();
        let title = format!("Proving \u{201c}{}\u{201d} in {}", vector.name, file_name(path));
        let job = jobs::insert(&mut db, &title, now).await?;
        bakes::insert(&mut db, &new, job, now).await?;
        db.commit().await?;
        let job = say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(Some(job.id))
    }
}
