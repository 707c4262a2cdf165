//! How a child ended without an answer.

use std::fmt;
use std::process::ExitStatus;

use crate::Limits;

/// How the process that tried a file ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It asked for more memory than a trial may have.
    Memory {
        /// The limit in bytes.
        limit: u64,
    },
    /// It took too long.
    Time {
        /// The limit in seconds.
        limit: u64,
    },
    /// It called itself until its stack was full.
    Stack,
    /// Something else ended it.
    Other {
        /// What the system says.
        status: String,
    },
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory { limit } => write!(f, "needs more than {} MB of memory", limit >> 20),
            Self::Time { limit } => write!(f, "takes more than {limit} seconds"),
            Self::Stack => f.write_str("is nested without end"),
            Self::Other { status } => write!(f, "ends the process that reads it ({status})"),
        }
    }
}

impl End {
    /// Tells how a process ended by its status and by what Rust wrote to its standard error.
    pub(crate) fn of(status: ExitStatus, said: &str, limits: Limits) -> Self {
        let signal = signal(status);
        if said.contains("memory allocation of") || signal == Some(KILL) {
            Self::Memory { limit: limits.memory }
        } else if said.contains("overflowed its stack") || signal == Some(SEGMENTATION_FAULT) {
            Self::Stack
        } else if signal == Some(CPU_TIME) {
            Self::Time { limit: limits.seconds }
        } else {
            let said = said.lines().next().filter(|line| !line.is_empty());
            Self::Other { status: said.map_or_else(|| status.to_string(), str::to_owned) }
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
    fn ends_are_told_apart() {
        let of = |status, said| End::of(ExitStatus::from_raw(status), said, Limits::USUAL);
        assert_eq!(of(6, "\nthread '<unnamed>' has overflowed its stack\n"), End::Stack);
        assert_eq!(of(11, ""), End::Stack);
        assert_eq!(of(6, "memory allocation of 9 bytes failed"), End::Memory { limit: Limits::USUAL.memory });
        assert_eq!(of(24, ""), End::Time { limit: Limits::USUAL.seconds });
        assert_eq!(
            of(256, "an argument is missing\n"),
            End::Other { status: "an argument is missing".into() }
        );
        assert!(of(7, "").to_string().contains("signal: 7"));
    }
}
