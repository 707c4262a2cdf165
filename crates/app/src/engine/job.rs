//! Defines the trait that every kind of job implements, and the functions that report progress and check for a halt.

use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use hub::HubError;
use ipc::Id;
use ipc::event::Event;
use ipc::job::JobState;
use sqlx::SqliteConnection;
use store::{StoreError, jobs};
use vectors::distil::DistilError;
use vectors::model::ModelError;
use vectors::train::TrainError;
use vectors::transfer::TransferError;

use super::lanes::Lane;
use super::pace::Phase;
use crate::Error;
use crate::app_state::AppState;

/// The future of a method of [`Job`] that uses the store.
pub(crate) type Stored<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A kind of job, with the id of the row that it fills. `registry.rs` lists every kind.
pub(crate) trait Job: Send + Sync {
    /// Returns the lane that runs the job.
    fn lane(&self) -> Lane {
        Lane::Engine
    }

    /// Reads which models the job loads. A download and a job with a remote model load none.
    fn models<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Vec<Id>>;

    /// Runs the job to its end, from where it was halted. `id` is its row in `jobs`.
    ///
    /// # Errors
    /// [`Interrupt::Halted`] where the job was asked to halt, [`Interrupt::Failed`] where it cannot go on.
    fn run(&self, state: &Arc<AppState>, id: Id) -> Result<(), Interrupt>;

    /// Reads the row that the job fills, as an event. Returns `None` while there is no such row.
    fn result<'a>(&'a self, db: &'a mut SqliteConnection) -> Stored<'a, Option<Event>>;

    /// Turns the job's findings into a permanent result, inside the transaction in which the job becomes done or
    /// stopped. Returns the event about the result.
    fn finish<'a>(&'a self, _db: &'a mut SqliteConnection, _project: Id) -> Stored<'a, Option<Event>> {
        Box::pin(async { Ok(None) })
    }

    /// Ends what the running job waits for, so that a pause or a stop takes effect at once.
    fn interrupt(&self, _state: &AppState) {}

    /// Returns whether a job that is over in this way, done or stopped, can be queued again.
    fn can_run_again(&self, _end: &JobState) -> bool {
        false
    }
}

/// Says why a job ends early. `?` passes it up to the queue, which turns it into the job's state.
#[derive(Debug)]
pub(crate) enum Interrupt {
    /// A person or the closing application halted the job. This is no failure: the job goes on from its last
    /// checkpoint.
    Halted,
    /// The job failed and cannot go on.
    Failed(Error),
}

impl Interrupt {
    /// Converts an error of the engine: [`ModelError::Interrupted`] is a halt, and `failed` wraps everything else.
    pub(crate) fn new(error: ModelError, failed: impl FnOnce(ModelError) -> Error) -> Self {
        match error {
            ModelError::Interrupted => Self::Halted,
            error => Self::Failed(failed(error)),
        }
    }
}

impl From<ModelError> for Interrupt {
    fn from(error: ModelError) -> Self {
        Self::new(error, Error::Compute)
    }
}

impl From<TrainError> for Interrupt {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Model(error) => error.into(),
            error => Self::Failed(error.into()),
        }
    }
}

impl From<DistilError> for Interrupt {
    fn from(error: DistilError) -> Self {
        match error {
            DistilError::Model(error) => error.into(),
            error => Self::Failed(error.into()),
        }
    }
}

impl From<TransferError> for Interrupt {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Model(error) => error.into(),
            error => Self::Failed(error.into()),
        }
    }
}

impl From<StoreError> for Interrupt {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<HubError> for Interrupt {
    fn from(error: HubError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Error> for Interrupt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Returns whether the engine's running job must halt, because a person requested it or the application is closing.
pub(super) fn is_halting(state: &AppState) -> bool {
    state.is_ending() || state.lanes.engine.request().is_some()
}

/// Returns [`ControlFlow::Break`] if the engine must halt the job.
pub(super) fn continue_unless_halting(state: &AppState) -> ControlFlow<()> {
    if is_halting(state) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

/// Reports the progress of the last phase of the engine's running job.
pub(super) fn report_progress(state: &AppState, phase: &mut Phase, done: usize, total: usize) {
    report_part(state, phase, done, total, Some(0.0));
}

/// Reports the progress of a phase that other work follows. `rest` is how many seconds that takes, where it is known.
pub(super) fn report_part(state: &AppState, phase: &mut Phase, done: usize, total: usize, rest: Option<f64>) {
    state.lanes.engine.progress(&state.events, phase.progress(Instant::now(), done, total, rest));
}

/// Stores the progress of the engine's running job, in the transaction that stores what the job has made. A job that was
/// killed is shown where it resumes.
pub(super) async fn save_progress(state: &AppState, db: &mut SqliteConnection) -> Result<(), Error> {
    if let Some(job) = state.lanes.engine.job() {
        jobs::set_progress(db, job.id, &job.progress).await?;
    }
    Ok(())
}

/// Returns the callback that the engine calls during a phase that other work follows. It reports progress and says whether to
/// go on.
pub(super) fn reporter<'a>(
    state: &'a AppState,
    name: &'static str,
    unit: &'static str,
) -> impl FnMut(usize, usize) -> ControlFlow<()> + 'a {
    let mut phase = Phase::new(name, unit);
    move |done, total| {
        report_part(state, &mut phase, done, total, None);
        continue_unless_halting(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_halt_is_distinguished_from_a_failure_in_every_error() {
        let halts: [Interrupt; 3] = [
            ModelError::Interrupted.into(),
            TrainError::Model(ModelError::Interrupted).into(),
            TransferError::Model(ModelError::Interrupted).into(),
        ];
        assert!(halts.iter().all(|interrupt| matches!(interrupt, Interrupt::Halted)), "{halts:?}");
        let failed = Interrupt::from(TrainError::Model(ModelError::Missing));
        assert!(matches!(failed, Interrupt::Failed(Error::Compute(ModelError::Missing))), "{failed:?}");
        let failed = Interrupt::from(TrainError::NoPairs);
        assert!(matches!(failed, Interrupt::Failed(Error::Train(TrainError::NoPairs))), "{failed:?}");
    }
}
