//! The plan of a study, as the window asks for it.

use serde::{Deserialize, Serialize};

use crate::Id;

/// What is written as a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum PlanOf {
    /// A sweep, with the training of its vectors.
    Sweep {
        /// The sweep.
        sweep: Id,
    },
    /// A training run.
    Run {
        /// The run.
        run: Id,
    },
}
