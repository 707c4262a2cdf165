//! The messages of the child on its standard output, one JSON object a line.

use serde::{Deserialize, Serialize};

/// The longest message of the child, in bytes.
pub(crate) const MAX_DETAIL_BYTES: usize = 2000;

/// A line of the child's standard output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "line")]
pub(crate) enum Message {
    /// The stage that begins, in words that stand before "needs more memory".
    Stage {
        /// The words.
        name: String,
    },
    /// All went well. It is the last line.
    Sound,
    /// The file was refused as whoever opens it would refuse it. It is the last line.
    Refused,
    /// The file can be opened but not used. It is the last line.
    Unusable {
        /// The reason.
        detail: String,
    },
}

/// Cuts a message to the length that a line may have.
pub(crate) fn cut(mut detail: String) -> String {
    let end = (0..=MAX_DETAIL_BYTES.min(detail.len())).rev().find(|end| detail.is_char_boundary(*end));
    detail.truncate(end.unwrap_or(0));
    detail
}
