//! Remembers beside the database how the last process ended, so that the next one knows whether to look for damage.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::StoreError;
use crate::store_files::{failed, for_owner_alone};

/// How far a process has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It opens the store.
    Opening,
    /// The store is open, and its write-ahead log is there.
    Open,
    /// It closes the store. SQLite may have deleted the log.
    Closing,
    /// The store is closed.
    Closed,
}

/// All words have the same length, so that one replaces another in place: that needs no room on a full disk, and a kill
/// leaves one word or the other.
const WORDS: [(Stage, &[u8; 8]); 4] = [
    (Stage::Opening, b"opening\n"),
    (Stage::Open, b"open   \n"),
    (Stage::Closing, b"closing\n"),
    (Stage::Closed, b"closed \n"),
];

/// The file with the stage of the process that has the store open.
#[derive(Debug)]
pub(crate) struct Session {
    path: PathBuf,
    file: Mutex<(File, Stage)>,
}

impl Session {
    fn path(database: &Path) -> PathBuf {
        database.with_extension("session")
    }

    /// Reads how far the last process came. `None` if no process has opened this store, or only earlier versions.
    pub(crate) fn last(database: &Path) -> Result<Option<Stage>, StoreError> {
        let path = Self::path(database);
        let mut word = Vec::new();
        match File::open(&path).and_then(|mut file| file.read_to_end(&mut word)) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&path)(error)),
        }
        let known = WORDS.iter().find(|(_, known)| *known == word.as_slice());
        // A file that says nothing was cut off while it was created.
        Ok(Some(known.map_or(Stage::Opening, |(stage, _)| *stage)))
    }

    /// Begins the session of this process.
    pub(crate) fn begin(database: &Path) -> Result<Self, StoreError> {
        let path = Self::path(database);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.and_then(|file| for_owner_alone(&file).map(|()| file)).map_err(failed(&path))?;
        let session = Self { path, file: Mutex::new((file, Stage::Closed)) };
        session.enter(Stage::Opening)?;
        Ok(session)
    }

    /// Says how far the process has come.
    pub(crate) fn enter(&self, stage: Stage) -> Result<(), StoreError> {
        let mut held = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let word = WORDS.iter().find(|(known, _)| *known == stage).map_or(&[][..], |(_, word)| &word[..]);
        let file = &mut held.0;
        let written = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(word));
        written
            .and_then(|()| file.set_len(word.len() as u64))
            .and_then(|()| file.sync_all())
            .map_err(failed(&self.path))?;
        held.1 = stage;
        Ok(())
    }

    /// Forgets the last session, for a store that begins anew.
    pub(crate) fn forget(database: &Path) -> Result<(), StoreError> {
        let path = Self::path(database);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&path)(error)),
            _ => Ok(()),
        }
    }
}

impl Drop for Session {
    /// A store that is dropped without being closed loses its log in the same moment, as a closed one does.
    fn drop(&mut self) {
        let stage = self.file.get_mut().unwrap_or_else(PoisonError::into_inner).1;
        if stage == Stage::Open {
            // Where it cannot be written, the next start looks for damage, which takes a second and harms nothing.
            let _ = self.enter(Stage::Closing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_remembered_word_for_word() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let database = dir.path().join("tiller.sqlite");
        assert_eq!(Session::last(&database).expect("a look"), None);
        let session = Session::begin(&database).expect("a session");
        for stage in [Stage::Open, Stage::Closing, Stage::Closed, Stage::Opening] {
            session.enter(stage).expect("a word");
            assert_eq!(Session::last(&database).expect("a look"), Some(stage));
        }
        session.enter(Stage::Open).expect("a word");
        drop(session);
        assert_eq!(Session::last(&database).expect("a look"), Some(Stage::Closing));
        std::fs::write(Session::path(&database), "op").expect("a cut file");
        assert_eq!(Session::last(&database).expect("a look"), Some(Stage::Opening));
    }
}
