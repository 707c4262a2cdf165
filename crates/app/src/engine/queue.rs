//! Runs the queued jobs of a lane, one after another, and stores how each ends.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use ipc::event::Event;
use ipc::job::{Job, JobState, Progress};
use ipc::{Failure, Id};
use store::jobs;

use super::job::Interrupt;
use super::lanes::Lane;
use super::priority::give_way;
use super::running_job::JobRequest;
use super::{catch, models, outs, registry};
use crate::Error;
use crate::app_state::AppState;
use crate::event_bus::Change;
use crate::failure::{error_for_log, for_log};

/// The wait after an error of the store, before the next attempt.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Runs the jobs of a lane until the application ends. A message on `wake` means that there may be a new job.
pub(crate) fn run(state: &Arc<AppState>, lane: Lane, wake: &Receiver<()>) {
    if lane == Lane::Engine {
        give_way();
    }
    while !state.is_ending() {
        match state.block_on(next(state, lane)) {
            Ok(Some(job)) => {
                state.note_storage(None);
                one(state, lane, &job, wake);
            }
            Ok(None) => {
                if lane == Lane::Engine
                    && let Err(error) = state.block_on(models::reload_displaced(state))
                {
                    tracing::warn!("the model in use could not be loaded again: {}", error_for_log(error));
                }
                if wake.recv().is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::error!("the next job of {lane:?} could not be begun: {error:?}");
                state.note_storage(Some(error.into()));
                if wake.recv_timeout(AFTER_TROUBLE) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        }
    }
}

/// Takes the next job of a lane and marks it as running.
async fn next(state: &AppState, lane: Lane) -> Result<Option<Job>, Error> {
    let change = state.events.change().await;
    let next = match lane {
        Lane::Engine => jobs::next(state.store.read()).await?,
        Lane::Downloads => jobs::next_download(state.store.read()).await?,
    };
    let Some(id) = next else {
        return Ok(None);
    };
    state.lanes.get(lane).begin(&jobs::find(state.store.read(), id).await?);
    let begun = set_job_state(state, &change, id, &JobState::Running).await;
    if begun.is_err() {
        state.lanes.get(lane).end();
    }
    begun.map(Some)
}

fn one(state: &Arc<AppState>, lane: Lane, job: &Job, wake: &Receiver<()>) {
    tracing::info!(job = job.id, kind = ?job.kind, "a job begins");
    let began = Instant::now();
    let ended = catch(|| registry::job(job.kind).run(state, job.id));
    let job_state = match (ended, state.lanes.get(lane).request()) {
        (Ok(()), _) => JobState::Done,
        (Err(Interrupt::Halted), Some(JobRequest::Stop)) => JobState::Stopped,
        (Err(Interrupt::Halted), _) => JobState::Paused,
        (Err(Interrupt::Failed(error)), _) => JobState::Failed { failure: error.into() },
    };
    let seconds = began.elapsed().as_secs_f64();
    match &job_state {
        JobState::Failed { failure } => {
            tracing::warn!(job = job.id, seconds, "a job has failed: {}", for_log(failure));
        }
        state => tracing::info!(job = job.id, seconds, ?state, "a job has ended"),
    }
    state.lanes.get(lane).note_end(&job_state);
    while let Some((failure, is_passing)) = state.block_on(try_to_store_end(state, lane)) {
        if is_passing {
            // On a full disk, for example, the person is told, and the end is kept until it can be stored. If the application ends
            // before, the next start finds the job paused.
            state.note_storage(Some(failure));
            let waited = wake.recv_timeout(AFTER_TROUBLE);
            if state.is_ending() || waited == Err(RecvTimeoutError::Disconnected) {
                return state.lanes.get(lane).end();
            }
        } else if matches!(state.lanes.get(lane).unstored_end(), Some((_, JobState::Failed { .. })) | None) {
            // Nothing more can be done; the next start finds the job paused.
            return state.lanes.get(lane).end();
        } else {
            // What the job has made cannot be kept: that is how it ends.
            state.lanes.get(lane).note_end(&JobState::Failed { failure });
        }
    }
    state.note_storage(None);
}

/// Stores how the job of a lane has ended. Returns why not, and whether that may pass, after showing the job as failed.
async fn try_to_store_end(state: &Arc<AppState>, lane: Lane) -> Option<(Failure, bool)> {
    let change = state.events.change().await;
    let error = store_end(state, &change, lane).await.err()?;
    let is_passing = matches!(&error, Error::Store(error) if error.is_passing());
    let failure = Failure::from(error);
    tracing::error!("the end of a job could not be stored: {}", for_log(&failure));
    say_unstored(state, lane, &failure).await;
    Some((failure, is_passing))
}

/// Stores how the job of a lane has ended, unless that is stored.
pub(crate) async fn store_end(state: &Arc<AppState>, change: &Change<'_>, lane: Lane) -> Result<(), Error> {
    let Some((job, job_state)) = state.lanes.get(lane).unstored_end() else {
        return Ok(());
    };
    let progress = Progress {
        phase: String::new(),
        // The rate of a network does not predict the next download.
        seconds_per_unit: job.progress.seconds_per_unit.filter(|_| lane == Lane::Engine),
        seconds_left: None,
        ..job.progress
    };
    let mut db = state.store.begin().await?;
    jobs::set_progress(&mut db, job.id, &progress).await?;
    jobs::set_state(&mut db, job.id, &job_state).await?;
    let kept = match job_state {
        JobState::Done | JobState::Stopped => {
            let project = job.project.unwrap_or_else(|| state.project());
            registry::job(job.kind).finish(&mut db, project).await?
        }
        _ => None,
    };
    db.commit().await?;
    state.lanes.get(lane).end();
    if matches!(job_state, JobState::Done | JobState::Stopped) {
        outs::write(state, job.id, job.kind).await;
    }
    if let Some(kept) = kept.filter(|_| state.shows(job.project)) {
        change.send(&kept);
    }
    say_job(state, change, job.id).await.map(drop)
}

/// Shows a job as failed whose end could not be stored.
async fn say_unstored(state: &AppState, lane: Lane, failure: &Failure) {
    let Some(job) = state.lanes.get(lane).fail(failure.clone()) else { return };
    state.events.send(&Event::Job(job.clone()));
    let row = async {
        let mut db = state.store.read().acquire().await?;
        registry::job(job.kind).result(&mut db).await
    };
    match row.await {
        Ok(Some(mut row)) if state.shows(job.project) => {
            set_state_of(&mut row, &job.state);
            state.events.send(&row);
        }
        Ok(_) => {}
        // The event about the job has said what is wrong.
        Err(error) => tracing::warn!("what {} has made could not be read: {error:?}", job.title),
    }
}

/// Sets the state in an event about the row that a job fills.
fn set_state_of(row: &mut Event, job_state: &JobState) {
    match row {
        Event::Run(run) => run.state = job_state.clone(),
        Event::Sweep(sweep) => sweep.state = job_state.clone(),
        Event::Analysis(analysis) => analysis.state = job_state.clone(),
        Event::Download(download) => download.state = job_state.clone(),
        Event::Bake(bake) => bake.state = job_state.clone(),
        Event::Distillation(distillation) => distillation.state = job_state.clone(),
        _ => {}
    }
}

/// Stores a job's state and sends the events about the job and the row that it fills.
pub(crate) async fn set_job_state(
    state: &AppState,
    change: &Change<'_>,
    id: Id,
    job_state: &JobState,
) -> Result<Job, Error> {
    let mut db = state.store.begin().await?;
    jobs::set_state(&mut db, id, job_state).await?;
    db.commit().await?;
    say_job(state, change, id).await
}

/// Stops a job that is not running, and stores its result.
pub(crate) async fn stop_idle_job(
    state: &Arc<AppState>,
    change: &Change<'_>,
    job: &Job,
) -> Result<Job, Error> {
    let mut db = state.store.begin().await?;
    let project = job.project.unwrap_or_else(|| state.project());
    let kept = registry::job(job.kind).finish(&mut db, project).await?;
    jobs::set_state(&mut db, job.id, &JobState::Stopped).await?;
    db.commit().await?;
    outs::write(state, job.id, job.kind).await;
    if let Some(kept) = kept.filter(|_| state.shows(job.project)) {
        change.send(&kept);
    }
    say_job(state, change, job.id).await
}

/// Sends the events about a job and the row that it fills.
pub(crate) async fn say_job(state: &AppState, change: &Change<'_>, id: Id) -> Result<Job, Error> {
    let mut db = state.store.read().acquire().await?;
    let mut job = jobs::find(&mut *db, id).await?;
    state.lanes.overlay(&mut job);
    change.send(&Event::Job(job.clone()));
    if let Some(mut result) = registry::job(job.kind).result(&mut db).await? {
        if job.state.is_over() {
            set_state_of(&mut result, &job.state);
        }
        // The window shows jobs of all projects, and the results of the open one.
        if state.shows(job.project) {
            change.send(&result);
        }
    }
    Ok(job)
}
