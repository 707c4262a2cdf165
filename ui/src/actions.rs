//! Defines the actions that a person can run by a key, the palette or a button, as plain data that does not refer to
//! any screen's code.
//!
//! [`crate::commands`] lists the actions with their keys; the screens carry them out.

use ipc::Id;
use ipc::job::JobAction;
use ipc::project::{Language, Theme};

use crate::t;

/// An action that a key, the palette or a button can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Shows a screen.
    Go(Screen),
    /// Lays a sheet over the screen.
    Open(Sheet),
    /// Sets the theme.
    Theme(Theme),
    /// Sets the language.
    Language(Language),
    /// Makes everything larger or smaller.
    Zoom(Zoom),
    /// Pauses, resumes or stops the running job.
    Job(JobAction),
    /// Takes the last deletion back.
    UndoDeletion,
    /// Changes the pairs on the Data screen.
    Pairs(PairAction),
    /// Does something on the Chat screen.
    Chat(ChatAction),
    /// Does something with the open project.
    Project(ProjectAction),
}

/// A step of the zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zoom {
    /// The next larger size.
    In,
    /// The next smaller size.
    Out,
    /// 100 per cent.
    Reset,
}

/// An action on the open project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectAction {
    /// Opens the menu of projects.
    Menu,
    /// Copies it.
    Duplicate,
    /// Deletes it.
    Delete,
}

/// An action on the pairs of the Data screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairAction {
    /// Stores the open pair and opens the next one.
    Accept,
    /// Opens the next pair.
    Next,
    /// Opens the previous pair.
    Previous,
    /// Undoes the last edit.
    Undo,
    /// Redoes the last undone edit.
    Redo,
    /// Adds an empty pair.
    Add,
    /// Copies the selected pairs.
    Duplicate,
    /// Swaps the answers of the selected pairs.
    Swap,
    /// Deletes the selected pairs.
    Delete,
    /// Moves the selected pairs up.
    MoveUp,
    /// Moves the selected pairs down.
    MoveDown,
    /// Selects every listed pair.
    SelectAll,
    /// Uses the selected pairs for training.
    Train,
    /// Holds the selected pairs out.
    HoldOut,
    /// Pins the selected pairs to where they are.
    Pin,
    /// Lets the selected pairs go.
    Unpin,
    /// Moves the focus to the search field.
    Search,
    /// Moves the focus to the field for tags.
    Tag,
    /// Shows a view beside the list.
    Show(DataView),
}

/// An action of the Chat screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatAction {
    /// Lays an empty conversation open.
    New,
    /// Stops every growing answer.
    Stop,
    /// Moves the focus to the field for the message.
    Write,
    /// Adds a column.
    AddColumn,
    /// Shows or hides the mixing desk.
    Desk,
    /// Shows or hides the list of conversations.
    List,
    /// Imports conversations.
    Import,
    /// Shows or hides the drift.
    Drift,
}

/// A view beside the list of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataView {
    /// The open pair.
    Pair,
    /// The quality check of the data set.
    Quality,
    /// Pairs that a model drafts.
    Drafts,
    /// The pair as a choice between (A) and (B).
    Choice,
}

/// A sheet that lies over the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The command palette.
    Palette,
    /// The commands with their keys, and the glossary.
    Help,
    /// The jobs that run and wait.
    Queue,
    /// The settings.
    Settings,
    /// The report on the application itself.
    Report,
    /// The glossary, at this term.
    Glossary(Option<&'static str>),
    /// Renames, makes or deletes a data set.
    DataSet,
    /// Imports pairs.
    ImportPairs,
    /// Exports pairs.
    ExportPairs,
    /// Splits the data set.
    Split,
    /// The versions of the data set.
    Versions,
    /// Imports a vector.
    ImportVector,
    /// Exports this vector, at a page.
    ExportVector(Id, VectorPage),
    /// Finds a model to download.
    FindModel,
    /// Adds models from this machine.
    AddModel,
    /// Downloads a model.
    DownloadModel,
    /// Names a new project.
    NewProject,
    /// Renames the open project.
    RenameProject,
    /// Exports the open project.
    ExportProject,
    /// Imports a project, or merges it into one.
    ImportProject,
}

/// A page of the sheet that exports a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VectorPage {
    /// As a file.
    File,
    /// As a passport.
    Passport,
    /// As a part of a model.
    IntoModel,
    /// As an adapter.
    Distil,
    /// To another program.
    HandOver,
    /// To the hub.
    Publish,
}

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// What a steering vector does, and the way to a first one.
    Start,
    /// Preference pairs.
    Data,
    /// Training runs.
    Train,
    /// Scores over multipliers.
    Sweep,
    /// Conversations with the steered model.
    Chat,
    /// The vectors.
    Vectors,
    /// The models.
    Models,
}

impl Screen {
    /// The screens for beginners.
    pub const FIRST: [Self; 1] = [Self::Start];
    /// The screens of the work, in the order of the work.
    pub const WORK: [Self; 4] = [Self::Data, Self::Train, Self::Sweep, Self::Chat];
    /// The screens of the library.
    pub const LIBRARY: [Self; 2] = [Self::Vectors, Self::Models];

    /// Returns the name under which the settings remember the screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Data => "data",
            Self::Train => "train",
            Self::Sweep => "sweep",
            Self::Chat => "chat",
            Self::Vectors => "vectors",
            Self::Models => "models",
        }
    }

    /// Returns the text of the screen in the side bar.
    #[must_use]
    pub fn label(self) -> String {
        match self {
            Self::Start => t!("shell-screen-start"),
            Self::Data => t!("shell-screen-data"),
            Self::Train => t!("shell-screen-train"),
            Self::Sweep => t!("shell-screen-sweep"),
            Self::Chat => t!("shell-screen-chat"),
            Self::Vectors => t!("shell-screen-vectors"),
            Self::Models => t!("shell-screen-models"),
        }
    }

    /// Returns all screens, in the order of the side bar.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::FIRST.into_iter().chain(Self::WORK).chain(Self::LIBRARY)
    }

    /// Returns the screen that the settings remember under this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|screen| screen.name() == name)
    }
}
