//! Says whether a model fits into the memory that is free. It advises and forbids nothing.

use ipc::model::MemoryNeed;

use crate::format;
use crate::t;

/// Training that takes more than this share of what is free leaves too little for everything else.
const ROOM: f64 = 0.9;

/// How a model fits into the memory that is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// Chat and training fit.
    Fits,
    /// Chat fits, and training nearly or not at all.
    Tight,
    /// Not even chat fits.
    TooLarge,
}

impl Fit {
    /// Compares a need with the bytes that are free.
    pub(super) fn of(need: &MemoryNeed, free: u64) -> Self {
        if need.chat > free {
            Self::TooLarge
        } else if need.train as f64 > free as f64 * ROOM {
            Self::Tight
        } else {
            Self::Fits
        }
    }

    /// Returns the class of the dot before the mark.
    pub(super) fn dot(self) -> &'static str {
        match self {
            Self::Fits => "ready",
            Self::Tight => "loading",
            Self::TooLarge => "failed",
        }
    }

    /// Returns the mark.
    pub(super) fn label(self) -> String {
        match self {
            Self::Fits => t!("models-fits"),
            Self::Tight => t!("models-fits-tight"),
            Self::TooLarge => t!("models-fits-not"),
        }
    }

    /// Returns a sentence that says what the mark means.
    pub(super) fn sentence(self, free: u64) -> String {
        let free = format::bytes(free);
        match self {
            Self::Fits => t!("models-fits-note", free = free),
            Self::Tight => t!("models-fits-tight-note", free = free),
            Self::TooLarge => t!("models-fits-not-note", free = free),
        }
    }
}

#[cfg(test)]
mod tests {
    use ipc::model::Precision;

    use super::*;

    #[test]
    fn chat_decides_what_is_too_large_and_training_what_is_tight() {
        let need = MemoryNeed { precision: Precision::Quantized, load: 500, chat: 1000, train: 1800 };
        for (free, fit) in [
            (999, Fit::TooLarge),
            (1000, Fit::Tight),
            (1999, Fit::Tight),
            (2000, Fit::Fits),
            (u64::MAX, Fit::Fits),
        ] {
            assert_eq!(Fit::of(&need, free), fit, "{free}");
        }
    }
}
