//! Runs the queued jobs of a lane, one after another, and stores how each ends.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use ipc::event::Event;
use ipc::job::{Job, JobState, Progress};
use ipc::{Failure, Id};
use store::jobs;

use super::job::Interrupt;
use super::lanes::Lane;
use super::priority::give_way;
use super::running_job::JobRequest;
use super::{catch, models, registry};
use crate::Error;
use crate::core::Core;
use crate::event_bus::Change;

/// How long to wait after the store refused, before asking it again.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Runs the jobs of a lane until the application ends. A message on `wake` says that there may be a new one.
pub(crate) fn run(core: &Arc<Core>, lane: Lane, wake: &Receiver<()>) {
    if lane == Lane::Engine {
        give_way();
    }
    while !core.is_ending() {
        match core.block_on(next(core, lane)) {
            Ok(Some(job)) => one(core, lane, &job),
            Ok(None) => {
                if lane == Lane::Engine
                    && let Err(error) = core.block_on(models::bring_back(core))
                {
                    tracing::warn!("the model in use could not be loaded again: {error:?}");
                }
                if wake.recv().is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::error!("the next job of {lane:?} could not be read: {error:?}");
                if wake.recv_timeout(AFTER_TROUBLE) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        }
    }
}

/// Takes the next job of a lane and marks it as running.
async fn next(core: &Core, lane: Lane) -> Result<Option<Job>, Error> {
    let change = core.events.change().await;
    let next = match lane {
        Lane::Engine => jobs::next(core.store.read()).await?,
        Lane::Downloads => jobs::next_download(core.store.read()).await?,
    };
    let Some(id) = next else {
        return Ok(None);
    };
    core.lanes.get(lane).begin(&jobs::find(core.store.read(), id).await?);
    let begun = set_job_state(core, &change, id, &JobState::Running).await;
    if begun.is_err() {
        core.lanes.get(lane).end();
    }
    begun.map(Some)
}

fn one(core: &Arc<Core>, lane: Lane, job: &Job) {
    tracing::info!("{} begins", job.title);
    let ended = catch(|| registry::job(job.kind).run(core, job.id));
    let state = match (ended, core.lanes.get(lane).request()) {
        (Ok(()), _) => JobState::Done,
        (Err(Interrupt::Halted), Some(JobRequest::Stop)) => JobState::Stopped,
        (Err(Interrupt::Halted), _) => JobState::Paused,
        (Err(Interrupt::Failed(error)), _) => JobState::Failed { failure: error.into() },
    };
    tracing::info!("{} ends: {state:?}", job.title);
    if let Err(error) = core.block_on(finish(core, lane, job, &state)) {
        // The store refuses: the person is told at least, and the next start finds the job paused.
        tracing::error!("the end of {} could not be stored: {error:?}", job.title);
        core.lanes.get(lane).end();
        let state = JobState::Failed { failure: Failure::from(error) };
        core.events.say(&Event::Job(Job { state, ..job.clone() }));
    }
}

async fn finish(core: &Core, lane: Lane, job: &Job, state: &JobState) -> Result<(), Error> {
    let change = core.events.change().await;
    let mut ended = job.clone();
    core.lanes.overlay(&mut ended);
    let progress = Progress {
        phase: String::new(),
        // The rate of a network says nothing about the next time.
        seconds_per_unit: ended.progress.seconds_per_unit.filter(|_| lane == Lane::Engine),
        seconds_left: None,
        ..ended.progress
    };
    let mut db = core.store.begin().await?;
    jobs::set_progress(&mut db, job.id, &progress).await?;
    jobs::set_state(&mut db, job.id, state).await?;
    let kept = match state {
        JobState::Done | JobState::Stopped => registry::job(job.kind).keep(&mut db, core.project).await?,
        _ => None,
    };
    db.commit().await?;
    core.lanes.get(lane).end();
    if let Some(kept) = kept {
        change.say(&kept);
    }
    say_job(core, &change, job.id).await.map(drop)
}

/// Stores a job's state and sends the events about the job and the row that it fills.
pub(crate) async fn set_job_state(
    core: &Core,
    change: &Change<'_>,
    id: Id,
    state: &JobState,
) -> Result<Job, Error> {
    let mut db = core.store.begin().await?;
    jobs::set_state(&mut db, id, state).await?;
    db.commit().await?;
    say_job(core, change, id).await
}

/// Stops a job that is not running, and keeps what it has come to.
pub(crate) async fn stop_idle_job(core: &Core, change: &Change<'_>, job: &Job) -> Result<Job, Error> {
    let mut db = core.store.begin().await?;
    let kept = registry::job(job.kind).keep(&mut db, core.project).await?;
    jobs::set_state(&mut db, job.id, &JobState::Stopped).await?;
    db.commit().await?;
    if let Some(kept) = kept {
        change.say(&kept);
    }
    say_job(core, change, job.id).await
}

/// Sends the events about a job and the row that it fills.
pub(crate) async fn say_job(core: &Core, change: &Change<'_>, id: Id) -> Result<Job, Error> {
    let mut db = core.store.read().acquire().await?;
    let mut job = jobs::find(&mut *db, id).await?;
    core.lanes.overlay(&mut job);
    change.say(&Event::Job(job.clone()));
    if let Some(result) = registry::job(job.kind).result(&mut db).await? {
        change.say(&result);
    }
    Ok(job)
}
