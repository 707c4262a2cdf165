//! Reads how much memory is free, and refuses work that does not fit before it begins.

use ipc::{Code, Failure};
use sysinfo::System;
use vectors::memory::probe;

use crate::Error;

/// The memory of this machine, or of the container that this process runs in.
#[derive(Debug, Clone, Copy)]
struct Memory {
    /// The bytes that programs can still take without swapping.
    free: u64,
    total: u64,
    free_swap: u64,
}

impl Memory {
    fn read() -> Result<Self, Error> {
        let mut system = System::new().map_err(|error| {
            let failure = Failure::new(Code::Other, "The free memory cannot be read.");
            Error::Failure(failure.detail(error.to_string()))
        })?;
        system.refresh_memory();
        let machine = Self {
            free: system.available_memory(),
            total: system.total_memory(),
            free_swap: system.free_swap(),
        };
        // A container has limits of its own.
        Ok(system.cgroup_limits().map_or(machine, |limits| Self {
            free: machine.free.min(limits.free_memory),
            total: machine.total.min(limits.total_memory),
            free_swap: machine.free_swap.min(limits.free_swap),
        }))
    }

    /// Refuses work that needs more than this.
    fn check(self, what: &'static str, needed: u64) -> Result<(), Error> {
        let free = self.free.saturating_add(self.free_swap);
        if needed > free { Err(Error::Memory { what, needed, free }) } else { Ok(()) }
    }
}

/// Returns the bytes that programs can still take without swapping.
pub(crate) fn free_bytes() -> Result<u64, Error> {
    Memory::read().map(|memory| memory.free)
}

/// Returns the free bytes and the total bytes of memory.
pub(crate) fn free_and_total() -> Result<(u64, u64), Error> {
    Memory::read().map(|memory| (memory.free, memory.total))
}

/// Refuses work that needs more bytes than are free, swap included, or than the system gives to this process. The system
/// would end the whole application otherwise. `what` names the work: "Training".
pub(crate) fn check(what: &'static str, needed: u64) -> Result<(), Error> {
    Memory::read()?.check(what, needed)?;
    Ok(probe(needed)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_memory_is_free() {
        assert!(free_bytes().expect("a number") > 1 << 20);
        let (free, total) = free_and_total().expect("numbers");
        assert!(free <= total);
    }

    #[test]
    fn work_that_fits_into_memory_and_swap_begins_and_no_other() {
        let memory = Memory { free: 4_000_000_000, total: 8_000_000_000, free_swap: 1_000_000_000 };
        assert!(memory.check("Training", 5_000_000_000).is_ok());
        let refused = Failure::from(memory.check("Training", 5_000_000_001).expect_err("it is too much"));
        assert_eq!(refused.message, "Training takes about 5.00 GB, and 5.00 GB of memory are free.");
        assert!(check("Training", u64::MAX).is_err() && check("Training", 1 << 20).is_ok());
    }
}
