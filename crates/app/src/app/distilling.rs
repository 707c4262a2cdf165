//! Queues jobs that distil a steered model into an adapter.

use data::content::Snapshot;
use ipc::command::{ListDistillations, StartDistil};
use ipc::distil::Distillation;
use ipc::job::Job;
use store::distillations::{self, NewDistillation};
use store::{data_sets, jobs, models, pairs, snapshots, vectors};

use super::App;
use crate::engine::distil::settings;
use crate::engine::models::check_asked;
use crate::engine::queue::say_job;
use crate::{Error, clock};

impl App {
    /// Queues a job that distils the steered model into an adapter. If a job that does the same is not over, that one is
    /// returned instead.
    ///
    /// # Errors
    /// Returns an error if the vector, its model, the data set or a setting cannot be used, or the store cannot be written.
    pub async fn start_distil(&self, request: StartDistil) -> Result<Job, Error> {
        settings(&request.settings).check()?;
        if request.multiplier == 0.0 || !(request.multiplier as f32).is_finite() {
            return Err(Error::invalid(
                "At this strength nothing steers the model, so there is nothing to distil.",
                "Take a number other than 0.",
            ));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let vector = vectors::find(&mut *db, request.vector).await?;
        if vector.adapter.is_some() {
            return Err(Error::invalid(
                format!("\u{201c}{}\u{201d} is an adapter already.", vector.name),
                "Export it as a file.",
            ));
        }
        let model = models::find(&mut *db, vector.model).await?;
        check_asked(&self.state, model.id).await?;
        let data_set = data_sets::find(&mut *db, request.data_set).await?;
        let pairs = Snapshot::new(&pairs::contents(&mut *db, data_set.id).await?)?;
        snapshots::insert(&mut db, &pairs).await?;
        let new = NewDistillation {
            vector: vector.id,
            model: model.id,
            multiplier: request.multiplier,
            data_set: data_set.id,
            snapshot: &pairs.hash,
            settings: request.settings,
        };
        if let Some(same) = distillations::same_open_job(&mut *db, &new).await? {
            return Ok(jobs::find(&mut *db, same).await?);
        }
        let now = clock::now();
        let title = format!("Distilling \u{201c}{}\u{201d} \u{d7} {}", vector.name, request.multiplier);
        let job = jobs::insert(&mut db, &title, now).await?;
        distillations::insert(&mut db, &new, job, now).await?;
        db.commit().await?;
        let job = say_job(&self.state, &change, job).await?;
        self.wake();
        Ok(job)
    }

    /// Lists what was distilled from a vector, newest first.
    ///
    /// # Errors
    /// Returns an error if the store cannot be read.
    pub async fn list_distillations(&self, request: ListDistillations) -> Result<Vec<Distillation>, Error> {
        Ok(distillations::list(self.state.store.read(), request.vector).await?)
    }
}
