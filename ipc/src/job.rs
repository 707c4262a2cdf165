//! Jobs: long work that is queued, run, paused, stopped and resumed. The store holds a job's state.

use serde::{Deserialize, Serialize};

use crate::{Failure, Id, Millis};

/// A piece of long work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// The kind, with the row that it fills.
    pub kind: JobKind,
    /// What it is called on the screen: `Training "Seeks wealth L10"`.
    pub title: String,
    /// The state.
    pub state: JobState,
    /// The progress.
    pub progress: Progress,
    /// The time at which it was queued.
    pub created: Millis,
}

/// The kind of a job, with the id of the row that it fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum JobKind {
    /// Trains a vector: fills a run.
    Train {
        /// The run.
        run: Id,
    },
    /// Measures vectors at several multipliers: fills a sweep.
    Sweep {
        /// The sweep.
        sweep: Id,
    },
    /// Fetches a model: fills a download. It runs beside the others.
    Download {
        /// The download.
        download: Id,
    },
    /// Measures what the plain model prefers.
    Margins {
        /// The measurement.
        check: Id,
    },
    /// Drafts pairs.
    Drafts {
        /// The batch.
        batch: Id,
    },
    /// Measures what a question asks: fills a study.
    Study {
        /// The study.
        study: Id,
    },
    /// Carries a vector to another model by a learned map.
    Carry {
        /// What is carried where.
        carry: Id,
    },
}

/// The state of a job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum JobState {
    /// Waits for its turn.
    Queued,
    /// Runs.
    Running,
    /// A person paused it, or the application ended while it ran; it goes on from its last checkpoint.
    Paused,
    /// A person stopped it; what it had made is kept.
    Stopped,
    /// Finished.
    Done,
    /// Could not go on.
    Failed {
        /// Why, and what to do.
        failure: Failure,
    },
}

impl JobState {
    /// Whether the job is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Stopped | Self::Done | Self::Failed { .. })
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
    /// Seconds a unit takes, over the last ones; absent until two are done.
    pub seconds_per_unit: Option<f64>,
    /// Seconds left; absent until it can be told.
    pub seconds_left: Option<f64>,
}

/// An action of a person on a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobAction {
    /// Halts it at its next checkpoint; it can be resumed.
    Pause,
    /// Goes on from its last checkpoint.
    Resume,
    /// Ends it and keeps what it has made so far.
    Stop,
}
