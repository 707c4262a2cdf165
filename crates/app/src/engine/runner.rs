//! The thread that runs jobs, one at a time, in their order.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use ipc::event::Event;
use ipc::job::{Job, JobKind, JobState, Progress};
use ipc::{Failure, Id};

use super::live::Wish;
use super::priority::give_way;
use super::{carry, catch, drafts, margins, models, study, sweep, train};
use crate::Error;
use crate::core::Core;
use store::{jobs, vectors};

/// How a job's work came to an end, where nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All of it is done.
    Done,
    /// It was halted at a checkpoint.
    Halted,
}

/// How long to wait after the store refused, before asking it again.
const AFTER_TROUBLE: Duration = Duration::from_secs(5);

/// Runs jobs until the application ends. `wake` hears that there may be a new one.
pub(crate) fn run(core: &Arc<Core>, wake: &Receiver<()>) {
    give_way();
    while !core.is_ending() {
        match core.block_on(next(core)) {
            Ok(Some(job)) => one(core, &job),
            Ok(None) => {
                if let Err(error) = core.block_on(models::bring_back(core)) {
                    tracing::warn!("the model in use could not be loaded again: {error:?}");
                }
                if wake.recv().is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::error!("the next job could not be read: {error:?}");
                if wake.recv_timeout(AFTER_TROUBLE) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        }
    }
}

/// Whether the running job is to halt.
pub(super) fn is_halting(core: &Core) -> bool {
    core.is_ending() || core.live.wish().is_some()
}

/// The next job, running from now on.
async fn next(core: &Core) -> Result<Option<Job>, Error> {
    let change = core.hub.change().await;
    let Some(id) = jobs::next(core.store.read()).await? else {
        return Ok(None);
    };
    core.live.begin(&jobs::find(core.store.read(), id).await?);
    let begun = core.set_job_state(&change, id, &JobState::Running).await;
    if begun.is_err() {
        core.live.end();
    }
    begun.map(Some)
}

fn one(core: &Arc<Core>, job: &Job) {
    tracing::info!("{} begins", job.title);
    let outcome = catch(|| match job.kind {
        JobKind::Train { run } => train::run(core, job.id, run),
        JobKind::Sweep { sweep } => sweep::run(core, sweep),
        // It has a thread of its own, and is never the next one here.
        JobKind::Download { .. } => Err(Error::Gone("job of the engine")),
        JobKind::Margins { check } => margins::run(core, check),
        JobKind::Drafts { batch } => drafts::run(core, batch),
        JobKind::Study { study } => study::run(core, study),
        JobKind::Carry { carry } => carry::run(core, carry),
    });
    let state = match (outcome, core.live.wish()) {
        (Ok(Outcome::Done), _) => JobState::Done,
        (Ok(Outcome::Halted), Some(Wish::Stop)) => JobState::Stopped,
        (Ok(Outcome::Halted), _) => JobState::Paused,
        (Err(error), Some(Wish::Stop)) if error.is_stop() => JobState::Stopped,
        (Err(error), _) if error.is_stop() => JobState::Paused,
        (Err(error), _) => JobState::Failed { failure: error.into() },
    };
    tracing::info!("{} ends: {state:?}", job.title);
    if let Err(error) = core.block_on(finish(core, job, &state)) {
        // The store refuses: the person is told at least, and the next start finds the job paused.
        tracing::error!("the end of {} could not be stored: {error:?}", job.title);
        core.live.end();
        let state = JobState::Failed { failure: Failure::from(error) };
        core.hub.say(&Event::Job(Job { state, ..job.clone() }));
    }
}

async fn finish(core: &Core, job: &Job, state: &JobState) -> Result<(), Error> {
    let change = core.hub.change().await;
    let mut ended = job.clone();
    core.live.overlay(&mut ended);
    let progress = Progress { phase: String::new(), seconds_left: None, ..ended.progress };
    let mut db = core.store.begin().await?;
    jobs::set_progress(&mut db, job.id, &progress).await?;
    jobs::set_state(&mut db, job.id, state).await?;
    let vector = match job.kind {
        JobKind::Train { run } if matches!(state, JobState::Done | JobState::Stopped) => {
            train::keep_vector(&mut db, core.project, run).await?
        }
        _ => None,
    };
    db.commit().await?;
    core.live.end();
    say_vector(core, &change, vector).await?;
    core.say_job(&change, job.id).await.map(drop)
}

/// Says that a vector is new.
pub(crate) async fn say_vector(
    core: &Core,
    change: &crate::hub::Change<'_>,
    vector: Option<Id>,
) -> Result<(), Error> {
    if let Some(id) = vector {
        change.say(&Event::Vector(vectors::find(core.store.read(), id).await?));
    }
    Ok(())
}
