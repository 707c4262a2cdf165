//! Events that the application pushes to the window, in order, over one channel.

use serde::{Deserialize, Serialize};

use crate::Id;
use crate::answer::{Answer, Question};
use crate::data::DataSet;
use crate::download::Download;
use crate::job::Job;
use crate::model::{Model, Scan};
use crate::project::Overview;
use crate::study::{Finding, Study};
use crate::sweep::{Sweep, SweepPoint};
use crate::tokens::Counted;
use crate::train::{EpochPoint, Run, StepPoint};
use crate::vector::Vector;

/// One thing that happened. The first event after [`crate::command::Watch`] is [`Event::Overview`]; what follows
/// changes that picture, and nothing is lost or doubled in between.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "body")]
pub enum Event {
    /// The whole picture.
    Overview(Box<Overview>),
    /// A model is new or has changed its state.
    Model(Model),
    /// A model was taken from the list.
    ModelForgotten(Id),
    /// How far the search of a folder is.
    Scan(Scan),
    /// A download is new or has changed.
    Download(Download),
    /// A download was taken from the list.
    DownloadForgotten(Id),
    /// A data set is new or has changed.
    DataSet(DataSet),
    /// A data set is gone, with its runs and sweeps; vectors made from it stay.
    DataSetDeleted(Id),
    /// More tokens of a data set's pairs are counted.
    PairsCounted(Counted),
    /// A job is new or has changed. Sent at most 20 times a second for one job.
    Job(Job),
    /// A run is new or has changed.
    Run(Run),
    /// Steps that a run has made since the last such event.
    Steps {
        /// The run.
        run: Id,
        /// The steps, in order.
        steps: Vec<StepPoint>,
    },
    /// A run has come to an epoch's end.
    Epoch {
        /// The run.
        run: Id,
        /// What the held-out pairs say.
        epoch: EpochPoint,
    },
    /// A vector is new or has changed.
    Vector(Vector),
    /// A vector is gone.
    VectorDeleted(Id),
    /// A sweep is new or has changed.
    Sweep(Sweep),
    /// A sweep is gone.
    SweepDeleted(Id),
    /// A sweep has new points.
    SweepPoints {
        /// The sweep.
        sweep: Id,
        /// The points.
        points: Vec<SweepPoint>,
    },
    /// What a judge behind an address has read and written for a sweep so far.
    SweepSpent {
        /// The sweep.
        sweep: Id,
        /// All of it.
        spent: crate::sweep::Spent,
    },
    /// More is known of what the plain model prefers in this data set.
    Margins(Id),
    /// The drafts of this data set have changed.
    Drafts(Id),
    /// A study is new or has changed.
    Study(Study),
    /// A study has found something.
    Finding {
        /// The study.
        study: Id,
        /// What.
        finding: Finding,
    },
    /// A file was dropped onto the window: its path.
    FileDropped(String),
    /// A model was dropped onto the window: its path.
    ModelDropped(String),
    /// A folder was dropped onto the window that is no model: it can be searched.
    FolderDropped(String),
    /// A question was asked; its answers follow.
    Question(Question),
    /// An answer has grown or ended.
    Answer {
        /// The question.
        question: Id,
        /// The answer as it is now.
        answer: Answer,
    },
}
