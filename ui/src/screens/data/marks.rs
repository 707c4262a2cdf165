//! The names of marks, which say what is odd about a pair.

use ipc::list::Mark;

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
pub(super) fn mark_words(mark: Mark) -> (&'static str, &'static str) {
    match mark {
        Mark::Empty => ("Not whole", "The prompt or an answer is missing"),
        Mark::SameAnswers => ("Same answers", "Both answers say the same"),
        Mark::Duplicate => ("Duplicates", "Another pair says the same"),
        Mark::TooLong => ("Too long", "The model cannot read it whole"),
        Mark::Unbalanced => ("Unbalanced", "One answer is more than twice as long as the other"),
        Mark::Untagged => ("Untagged", "It has no tag"),
    }
}

/// Returns the name of a mark in a row of the list.
pub(super) fn short_mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Empty => "not whole",
        Mark::SameAnswers => "same answers",
        Mark::Duplicate => "duplicate",
        Mark::TooLong => "too long",
        Mark::Unbalanced => "unbalanced",
        Mark::Untagged => "untagged",
    }
}
