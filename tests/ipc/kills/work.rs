//! The kinds of work during which a process is killed.

/// What the killed process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Import,
    Edit,
    Train,
    Sweep,
    Chat,
    Download,
    Export,
    Migrate,
}

impl Work {
    pub(super) const ALL: [Self; 8] = [
        Self::Import,
        Self::Edit,
        Self::Train,
        Self::Sweep,
        Self::Chat,
        Self::Download,
        Self::Export,
        Self::Migrate,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Edit => "edit",
            Self::Train => "train",
            Self::Sweep => "sweep",
            Self::Chat => "chat",
            Self::Download => "download",
            Self::Export => "export",
            Self::Migrate => "migrate",
        }
    }

    pub(super) fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|work| work.name() == name).expect("a work's name")
    }

    /// The number of lines that a process says before it is killed, at most.
    pub(super) fn lines(self) -> u64 {
        match self {
            Self::Import | Self::Chat => 12,
            Self::Edit => 60,
            Self::Train => 40,
            Self::Sweep => 15,
            Self::Download => 3,
            Self::Export => 30,
            Self::Migrate => 1,
        }
    }
}
