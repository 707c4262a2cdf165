//! Reads how much memory is free, and refuses work that does not fit before it begins: into what the machine has free, and
//! into what the settings allow.

use ipc::{Code, Failure};
use store::settings;
use sysinfo::System;
use vectors::memory::probe;

use crate::Error;
use crate::app_state::AppState;
use crate::peak_memory::status_bytes;

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

    /// Refuses work that needs more than this, or than the settings leave.
    fn check(self, what: &'static str, needed: u64, left: Option<u64>) -> Result<(), Error> {
        let free = self.free.saturating_add(self.free_swap);
        match left {
            Some(left) if needed > left && left < free => Err(Error::MemoryLimit { what, needed, left }),
            _ if needed > free => Err(Error::Memory { what, needed, free }),
            _ => Ok(()),
        }
    }
}

/// The limit that the settings set to what models and jobs take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit(Option<u64>);

impl Limit {
    /// Reads the limit. It is the open project's, which is that of every project.
    pub(crate) async fn of(state: &AppState) -> Result<Self, Error> {
        let set = settings::read(state.store.read(), state.open_project()).await?;
        Ok(Self(set.memory_limit))
    }

    /// Returns what the limit leaves beside the memory that is taken already. `None` without a limit.
    fn left(self) -> Option<u64> {
        self.0.map(|limit| limit.saturating_sub(own_bytes()))
    }

    /// Returns the bytes that work may still take without swapping, and how many there are in all: of the machine's free and total
    /// bytes what the limit leaves.
    pub(crate) fn of_machine(self, (free, total): (u64, u64)) -> (u64, u64) {
        (free.min(self.left().unwrap_or(u64::MAX)), total.min(self.0.unwrap_or(u64::MAX)))
    }
}

/// Returns the bytes of memory that this process holds. Where the system says it, the pages of files that are only read are left
/// out, because the system takes them back when it needs them.
fn own_bytes() -> u64 {
    status_bytes("RssAnon").or_else(|| sandbox::resident_bytes(std::process::id())).unwrap_or(0)
}

/// Returns the free bytes and the total bytes of the machine's memory.
pub(crate) fn free_and_total() -> Result<(u64, u64), Error> {
    Memory::read().map(|memory| (memory.free, memory.total))
}

/// Refuses work that needs more bytes than are free, swap included, than the settings leave, or than the system gives to this
/// process. The system would end the whole application otherwise. `what` names the work: "Training". Call this only on one of
/// the engine's threads.
pub(crate) fn check(state: &AppState, what: &'static str, needed: u64) -> Result<(), Error> {
    let limit = state.block_on(Limit::of(state))?;
    Memory::read()?.check(what, needed, limit.left())?;
    Ok(probe(needed)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_memory_is_free() {
        let (free, total) = free_and_total().expect("numbers");
        assert!(free > 1 << 20 && free <= total);
        assert_eq!(Limit(None).of_machine((free, total)), (free, total));
        let (free, total) = Limit(Some(1 << 40)).of_machine((free, total));
        assert!(free > 1 << 20 && free <= total && total <= 1 << 40);
    }

    #[test]
    fn what_is_taken_counts_against_the_limit() {
        const MEGABYTES: usize = 256 << 20;
        let limit = Limit(Some(1 << 40));
        let before = limit.left().expect("a limit");
        let used = std::hint::black_box(vec![1_u8; MEGABYTES]);
        let after = limit.left().expect("a limit");
        assert!(after < before - MEGABYTES as u64 / 2, "{before} {after} {}", used.len());
        assert_eq!((Limit(Some(1)).left(), Limit(None).left()), (Some(0), None));
        assert_eq!(Limit(Some(1)).of_machine((5, 7)), (0, 1));
    }

    #[test]
    fn work_that_fits_into_memory_and_swap_begins_and_no_other() {
        let memory = Memory { free: 4_000_000_000, total: 8_000_000_000, free_swap: 1_000_000_000 };
        assert!(memory.check("Training", 5_000_000_000, None).is_ok());
        let refused = |needed, left| {
            let refused = memory.check("Training", needed, left).expect_err("it is too much");
            Failure::from(refused)
        };
        let sentence = "Training takes about 5.00 GB, and 5.00 GB of memory are free.";
        assert_eq!(refused(5_000_000_001, None).message, sentence);
        assert_eq!(refused(5_000_000_001, Some(9_000_000_000)).message, sentence);
        assert!(memory.check("Training", 3_000_000_000, Some(3_000_000_000)).is_ok());
        let limited = refused(3_000_000_000, Some(2_000_000_000));
        let sentence = "Training takes about 3.00 GB, and the limit of the settings leaves 2.00 GB.";
        assert_eq!(limited.message, sentence);
        assert!(limited.next.is_some_and(|next| next.contains("Raise the limit under Settings")));
    }
}
