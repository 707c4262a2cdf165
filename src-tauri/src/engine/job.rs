//! What a kind of job has to say and do, and what its code calls while it runs: reporting progress, and whether to halt.

use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use ipc::Id;
use ipc::event::Event;
use sqlx::SqliteConnection;

use super::lanes::Lane;
use super::pace::Phase;
use crate::Error;
use crate::core::Core;

/// What a method of [`Job`] reads from the store, or writes there.
pub(crate) type Stored<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A kind of job, with the id of the row that it fills. `registry.rs` lists every kind.
pub(crate) trait Job: Send + Sync {
    /// The lane that runs the job.
    fn lane(&self) -> Lane {
        Lane::Engine
    }

    /// The models that have to be in memory for the job: none where it needs no engine, or asks a model behind an
    /// address.
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>>;

    /// Runs the job from where it was halted, to its end or until it is to halt. `id` is its row in `jobs`.
    fn run(&self, core: &Arc<Core>, id: Id) -> Result<Outcome, Error>;

    /// The event about the row that the job fills; `None` while there is no such row.
    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>>;

    /// Turns what the job has come to into something that stays, inside the transaction in which the job is done or
    /// stopped. Returns the event about it.
    fn keep<'a>(&'a self, _db: &'a mut SqliteConnection, _project: Id) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(None) })
    }

    /// Ends what the running job waits for, so that a request to pause or stop is heard at once.
    fn interrupt(&self, _core: &Core) {}

    /// Whether a job that is done or stopped can be queued again.
    fn can_run_again(&self) -> bool {
        false
    }
}

/// How a job's work came to an end, where nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All of it is done.
    Done,
    /// It was halted at a checkpoint.
    Halted,
}

/// Whether the running job of the engine is to halt.
pub(super) fn is_halting(core: &Core) -> bool {
    core.is_ending() || core.lanes.engine.wish().is_some()
}

/// The answer to the engine's question whether to go on: [`ControlFlow::Break`] where the job is to halt.
pub(super) fn go_on(core: &Core) -> ControlFlow<()> {
    if is_halting(core) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Says how far a phase is.
pub(super) fn say(core: &Core, phase: &mut Phase, done: usize, total: usize) {
    core.lanes.engine.progress(&core.hub, phase.progress(Instant::now(), done, total, 0.0));
}

/// What the engine calls during a phase: it says how far the phase is, and answers whether to go on.
pub(super) fn reporter<'a>(
    core: &'a Core,
    name: &'static str,
    unit: &'static str,
) -> impl FnMut(usize, usize) -> ControlFlow<()> + 'a {
    let mut phase = Phase::new(name, unit);
    move |done, total| {
        say(core, &mut phase, done, total);
        go_on(core)
    }
}
