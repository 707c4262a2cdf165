//! Pairs of tests.

use ipc::data::{PairContent, Split};

/// A pair that is trained on.
pub(super) fn pair(prompt: &str, wanted: &str, opposite: &str) -> PairContent {
    PairContent {
        prompt: prompt.into(),
        wanted: wanted.into(),
        opposite: opposite.into(),
        ..PairContent::default()
    }
}

/// The same, held out.
pub(super) fn held_out(prompt: &str, wanted: &str, opposite: &str) -> PairContent {
    PairContent { split: Split::HeldOut, ..pair(prompt, wanted, opposite) }
}
