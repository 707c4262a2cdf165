//! The names of marks, which say what is odd about a pair.

use ipc::list::Mark;

use crate::t;

/// Returns the key of a mark in the page.
pub(super) fn mark_key(mark: Mark) -> &'static str {
    match mark {
        Mark::Empty => "empty",
        Mark::SameAnswers => "same",
        Mark::Duplicate => "duplicate",
        Mark::TooLong => "long",
        Mark::Unbalanced => "unbalanced",
        Mark::Untagged => "untagged",
    }
}

/// Returns the name of a mark for people, and a sentence on what it means.
pub(super) fn mark_words(mark: Mark) -> (String, String) {
    match mark {
        Mark::Empty => (t!("data-mark-empty"), t!("data-mark-empty-why")),
        Mark::SameAnswers => (t!("data-mark-same"), t!("data-mark-same-why")),
        Mark::Duplicate => (t!("data-mark-duplicate"), t!("data-mark-duplicate-why")),
        Mark::TooLong => (t!("data-mark-long"), t!("data-mark-long-why")),
        Mark::Unbalanced => (t!("data-mark-unbalanced"), t!("data-mark-unbalanced-why")),
        Mark::Untagged => (t!("data-mark-untagged"), t!("data-mark-untagged-why")),
    }
}

/// Returns the name of a mark in a row of the list.
pub(super) fn short_mark(mark: Mark) -> String {
    match mark {
        Mark::Empty => t!("data-mark-empty-short"),
        Mark::SameAnswers => t!("data-mark-same-short"),
        Mark::Duplicate => t!("data-mark-duplicate-short"),
        Mark::TooLong => t!("data-mark-long-short"),
        Mark::Unbalanced => t!("data-mark-unbalanced-short"),
        Mark::Untagged => t!("data-mark-untagged-short"),
    }
}
