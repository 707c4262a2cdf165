//! What a person can do by a key, by the palette or by a button, as plain data that names no screen's code.
//!
//! [`crate::commands`] lists the actions with their keys; the screens carry them out.

use ipc::Id;
use ipc::job::JobAction;
use ipc::project::Theme;

/// Something a person can do from anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Shows a screen.
    Go(Screen),
    /// Lays a sheet over the screen.
    Open(Sheet),
    /// Sets the theme.
    Theme(Theme),
    /// Does something to the job that runs.
    Job(JobAction),
    /// Does something to the pairs, on the Data screen.
    Pairs(PairAction),
}

/// Something to do with pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairAction {
    /// Keeps the open pair and opens the next one.
    Accept,
    /// Opens the next one.
    Next,
    /// Opens the one before.
    Previous,
    /// Takes the last edit back.
    Undo,
    /// Makes the last undone edit again.
    Redo,
    /// Adds an empty pair.
    Add,
    /// Copies the selected pairs.
    Duplicate,
    /// Exchanges the answers of the selected pairs.
    Swap,
    /// Deletes the selected pairs.
    Delete,
    /// Moves the selected pairs up.
    MoveUp,
    /// Moves the selected pairs down.
    MoveDown,
    /// Selects every listed pair.
    SelectAll,
    /// Goes to the search field.
    Search,
    /// Goes to the field for tags.
    Tag,
    /// Shows something else beside the list.
    Show(DataView),
}

/// What stands beside the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataView {
    /// The pair that is open.
    Pair,
    /// The check of the data set.
    Quality,
    /// Pairs that a model drafts.
    Drafts,
    /// The pair as a choice between (A) and (B).
    Choice,
}

/// What can lie over the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The command palette.
    Palette,
    /// The shortcuts.
    Help,
    /// The settings.
    Settings,
    /// The data set as a whole.
    DataSet,
    /// Importing pairs.
    ImportPairs,
    /// Exporting pairs.
    ExportPairs,
    /// Splitting the data set.
    Split,
    /// The versions of the data set.
    Versions,
    /// Importing a vector.
    ImportVector,
    /// Exporting this vector.
    ExportVector(Id),
    /// Adding models from this machine.
    AddModel,
    /// Downloading a model.
    DownloadModel,
}

/// A screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Preference pairs.
    Data,
    /// Training runs.
    Train,
    /// Scores over multipliers.
    Sweep,
    /// Questions and steered answers.
    Chat,
    /// The vectors.
    Vectors,
    /// The models.
    Models,
}

impl Screen {
    /// The screens of the work, in its order.
    pub const WORK: [Self; 4] = [Self::Data, Self::Train, Self::Sweep, Self::Chat];
    /// The screens of what is kept.
    pub const LIBRARY: [Self; 2] = [Self::Vectors, Self::Models];

    /// The name under which it is remembered.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Train => "train",
            Self::Sweep => "sweep",
            Self::Chat => "chat",
            Self::Vectors => "vectors",
            Self::Models => "models",
        }
    }

    /// What it is called on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Data => "Data",
            Self::Train => "Train",
            Self::Sweep => "Sweep",
            Self::Chat => "Chat",
            Self::Vectors => "Vectors",
            Self::Models => "Models",
        }
    }

    /// The screen of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::WORK.into_iter().chain(Self::LIBRARY).find(|screen| screen.name() == name)
    }
}
