//! Sweeps.

use super::commands;
use crate::Id;
use crate::sweep::{PairScore, Sweep};

commands! {
    /// Queues a sweep.
    StartSweep = "start_sweep" -> Sweep {
        /// The vector.
        vector: Id,
        /// The data set whose held-out pairs are scored.
        data_set: Id,
        /// The multipliers, each once.
        multipliers: Vec<f64>,
    }

    /// What every held-out pair contributed to a sweep's point.
    ReadPoint = "read_point" -> Vec<PairScore> {
        /// The sweep.
        sweep: Id,
        /// The multiplier.
        multiplier: f64,
    }
}
