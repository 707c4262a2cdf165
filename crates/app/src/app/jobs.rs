//! Lists jobs, pauses, resumes and stops them, and names the files that they write.

use ipc::Id;
use ipc::command::{ControlJob, ListJobs, MoveJob, SetOut};
use ipc::event::Event;
use ipc::files::Access;
use ipc::job::{Job, JobAction, JobKind, JobState, ListedJob};
use store::{job_outs, jobs};

use super::App;
use crate::Error;
use crate::engine::lanes::Lane;
use crate::engine::models::check_asked;
use crate::engine::queue::{set_job_state, stop_idle_job, store_end};
use crate::engine::running_job::JobRequest;
use crate::engine::{outs, registry};
use crate::event_bus::Change;

impl App {
    /// Returns all jobs, those that are over included.
    ///
    /// # Errors
    /// Returns an error if the store cannot be read.
    pub async fn list_jobs(&self, request: ListJobs) -> Result<Vec<ListedJob>, Error> {
        let ListJobs {} = request;
        let mut db = self.state.store.read().begin().await?;
        let (jobs, mut files) = (jobs::all(&mut *db).await?, job_outs::all(&mut *db).await?);
        let listed = jobs.into_iter().map(|mut job| {
            self.state.lanes.overlay(&mut job);
            ListedJob { out: files.remove(&job.id), job }
        });
        Ok(listed.collect())
    }

    /// Names the file that a job writes when it is done or stopped. A job that is over writes it at once.
    ///
    /// # Errors
    /// Returns an error if the job does not exist or makes no file, nobody confirmed the file, its ending names no format, or
    /// the store cannot be written.
    pub async fn set_out(&self, request: SetOut) -> Result<Job, Error> {
        let path = self.state.permissions.file(&request.file, Access::Write)?;
        // Inside a change, the job does not end between the two.
        let _change = self.state.events.change().await;
        let job = jobs::find(self.state.store.read(), request.job).await?;
        outs::check(job.kind, &path)?;
        let mut db = self.state.store.begin().await?;
        job_outs::put(&mut db, job.id, &path.to_string_lossy()).await?;
        db.commit().await?;
        if matches!(job.state, JobState::Done | JobState::Stopped) {
            outs::write(&self.state, job.id, job.kind).await;
        }
        Ok(job)
    }

    /// Moves a waiting job by one place in the queue. A job that no longer waits stays as it is.
    ///
    /// # Errors
    /// Returns an error if the job does not exist or the store cannot be written.
    pub async fn move_job(&self, request: MoveJob) -> Result<(), Error> {
        // Inside a change, no job of the queue begins.
        let change = self.state.events.change().await;
        let mut db = self.state.store.begin().await?;
        let job = jobs::find(&mut *db, request.job).await?;
        if jobs::shift(&mut db, job.id, request.to).await? {
            let order = jobs::queued(&mut *db).await?;
            db.commit().await?;
            change.send(&Event::Queue(order));
        }
        Ok(())
    }

    /// Pauses, resumes or stops a job. A running job reacts at its next checkpoint. A job that is over does not change.
    ///
    /// # Errors
    /// Returns an error if the job does not exist, cannot be resumed, or the store cannot be written.
    pub async fn control_job(&self, request: ControlJob) -> Result<Job, Error> {
        // Inside a change, the job that the store calls running is the one that runs.
        let change = self.state.events.change().await;
        for lane in [Lane::Engine, Lane::Downloads] {
            if self.state.lanes.get(lane).unstored_end().is_some_and(|(job, _)| job.id == request.job) {
                store_end(&self.state, &change, lane).await?;
            }
        }
        let job = jobs::find(self.state.store.read(), request.job).await?;
        match request.action {
            JobAction::Pause => self.pause(&change, job).await,
            JobAction::Resume => self.resume(&change, job).await,
            JobAction::Stop => self.stop(&change, job).await,
        }
    }

    pub(super) async fn pause(&self, change: &Change<'_>, job: Job) -> Result<Job, Error> {
        match &job.state {
            JobState::Running => Ok(self.request(job, JobRequest::Pause)),
            JobState::Queued => set_job_state(&self.state, change, job.id, &JobState::Paused).await,
            JobState::Paused | JobState::Stopped | JobState::Done | JobState::Failed { .. } => Ok(job),
        }
    }

    async fn resume(&self, change: &Change<'_>, job: Job) -> Result<Job, Error> {
        match &job.state {
            // A download that is asked to pause has ended its requests already.
            JobState::Running => Ok(self.state.lanes.engine.forget_pause(job.id).unwrap_or(job)),
            JobState::Queued => Ok(job),
            // The cause of a failure may be gone by now, for example a full disk or a moved file.
            JobState::Paused | JobState::Failed { .. } => self.queue_again(change, job).await,
            JobState::Stopped | JobState::Done if registry::job(job.kind).can_run_again(&job.state) => {
                self.queue_again(change, job).await
            }
            JobState::Stopped | JobState::Done => {
                Err(Error::invalid("This job is over.", "Start a new one with the same settings."))
            }
        }
    }

    async fn queue_again(&self, change: &Change<'_>, job: Job) -> Result<Job, Error> {
        for model in self.models_of(job.kind).await? {
            check_asked(&self.state, model).await?;
        }
        let job = set_job_state(&self.state, change, job.id, &JobState::Queued).await?;
        self.wake();
        self.wake_downloads();
        Ok(job)
    }

    async fn stop(&self, change: &Change<'_>, job: Job) -> Result<Job, Error> {
        match &job.state {
            JobState::Running => Ok(self.request(job, JobRequest::Stop)),
            JobState::Queued | JobState::Paused | JobState::Failed { .. } => {
                stop_idle_job(&self.state, change, &job).await
            }
            JobState::Stopped | JobState::Done => Ok(job),
        }
    }

    /// Requests a pause or a stop of the running job.
    fn request(&self, job: Job, request: JobRequest) -> Job {
        let work = registry::job(job.kind);
        let asked = self.state.lanes.get(work.lane()).ask(&self.state.events, job.id, request);
        work.interrupt(&self.state);
        asked.unwrap_or(job)
    }

    /// Reads which models a job needs. A download and a job with a remote model need none.
    pub(super) async fn models_of(&self, kind: JobKind) -> Result<Vec<Id>, Error> {
        let mut db = self.state.store.read().acquire().await?;
        registry::job(kind).models(&mut db).await
    }
}
