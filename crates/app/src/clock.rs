//! The time, read in one place.

use std::time::{SystemTime, UNIX_EPOCH};

use ipc::Millis;

/// Milliseconds since 1970-01-01 UTC; 0 for a clock that is set before that.
pub(crate) fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}
