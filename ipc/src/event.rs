//! Events that the application pushes to the window, in order, over one channel.

use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, Finding};
use crate::answer::{Answer, Question};
use crate::bake::Bake;
use crate::conversation::{Conversation, Preset, Turn};
use crate::data::DataSet;
use crate::distil::Distillation;
use crate::download::Download;
use crate::files::ChosenFile;
use crate::job::Job;
use crate::model::{Model, Scan};
use crate::project::{Overview, Project};
use crate::publish::Uploading;
use crate::sweep::{Sweep, SweepPoint};
use crate::tokens::Counted;
use crate::train::{EpochPoint, Run, StepPoint};
use crate::vector::Vector;
use crate::{Failure, Id};

/// A change that the window must show. The first event after [`crate::command::Watch`] is [`Event::Overview`]. Later events
/// change that state, and none of them is lost or repeated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event", content = "body")]
pub enum Event {
    /// The complete state.
    Overview(Box<Overview>),
    /// A deletion was taken back. The state is the whole one, as in [`Event::Overview`].
    Restored(Box<Overview>),
    /// A model was added or changed.
    Model(Model),
    /// A model was removed from the list.
    ModelForgotten(Id),
    /// The progress of a folder's search.
    Scan(Scan),
    /// A download was added or changed.
    Download(Download),
    /// A download was removed from the list.
    DownloadForgotten(Id),
    /// A data set was added or changed.
    DataSet(DataSet),
    /// A data set was deleted with its runs and sweeps. Vectors made from it stay.
    DataSetDeleted(Id),
    /// The progress of counting the tokens of a data set.
    PairsCounted(Counted),
    /// A job was added or changed. Sent at most 20 times a second for one job.
    Job(Job),
    /// The queued jobs have another order.
    Queue(Vec<Id>),
    /// A run was added or changed.
    Run(Run),
    /// A run was deleted with its analyses. Its vectors stay.
    RunDeleted(Id),
    /// A run has made steps since the last such event.
    Steps {
        /// The run.
        run: Id,
        /// The steps, in order.
        steps: Vec<StepPoint>,
    },
    /// A run has finished an epoch.
    Epoch {
        /// The run.
        run: Id,
        /// The margins of the held-out pairs.
        epoch: EpochPoint,
    },
    /// A vector was added or changed.
    Vector(Vector),
    /// A vector was deleted.
    VectorDeleted(Id),
    /// A sweep was added or changed.
    Sweep(Sweep),
    /// A sweep was deleted.
    SweepDeleted(Id),
    /// A sweep has new points.
    SweepPoints {
        /// The sweep.
        sweep: Id,
        /// The points.
        points: Vec<SweepPoint>,
    },
    /// The number of tokens that an endpoint's judge has used for a sweep.
    SweepTokenUsage {
        /// The sweep.
        sweep: Id,
        /// The total so far.
        usage: crate::sweep::TokenUsage,
    },
    /// The unsteered model's margins of this data set have changed.
    Margins(Id),
    /// The drafts of this data set have changed.
    Drafts(Id),
    /// An analysis was added or changed.
    Analysis(Analysis),
    /// An analysis has a new finding.
    Finding {
        /// The analysis.
        analysis: Id,
        /// The finding.
        finding: Finding,
    },
    /// A bake was added or has come further.
    Bake(Bake),
    /// A distillation was added or has come further.
    Distillation(Distillation),
    /// How far the upload to the hub is; `None` at its end.
    Uploading(Option<Uploading>),
    /// What nobody is waiting for could not be stored, or can be stored again.
    Storage(Option<Failure>),
    /// Another process runs the engine, and the window works through it. `None`: this process runs it.
    Engine(Option<EngineProcess>),
    /// The window is about to close. It stores what is typed and answers with [`crate::command::AnswerClosing`].
    Closing,
    /// A file was dropped onto the window.
    FileDropped(ChosenFile),
    /// A model was dropped onto the window.
    ModelDropped(ChosenFile),
    /// A folder that is not a model was dropped onto the window.
    FolderDropped(ChosenFile),
    /// A conversation was added or changed: its name, its desk, or the time of its last turn.
    Conversation(Conversation),
    /// A conversation was deleted with its turns.
    ConversationDeleted(Id),
    /// The turns of an open conversation have changed: new ones, longer ones, other ones shown. Sent at most 20 times a
    /// second for one turn.
    Turns {
        /// The conversation.
        conversation: Id,
        /// The turns, whole.
        turns: Vec<Turn>,
    },
    /// Turns of a conversation were deleted.
    TurnsDeleted {
        /// The conversation.
        conversation: Id,
        /// The turns.
        turns: Vec<Id>,
    },
    /// A preset was kept.
    Preset(Preset),
    /// A preset was deleted.
    PresetDeleted(Id),
    /// The list of projects, the open one's name, or both have changed.
    Projects(Vec<Project>),
    /// A project file was dropped onto the window or opened with Tiller.
    ProjectDropped(ChosenFile),
    /// A trial was begun. Its answers follow as events.
    Question(Question),
    /// An answer has grown or ended.
    Answer {
        /// The question.
        question: Id,
        /// The answer.
        answer: Answer,
    },
}

/// A process that runs the engine of the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineProcess {
    /// Its program: `tiller-cli`.
    pub program: String,
    /// Its process id.
    pub pid: u32,
}

impl Event {
    /// Returns whether it shows rows of a project that have changed. The others are about what all projects share, about the
    /// window, or about the whole state.
    #[must_use]
    pub fn is_about_rows_of_a_project(&self) -> bool {
        !matches!(
            self,
            Self::Overview(_)
                | Self::Restored(_)
                | Self::Model(_)
                | Self::ModelForgotten(_)
                | Self::Scan(_)
                | Self::Download(_)
                | Self::DownloadForgotten(_)
                | Self::Job(_)
                | Self::Uploading(_)
                | Self::Storage(_)
                | Self::Engine(_)
                | Self::Closing
                | Self::FileDropped(_)
                | Self::ModelDropped(_)
                | Self::FolderDropped(_)
                | Self::Projects(_)
                | Self::ProjectDropped(_)
        )
    }
}
