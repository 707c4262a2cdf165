//! A score over multipliers.

use serde::{Deserialize, Serialize};

use crate::job::JobState;
use crate::{Id, Millis};

/// The held-out preference score of one vector at several multipliers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// Its id.
    pub id: Id,
    /// The vector.
    pub vector: Id,
    /// The data set whose held-out pairs are scored.
    pub data_set: Id,
    /// The job that runs it.
    pub job: Id,
    /// Where that job stands.
    pub state: JobState,
    /// The multipliers asked for, ascending.
    pub multipliers: Vec<f64>,
    /// The points known so far, by multiplier.
    pub points: Vec<SweepPoint>,
    /// Whether a pair, the vector or the model has changed since.
    pub stale: bool,
    /// When it was asked for.
    pub created: Millis,
}

/// The score at one multiplier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SweepPoint {
    /// The multiplier.
    pub multiplier: f64,
    /// Mean over pairs of log pi(wanted) - log pi(opposite), in nats.
    pub score: f64,
    /// The lower end of the 95 % bootstrap interval over pairs.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The share of pairs whose wanted answer is the likelier.
    pub wins: f64,
    /// How many pairs.
    pub pairs: u32,
}

/// What one held-out pair contributed to a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairScore {
    /// The prompt as it was when it was scored.
    pub prompt: String,
    /// The wanted answer.
    pub wanted: String,
    /// The opposite answer.
    pub opposite: String,
    /// log pi(wanted), in nats.
    pub wanted_log_prob: f64,
    /// log pi(opposite), in nats.
    pub opposite_log_prob: f64,
    /// log pi(wanted) - log pi(opposite) at multiplier 0, in nats; absent if 0 was not swept.
    pub unsteered_margin: Option<f64>,
}
