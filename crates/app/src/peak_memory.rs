//! Measures the memory of this process where the system says it: of all, the most that was in use since a moment.

use std::fs;

/// Begins anew: from now on [`bytes`] says the most since now.
pub(crate) fn begin() {
    if cfg!(target_os = "linux") && fs::write("/proc/self/clear_refs", "5").is_err() {
        tracing::debug!("the peak of memory is that since the start: the system does not begin anew");
    }
}

/// Returns the most bytes in use since [`begin`], or since the process started. `None` where the system does not say it.
pub(crate) fn bytes() -> Option<u64> {
    status_bytes("VmHWM")
}

/// Returns a number of bytes that Linux says of this process. `None` on other systems.
pub(crate) fn status_bytes(name: &str) -> Option<u64> {
    let status =
        if cfg!(target_os = "linux") { fs::read_to_string("/proc/self/status").ok()? } else { return None };
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn the_peak_grows_with_what_is_in_use() {
        const MEGABYTES: usize = 64 << 20;
        begin();
        let before = bytes().expect("the system says it");
        let used = std::hint::black_box(vec![1_u8; MEGABYTES]);
        let after = bytes().expect("the system says it");
        assert!(after >= before + MEGABYTES as u64 / 2, "{before} {after} {}", used.len());
    }
}
