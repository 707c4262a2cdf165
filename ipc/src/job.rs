//! Long work: queued, run, paused, stopped, resumed. A job's state lives in the store.

use serde::{Deserialize, Serialize};

use crate::{Failure, Id, Millis};

/// A piece of long work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: Id,
    /// What it makes.
    pub kind: JobKind,
    /// What it is called on the screen: `Training "Seeks wealth L10"`.
    pub title: String,
    /// Where it stands.
    pub state: JobState,
    /// How far it is.
    pub progress: Progress,
    /// When it was queued.
    pub created: Millis,
}

/// What a job makes, with the id of the row that it fills.
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

/// Where a job stands.
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
    /// Whether nothing more will come of the job.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Stopped | Self::Done | Self::Failed { .. })
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// What it is doing now: `Reading pairs`, `Training`.
    pub phase: String,
    /// Units done in this phase.
    pub done: u32,
    /// Units in this phase.
    pub total: u32,
    /// What a unit is: `step`, `pair`.
    pub unit: String,
    /// Seconds a unit takes, over the last ones; absent until two are done.
    pub seconds_per_unit: Option<f64>,
    /// Seconds left; absent until it can be told.
    pub seconds_left: Option<f64>,
}

/// What a person does to a job.
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
