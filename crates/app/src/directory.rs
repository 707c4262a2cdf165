//! Finds and locks the folder with Tiller's data, which one process at a time may use.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::Error;

/// The environment variable that sets another data folder.
pub const DATA_DIR: &str = "TILLER_DATA_DIR";

/// Returns the folder that [`DATA_DIR`] names, or else the platform's data folder.
pub(crate) fn default_path() -> PathBuf {
    let named = std::env::var_os(DATA_DIR).filter(|name| !name.is_empty()).map(PathBuf::from);
    let platforms =
        || directories::ProjectDirs::from("app", "tiller", "Tiller").map(|dirs| dirs.data_dir().to_owned());
    // Without a home directory the platform has no data folder, so the current folder has to do.
    named.or_else(platforms).unwrap_or_else(|| PathBuf::from("tiller-data"))
}

/// The data folder. It is locked until this value is dropped.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    _lock: File,
}

impl Directory {
    /// Creates the folder if it does not exist, and locks it for this process.
    pub(crate) fn lock(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Directory { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(failed)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("tiller.lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse(path.to_owned())),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Returns the path of the store's file.
    pub(crate) fn store_file(&self) -> PathBuf {
        self.path.join("tiller.sqlite")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_held_by_one_at_a_time() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let first = Directory::lock(dir.path()).expect("nobody else holds it");
        assert!(matches!(Directory::lock(dir.path()), Err(Error::InUse(_))));
        drop(first);
        Directory::lock(dir.path()).expect("it is free again");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("file");
        fs::write(&file, "").expect("a file");
        assert!(matches!(Directory::lock(&file.join("below")), Err(Error::Directory { .. })));
    }
}
