//! Renames, describes and deletes vectors.

use ipc::command::{DeleteVector, DescribeVector, RenameVector};
use ipc::data::{MOST_TAGS, tag};
use ipc::deletion::Deletion;
use ipc::event::Event;
use ipc::job::JobState;
use ipc::vector::Vector;
use store::{bakes, jobs, runs, sweeps, transfers, vectors};

use super::App;
use super::deletions::recorded;
use crate::Error;

impl App {
    /// Renames a vector.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist, the name is empty or the store cannot be written.
    pub async fn rename_vector(&self, request: RenameVector) -> Result<Vector, Error> {
        let name = request.name.trim();
        if name.is_empty() {
            return Err(Error::invalid("A vector needs a name.", "Type one."));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        vectors::find(&mut *db, request.vector).await?;
        vectors::rename(&mut db, request.vector, name).await?;
        let vector = vectors::find(&mut *db, request.vector).await?;
        db.commit().await?;
        change.send(&Event::Vector(vector.clone()));
        Ok(vector)
    }

    /// Stores a vector's tags and note.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist, there are too many tags or the store cannot be written.
    pub async fn describe_vector(&self, request: DescribeVector) -> Result<Vector, Error> {
        let mut tags: Vec<String> = vec![];
        for tag in request.tags.iter().filter_map(|typed| tag(typed)) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if tags.len() > MOST_TAGS {
            return Err(Error::invalid(
                format!("A vector has at most {MOST_TAGS} tags."),
                "Take one away before you add another.",
            ));
        }
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        vectors::find(&mut *db, request.vector).await?;
        vectors::describe(&mut db, request.vector, &tags, &request.note).await?;
        let vector = vectors::find(&mut *db, request.vector).await?;
        db.commit().await?;
        change.send(&Event::Vector(vector.clone()));
        Ok(vector)
    }

    /// Deletes a vector, and the sweeps that have no other vector. Waiting sweeps among them are stopped.
    ///
    /// # Errors
    /// Returns an error if the vector does not exist, is being measured, or the store cannot be written.
    pub async fn delete_vector(&self, request: DeleteVector) -> Result<Deletion, Error> {
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let vector = vectors::find(&mut *db, request.vector).await?;
        let sweeps = sweeps::list(&mut db, self.state.project()).await?;
        let using: Vec<_> = sweeps.into_iter().filter(|sweep| sweep.uses(vector.id)).collect();
        if using.iter().any(|sweep| sweep.state == JobState::Running) {
            return Err(Error::invalid("A sweep is measuring this vector.", "Stop the sweep first."));
        }
        let mut waiting = vec![];
        for sweep in
            using.iter().filter(|sweep| sweep.settings.is_only_of(vector.id) && !sweep.state.is_over())
        {
            waiting.push(jobs::find(&mut *db, sweep.job).await?);
        }
        for job in transfers::open_jobs(&mut *db, vector.id).await? {
            let job = jobs::find(&mut *db, job).await?;
            if job.state == JobState::Running {
                return Err(Error::invalid(
                    "The vector is being transferred to another model.",
                    "Stop that job first.",
                ));
            }
            waiting.push(job);
        }
        if let Some(job) = bakes::open_jobs(&mut *db, vector.id).await?.first().copied() {
            let job = jobs::find(&mut *db, job).await?;
            let message = format!("A job uses the vector: {}.", job.title);
            return Err(Error::invalid(message, "Stop that job first."));
        }
        let title = format!("the vector \u{201c}{}\u{201d}", vector.name);
        let deletion = recorded(db, title, async |db| vectors::delete(db, vector.id).await).await?;
        for mut job in waiting {
            job.state = JobState::Stopped;
            change.send(&Event::Job(job));
        }
        change.send(&Event::VectorDeleted(vector.id));
        for sweep in using.iter().filter(|sweep| !sweep.settings.is_only_of(vector.id)) {
            let mut db = self.state.store.read().acquire().await?;
            change.send(&Event::Sweep(sweeps::find(&mut db, sweep.id).await?));
        }
        if let Some(run) = vector.run {
            change.send(&Event::Run(runs::find(self.state.store.read(), run).await?));
        }
        Ok(deletion)
    }
}
