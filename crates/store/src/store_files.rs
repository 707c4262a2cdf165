//! Knows the files of the store: their names, who may read them, and whether they are still those that were opened.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The files of an open store.
#[derive(Debug)]
pub(crate) struct StoreFiles {
    database: PathBuf,
    /// What the name stood for when the store was opened.
    opened: Identity,
}

/// What tells a file from another one of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Identity {
    #[cfg(unix)]
    fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let found = fs::metadata(path)?;
        Ok(Self { device: found.dev(), inode: found.ino() })
    }

    /// Elsewhere an open file can neither be moved nor deleted.
    #[cfg(not(unix))]
    fn of(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|_| Self {})
    }
}

impl StoreFiles {
    /// Remembers which file the database is.
    pub(crate) fn opened(database: &Path) -> Result<Self, StoreError> {
        let opened = Identity::of(database).map_err(failed(database))?;
        Ok(Self { database: database.to_owned(), opened })
    }

    /// Checks that what is committed is in the folder: SQLite itself goes on writing to files without a name.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if Identity::of(&self.database).ok() != Some(self.opened) {
            return Err(StoreError::Moved(self.database.clone()));
        }
        let log = log(&self.database);
        if log.exists() { Ok(()) } else { Err(StoreError::LogGone(log)) }
    }
}

/// Returns the path of the write-ahead log.
pub(crate) fn log(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

/// Returns the paths of all files that SQLite keeps for a database.
pub(crate) fn all(database: &Path) -> [PathBuf; 3] {
    [database.to_owned(), log(database), beside(database, "-shm")]
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whether the database holds anything. Without it, its write-ahead log says nothing.
pub(crate) fn has_content(database: &Path) -> bool {
    fs::metadata(database).is_ok_and(|found| found.len() > 0)
}

/// Creates the database where there is none, and makes it readable for its owner alone. SQLite gives its other files the
/// permissions of the database.
pub(crate) fn make_private(database: &Path) -> Result<(), StoreError> {
    File::options()
        .create(true)
        .append(true)
        .open(database)
        .and_then(|file| for_owner_alone(&file))
        .map_err(failed(database))?;
    for path in all(database).iter().skip(1) {
        if let Ok(file) = File::open(path) {
            for_owner_alone(&file).map_err(failed(path))?;
        }
    }
    Ok(())
}

/// Takes the permission to read a file from everybody but its owner.
#[cfg(unix)]
pub(crate) fn for_owner_alone(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    /// The bits of the group and of everybody else.
    const OTHERS: u32 = 0o077;
    let now = file.metadata()?.permissions().mode();
    if now & OTHERS == 0 {
        return Ok(());
    }
    match file.set_permissions(fs::Permissions::from_mode(now & 0o700)) {
        // Some file systems, FAT for example, know no permissions.
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
pub(crate) fn for_owner_alone(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Writes the names in a folder to the disk.
pub(crate) fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        // A file system that cannot do this is no failure.
        let _ = folder.sync_all();
    }
}

pub(crate) fn failed(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::File { path, source }
}
