//! Reads how much memory is free.

use ipc::{Code, Failure};

use crate::Error;

/// Returns the bytes that programs can still take without swapping.
pub(crate) fn free_bytes() -> Result<u64, Error> {
    free_and_total().map(|(free, _)| free)
}

/// Returns the free bytes and the total bytes of memory.
pub(crate) fn free_and_total() -> Result<(u64, u64), Error> {
    let mut system = sysinfo::System::new().map_err(|error| {
        Error::Failure(Failure::new(Code::Other, "The free memory cannot be read.").detail(error.to_string()))
    })?;
    system.refresh_memory();
    Ok((system.available_memory(), system.total_memory()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn some_memory_is_free() {
        assert!(super::free_bytes().expect("a number") > 1 << 20);
    }
}
