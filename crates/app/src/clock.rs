//! Reads the system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use ipc::Millis;

/// Returns the milliseconds since 1970-01-01 UTC, or 0 if the clock is set to an earlier time.
pub(crate) fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}
