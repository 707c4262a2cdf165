//! `engine.json` beside the lock: which process runs the engine, and where its socket is.

use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ipc::Millis;
use serde::{Deserialize, Serialize};

use super::PROTOCOL;
use crate::clock;

const NAME: &str = "engine.json";
/// The most bytes that are read of the file.
const LONGEST: u64 = 64 << 10;

/// The process that runs the engine of a data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// The version of the protocol that it speaks.
    pub protocol: u32,
    /// Its process id.
    pub pid: u32,
    /// Its program: [`Engine::WINDOW`] or `tiller-cli`.
    pub program: String,
    /// When it began.
    pub started: Millis,
    /// The path of its socket. `None` where the system has none.
    pub socket: Option<PathBuf>,
}

impl Engine {
    /// The program with the window.
    pub const WINDOW: &str = "Tiller";

    /// Describes this process.
    pub(crate) fn new(program: &str, socket: Option<PathBuf>) -> Self {
        let (pid, started) = (std::process::id(), clock::now());
        Self { protocol: PROTOCOL, pid, program: program.to_owned(), started, socket }
    }

    /// Reads who runs the engine of a data folder. `None` if nobody says so.
    #[must_use]
    pub fn read(data: &Path) -> Option<Self> {
        let mut text = String::new();
        fs::File::open(data.join(NAME)).ok()?.take(LONGEST).read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Writes the file, for its owner alone, whole or not at all.
    pub(crate) fn write(&self, data: &Path) -> io::Result<()> {
        let part = data.join("tiller.engine.part");
        match fs::remove_file(&part) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        drop(file);
        fs::rename(part, data.join(NAME))
    }

    /// Removes the file.
    pub(crate) fn remove(data: &Path) {
        if let Err(error) = fs::remove_file(data.join(NAME))
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!("{NAME} stays, and the next process replaces it: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_for_its_owner_alone_and_replaces_a_stale_one() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(Engine::read(dir.path()), None);
        fs::write(dir.path().join(NAME), "{ not JSON").expect("a damaged file");
        assert_eq!(Engine::read(dir.path()), None);
        let engine = Engine::new("tiller-cli", Some("/run/socket".into()));
        engine.write(dir.path()).expect("it is written");
        assert_eq!(Engine::read(dir.path()), Some(engine));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(dir.path().join(NAME)).expect("the file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        Engine::remove(dir.path());
        assert_eq!(fs::read_dir(dir.path()).expect("the folder").count(), 0);
    }
}
