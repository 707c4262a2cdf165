//! Decides what the page may reach outside the store: files that a person chose, dropped or confirmed, and servers that a
//! person confirmed. A page that was taken over can call every command, but it cannot answer a dialog of the desktop.

mod permission;
mod requests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ipc::files::{Access, ChosenFile, FileHandle, FileRef};
use store::settings;

pub use permission::Permission;
pub use requests::NeedsPermission;

use crate::app::App;
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

    fn confirm(&self, permission: Permission) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).confirmed.insert(permission);
    }

    fn is_confirmed(&self, permission: &Permission) -> bool {
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

impl App {
    /// Takes a file or folder that a person chose in a dialog of the desktop.
    #[must_use]
    pub fn choose(&self, path: &Path, access: Access) -> ChosenFile {
        self.state.permissions.choose(path, access)
    }

    /// Returns what a request reaches outside the store and no person has confirmed yet.
    ///
    /// # Errors
    /// Returns an error if the request names a path or an address that cannot be one, or the store cannot be read.
    pub async fn unconfirmed(&self, request: &impl NeedsPermission) -> Result<Vec<Permission>, Error> {
        let mut permissions = request.permissions(self).await?;
        permissions.retain(|permission| !self.state.permissions.is_confirmed(permission));
        if permissions.is_empty() {
            return Ok(permissions);
        }
        // What the store names went through a confirmation when it was stored.
        let stored = self.stored_permissions().await?;
        permissions.retain(|permission| !stored.contains(permission));
        Ok(permissions)
    }

    /// Notes that a person confirmed a permission in a dialog of the desktop.
    pub fn confirm(&self, permission: Permission) {
        self.state.permissions.confirm(permission);
    }

    /// Refuses a request that reaches something that nobody confirmed.
    pub(crate) async fn check_permissions(&self, request: &impl NeedsPermission) -> Result<(), Error> {
        match self.unconfirmed(request).await?.first() {
            None => Ok(()),
            Some(permission) => Err(permission.refused()),
        }
    }

    /// Returns the servers and files that the settings and the sweeps name.
    async fn stored_permissions(&self) -> Result<HashSet<Permission>, Error> {
        let state = &self.state;
        let set = settings::read(state.store.read(), state.project).await?;
        let mut stored: HashSet<Permission> = HashSet::new();
        stored.extend(set.endpoint.and_then(|endpoint| Permission::send(&endpoint.address).ok()));
        stored.extend(set.hub_endpoint.and_then(|hub| Permission::download(&hub).ok()));
        let mut db = state.store.read().acquire().await?;
        for sweep in store::sweeps::list(&mut db, state.project).await? {
            stored.extend(requests::score_permissions(&sweep.settings.scores).unwrap_or_default());
        }
        Ok(stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_for_one_file_and_one_use() {
        let reach = Permissions::default();
        let read = reach.choose(Path::new("/data/in.csv"), Access::Read);
        let write = reach.choose(Path::new("/data/out.csv"), Access::Write);
        let path = |chosen: &ChosenFile, access| reach.file(&chosen.clone().into(), access).ok();
        assert_eq!(path(&read, Access::Read), Some("/data/in.csv".into()));
        assert_eq!(path(&write, Access::Write), Some("/data/out.csv".into()));
        assert_eq!((path(&read, Access::Write), path(&write, Access::Read)), (None, None));
        for handle in [FileHandle(2), FileHandle(u64::MAX)] {
            assert!(reach.file(&FileRef::Chosen { handle }, Access::Read).is_err(), "{handle:?}");
        }
    }

    #[test]
    fn a_typed_path_is_nothing_before_it_is_confirmed() {
        let reach = Permissions::default();
        let typed = FileRef::typed(" /data/in.csv ");
        assert!(reach.file(&typed, Access::Read).is_err());
        reach.confirm(Permission::Read("/data/in.csv".into()));
        assert_eq!(reach.file(&typed, Access::Read).ok(), Some("/data/in.csv".into()));
        assert!(reach.file(&typed, Access::Write).is_err(), "to read is not to write");
    }
}
