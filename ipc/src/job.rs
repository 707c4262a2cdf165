//! Jobs: long tasks that are queued, run, paused, resumed and stopped. The store holds a job's state.

use serde::{Deserialize, Serialize};

use crate::{Failure, Id, Millis};

/// A long task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// The kind, with the id of the row that holds its results.
    pub kind: JobKind,
    /// The project that its results belong to. `None` for a download, whose model all projects share.
    pub project: Option<Id>,
    /// The title on the screen: `Training "Seeks wealth L10"`.
    pub title: String,
    /// The state.
    pub state: JobState,
    /// The progress.
    pub progress: Progress,
    /// The time at which it was queued.
    pub created: Millis,
    /// Why it is paused, where nobody paused it: what ended the application while it ran.
    pub paused_by: Option<Failure>,
}

/// A job in the list of all jobs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedJob {
    /// The job.
    pub job: Job,
    /// The file that it writes. `None` if it writes none.
    pub out: Option<JobOut>,
}

/// The file that a job writes when it is done or stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobOut {
    /// Its path.
    pub path: String,
    /// Whether it was written.
    pub written: bool,
    /// Why it could not be written.
    pub failure: Option<Failure>,
}

/// The kind of a job, with the id of the row that holds its results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum JobKind {
    /// Trains a vector and stores its curves in a run.
    Train {
        /// The run.
        run: Id,
    },
    /// Measures vectors at several multipliers and stores the points in a sweep.
    Sweep {
        /// The sweep.
        sweep: Id,
    },
    /// Downloads a model. Downloads run in parallel with other jobs.
    Download {
        /// The download.
        download: Id,
    },
    /// Measures the unsteered model's log-odds of pairs.
    Margins {
        /// The measurement.
        check: Id,
    },
    /// Drafts pairs.
    Drafts {
        /// The batch.
        batch: Id,
    },
    /// Runs an analysis and stores its findings.
    Analysis {
        /// The analysis.
        analysis: Id,
    },
    /// Transfers a vector to another model by a learned map.
    Transfer {
        /// The transfer.
        transfer: Id,
    },
    /// Bakes a vector into copies of a model, and proves them; or proves the exported file of an adapter.
    Bake {
        /// The bake.
        bake: Id,
    },
    /// Distils a steered model into an adapter.
    Distil {
        /// The distillation.
        distillation: Id,
    },
}

/// The state of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum JobState {
    /// It waits for its turn.
    Queued,
    /// It is running.
    Running,
    /// A person paused it, or the application ended while it ran. It resumes from its last checkpoint.
    Paused,
    /// A person stopped it. Its results so far are kept.
    Stopped,
    /// It has finished.
    Done,
    /// It failed.
    Failed {
        /// The reason and the next step.
        failure: Failure,
    },
}

impl JobState {
    /// Returns whether the job has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Stopped | Self::Done | Self::Failed { .. })
    }

    /// Returns the state as one word, as the store and the command line write it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Failed { .. } => "failed",
        }
    }
}

/// The progress of a job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// The phase: `Reading pairs`, `Training`.
    pub phase: String,
    /// Units done in this phase.
    pub done: u32,
    /// Units in this phase.
    pub total: u32,
    /// The unit of the counts: `step`, `pair`.
    pub unit: String,
    /// The mean seconds per unit over the last units. `None` until two are done.
    pub seconds_per_unit: Option<f64>,
    /// The estimated seconds left. `None` until there is an estimate.
    pub seconds_left: Option<f64>,
}

/// Where a person moves a waiting job in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueMove {
    /// Before the job that would run just before it.
    Earlier,
    /// After the job that would run just after it.
    Later,
}

/// A person's action on a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobAction {
    /// Pauses it at its next checkpoint.
    Pause,
    /// Resumes it from its last checkpoint.
    Resume,
    /// Ends it and keeps its results so far.
    Stop,
}
