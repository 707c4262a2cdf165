//! A disk of a few kilobytes, which a test can fill or make read-only.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// A small file system in memory, mounted until it is dropped.
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Mounts it. Returns `None` and reports the test as skipped where this may not be done.
    #[must_use]
    pub fn mount(kilobytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a folder");
        let options = format!("size={kilobytes}k");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(dir.path()).output();
        if mounted.is_ok_and(|done| done.status.success()) {
            return Some(Self(dir));
        }
        crate::skip("no file system can be mounted here");
        None
    }

    /// Returns the folder on which it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Mounts it again with other options, for example `ro`.
    pub fn remount(&self, how: &str) {
        let options = format!("remount,{how}");
        let done =
            Command::new("mount").args(["-o", &options]).arg(self.path()).status().expect("mount runs");
        assert!(done.success(), "{how}");
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut file = fs::File::create(self.path().join("filler")).expect("a file");
        for size in [1 << 16, 1 << 12, 1] {
            let block = vec![1_u8; size];
            while file.write_all(&block).is_ok() {}
        }
    }

    /// Removes what [`Self::fill`] wrote.
    pub fn empty(&self) {
        fs::remove_file(self.path().join("filler")).expect("the filler");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // One that stays mounted is gone with the machine.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}
