//! Writes exported files, and removes what an export left behind whose process was killed.
//!
//! While files are written, the data folder holds the names of the folders that they go to. Whoever opens the application
//! next removes the unfinished files there.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use vectors::files::remove_parts;

use crate::{Error, atomic_write};

/// The file in the data folder that names the folders which are written to.
const NAME: &str = "export-folder";
/// The byte between two names, which no path has.
const BETWEEN: u8 = 0;

/// Writes exported files, and knows the folders of those that are under way.
#[derive(Debug)]
pub(crate) struct Exports {
    /// The file that names the folders.
    file: PathBuf,
    folders: Mutex<Vec<PathBuf>>,
}

/// A folder that is written to. It is noted until this is dropped.
#[derive(Debug)]
pub(crate) struct Noted<'a> {
    exports: &'a Exports,
    folder: PathBuf,
}

impl Exports {
    /// Removes what the last process left unfinished.
    pub(crate) fn open(data: &Path) -> Self {
        let file = data.join(NAME);
        match fs::read(&file) {
            Ok(folders) => {
                for folder in folders.split(|byte| *byte == BETWEEN) {
                    remove_parts(Path::new(&*String::from_utf8_lossy(folder)), Duration::ZERO);
                }
                forget(&file);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => tracing::warn!("the folder of an unfinished export cannot be read: {error}"),
        }
        Self { file, folders: Mutex::default() }
    }

    /// Notes that a folder is written to.
    pub(crate) fn note(&self, folder: &Path) -> Noted<'_> {
        self.change(|folders| folders.push(folder.to_owned()));
        Noted { exports: self, folder: folder.to_owned() }
    }

    /// Writes a file completely or not at all.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8], replace: bool) -> Result<(), Error> {
        let _noted = self.note(path.parent().unwrap_or(path));
        atomic_write::write(path, bytes, replace)
    }

    fn change(&self, change: impl FnOnce(&mut Vec<PathBuf>)) {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut folders);
        if folders.is_empty() {
            return forget(&self.file);
        }
        let names: Vec<&[u8]> =
            folders.iter().map(|folder| OsStr::as_encoded_bytes(folder.as_os_str())).collect();
        if let Err(error) = fs::write(&self.file, names.join(&BETWEEN)) {
            // An export may be what a person does because the data folder's disk is full.
            tracing::warn!("an export that is killed will leave an unfinished file: {error}");
        }
    }
}

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.exports.change(|folders| {
            if let Some(place) = folders.iter().position(|folder| *folder == self.folder) {
                folders.remove(place);
            }
        });
    }
}

/// Removes the file that names the folders.
fn forget(file: &Path) {
    match fs::remove_file(file) {
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
        let other = tempfile::tempdir().expect("a folder");
        // A process that was killed while it wrote in two folders leaves these.
        let parts = [target.path(), other.path()].map(|folder| folder.join(".tiller-abc.part"));
        for part in &parts {
            fs::write(part, "half").expect("a file");
        }
        let exports = Exports::open(data.path());
        std::mem::forget((exports.note(target.path()), exports.note(other.path())));
        assert!(parts.iter().all(|part| part.exists()));
        let exports = Exports::open(data.path());
        assert!(!parts.iter().any(|part| part.exists()));
        exports.write(&target.path().join("pairs.csv"), b"all", false).expect("an export");
        let names: Vec<_> = fs::read_dir(target.path()).expect("the folder").flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
        assert_eq!(fs::read_dir(data.path()).expect("the folder").count(), 0, "nothing is noted any more");
    }

    #[test]
    fn a_folder_stays_noted_while_another_export_ends() {
        let (data, target) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let exports = Exports::open(data.path());
        let long = exports.note(target.path());
        exports.write(&data.path().join("pairs.csv"), b"all", false).expect("an export");
        let noted = fs::read_to_string(data.path().join(NAME)).expect("the note");
        assert_eq!(noted, target.path().display().to_string());
        drop(long);
        assert!(!data.path().join(NAME).exists());
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
