//! Makes pairs for the tests of the checks.

use ipc::data::{PairContent, Split};

/// Makes a training pair.
pub(super) fn pair(prompt: &str, wanted: &str, opposite: &str) -> PairContent {
    PairContent {
        prompt: prompt.into(),
        wanted: wanted.into(),
        opposite: opposite.into(),
        ..PairContent::default()
    }
}

/// Makes a held-out pair.
pub(super) fn held_out(prompt: &str, wanted: &str, opposite: &str) -> PairContent {
    PairContent { split: Split::HeldOut, ..pair(prompt, wanted, opposite) }
}
