//! How a child ended without an answer.

use std::fmt;
use std::process::ExitStatus;

use crate::Limits;

/// How the process that read a file ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChildEnd {
    /// The process asked for more memory than the limits allow.
    Memory {
        /// The limit in bytes.
        limit: u64,
    },
    /// The process took too long.
    Time {
        /// The limit in seconds.
        limit: u64,
    },
    /// A function called itself until the stack was full.
    Stack,
    /// Something else ended it.
    Other {
        /// What the system says.
        status: String,
    },
}

impl fmt::Display for ChildEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory { limit } => write!(f, "needs more than {} MB of memory", limit >> 20),
            Self::Time { limit } => write!(f, "takes more than {limit} seconds"),
            Self::Stack => f.write_str("is nested without end"),
            Self::Other { status } => write!(f, "ends the process that reads it ({status})"),
        }
    }
}

impl ChildEnd {
    /// Tells how a process ended by its status and by what Rust wrote to its standard error.
    pub(crate) fn of(status: ExitStatus, stderr: &str, limits: Limits) -> Self {
        let signal = signal(status);
        if stderr.contains("memory allocation of") || signal == Some(KILL) {
            Self::Memory { limit: limits.memory }
        } else if stderr.contains("overflowed its stack") || signal == Some(SEGMENTATION_FAULT) {
            Self::Stack
        } else if signal == Some(CPU_TIME) {
            Self::Time { limit: limits.seconds }
        } else {
            let stderr = stderr.lines().next().filter(|line| !line.is_empty());
            Self::Other { status: stderr.map_or_else(|| status.to_string(), str::to_owned) }
        }
    }
}

/// The numbers of signals, the same on every Unix that Tiller runs on.
const KILL: i32 = 9;
const SEGMENTATION_FAULT: i32 = 11;
const CPU_TIME: i32 = 24;

#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;

    #[test]
    fn ends_are_distinguished() {
        let of = |status, stderr| ChildEnd::of(ExitStatus::from_raw(status), stderr, Limits::DEFAULT);
        assert_eq!(of(6, "\nthread '<unnamed>' has overflowed its stack\n"), ChildEnd::Stack);
        assert_eq!(of(11, ""), ChildEnd::Stack);
        assert_eq!(
            of(6, "memory allocation of 9 bytes failed"),
            ChildEnd::Memory { limit: Limits::DEFAULT.memory }
        );
        assert_eq!(of(24, ""), ChildEnd::Time { limit: Limits::DEFAULT.seconds });
        assert_eq!(
            of(256, "an argument is missing\n"),
            ChildEnd::Other { status: "an argument is missing".into() }
        );
        assert!(of(7, "").to_string().contains("signal: 7"));
    }
}
