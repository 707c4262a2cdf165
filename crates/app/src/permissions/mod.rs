//! Holds what the page may reach outside the store: files that a person chose, dropped or confirmed, and servers that a
//! person confirmed. A page that was taken over can call every command, but it cannot answer a dialog of the desktop.

mod permission;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ipc::files::{Access, ChosenFile, FileHandle, FileRef};

pub use permission::Permission;

use crate::{Error, atomic_write};

/// The next handle. A window that takes over the engine of another process never gives a handle a second meaning.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// The files and servers that a person named since the start.
#[derive(Debug, Default)]
pub(crate) struct Permissions(Mutex<Granted>);

#[derive(Debug, Default)]
struct Granted {
    /// What was chosen or dropped.
    chosen: HashMap<FileHandle, (PathBuf, Access)>,
    confirmed: HashSet<Permission>,
}

impl Permissions {
    /// Takes a file that a person chose or dropped, and returns what the page may know of it.
    pub(crate) fn choose(&self, path: &Path, access: Access) -> ChosenFile {
        let mut granted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = FileHandle(NEXT.fetch_add(1, Ordering::Relaxed));
        granted.chosen.insert(handle, (path.to_owned(), access));
        ChosenFile { handle, access, path: path.display().to_string() }
    }

    /// Keeps what a person named before, while another process ran the engine.
    pub(crate) fn keep(&self, before: &Self) {
        let (chosen, confirmed) = {
            let before = before.0.lock().unwrap_or_else(PoisonError::into_inner);
            (before.chosen.clone(), before.confirmed.clone())
        };
        let mut granted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        granted.chosen.extend(chosen);
        granted.confirmed.extend(confirmed);
    }

    pub(crate) fn confirm(&self, permission: Permission) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).confirmed.insert(permission);
    }

    pub(crate) fn is_confirmed(&self, permission: &Permission) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).confirmed.contains(permission)
    }

    /// Returns whether a person confirmed this, or chose the file for this.
    pub(crate) fn is_given(&self, permission: &Permission) -> bool {
        let granted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it =
            |(path, access): &(PathBuf, Access)| Permission::file(path.clone(), *access) == *permission;
        granted.confirmed.contains(permission) || granted.chosen.values().any(is_it)
    }

    /// Returns the path of what was chosen, for whatever use.
    pub(crate) fn path_of(&self, handle: FileHandle) -> Result<PathBuf, Error> {
        let granted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        granted.chosen.get(&handle).map(|(path, _)| path.clone()).ok_or_else(not_chosen)
    }

    /// Returns the path of a file that was chosen for this access, or of a typed one that was confirmed.
    pub(crate) fn file(&self, file: &FileRef, access: Access) -> Result<PathBuf, Error> {
        match file {
            FileRef::Chosen { handle } => {
                let granted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                match granted.chosen.get(handle) {
                    Some((path, for_what)) if *for_what == access => Ok(path.clone()),
                    _ => Err(not_chosen()),
                }
            }
            FileRef::Typed { path } => {
                let path = atomic_write::path(path)?;
                let permission = Permission::file(path.clone(), access);
                if self.is_confirmed(&permission) { Ok(path) } else { Err(permission.refused()) }
            }
        }
    }
}

fn not_chosen() -> Error {
    Error::invalid("This file was not chosen for this.", "Choose it again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_for_one_file_and_one_use() {
        let permissions = Permissions::default();
        let read = permissions.choose(Path::new("/data/in.csv"), Access::Read);
        let write = permissions.choose(Path::new("/data/out.csv"), Access::Write);
        let path = |chosen: &ChosenFile, access| permissions.file(&chosen.clone().into(), access).ok();
        assert_eq!(path(&read, Access::Read), Some("/data/in.csv".into()));
        assert_eq!(path(&write, Access::Write), Some("/data/out.csv".into()));
        assert_eq!((path(&read, Access::Write), path(&write, Access::Read)), (None, None));
        for handle in [FileHandle(u64::MAX - 1), FileHandle(u64::MAX)] {
            assert!(permissions.file(&FileRef::Chosen { handle }, Access::Read).is_err(), "{handle:?}");
        }
    }

    #[test]
    fn what_was_named_before_is_known_to_whoever_runs_the_engine_next() {
        let (before, after) = (Permissions::default(), Permissions::default());
        let chosen = before.choose(Path::new("/data/in.tiller"), Access::Read);
        before.confirm(Permission::Write("/data/out.csv".into()));
        let own = after.choose(Path::new("/data/own.csv"), Access::Read);
        after.keep(&before);
        let path = |chosen: ChosenFile, access| after.file(&chosen.into(), access).ok();
        assert_eq!(path(chosen.clone(), Access::Write), None, "to read is not to write");
        assert_eq!(path(chosen, Access::Read), Some("/data/in.tiller".into()));
        assert_eq!(path(own, Access::Read), Some("/data/own.csv".into()));
        assert!(after.is_confirmed(&Permission::Write("/data/out.csv".into())));
    }

    #[test]
    fn a_typed_path_is_nothing_before_it_is_confirmed() {
        let permissions = Permissions::default();
        let typed = FileRef::typed(" /data/in.csv ");
        assert!(permissions.file(&typed, Access::Read).is_err());
        permissions.confirm(Permission::Read("/data/in.csv".into()));
        assert_eq!(permissions.file(&typed, Access::Read).ok(), Some("/data/in.csv".into()));
        assert!(permissions.file(&typed, Access::Write).is_err(), "to read is not to write");
    }
}
