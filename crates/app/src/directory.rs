//! Finds and locks the folder with Tiller's data, which one process at a time may use.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::door::Engine;

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
        create(path).map_err(failed)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("tiller.lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {
                close_to_others(path).map_err(failed)?;
                Ok(Self { path: path.to_owned(), _lock: lock })
            }
            Err(TryLockError::WouldBlock) => {
                Err(Error::InUse { path: path.to_owned(), by: Engine::read(path) })
            }
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Returns the path of the store's file.
    pub(crate) fn store_file(&self) -> PathBuf {
        store_file(&self.path)
    }
}

/// Returns the path of the store's file in a data folder.
pub(crate) fn store_file(folder: &Path) -> PathBuf {
    folder.join("tiller.sqlite")
}

/// Creates the folder, open to its owner alone.
fn create(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Closes a folder that earlier versions left open. A folder that holds other things than Tiller's stays as it is: the store's
/// files are closed to others in any case.
#[cfg(unix)]
fn close_to_others(path: &Path) -> io::Result<()> {
    /// The bits of the group and of everybody else.
    const OTHERS: u32 = 0o077;
    use std::os::unix::fs::PermissionsExt as _;
    let is_tillers = |name: &str| {
        name.starts_with("tiller.") || ["copies", "damaged", "hub", "engine.json"].contains(&name)
    };
    let mut files = fs::read_dir(path)?;
    let holds_only_tillers =
        files.all(|file| file.is_ok_and(|file| file.file_name().to_str().is_some_and(is_tillers)));
    let mode = fs::metadata(path)?.permissions().mode();
    if !holds_only_tillers || mode & OTHERS == 0 {
        return Ok(());
    }
    match fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700)) {
        // Some file systems know no permissions, and somebody else's folder has those that they chose.
        Err(error)
            if matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::Unsupported) =>
        {
            Ok(())
        }
        done => done,
    }
}

/// Elsewhere the person's folder is closed to others already.
#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_held_by_one_at_a_time() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let first = Directory::lock(dir.path()).expect("nobody else holds it");
        assert!(matches!(Directory::lock(dir.path()), Err(Error::InUse { .. })));
        drop(first);
        Directory::lock(dir.path()).expect("it is free again");
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_for_its_owner_alone_unless_it_holds_other_things() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mode = |path: &Path| fs::metadata(path).expect("a folder").permissions().mode() & 0o777;
        let new = dir.path().join("new/data");
        drop(Directory::lock(&new).expect("it is made"));
        assert_eq!(mode(&new), 0o700);
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).expect("as earlier versions left it");
        drop(Directory::lock(&new).expect("it is held"));
        assert_eq!(mode(&new), 0o700);
        fs::write(new.join("letter.txt"), "").expect("something else");
        fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).expect("as a person wants it");
        drop(Directory::lock(&new).expect("it is held"));
        assert_eq!(mode(&new), 0o755);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("file");
        fs::write(&file, "").expect("a file");
        assert!(matches!(Directory::lock(&file.join("below")), Err(Error::Directory { .. })));
    }
}
