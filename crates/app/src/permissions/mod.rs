//! Holds what the page may reach outside the store: files that a person chose, dropped or confirmed, and servers that a
//! person confirmed. A page that was taken over can call every command, but it cannot answer a dialog of the desktop.

mod permission;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ipc::files::{Access, ChosenFile, FileHandle, FileRef};

pub use permission::Permission;

use crate::{Error, atomic_write};

/// The files and servers that a person named since the start.
#[derive(Debug, Default)]
pub(crate) struct Permissions(Mutex<Granted>);

#[derive(Debug, Default)]
struct Granted {
    /// What was chosen or dropped. The index is the handle.
    chosen: Vec<(PathBuf, Access)>,
    confirmed: HashSet<Permission>,
}

impl Permissions {
    /// Takes a file that a person chose or dropped, and returns what the page may know of it.
    pub(crate) fn choose(&self, path: &Path, access: Access) -> ChosenFile {
        let mut granted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        granted.chosen.push((path.to_owned(), access));
        let handle = FileHandle(granted.chosen.len() as u64 - 1);
        ChosenFile { handle, access, path: path.display().to_string() }
    }

    pub(crate) fn confirm(&self, permission: Permission) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).confirmed.insert(permission);
    }

    pub(crate) fn is_confirmed(&self, permission: &Permission) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).confirmed.contains(permission)
    }

    /// Returns the path of a file that was chosen for this access, or of a typed one that was confirmed.
    pub(crate) fn file(&self, file: &FileRef, access: Access) -> Result<PathBuf, Error> {
        match file {
            FileRef::Chosen { handle } => {
                let granted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let place = usize::try_from(handle.0).ok().and_then(|place| granted.chosen.get(place));
                match place {
                    Some((path, for_what)) if *for_what == access => Ok(path.clone()),
                    _ => Err(Error::invalid("This file was not chosen for this.", "Choose it again.")),
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
        for handle in [FileHandle(2), FileHandle(u64::MAX)] {
            assert!(permissions.file(&FileRef::Chosen { handle }, Access::Read).is_err(), "{handle:?}");
        }
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
