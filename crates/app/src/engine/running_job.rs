//! Holds the running job of a lane, its progress, and the request to pause or stop it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use ipc::event::Event;
use ipc::job::{Job, JobState, Progress};
use ipc::{Failure, Id};

use super::pace::Throttle;
use crate::event_bus::EventBus;

/// A person's request to a running job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobRequest {
    /// Halt at the next checkpoint, from which the job can be resumed.
    Pause,
    /// End, and keep the results so far.
    Stop,
}

/// The running job of a lane, if there is one.
#[derive(Default)]
pub(crate) struct RunningJob {
    running: Mutex<Option<Running>>,
}

struct Running {
    job: Job,
    /// How it has ended, until that is stored.
    ended: Option<JobState>,
    request: Option<JobRequest>,
    throttle: Throttle,
}

impl RunningJob {
    /// Sets the running job.
    pub(crate) fn begin(&self, job: &Job) {
        let job = Job { state: JobState::Running, ..job.clone() };
        *self.lock() = Some(Running { job, ended: None, request: None, throttle: Throttle::default() });
    }

    /// Clears the running job.
    pub(crate) fn end(&self) {
        *self.lock() = None;
    }

    /// Notes how the job has ended. The job stays here until that is stored.
    pub(crate) fn note_end(&self, state: &JobState) {
        if let Some(running) = self.lock().as_mut() {
            running.ended = Some(state.clone());
        }
    }

    /// Returns the job that has ended, and how, while that is not stored.
    pub(crate) fn unstored_end(&self) -> Option<(Job, JobState)> {
        self.lock().as_ref().and_then(|running| Some((running.job.clone(), running.ended.clone()?)))
    }

    /// Shows the job as failed, because its end could not be stored. Returns it.
    pub(crate) fn fail(&self, failure: Failure) -> Option<Job> {
        let mut running = self.lock();
        let running = running.as_mut()?;
        running.job.state = JobState::Failed { failure };
        Some(running.job.clone())
    }

    /// Returns the title of the running job.
    pub(crate) fn title(&self) -> Option<String> {
        self.lock().as_ref().map(|running| running.job.title.clone())
    }

    /// Returns the running job.
    pub(crate) fn job(&self) -> Option<Job> {
        self.lock().as_ref().map(|running| running.job.clone())
    }

    /// Returns the request of a person, if there is one.
    pub(crate) fn request(&self) -> Option<JobRequest> {
        self.lock().as_ref().and_then(|running| running.request)
    }

    /// Requests a pause or a stop. Returns `None` if that job is not running. A stop overrides a pause.
    pub(crate) fn ask(&self, events: &EventBus, id: Id, request: JobRequest) -> Option<Job> {
        let mut running = self.lock();
        let running = running.as_mut().filter(|running| running.job.id == id)?;
        if running.request != Some(JobRequest::Stop) {
            running.request = Some(request);
        }
        phase(running.request).unwrap_or_default().clone_into(&mut running.job.progress.phase);
        // The event is sent under the lock, so that it cannot come after the events about the job's end.
        events.send(&Event::Job(running.job.clone()));
        Some(running.job.clone())
    }

    /// Withdraws a request to pause. Returns `None` if that job is not running or will be stopped.
    pub(crate) fn forget_pause(&self, id: Id) -> Option<Job> {
        let mut running = self.lock();
        let running = running
            .as_mut()
            .filter(|running| running.job.id == id && running.request != Some(JobRequest::Stop))?;
        running.request = None;
        Some(running.job.clone())
    }

    /// Sets the progress of the running job, and sends an event if one is due.
    pub(crate) fn progress(&self, events: &EventBus, progress: Progress) {
        if let Some(running) = self.lock().as_mut() {
            running.job.progress = progress;
            if let Some(phase) = phase(running.request) {
                phase.clone_into(&mut running.job.progress.phase);
            }
            if running.throttle.is_due(Instant::now()) {
                events.send(&Event::Job(running.job.clone()));
            }
        }
    }

    /// Replaces the stored progress and state of a running job by the newer ones in memory.
    pub(crate) fn overlay(&self, job: &mut Job) {
        if let Some(running) = self.lock().as_ref().filter(|running| running.job.id == job.id)
            && job.state == JobState::Running
        {
            job.progress = running.job.progress.clone();
            job.state = running.job.state.clone();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the name of the phase in which a request waits for the step under way.
fn phase(request: Option<JobRequest>) -> Option<&'static str> {
    request.map(|request| match request {
        JobRequest::Pause => "Pausing",
        JobRequest::Stop => "Stopping",
    })
}

#[cfg(test)]
mod tests {
    use ipc::job::JobKind;

    use super::*;

    fn job() -> Job {
        Job {
            id: 7,
            kind: JobKind::Train { run: 1 },
            project: Some(1),
            title: "Training".into(),
            state: JobState::Queued,
            progress: Progress::default(),
            created: 1,
            paused_by: None,
        }
    }

    #[test]
    fn a_stop_outweighs_a_pause_and_another_job_is_not_asked() {
        let (running, events) = (RunningJob::default(), EventBus::default());
        running.begin(&job());
        assert_eq!(running.ask(&events, 8, JobRequest::Stop), None);
        assert_eq!(running.request(), None);
        running.ask(&events, 7, JobRequest::Stop).expect("it runs");
        let event = running.ask(&events, 7, JobRequest::Pause).expect("it runs");
        assert_eq!((running.request(), event.progress.phase.as_str()), (Some(JobRequest::Stop), "Stopping"));
        assert_eq!(running.forget_pause(7), None, "a stop is not taken back");
        running.end();
        assert_eq!(running.ask(&events, 7, JobRequest::Stop), None);
    }
}
