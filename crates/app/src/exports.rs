//! Writes exported files, and removes what an export left behind whose process was killed.
//!
//! While a file is written, the data folder holds the name of the folder that it goes to. Whoever opens the application
//! next removes the unfinished file there.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use vectors::files::remove_parts;

use crate::{Error, atomic_write};

/// The file in the data folder that names the folder which is written to.
const NAME: &str = "export-folder";

/// Writes exported files one after another.
#[derive(Debug)]
pub(crate) struct Exports {
    /// The file that names the folder. Whoever holds it writes.
    folder_file: Mutex<PathBuf>,
}

impl Exports {
    /// Removes what the last process left unfinished.
    pub(crate) fn open(data: &Path) -> Self {
        let folder_file = data.join(NAME);
        match fs::read(&folder_file) {
            Ok(folder) => {
                remove_parts(Path::new(&*String::from_utf8_lossy(&folder)), Duration::ZERO);
                forget(&folder_file);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => tracing::warn!("the folder of an unfinished export cannot be read: {error}"),
        }
        Self { folder_file: Mutex::new(folder_file) }
    }

    /// Writes a file completely or not at all.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8], replace: bool) -> Result<(), Error> {
        let folder_file = self.folder_file.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = path.parent().unwrap_or(path);
        if let Err(error) = fs::write(&*folder_file, folder.as_os_str().as_encoded_bytes()) {
            // An export may be what a person does because the data folder's disk is full.
            tracing::warn!("an export that is killed will leave an unfinished file: {error}");
        }
        let written = atomic_write::write(path, bytes, replace);
        forget(&folder_file);
        written
    }
}

/// Removes the file that names the folder.
fn forget(folder_file: &Path) {
    match fs::remove_file(folder_file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            tracing::warn!("the folder of an export stays noted: {error}");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_export_left_is_removed_at_the_next_start() {
        let (data, target) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        // A process that was killed while it wrote leaves these two.
        let part = target.path().join(".tiller-abc.part");
        fs::write(&part, "half").expect("a file");
        fs::write(data.path().join(NAME), target.path().as_os_str().as_encoded_bytes()).expect("a file");
        let exports = Exports::open(data.path());
        assert!(!part.exists());
        exports.write(&target.path().join("pairs.csv"), b"all", false).expect("an export");
        let names: Vec<_> = fs::read_dir(target.path()).expect("the folder").flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
        assert_eq!(fs::read_dir(data.path()).expect("the folder").count(), 0, "nothing is noted any more");
    }

    #[test]
    fn an_export_without_a_note_is_written_all_the_same() {
        let (data, target) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let exports = Exports::open(data.path());
        // A folder in the file's place stands for a disk that takes no note: the export goes on.
        fs::create_dir(data.path().join(NAME)).expect("a folder");
        exports.write(&target.path().join("pairs.csv"), b"all", false).expect("an export");
        fs::remove_dir(data.path().join(NAME)).expect("it is there still");
        exports.write(&target.path().join("no/pairs.csv"), b"all", false).expect_err("no such folder");
        assert!(!data.path().join(NAME).exists(), "a failed export leaves nothing");
    }
}
