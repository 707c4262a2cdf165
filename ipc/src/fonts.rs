//! The typefaces of the window, and the size of the texts that are read in it.

use serde::{Deserialize, Serialize};

/// The typefaces, and the size of texts. A chart has the bundled typeface, whatever is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Fonts {
    /// The typeface of the window.
    pub window: WindowTypeface,
    /// The typeface of prompts and answers.
    pub texts: TextTypeface,
    /// How large prompts and answers are beside the rest, in per cent. `None` for 100.
    pub text_size: Option<u32>,
}

/// The typeface of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowTypeface {
    /// The one that comes with Tiller.
    #[default]
    Bundled,
    /// The one of the desktop.
    System,
}

/// The typeface of prompts and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextTypeface {
    /// The window's.
    #[default]
    Window,
    /// The one that comes with Tiller.
    Bundled,
    /// The desktop's sans-serif one.
    System,
    /// The desktop's with serifs.
    Serif,
    /// The desktop's whose letters are all equally wide.
    Monospace,
}
