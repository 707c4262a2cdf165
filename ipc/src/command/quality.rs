//! Commands that check a data set for defects and repair them.

use super::commands;
use crate::Id;
use crate::data::Edited;
use crate::job::Job;
use crate::quality::{QualityReport, Repair};

commands! {
    /// Checks a data set.
    CheckQuality -> QualityReport {
        /// The data set.
        data_set: Id,
    }

    /// Makes a safe repair as one edit. `None` if nothing is left to repair.
    RepairPairs -> Option<Edited> {
        /// The data set.
        data_set: Id,
        /// The kind of repair.
        repair: Repair,
        /// The pairs to repair. `None` repairs all pairs that the check finds.
        pairs: Option<Vec<Id>>,
    }

    /// Queues a job that measures the margins of the unsteered model. Pairs with a stored margin are skipped.
    MeasureMargins -> Job {
        /// The data set.
        data_set: Id,
        /// The model.
        model: Id,
        /// The maximum number of pairs, spread evenly over the data set. 0 measures all.
        most: u32,
    }
}
