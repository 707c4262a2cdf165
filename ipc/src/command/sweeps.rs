//! Sweeps.

use super::commands;
use crate::Id;
use crate::sweep::{Curve, ItemCurves, PointItem, Sweep, SweepSettings};

commands! {
    /// Queues a sweep.
    StartSweep = "start_sweep" -> Sweep {
        /// The model; the vectors' own where there are any.
        model: Id,
        /// What is measured.
        settings: SweepSettings,
    }

    /// What every item contributed to a sweep's point.
    ReadPoint = "read_point" -> Vec<PointItem> {
        /// The sweep.
        sweep: Id,
        /// The curve.
        curve: Curve,
        /// The multiplier.
        multiplier: f64,
    }

    /// Each item's values over the multipliers of one curve.
    ReadItems = "read_items" -> ItemCurves {
        /// The sweep.
        sweep: Id,
        /// The curve.
        curve: Curve,
    }

    /// Deletes a sweep; what it measured stays only where another one shows it.
    DeleteSweep = "delete_sweep" -> () {
        /// The sweep.
        sweep: Id,
    }
}
