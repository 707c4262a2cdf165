//! The limits of memory and time of a child.

use std::time::Duration;

/// The memory and the time that the child may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of memory that the process allocates. Mapped files do not count.
    pub memory: u64,
    /// The most seconds that it computes.
    pub seconds: u64,
}

impl Limits {
    /// The usual limits, chosen so that the child stays below 512 MB with the memory of the program itself.
    pub const DEFAULT: Self = Self { memory: 448 << 20, seconds: 4 };
    /// The bytes of a file that fit into the usual limits.
    const DEFAULT_FILE_BYTES: u64 = 12 << 20;
    /// The memory that each further byte may take, and how many further bytes may take a second.
    const MEMORY_PER_BYTE: u64 = 16;
    const BYTES_PER_SECOND: u64 = 4 << 20;
    /// What the program itself takes of its addresses, the stacks of its threads included.
    const PROGRAM_ADDRESSES: u64 = 256 << 20;

    /// Returns the limits for a file of this size that is decoded as a whole.
    #[must_use]
    pub fn for_file_size(bytes: u64) -> Self {
        let more = bytes.saturating_sub(Self::DEFAULT_FILE_BYTES);
        Self {
            memory: Self::DEFAULT.memory.saturating_add(more.saturating_mul(Self::MEMORY_PER_BYTE)),
            seconds: Self::DEFAULT.seconds.saturating_add(more / Self::BYTES_PER_SECOND),
        }
    }

    /// Returns the most bytes of addresses that this process and its children may take, where that is too little for a child
    /// within these limits.
    #[cfg(unix)]
    pub(crate) fn scarce_addresses(self) -> Option<u64> {
        use rustix::process::{Resource, getrlimit};
        let most = getrlimit(Resource::As).current?;
        (most < self.memory.saturating_add(Self::PROGRAM_ADDRESSES)).then_some(most)
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "other systems have such a limit")]
    pub(crate) fn scarce_addresses(self) -> Option<u64> {
        None
    }

    /// Returns how long the caller waits: longer than the child computes, because other programs compute as well. Where the
    /// system ends a child that computes for too long, this only ends one that waits for ever: on a machine with ten busy
    /// programs, a second of computing takes ten.
    pub(crate) fn wait_limit(self) -> Duration {
        let times = if cfg!(unix) { 15 } else { 3 };
        Duration::from_secs(self.seconds.saturating_mul(times))
    }

    /// Sets the limits of the calling process. Where the system has none of its own, the caller watches the child.
    ///
    /// # Errors
    /// Where the system refuses.
    #[cfg(unix)]
    pub(crate) fn apply_to_this_process(self) -> std::io::Result<()> {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        // Nobody may raise a maximum that is set already.
        let set = |resource, limit: u64, maximum: u64| {
            let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
            setrlimit(resource, Rlimit { current: Some(limit.min(most)), maximum: Some(maximum.min(most)) })
        };
        // At the maximum the system kills without saying why.
        set(Resource::Cpu, self.seconds, self.seconds.saturating_add(1))?;
        set(Resource::Core, 0, 0)?;
        // A mapped model is no allocation, so that the limit is one of data and not of addresses. Only Linux counts all
        // allocations under it.
        #[cfg(target_os = "linux")]
        set(Resource::Data, self.memory, self.memory)?;
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "other systems can refuse")]
    pub(crate) fn apply_to_this_process(self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_busy_machine_makes_no_file_unsound() {
        assert!(Limits::DEFAULT.wait_limit() >= Duration::from_mins(1));
        assert_eq!(Limits { seconds: 0, ..Limits::DEFAULT }.wait_limit(), Duration::ZERO);
    }

    #[test]
    fn larger_files_have_larger_limits() {
        assert_eq!(Limits::for_file_size(1000), Limits::DEFAULT);
        let large = Limits::for_file_size(28 << 20);
        assert_eq!(large, Limits { memory: (448 + 256) << 20, seconds: 8 });
        assert_eq!(Limits::for_file_size(u64::MAX).memory, u64::MAX);
    }
}
