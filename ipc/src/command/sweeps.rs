//! Commands about sweeps.

use super::commands;
use crate::Id;
use crate::deletion::Deletion;
use crate::files::FileRef;
use crate::plan::PlanOf;
use crate::sweep::{
    Agreement, Curve, ItemCurves, PointItem, SavedSweep, Sweep, SweepEstimate, SweepPoint, SweepSettings,
    UnratedAnswer,
};

commands! {
    /// Queues a sweep.
    StartSweep -> Sweep {
        /// The model. Ignored if the settings have vectors, which name their own models.
        model: Id,
        /// The settings of the sweep.
        settings: SweepSettings,
    }

    /// Returns how long a sweep would take.
    EstimateSweep -> SweepEstimate {
        /// The model that is measured.
        model: Id,
        /// The settings of the sweep.
        settings: SweepSettings,
    }

    /// Returns the contribution of every item to one point of a sweep.
    ReadPoint -> Vec<PointItem> {
        /// The sweep.
        sweep: Id,
        /// The curve.
        curve: Curve,
        /// The multiplier.
        multiplier: f64,
    }

    /// Returns each item's values over the multipliers of one curve.
    ReadItems -> ItemCurves {
        /// The sweep.
        sweep: Id,
        /// The curve.
        curve: Curve,
    }

    /// Returns the changes of some curves from the unsteered model, as points: the value is the change, the interval the paired one,
    /// and the count that of the items with both values. A curve whose unsteered items are not measured yet has none.
    ReadChanges -> Vec<SweepPoint> {
        /// The sweep.
        sweep: Id,
        /// The curves.
        curves: Vec<Curve>,
    }

    /// Returns the answers of a sweep that a person has not rated yet, in random order.
    ReadUnratedAnswers -> Vec<UnratedAnswer> {
        /// The sweep.
        sweep: Id,
    }

    /// Stores a person's rating of an answer.
    RateAnswer -> Agreement {
        /// The sweep.
        sweep: Id,
        /// The key of the set of answers.
        answers: String,
        /// The index of the prompt in its set.
        place: u32,
        /// The rating, from 1 to 4.
        rating: u8,
    }

    /// Returns the agreement of a person's ratings with the judge's.
    ReadAgreement -> Agreement {
        /// The sweep.
        sweep: Id,
    }

    /// Writes a chart to a file. The ending selects the format: `.svg`, `.pdf` or `.png`.
    ExportChart -> () {
        /// The chart as SVG.
        svg: String,
        /// The new file.
        file: FileRef,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Writes the numbers of a chart to a file.
    ExportTable -> () {
        /// The content of the file: CSV or JSON.
        text: String,
        /// The new file.
        file: FileRef,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Writes a report of a sweep as one self-contained HTML page.
    ExportReport -> () {
        /// The sweep.
        sweep: Id,
        /// The chart as SVG.
        svg: String,
        /// The new file.
        file: FileRef,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Writes a sweep or a training run as the plan of a study, with its pairs and the numbers of vectors that no run here made.
    ExportPlan -> () {
        /// What is written.
        what: PlanOf,
        /// The new file.
        file: FileRef,
        /// Whether an existing file may be replaced.
        replace: bool,
    }

    /// Changes the name and the note of a sweep.
    DescribeSweep -> Sweep {
        /// The sweep.
        sweep: Id,
        /// The name; empty for the one that is made from its curves.
        name: String,
        /// The note.
        note: String,
    }

    /// Reads a sweep's settings from its exported JSON, or from a vector's passport, with the vectors and data sets of the same
    /// content. The curves of a passport are stored as a finished sweep.
    ReadSweepFile -> SavedSweep {
        /// The file.
        file: FileRef,
    }

    /// Deletes a sweep. Its measurements stay only if another sweep shows them.
    DeleteSweep -> Deletion {
        /// The sweep.
        sweep: Id,
    }
}
