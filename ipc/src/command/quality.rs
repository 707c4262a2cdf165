//! Commands that check a data set and repair it.

use super::commands;
use crate::Id;
use crate::data::Edited;
use crate::job::Job;
use crate::quality::{QualityReport, Repair};

commands! {
    /// Looks a data set over.
    CheckQuality = "check_quality" -> QualityReport {
        /// The data set.
        data_set: Id,
    }

    /// Repairs what can be repaired safely, as one edit; `None` where there is nothing left to repair.
    RepairPairs = "repair_pairs" -> Option<Edited> {
        /// The data set.
        data_set: Id,
        /// What is done.
        repair: Repair,
        /// Only to these pairs; `None` for all that the check finds now.
        pairs: Option<Vec<Id>>,
    }

    /// Queues a job that measures what the plain model prefers; pairs that were measured already are left out.
    MeasureMargins = "measure_margins" -> Job {
        /// The data set.
        data_set: Id,
        /// The model.
        model: Id,
        /// The most pairs, spread over the whole data set; 0 for all.
        most: u32,
    }
}
