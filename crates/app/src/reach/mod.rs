//! Decides what the page may reach outside the store: files that a person chose, dropped or confirmed, and servers that a
//! person confirmed. A page that was taken over can call every command, but it cannot answer a dialog of the desktop.

mod wish;
mod wishes;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ipc::files::{Access, ChosenFile, FileHandle, FileRef};
use store::settings;

pub use wish::Wish;
pub use wishes::Reaches;

use crate::app::App;
use crate::{Error, atomic_write};

/// The files and servers that a person named since the start.
#[derive(Debug, Default)]
pub(crate) struct Reach(Mutex<Named>);

#[derive(Debug, Default)]
struct Named {
    /// What was chosen or dropped. The index is the handle.
    chosen: Vec<(PathBuf, Access)>,
    confirmed: HashSet<Wish>,
}

impl Reach {
    /// Takes a file that a person chose or dropped, and returns what the page may know of it.
    pub(crate) fn choose(&self, path: &Path, access: Access) -> ChosenFile {
        let mut named = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        named.chosen.push((path.to_owned(), access));
        let handle = FileHandle(named.chosen.len() as u64 - 1);
        ChosenFile { handle, access, path: path.display().to_string() }
    }

    fn confirm(&self, wish: Wish) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).confirmed.insert(wish);
    }

    fn is_confirmed(&self, wish: &Wish) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).confirmed.contains(wish)
    }

    /// Returns the path of a file that was chosen for this access, or of a typed one that was confirmed.
    pub(crate) fn file(&self, file: &FileRef, access: Access) -> Result<PathBuf, Error> {
        match file {
            FileRef::Chosen { handle } => {
                let named = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let place = usize::try_from(handle.0).ok().and_then(|place| named.chosen.get(place));
                match place {
                    Some((path, for_what)) if *for_what == access => Ok(path.clone()),
                    _ => Err(Error::invalid("This file was not chosen for this.", "Choose it again.")),
                }
            }
            FileRef::Typed { path } => {
                let path = atomic_write::path(path)?;
                let wish = Wish::file(path.clone(), access);
                if self.is_confirmed(&wish) { Ok(path) } else { Err(wish.refused()) }
            }
        }
    }
}

impl App {
    /// Takes a file or folder that a person chose in a dialog of the desktop.
    #[must_use]
    pub fn choose(&self, path: &Path, access: Access) -> ChosenFile {
        self.state.reach.choose(path, access)
    }

    /// Returns what a request reaches outside the store and no person has confirmed yet.
    ///
    /// # Errors
    /// Returns an error if the request names a path or an address that cannot be one, or the store cannot be read.
    pub async fn unconfirmed(&self, request: &impl Reaches) -> Result<Vec<Wish>, Error> {
        let mut wishes = request.wishes(self).await?;
        wishes.retain(|wish| !self.state.reach.is_confirmed(wish));
        if wishes.is_empty() {
            return Ok(wishes);
        }
        // What the store names went through a confirmation when it was stored.
        let stored = self.stored_wishes().await?;
        wishes.retain(|wish| !stored.contains(wish));
        Ok(wishes)
    }

    /// Notes that a person confirmed a wish in a dialog of the desktop.
    pub fn confirm(&self, wish: Wish) {
        self.state.reach.confirm(wish);
    }

    /// Refuses a request that reaches something that nobody confirmed.
    pub(crate) async fn check_reach(&self, request: &impl Reaches) -> Result<(), Error> {
        match self.unconfirmed(request).await?.first() {
            None => Ok(()),
            Some(wish) => Err(wish.refused()),
        }
    }

    /// Returns the servers and files that the settings and the sweeps name.
    async fn stored_wishes(&self) -> Result<HashSet<Wish>, Error> {
        let state = &self.state;
        let set = settings::read(state.store.read(), state.project).await?;
        let mut stored: HashSet<Wish> = HashSet::new();
        stored.extend(set.endpoint.and_then(|endpoint| Wish::send(&endpoint.address).ok()));
        stored.extend(set.hub_endpoint.and_then(|hub| Wish::download(&hub).ok()));
        let mut db = state.store.read().acquire().await?;
        for sweep in store::sweeps::list(&mut db, state.project).await? {
            stored.extend(wishes::of_scores(&sweep.settings.scores).unwrap_or_default());
        }
        Ok(stored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_for_one_file_and_one_use() {
        let reach = Reach::default();
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
        let reach = Reach::default();
        let typed = FileRef::typed(" /data/in.csv ");
        assert!(reach.file(&typed, Access::Read).is_err());
        reach.confirm(Wish::Read("/data/in.csv".into()));
        assert_eq!(reach.file(&typed, Access::Read).ok(), Some("/data/in.csv".into()));
        assert!(reach.file(&typed, Access::Write).is_err(), "to read is not to write");
    }
}
