//! Commands about sweeps.

use super::commands;
use crate::Id;
use crate::sweep::{Agreement, Curve, ItemCurves, PointItem, Sweep, SweepSettings, ToRate};

commands! {
    /// Queues a sweep.
    StartSweep = "start_sweep" -> Sweep {
        /// The model; the vectors' own where there are any.
        model: Id,
        /// The scores to measure.
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

    /// The answers of a sweep that a person has not rated yet, shuffled.
    ReadToRate = "read_to_rate" -> Vec<ToRate> {
        /// The sweep.
        sweep: Id,
    }

    /// Keeps a person's rating of an answer.
    RateAnswer = "rate_answer" -> Agreement {
        /// The sweep.
        sweep: Id,
        /// The key of the answers.
        answers: String,
        /// The prompt's place in its set.
        place: u32,
        /// 1 to 4.
        rating: u8,
    }

    /// How a person's ratings agree with the judge's verdicts.
    ReadAgreement = "read_agreement" -> Agreement {
        /// The sweep.
        sweep: Id,
    }

    /// Writes a chart to a file, in the format of its ending: `.svg`, `.pdf` or `.png`.
    ExportChart = "export_chart" -> () {
        /// The chart as the window draws it.
        svg: String,
        /// The path of the new file.
        path: String,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Writes the numbers that a chart shows to a file.
    ExportTable = "export_table" -> () {
        /// The file's text: CSV or JSON.
        text: String,
        /// The path of the new file.
        path: String,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Writes a report of a sweep to a file: one page of HTML that needs nothing else.
    ExportReport = "export_report" -> () {
        /// The sweep.
        sweep: Id,
        /// The chart as the window draws it.
        svg: String,
        /// The path of the new file.
        path: String,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Deletes a sweep; what it measured stays only where another one shows it.
    DeleteSweep = "delete_sweep" -> () {
        /// The sweep.
        sweep: Id,
    }
}
