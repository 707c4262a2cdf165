//! The screens.

pub mod chat;
pub mod data;
pub mod models;
pub mod sweep;
pub mod train;
pub mod vectors;

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
    pub fn named(name: &str) -> Option<Self> {
        Self::WORK.into_iter().chain(Self::LIBRARY).find(|screen| screen.name() == name)
    }
}
